"""Documents that mean harm, or are broken: each with the name it comes under and, where only one is right, its code.

Made here byte by byte where no program would write them. `opened` runs the reading program's own work on many of them,
each in a process of its own with its limits, and says what came of it and what that took.
"""

import gzip
import io
import json
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from hearth_reflex.rag.refusal import Why
from tests import hwp_files
from tests.documents import (
    Page,
    Words,
    epub,
    hwpx,
    hwpx_paragraph,
    packed,
    pdf,
    png,
    prose,
    sheets,
    slides,
    word,
    written,
)

ROOT = Path(__file__).resolve().parents[1]
SECRET = "root:"  # how the file begins that outside entities ask for
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + at)} '{f'&{chr(97 + at)};' * 10}'>" for at in range(9))
    + "]>"
)
SHEET = 'worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass(frozen=True, slots=True)
class Hostile:
    """`why` is the only right code, if there is one; else any code or a harmless reading will do."""

    title: str
    name: str
    data: bytes
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """`said` is what the program wrote, `megabytes` and `seconds` what it took of memory and of a processor."""

    said: bytes
    exit_code: int
    megabytes: int
    seconds: float


def all_of_them() -> list[Hostile]:
    return [*_broken_off(), *_nothing(), *_zips(), *_xml(), *_texts(), *_pdfs(), *_pictures(), *_hangul(), *_masks()]


# --- broken off -------------------------------------------------------------------------------------------------------


def wholes() -> dict[str, bytes]:
    """A good small file of each kind that has an inside."""
    return {
        "a.pdf": pdf([Page(prose([f"{n}쪽의 글입니다. 마른 장작을 쌓습니다."] * 8)) for n in range(6)]),
        "a.docx": word("# 제목", *["글이 여기 있습니다."] * 20, [["a", "b"], ["1", "2"]]),
        "a.xlsx": sheets({"집계": [["이름", "값"], *[[f"이름{n}", n] for n in range(50)]]}),
        "a.pptx": slides({"title": "하나", "lines": ["글"]}, {"title": "둘", "table": [["a", "b"], ["1", "2"]]}),
        "a.hwpx": hwpx("".join(hwpx_paragraph(f"글 {n}") for n in range(50))),
        "a.hwp": hwp_files.hwp(b"".join(hwp_files.paragraph(f"글 {n}") for n in range(50))),
        "a.epub": epub({"a.xhtml": "<html><body><p>글</p></body></html>" * 20}),
        "a.png": png(Image.linear_gradient("L").resize((120, 90))),
    }


def _broken_off() -> Iterator[Hostile]:
    for name, data in wholes().items():
        for tenth in range(1, 10):
            yield Hostile(f"{name} to {tenth} tenths", name, data[: len(data) * tenth // 10])
    for name in ("a.pdf", "a.docx", "a.hwp"):
        data = bytearray(wholes()[name])
        dice = random.Random(name)
        for _ in range(60):
            data[dice.randrange(16, len(data))] = dice.randrange(256)
        yield Hostile(f"{name} with sixty bytes changed", name, bytes(data))


def _nothing() -> Iterator[Hostile]:
    for title, data in {
        "no byte": b"",
        "zeros": bytes(9000),
        "blanks": b" \n\t" * 99,
        "a mark": b"\xef\xbb\xbf",
    }.items():
        for name in ("a.pdf", "a.txt"):
            yield Hostile(f"{title} as {name}", name, data, Why.EMPTY)
    yield Hostile("a zip of nothing", "a.docx", packed({}), Why.EMPTY)
    yield Hostile("a document without words", "a.docx", word("", " "), Why.EMPTY)
    yield Hostile("a PDF of empty pages", "a.pdf", pdf([Page(), Page()]), Why.EMPTY)
    yield Hostile("a sheet of nothing", "a.xlsx", sheets({"빈": []}))
    yield Hostile("letters of no width alone", "a.txt", "\u200b\u2060\u202e\ufeff".encode() * 50, Why.EMPTY)


# --- zips -------------------------------------------------------------------------------------------------------------


def _zips() -> Iterator[Hostile]:
    zeros = bytes(12 << 20)
    yield Hostile("a bomb", "a.docx", _part("word/document.xml", zeros), Why.BOMB)
    yield Hostile("a bomb of blanks in a book", "a.epub", epub({"a.xhtml": "<p>" + " " * (9 << 20)}), Why.BOMB)
    yield Hostile("six thousand members", "a.docx", packed({f"word/{n}.xml": b"" for n in range(6000)}), Why.BOMB)
    yield Hostile("a zip in a zip in a zip", "a.docx", _nested(), None)
    yield Hostile("members that share bytes", "a.docx", _overlapping(), Why.BOMB)
    yield Hostile("a member larger than it says", "a.hwpx", _lying(), None)
    for name in ("../../etc/passwd", "/etc/passwd", "..\\..\\x", "word/../../x", "C:\\x"):
        yield Hostile(f"a member named {name!r}", "a.docx", _part(name, b"x"), Why.UNREADABLE)
    yield Hostile("two members of a name", "a.docx", _twice(), Why.UNREADABLE)
    yield Hostile("members behind a password", "a.docx", _flagged(0x1), Why.LOCKED)
    yield Hostile("a way of packing that nobody knows", "a.hwpx", _method(99), None)
    yield Hostile("an open document", "a.odt", packed({"content.xml": "<x/>"}, first="application/vnd.oasis"), Why.KIND)
    yield Hostile("any zip", "a.zip", packed({"a.txt": "글"}), Why.KIND)
    yield Hostile("a Word and an Excel file in one", "a.docx", _two_in_one(), Why.UNREADABLE)


def _part(name: str, data: bytes | str) -> bytes:
    """A Word file with one more member, or another one in its place."""
    return _with(word("글"), {name: data})


def _with(file: bytes, members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, data in members.items():
            new.writestr(name, data)
    return out.getvalue()


def _nested() -> bytes:
    data = packed({"0": bytes(1 << 20)})
    for _ in range(4):
        data = packed({f"{n}.zip": data for n in range(10)})
    return _part("word/media/a.zip", data)


def _overlapping() -> bytes:
    """Two members of the list point to the same bytes."""
    data = bytearray(packed({"word/document.xml": b"x" * 9000, "word/b.xml": bytes(random.Random(1).randbytes(9000))}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 42, 0)
    return bytes(data)


def _lying() -> bytes:
    data = bytearray(hwpx(hwpx_paragraph("글" * 5000)))
    at = data.index(b"Contents/section0.xml", data.index(b"PK\x01\x02")) - 46
    struct.pack_into("<I", data, at + 24, 40)
    return bytes(data)


def _twice() -> bytes:
    data = bytearray(packed({"word/document.xml": b"a", "word/documenu.xml": b"b"}))
    return bytes(data.replace(b"documenu", b"document"))


def _flagged(flag: int) -> bytes:
    data = bytearray(word("글"))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= flag
        at += 4
    return bytes(data)


def _method(number: int) -> bytes:
    data = bytearray(hwpx(hwpx_paragraph("글")))
    at = data.index(b"Contents/section0.xml", data.index(b"PK\x01\x02")) - 46
    struct.pack_into("<H", data, at + 10, number)
    return bytes(data)


def _two_in_one() -> bytes:
    with zipfile.ZipFile(io.BytesIO(sheets({"a": [["b"]]}))) as other:
        return _with(word("글"), {name: other.read(name) for name in other.namelist() if name.startswith("xl/")})


# --- XML --------------------------------------------------------------------------------------------------------------


def _xml() -> Iterator[Hostile]:
    paragraph = "<w:p><w:r><w:t>&e;글</w:t></w:r></w:p>"
    body = f"<w:document {W}><w:body>{paragraph}</w:body></w:document>"
    for title, declared in {
        "an outside entity": XXE,
        "a thousand million laughs": LAUGHS.replace("'ha'", "'&x;'"),
    }.items():
        yield Hostile(f"{title} in a docx", "a.docx", _part("word/document.xml", declared + body), Why.UNREADABLE)
        yield Hostile(f"{title} in a docx in UTF-16", "a.docx", _part("word/document.xml", _utf16(declared + body)))
        section = f"{declared}<s><p><run><t>&e;</t></run></p></s>"
        yield Hostile(
            f"{title} in a hwpx", "a.hwpx", _with(hwpx(""), {"Contents/section0.xml": section}), Why.UNREADABLE
        )
        sheet = (
            f'{declared}<{SHEET}><sheetData><row><c t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
        )
        book = _with(sheets({"a": [["b"]]}), {"xl/worksheets/sheet1.xml": sheet})
        yield Hostile(f"{title} in a xlsx", "a.xlsx", book, Why.UNREADABLE)
        show = _with(slides({"title": "a"}), {"ppt/slides/slide1.xml": declared + "<a>&e;</a>"})
        yield Hostile(f"{title} in a pptx", "a.pptx", show, Why.UNREADABLE)
        yield Hostile(
            f"{title} in a book's page", "a.epub", epub({"a.xhtml": f"{declared}<html><p>&e;&j;글</p></html>"})
        )
        opf = _with(epub({"a.xhtml": "<p>글</p>"}), {"OEBPS/book.opf": f"{declared}<package>&e;</package>"})
        yield Hostile(f"{title} in a book's list", "a.epub", opf, Why.UNREADABLE)
        yield Hostile(f"{title} in a page", "a.html", f"{declared}<html><p>&e;&j;글</p></html>".encode())
        yield Hostile(f"{title} in a drawing", "a.svg", f"{declared}<svg><text>&e;&j;</text></svg>".encode())
    xinclude = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
    include = f'<w:document {W} {xinclude}><xi:include href="/etc/passwd" parse="text"/></w:document>'
    yield Hostile("an inclusion", "a.docx", _part("word/document.xml", include))
    deep = "<w:tbl><w:tr><w:tc>" * 3000 + "</w:tc></w:tr></w:tbl>" * 3000
    yield Hostile(
        "tables in tables",
        "a.docx",
        _part("word/document.xml", f"<w:document {W}><w:body>{deep}</w:body></w:document>"),
    )
    runs = "<hp:tbl><hp:tr><hp:tc><hp:subList><hp:p><hp:run>" * 40
    ends = "</hp:run></hp:p></hp:subList></hp:tc></hp:tr></hp:tbl>" * 40
    yield Hostile("tables in tables of Hangul", "a.hwpx", hwpx(hwpx_paragraph("글", held=runs + ends)))
    dice = random.Random(2)
    many = "".join(f'<w:p w:rsidR="{dice.randrange(1 << 32):08X}"/>' for _ in range(150_000))
    yield Hostile(
        "paragraphs without end",
        "a.docx",
        _part("word/document.xml", f"<w:document {W}><w:body>{many}</w:body></w:document>"),
    )


def _utf16(text: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


# --- texts and tables -------------------------------------------------------------------------------------------------


def _texts() -> Iterator[Hostile]:
    yield Hostile("NULs in a text", "a.txt", b"abc\0\0\0def" * 500, Why.KIND)
    yield Hostile("noise", "a.txt", random.Random(3).randbytes(60_000), Why.KIND)
    yield Hostile("noise as a PDF", "a.pdf", random.Random(4).randbytes(60_000), Why.KIND)
    yield Hostile("half a letter at the end", "a.txt", "글".encode() * 99 + b"\xea\xb0")
    yield Hostile("half of a pair", "a.txt", "글\ud800글".encode("utf-16-le", "surrogatepass"))
    yield Hostile("directions turned", "\u202egpj.md", "# \u202e\u2066제목\u2069\n\u202d글".encode())
    yield Hostile("a page a hundred thousand deep", "a.html", b"<div>" * 100_000 + b"x")
    yield Hostile("tables a thousand deep", "a.html", b"<table><tr><td>a<td>" * 1_000 + b"x")
    yield Hostile("a style that never ends", "a.html", b"<p style='" + b"left:;" * 200_000 + b"'>x</p><p>y")
    yield Hostile("sheets that never end", "a.html", b"<style>" + b"a{" * 300_000 + b"</style><p>y")
    yield Hostile("a tag that never ends", "a.html", b"<html><p " + b"a=b " * 300_000)
    yield Hostile("entities without names", "a.html", b"<p>&#0;&#xFFFFFFFF;&#xD800;&bogus;" * 9_000)
    yield Hostile("quotes in quotes", "a.md", b">" * 60_000 + b" x")
    yield Hostile("brackets in brackets", "a.md", b"[" * 20_000 + b"x" + b"](" * 20_000)
    yield Hostile("stars", "a.md", b"*a **a " * 5_000)
    yield Hostile("lists in lists", "a.md", b"".join(b" " * at + b"- x\n" for at in range(1_500)))
    yield Hostile("a row that never ends", "a.csv", b"a," * 2_000_000)
    yield Hostile("a quote that never ends", "a.csv", b'a,b\n"' + b"x\n" * 800_000)
    yield Hostile("cells that are formulas", "a.csv", b"a,b\n=cmd|'/c calc'!A0,@SUM(1)\n")
    yield Hostile("brackets of JSON", "a.json", b"[" * 400_000)
    yield Hostile("a line that never ends", "a.py", b"x" * 4_000_000)
    sheet = f'<{SHEET}><dimension ref="A1:XFD1048576"/><sheetData>{{}}</sheetData></worksheet>'
    for title, rows in {
        "a sheet that claims to be all there is": '<row r="1"><c r="A1"><v>1</v></c></row>',
        "a cell in the last corner": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "a row of a thousand million": '<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>',
        "a string that is not there": '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>',
        "rows full of wide rows": "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 400)),
        "a date before time": '<row r="1"><c r="A1" s="1" t="d"><v>-99999999999</v></c></row>',
    }.items():
        yield Hostile(title, "a.xlsx", _with(sheets({"a": [["b"]]}), {"xl/worksheets/sheet1.xml": sheet.format(rows)}))


# --- PDF --------------------------------------------------------------------------------------------------------------

_IMAGE = "/Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8"
_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def _stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _one(
    content: bytes, *, box: str = "0 0 595 842", resources: str = "", packing: str = "", more: Sequence[bytes] = ()
) -> bytes:
    """A PDF of one page of this content."""
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources << {resources} >> >>".encode()
    return written([_CATALOG, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page, _stream(packing, content), *more])


def _pdfs() -> Iterator[Hostile]:
    words = b"BT /F 12 Tf 72 700 Td (seen words here) Tj ET"
    font = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    good = pdf([Page(prose(["글입니다"]))])
    yield Hostile("five thousand pages", "a.pdf", pdf([Page()] * 5_000), Why.BOMB)
    yield Hostile("pages without an end to their count", "a.pdf", good.replace(b"/Count 1", b"/Count 2000000000"))
    yield Hostile(
        "pages that hold themselves", "a.pdf", written([_CATALOG, b"<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>"])
    )
    yield Hostile("a password", "a.pdf", _locked_pdf(), Why.LOCKED)
    for box in ("0 0 1e9 1e9", "0 0 0 0", "5 5 -5 -5", "0 0 1 200000", "a b c d", "0 0 14400 14400"):
        yield Hostile(f"a page of {box}", "a.pdf", _one(words, box=box, resources=font))
    bomb = zlib.compress(b"q " * (12 << 20), 9)
    yield Hostile("content that unfolds", "a.pdf", _one(bomb, packing="/Filter /FlateDecode"))
    twice = zlib.compress(zlib.compress(bytes(60 << 20), 9), 9)
    yield Hostile("content that unfolds twice", "a.pdf", _one(twice, packing="/Filter [/FlateDecode /FlateDecode]"))
    yield Hostile("saved states without end", "a.pdf", _one(b"q " * 500_000 + words, resources=font))
    yield Hostile(
        "text without end", "a.pdf", _one(b"BT /F 9 Tf 9 9 Td " + b"(abc) Tj " * 20_000 + b"ET", resources=font)
    )
    yield Hostile("arrays in arrays", "a.pdf", _one(words, resources=font + " /X " + "[" * 20_000 + "]" * 20_000))
    form = _stream("/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 5 0 R >> >>", b"/A Do")
    yield Hostile(
        "a form within itself",
        "a.pdf",
        _one(b"/A Do " + words, resources=font + "/XObject << /A 5 0 R >>", more=[form]),
    )
    image = _stream(f"{_IMAGE} /Width 60000 /Height 60000", b"abc")
    yield Hostile(
        "a picture that claims to be vast",
        "a.pdf",
        _one(b"595 0 0 842 0 0 cm /I Do", resources="/XObject << /I 5 0 R >>", more=[image]),
    )
    for packing in ("JBIG2Decode", "JPXDecode", "CCITTFaxDecode", "LZWDecode", "RunLengthDecode"):
        data = random.Random(packing).randbytes(3_000)
        drawn = _stream(f"{_IMAGE} /Width 500 /Height 500 /Filter /{packing}", data)
        yield Hostile(
            f"noise as {packing}",
            "a.pdf",
            _one(b"99 0 0 99 0 0 cm /I Do " + words, resources=font + "/XObject << /I 5 0 R >>", more=[drawn]),
        )
    action = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL\\('http://a'\\)) >> >>"
    yield Hostile("a program at its opening", "a.pdf", good.replace(_CATALOG, action))
    lying = (
        "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 0 /LastChar 255 /Widths ["
        + "99999 " * 256
    )
    lying += "] /FontDescriptor << /Type /FontDescriptor /FontName /H /Flags 4 /FontBBox [-9999 -9999 99999 99999]"
    lying += " /Ascent 32000 /Descent -32000 >> >> >>"
    yield Hostile("a font that lies about its size", "a.pdf", _one(words, resources=lying))
    yield Hostile("a font of no size", "a.pdf", _one(words.replace(b"/F 12", b"/F 0"), resources=font))
    yield Hostile("a font of all sizes", "a.pdf", _one(words.replace(b"/F 12", b"/F 1e12"), resources=font))
    yield Hostile(
        "text turned inside out",
        "a.pdf",
        _one(b"BT /F 12 Tf nan inf 1e38 -1e38 0 0 Tm (x) Tj ET " + words, resources=font),
    )
    yield Hostile("no page table", "a.pdf", good[: good.rindex(b"xref")])
    yield Hostile("a table that points to itself", "a.pdf", good.replace(b"startxref\n", b"startxref\n9\n%"))
    yield Hostile("only a head", "a.pdf", b"%PDF-1.7\n%%EOF", Why.UNREADABLE)
    yield Hostile("letters of no width in a PDF", "a.pdf", pdf([Page([Words("안\u200b녕\u202e하")])]))


def _locked_pdf() -> bytes:
    plain = pdf([Page(prose(["글입니다"]))])
    lock = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> >> /ID [<41><41>] "
    )
    return plain.replace(b"trailer\n<< ", b"trailer\n<< " + lock)


# --- pictures ---------------------------------------------------------------------------------------------------------


def _pictures() -> Iterator[Hostile]:
    head = b"\x89PNG\r\n\x1a\n"
    vast = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    yield Hostile(
        "a vast PNG", "a.png", head + _chunk(b"IHDR", vast) + _chunk(b"IDAT", zlib.compress(bytes(9_000))), Why.BOMB
    )
    large = struct.pack(">IIBBBBB", 2_000, 2_000, 16, 6, 0, 0, 0)
    unfolding = zlib.compress(bytes(2_000 * 8 + 1) * 2_000, 1)
    yield Hostile(
        "a PNG that unfolds", "a.png", head + _chunk(b"IHDR", large) + _chunk(b"IDAT", unfolding) + _chunk(b"IEND", b"")
    )
    yield Hostile("a PNG of nothing", "a.png", head, Why.UNREADABLE)
    yield Hostile("a JPEG of nothing", "a.jpg", b"\xff\xd8\xff\xe0" + bytes(99), Why.UNREADABLE)
    yield Hostile("a GIF of nothing", "a.gif", b"GIF89a" + b"\xff" * 99)
    yield Hostile("a WEBP of nothing", "a.webp", b"RIFF\xff\xff\xff\xffWEBPVP8L" + bytes(99), Why.UNREADABLE)
    yield Hostile("a HEIC of nothing", "a.heic", b"\0\0\0\x18ftypheic" + bytes(99), Why.UNREADABLE)
    yield Hostile("a TIFF in circles", "a.tif", b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 8) + bytes(99))
    yield Hostile(
        "a BMP upside down",
        "a.bmp",
        b"BM"
        + struct.pack("<IHHI", 99, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, -9, 1 << 30, 1, 24, 0, 0, 0, 0, 0, 0),
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# --- HWP --------------------------------------------------------------------------------------------------------------


def _hangul() -> Iterator[Hostile]:
    good = hwp_files.hwp(hwp_files.paragraph("글"))
    yield Hostile("a password on a hwp", "a.hwp", hwp_files.hwp(b"", flags=3), Why.LOCKED)
    yield Hostile("a hwp for handing out", "a.hwp", hwp_files.hwp(b"", flags=5), Why.LOCKED)
    yield Hostile(
        "a record longer than its stream",
        "a.hwp",
        hwp_files.hwp(struct.pack("<II", 0x43 | 0xFFF << 20, 1 << 31)),
        Why.UNREADABLE,
    )
    yield Hostile("a hwp that unfolds", "a.hwp", hwp_files.hwp(bytes(20 << 20)), Why.BOMB)
    yield Hostile(
        "tables in tables of records",
        "a.hwp",
        hwp_files.hwp(b"".join(hwp_files.table([["a"]], level=n % 1000) for n in range(3_000))),
    )
    yield Hostile(
        "cells at the end of the world",
        "a.hwp",
        hwp_files.hwp(hwp_files.table([["a", "b"]]).replace(struct.pack("<4H", 1, 0, 1, 1), b"\xff" * 8)),
    )
    loop = bytearray(good)
    struct.pack_into("<128I", loop, len(loop) - 512, *([0] * 128))
    yield Hostile("a container in circles", "a.hwp", bytes(loop))
    yield Hostile("a container of nothing", "a.hwp", good[:8] + bytes(2_000), Why.UNREADABLE)
    yield Hostile("an old Word file", "a.doc", hwp_files.container({"WordDocument": bytes(5_000)}), Why.KIND)
    yield Hostile(
        "an Excel file behind a password", "a.xlsx", hwp_files.container({"EncryptedPackage": bytes(5_000)}), Why.LOCKED
    )
    yield Hostile("an older hwp", "a.hwp", b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + bytes(200), Why.KIND)
    manifest = {"META-INF/manifest.xml": "<m><encryption-data/></m>"}
    yield Hostile("a password on a hwpx", "a.hwpx", hwpx(hwpx_paragraph("글"), more=manifest), Why.LOCKED)
    locks = {"META-INF/encryption.xml": '<e><d><CipherReference URI="OEBPS/a.xhtml"/></d></e>'}
    yield Hostile("a locked book", "a.epub", epub({"a.xhtml": "<p>글</p>"}, more=locks), Why.LOCKED)
    yield Hostile("a book that leads outside", "a.epub", epub({"../../../../etc/passwd": "<p>글</p>"}), Why.UNREADABLE)


# --- what is not what it seems ----------------------------------------------------------------------------------------


def _masks() -> Iterator[Hostile]:
    good, page = wholes(), b"<html><script>alert(1)</script><p>seen</p></html>"
    yield Hostile("a program as a PDF", "a.pdf", b"MZ\x90\0" + bytes(400) + b"This program cannot be run", Why.KIND)
    yield Hostile("another program as a text", "a.txt", b"\x7fELF\x02\x01\x01" + bytes(400), Why.KIND)
    yield Hostile("a Word file as a PDF", "a.pdf", good["a.docx"])
    yield Hostile("a PDF as a Word file", "a.docx", good["a.pdf"])
    yield Hostile("a picture as a Word file", "a.docx", good["a.png"])
    yield Hostile("a page as a table", "a.csv", page)
    yield Hostile("a PDF that is a zip as well", "a.pdf", good["a.pdf"] + good["a.docx"])
    yield Hostile("a zip that is a PDF as well", "a.docx", good["a.docx"] + good["a.pdf"])
    yield Hostile("a picture that is a page as well", "a.png", good["a.png"] + page)
    yield Hostile("a picture that is a zip as well", "a.png", good["a.png"] + good["a.docx"])
    yield Hostile("a GIF that is a program", "a.gif", b"GIF89a=1;alert(1);//" + bytes(40), None)
    yield Hostile("a text that names a PDF", "a.txt", b"The head is %PDF-1.7 in each file.\n")
    yield Hostile("a rich text", "a.rtf", b"{\\rtf1 hello}", Why.KIND)
    yield Hostile("a packed file", "a.txt", gzip.compress(b"hello" * 99), Why.KIND)
    for name in (
        "a\0.pdf",
        "../../a.md",
        "\u202efdp.txt",
        "-rf.csv",
        "$(id).html",
        "x" * 5_000 + ".md",
        ".",
        "",
        "a.p\ndf",
    ):
        yield Hostile(f"a file named {name[:20]!r}", name, "이름만 나쁩니다.\n".encode())


# --- the program ------------------------------------------------------------------------------------------------------


def opened(files: Sequence[Hostile], folder: Path, *, memory_bytes: int, cpu_s: int) -> list[Opened]:
    """What came of each; a program in `tests/hostile_reader.py` forks for every file, as starting anew takes longer."""
    for at, file in enumerate(files):
        (folder / f"{at}.in").write_bytes(file.data)
    names = json.dumps([file.name for file in files])
    command = [sys.executable, "-m", "tests.hostile_reader", str(folder), str(memory_bytes), str(cpu_s)]
    done = subprocess.run(command, input=names, capture_output=True, text=True, cwd=ROOT, check=True, timeout=500)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return [Opened((folder / f"{at}.out").read_bytes(), *one) for at, one in enumerate(told)]
