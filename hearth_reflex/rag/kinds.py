"""What a file really is: its first bytes decide. The ending of its name helps only among texts."""

from enum import StrEnum
from typing import BinaryIO

from hearth_reflex.rag.decoding import decode, looks_binary
from hearth_reflex.rag.guards import GuardedZip
from hearth_reflex.rag.ole import Container
from hearth_reflex.rag.refusal import Refusal, Why

HEAD = 8192


class FileKind(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    CSV = "csv"
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"
    CODE = "code"
    EPUB = "epub"
    HWPX = "hwpx"
    HWP = "hwp"
    IMAGE = "image"


DRAWN = (FileKind.PDF, FileKind.IMAGE)  # kinds whose pages have pictures
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
_PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_OF_MAIN_PART = {
    "word/document.xml": FileKind.DOCX,
    "ppt/presentation.xml": FileKind.PPTX,
    "xl/workbook.xml": FileKind.XLSX,
}
_OF_MIMETYPE = {b"application/epub+zip": FileKind.EPUB, b"application/hwp+zip": FileKind.HWPX}
_OF_ENDING = {
    "csv": FileKind.CSV, "tsv": FileKind.CSV, "tab": FileKind.CSV,
    "html": FileKind.HTML, "htm": FileKind.HTML, "xhtml": FileKind.HTML,
    "md": FileKind.MARKDOWN, "markdown": FileKind.MARKDOWN, "mdx": FileKind.MARKDOWN,
}  # fmt: skip
_CODE = """
    bash bat c cc cfg cpp cs css dart ex exs go gradle h hpp hs ini java jl js json jsonl jsx kt kts less lua m mjs php
    pl proto ps1 py pyi r rb rs scala scss sh sql svelte swift tf toml ts tsx vb vue xml yaml yml zig zsh
"""
CODE_ENDINGS = frozenset(_CODE.split())


def ending_of(name: str) -> str:
    """The ending of a name in small letters and digits, or nothing: this much of it goes on."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return ending if ending.isascii() and ending.isalnum() and len(ending) <= 10 else ""


def kind_of(file: BinaryIO, ending: str) -> FileKind:
    """Raises Refusal for what is empty, locked, or of no kind that can be read."""
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip(b"\0\t\n\v\f\r \xef\xbb\xbf"):
        raise Refusal(Why.EMPTY if not head or not file.read(HEAD).strip(b"\0\t\n\r ") else Why.KIND)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _of_zip(file)
    if head.startswith(_OLE):
        return _of_ole(file)
    if _is_picture(head):
        return FileKind.IMAGE
    if head.lstrip(b"\xef\xbb\xbf\0\t\n\r ").startswith(b"%PDF-") or (ending == "pdf" and b"%PDF-" in head[:1024]):
        return FileKind.PDF
    return _of_text(head, ending)


def _is_picture(head: bytes) -> bool:
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return True
    if head[4:8] == b"ftyp":
        return head[8:12] in _PICTURE_BRANDS
    if head.startswith(b"BM"):  # a text may begin so
        return head[6:10] == b"\0\0\0\0"
    return head.startswith(_PICTURES)


def _of_zip(file: BinaryIO) -> FileKind:
    archive = GuardedZip(file)
    if "mimetype" in archive.names and (kind := _OF_MIMETYPE.get(archive.read("mimetype").strip())):
        return kind
    found = [kind for part, kind in _OF_MAIN_PART.items() if part in archive.names]
    if "Contents/section0.xml" in archive.names:
        found.append(FileKind.HWPX)
    elif not found and "META-INF/container.xml" in archive.names and "mimetype" not in archive.names:
        found.append(FileKind.EPUB)
    if len(found) > 1:
        raise Refusal(Why.UNREADABLE)  # two files in one: which of them is seen depends on who looks
    if not found:
        raise Refusal(Why.KIND)
    return found[0]


def _of_ole(file: BinaryIO) -> FileKind:
    """The older container of office files; of those within only HWP 5 is read."""
    try:
        with Container(file) as container:
            names = container.names
    except Exception:  # its reader says in many ways that a container is broken
        raise Refusal(Why.UNREADABLE) from None
    if "EncryptedPackage" in names:
        raise Refusal(Why.LOCKED)
    if "FileHeader" in names and "DocInfo" in names:
        return FileKind.HWP
    raise Refusal(Why.KIND)


def _of_text(head: bytes, ending: str) -> FileKind:
    if head.startswith((b"{\\rtf", b"HWP Document File")) or looks_binary(head):
        raise Refusal(Why.KIND)
    text = decode(head, is_cut=True).lstrip().lower()
    if text.startswith(("<!doctype html", "<html")) or (text.startswith("<?xml") and "<html" in text):
        return FileKind.HTML
    if ending in CODE_ENDINGS or text.startswith(("<?xml", "<svg", "#!/")):
        return FileKind.CODE
    return _OF_ENDING.get(ending, FileKind.TEXT)
