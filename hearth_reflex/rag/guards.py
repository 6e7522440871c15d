"""What is looked at before a packed file is unpacked, and how its XML is read. Nothing here reads a text."""

import zipfile
from itertools import pairwise
from typing import IO, BinaryIO

from hearth_reflex.rag.markup import Element, xml_root
from hearth_reflex.rag.refusal import Refusal, Why

MOST_ENTRIES = 5_000
MOST_BYTES = 200 << 20
MOST_RATIO = 200
_SMALL = 1 << 20  # what unpacks to no more than this may be packed as tightly as it likes
_DOCTYPE_WITHIN = 64 << 10


class GuardedZip:
    """A zip whose whole contents were counted first, and which gives out no more than its table of contents says."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
            raise Refusal(Why.UNREADABLE) from None
        look_through(self._zip)
        self.names = frozenset(self._zip.namelist())

    def read(self, name: str) -> bytes:
        """A member's bytes; raises Refusal for one that is not there, broken or larger than it said."""
        try:
            info = self._zip.getinfo(name)
            with self._zip.open(info) as member:
                data = member.read(info.file_size + 1)
        except Exception as broken:  # zipfile, zlib, lzma and bz2 each have several of their own
            raise Refusal(Why.UNREADABLE) from broken
        if len(data) > info.file_size:
            raise Refusal(Why.BOMB)
        return data

    def xml(self, name: str) -> Element:
        return parse_xml(self.read(name))


def look_through(archive: zipfile.ZipFile) -> None:
    """Raises Refusal for a bomb, for names that lead elsewhere, and for members behind a password."""
    entries = archive.infolist()
    if not entries:
        raise Refusal(Why.EMPTY)
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Refusal(Why.BOMB)
    if len({entry.filename for entry in entries}) < len(entries):
        raise Refusal(Why.UNREADABLE)  # two of a name: what one program reads is not what another shows
    spans: list[tuple[int, int]] = []
    for entry in entries:
        _look_at(entry)
        spans.append((entry.header_offset, entry.header_offset + entry.compress_size))
    spans.sort()
    if any(start < end for (_, end), (start, _) in pairwise(spans)):
        raise Refusal(Why.BOMB)  # members that share their bytes


def _look_at(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & 0x1:
        raise Refusal(Why.LOCKED)
    if name.startswith("/") or ".." in name.split("/") or "\0" in entry.orig_filename or ":" in name:
        raise Refusal(Why.UNREADABLE)
    if entry.file_size > most_unpacked(entry.compress_size):
        raise Refusal(Why.BOMB)


def most_unpacked(packed: int) -> int:
    """Bytes that so many packed ones may become."""
    return min(MOST_BYTES, max(_SMALL, MOST_RATIO * packed))


def parse_xml(data: bytes) -> Element:
    """The root of an XML file. It may declare no entities, and nothing is fetched."""
    refuse_entities(data)
    root = xml_root(data)
    if root is None:
        raise Refusal(Why.UNREADABLE)
    return root


def refuse_entities(data: bytes) -> None:
    """Raises Refusal for XML that declares entities, however it is encoded: no document needs any."""
    head = data[:_DOCTYPE_WITHIN].replace(b"\0", b"")
    if b"<!ENTITY" in head or b"<!ENTITY" in data:
        raise Refusal(Why.UNREADABLE)


def refuse_entities_in(archive: GuardedZip) -> None:
    """The same for every part of a file that a library will unpack by itself."""
    for name in archive.names:
        if name.endswith((".xml", ".rels", ".vml")):
            refuse_entities(archive.read(name))


def whole(file: IO[bytes], *, most: int) -> bytes:
    """All bytes of a file; raises Refusal when there are more than `most`."""
    file.seek(0)
    data = file.read(most + 1)
    if len(data) > most:
        raise Refusal(Why.BOMB)
    return data
