"""HWP 5: records in the streams of an OLE container. Reads paragraphs, headings by style, tables and notes.

Knows the record tags that bear words (from the format's published description) and no drawing, field or equation.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.guards import most_unpacked
from hearth_reflex.rag.ole import Container
from hearth_reflex.rag.readers.hwpx import OUTLINE
from hearth_reflex.rag.refusal import Refusal, Why

_SECTION = "BodyText/Section"
SIGNATURE = b"HWP Document File"
_COMPRESSED, _PASSWORD, _DISTRIBUTED, _DRM = 0x1, 0x2, 0x4, 0x10
_STYLE, _PARAGRAPH, _TEXT, _CONTROL, _LIST = 0x1A, 0x42, 0x43, 0x47, 0x48
_TABLE, _HIDDEN = b" lbt", b"tcpt"  # how their names lie in the file: "tbl " and "tcpt" backwards
_NOTES = (b"  nf", b"  ne")  # footnote and endnote
_MOST_CELLS = 500
_SINGLE = {0, 10, 13, 24, 25, 26, 27, 28, 29, 30, 31}  # control letters that take one place; all others take eight
_SAID = {10: "\n", 9: "\t", 24: "-", 30: " ", 31: " "}


@dataclass(slots=True)
class _Record:
    tag: int
    level: int
    data: bytes


@dataclass(slots=True)
class _Held:
    """A frame, note or table that is open while its paragraphs come by."""

    level: int
    name: bytes
    rows: dict[int, dict[int, list[str]]] = field(default_factory=dict[int, dict[int, list[str]]])
    at: tuple[int, int] = (0, 0)


def read_hwp(file: BinaryIO, draft: Draft) -> None:
    with Container(file) as ole:
        head = ole.read("FileHeader", most=256)
        if not head.startswith(SIGNATURE) or len(head) < 40:
            raise Refusal(Why.UNREADABLE)
        (flags,) = struct.unpack_from("<I", head, 36)
        if flags & (_PASSWORD | _DISTRIBUTED | _DRM):
            raise Refusal(Why.LOCKED)
        packed = bool(flags & _COMPRESSED)
        walk = _Walk(draft, _levels(_stream(ole, "DocInfo", packed=packed)))
        for name in _sections(ole):
            walk.through(_records(_stream(ole, name, packed=packed)))


def _sections(ole: Container) -> list[str]:
    names = [name for name in ole.names if name.startswith(_SECTION) and name[len(_SECTION) :].isdecimal()]
    return sorted(names, key=lambda name: int(name[len(_SECTION) :]))


def _stream(ole: Container, name: str, *, packed: bool) -> bytes:
    data = ole.read(name)
    if not packed:
        return data
    unpacker = zlib.decompressobj(-15)
    plain = unpacker.decompress(data, most_unpacked(len(data)))
    if unpacker.unconsumed_tail:
        raise Refusal(Why.BOMB)
    return plain


def _records(data: bytes) -> Iterator[_Record]:
    at = 0
    while at + 4 <= len(data):
        (head,) = struct.unpack_from("<I", data, at)
        at += 4
        size = head >> 20
        if size == 0xFFF:
            if at + 4 > len(data):
                raise Refusal(Why.UNREADABLE)
            (size,) = struct.unpack_from("<I", data, at)
            at += 4
        if at + size > len(data):
            raise Refusal(Why.UNREADABLE)
        yield _Record(head & 0x3FF, head >> 10 & 0x3FF, data[at : at + size])
        at += size


def _levels(data: bytes) -> dict[int, int]:
    """Styles that are headings, by their place in the list, to their level."""
    levels: dict[int, int] = {}
    for place, record in enumerate(record for record in _records(data) if record.tag == _STYLE):
        for name in _names(record.data):
            if found := OUTLINE.fullmatch(name):
                levels[place] = int(found[1])
    return levels


def _names(data: bytes) -> Iterator[str]:
    """The Korean name of a style and its English one, each behind its length."""
    at = 0
    for _ in range(2):
        if at + 2 > len(data):
            return
        (letters,) = struct.unpack_from("<H", data, at)
        yield data[at + 2 : at + 2 + 2 * letters].decode("utf-16-le", "replace")
        at += 2 + 2 * letters


class _Walk:
    """One way through the records of all sections."""

    def __init__(self, draft: Draft, levels: dict[int, int]) -> None:
        self._draft, self._levels = draft, levels
        self._heading = 0
        self._open: list[_Held] = []

    def through(self, records: Iterator[_Record]) -> None:
        for record in records:
            self._close(record.level)
            if record.tag == _PARAGRAPH:
                style = record.data[10] if len(record.data) > 10 else 0
                self._heading = self._levels.get(style, 0)
            elif record.tag == _TEXT:
                self._said(_words(record.data))
            elif record.tag == _CONTROL:
                self._open.append(_Held(record.level, record.data[:4]))
            elif record.tag == _LIST and self._open and self._open[-1].name == _TABLE:
                self._open[-1].at = _place(record.data)
        self._close(0)

    def _close(self, level: int) -> None:
        """Ends what a record of this level does not stand in."""
        while self._open and self._open[-1].level >= level:
            held = self._open.pop()
            if held.name != _TABLE:
                continue
            outer = self._table()
            rows = [[" ".join(row.get(at, [])) for at in range(max(row) + 1)] for _, row in sorted(held.rows.items())]
            if outer is None:
                self._draft.table(rows)
            else:
                outer.append("; ".join(" ".join(row) for row in rows))

    def _table(self) -> list[str] | None:
        """The cell that is being filled, if one is."""
        held = next((one for one in reversed(self._open) if one.name == _TABLE), None)
        return None if held is None else held.rows.setdefault(held.at[0], {}).setdefault(held.at[1], [])

    def _said(self, words: str) -> None:
        if any(held.name == _HIDDEN for held in self._open):
            return
        cell = self._table()
        if cell is not None:
            cell.append(words)
        elif any(held.name in _NOTES for held in self._open):
            self._draft.text(f"※ {words}" if words.strip() else "")
        elif self._heading:
            self._draft.heading(words, level=self._heading)
        else:
            self._draft.text(words)


def _place(data: bytes) -> tuple[int, int]:
    """Row and column of a cell, from the head of the list of its paragraphs."""
    if len(data) < 12:
        return (0, 0)
    column, row = struct.unpack_from("<HH", data, 8)
    return (row, min(column, _MOST_CELLS))


def _words(data: bytes) -> str:
    units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) & ~1])
    parts: list[str] = []
    plain: list[int] = []
    at = 0
    while at < len(units):
        unit = units[at]
        if unit >= 32:
            plain.append(unit)
            at += 1
            continue
        parts.extend((_letters(plain), _SAID.get(unit, "")))
        plain.clear()
        at += 1 if unit in _SINGLE else 8
    return "".join([*parts, _letters(plain)])


def _letters(units: list[int]) -> str:
    return struct.pack(f"<{len(units)}H", *units).decode("utf-16-le", "replace")
