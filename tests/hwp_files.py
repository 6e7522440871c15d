"""HWP 5 files, byte by byte: records, and the container of sectors that holds them; in little what Hangul writes."""

import struct
import zlib
from collections.abc import Mapping, Sequence

SECTOR, SMALL, CUTOFF = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
PACKED, PASSWORD, DISTRIBUTED = 1, 2, 4
STYLE, PARAGRAPH, TEXT, CONTROL, LIST, TABLE = 0x1A, 0x42, 0x43, 0x47, 0x48, 0x4D


def record(tag: int, level: int, data: bytes) -> bytes:
    size = len(data)
    if size < 0xFFF:
        return struct.pack("<I", tag | level << 10 | size << 20) + data
    return struct.pack("<II", tag | level << 10 | 0xFFF << 20, size) + data


def paragraph(text: str, *, level: int = 0, style: int = 0, controls: bytes = b"") -> bytes:
    """A paragraph's head and its words; `controls` are letters of eight places that stand before them."""
    words = controls + text.encode("utf-16-le") + b"\r\0"
    head = struct.pack("<IIHBB", len(words) // 2, 0, 0, style, 0) + bytes(10)
    return record(PARAGRAPH, level, head) + record(TEXT, level + 1, words)


def table(rows: Sequence[Sequence[str]], *, level: int = 0) -> bytes:
    """A paragraph that holds a table."""
    data = paragraph("", level=level, controls=struct.pack("<8H", 11, *b"tb", 0, 0, 0, 0, 11))
    data += record(CONTROL, level + 1, b" lbt" + bytes(40))
    data += record(TABLE, level + 2, struct.pack("<IHH", 0, len(rows), len(rows[0])) + bytes(14))
    for down, row in enumerate(rows):
        for across, cell in enumerate(row):
            place = struct.pack("<HHI4H", 1, 0, 0, across, down, 1, 1) + bytes(20)
            data += record(LIST, level + 2, place) + paragraph(cell, level=level + 2)
    return data


def note(text: str, *, level: int = 0) -> bytes:
    return record(CONTROL, level + 1, b"  nf" + bytes(8)) + paragraph(text, level=level + 2)


def style(name: str, english: str) -> bytes:
    parts = b"".join(struct.pack("<H", len(part)) + part.encode("utf-16-le") for part in (name, english))
    return record(STYLE, 0, parts + bytes(8))


def hwp(body: bytes, *, flags: int = PACKED, more: Mapping[str, bytes] | None = None) -> bytes:
    """A document of one section; style 1 is the first outline level."""
    info = style("바탕글", "Normal") + style("개요 1", "Outline 1")
    head = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000306, flags) + bytes(216)
    streams = {"FileHeader": head, "DocInfo": _pack(info, flags), "BodyText/Section0": _pack(body, flags)}
    return container({**streams, **(more or {})})


def _pack(data: bytes, flags: int) -> bytes:
    if not flags & PACKED:
        return data
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def container(streams: Mapping[str, bytes]) -> bytes:
    """A container of streams, named by paths of at most two steps."""
    folders = sorted({name.split("/")[0] for name in streams if "/" in name})
    names = ["Root Entry", *folders, *streams]
    small, small_table, sectors, table = b"", list[int](), b"", list[int]()
    places: dict[str, int] = {}
    for name, data in streams.items():
        if len(data) < CUTOFF:
            places[name], small = _chain(data, small, small_table, SMALL)
        else:
            places[name], sectors = _chain(data, sectors, table, SECTOR)
    root, sectors = _chain(small, sectors, table, SECTOR)
    small_at, sectors = _chain(struct.pack(f"<{len(small_table)}I", *small_table), sectors, table, SECTOR)
    rows = b"".join(_entry(name, names, folders, streams, places, (root, len(small))) for name in names)
    folder_at, sectors = _chain(rows, sectors, table, SECTOR)
    count = 1
    while len(table) + count > count * SECTOR // 4:
        count += 1
    first = len(table)
    table += [FAT] * count + [FREE] * (count * SECTOR // 4 - len(table) - count)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    small_count = -(-len(small_table) * 4 // SECTOR)
    head += struct.pack("<IIIIIIIII", 0, count, folder_at, 0, CUTOFF, small_at, small_count, END, 0)
    head += struct.pack("<109I", *range(first, first + count), *[FREE] * (109 - count))
    return head + sectors + struct.pack(f"<{len(table)}I", *table)


def _chain(data: bytes, area: bytes, table: list[int], size: int) -> tuple[int, bytes]:
    """Puts a stream behind what an area holds; where it begins, and the area."""
    if not data:
        return END, area
    first, count = len(table), -(-len(data) // size)
    table += [*range(first + 1, first + count), END]
    return first, area + data.ljust(count * size, b"\0")


def _entry(
    name: str,
    names: list[str],
    folders: list[str],
    streams: Mapping[str, bytes],
    places: dict[str, int],
    root: tuple[int, int],
) -> bytes:
    """A row of the container's list. Brothers hang on each other's right side: one after the other is a tree, too."""
    if name == "Root Entry":
        kind, start, size, child = 5, *root, _child("", names)
    elif name in folders:
        kind, start, size, child = 1, 0, 0, _child(name, names)
    else:
        kind, start, size, child = 2, places[name], len(streams[name]), FREE
    shown = (name.rpartition("/")[2] + "\0").encode("utf-16-le")
    row = shown.ljust(64, b"\0") + struct.pack("<HBBIII", len(shown), kind, 1, FREE, _right(name, names), child)
    return row + bytes(16) + struct.pack("<IQQIQ", 0, 0, 0, start, size)


def _brothers(folder: str, names: list[str]) -> list[str]:
    return [name for name in names[1:] if name.rpartition("/")[0] == folder]


def _child(folder: str, names: list[str]) -> int:
    found = _brothers(folder, names)
    return names.index(found[0]) if found else FREE


def _right(name: str, names: list[str]) -> int:
    if name == "Root Entry":
        return FREE
    found = _brothers(name.rpartition("/")[0], names)
    at = found.index(name)
    return names.index(found[at + 1]) if at + 1 < len(found) else FREE
