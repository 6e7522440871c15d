"""Makers of documents for tests: small files of every kind that the house reads, from plain values."""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import docx
import openpyxl
from PIL import Image, ImageDraw, ImageFont
from pptx import Presentation
from pptx.util import Inches, Pt

A4 = (595, 842)
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"  # of the package fonts-noto-cjk
LEFT, TOP, LEADING = 72.0, 72.0, 1.6


# --- PDF, byte by byte -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """A line on a page: `x` and `y` (of its base line, from the top) in points. `mode` 3 draws nothing."""

    text: str
    x: float = LEFT
    y: float = TOP
    size: float = 11.0
    colour: tuple[float, float, float] = (0, 0, 0)
    mode: int = 0
    is_bold: bool = False


@dataclass(slots=True)
class Page:
    """What stands on a page, and what is drawn before (`below`) and after (`above`) its words, as PDF operators."""

    words: Sequence[Words] = ()
    below: str = ""
    above: str = ""
    picture: Image.Image | None = None
    size: tuple[float, float] = A4
    extra: str = ""  # entries of the page's dictionary


def prose(lines: Sequence[str], *, x: float = LEFT, y: float = TOP, size: float = 11.0) -> list[Words]:
    """Lines below each other."""
    return [Words(line, x=x, y=y + at * size * LEADING, size=size) for at, line in enumerate(lines)]


def pdf(pages: Sequence[Page], *, title: str = "") -> bytes:
    """A PDF whose words are in the Korean fonts that every reader brings or replaces: nothing is embedded."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", *_fonts()]
    kids: list[str] = []
    for page in pages:
        kids.append(f"{len(objects) + 1} 0 R")
        picture = len(objects) + 3 if page.picture else 0
        objects.append(_page(page, content=len(objects) + 2, picture=picture))
        objects.append(_stream("", _content(page).encode("latin-1")))
        if page.picture:
            objects.append(_image(page.picture))
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(kids)}] >>".encode()
    objects.append(f"<< /Title <FEFF{title.encode('utf-16-be').hex()}> >>".encode())
    return written(objects, trailer=f"/Root 1 0 R /Info {len(objects)} 0 R")


def written(objects: Sequence[bytes], *, trailer: str = "/Root 1 0 R", version: str = "1.7") -> bytes:
    """A PDF of numbered objects, with its table of places."""
    data = f"%PDF-{version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1")
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer\n<< /Size {len(objects) + 1} {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + head.encode() + tail.encode()


def _fonts() -> list[bytes]:
    """Objects 3 to 8: a plain and a bold Korean face, each with its descendant and description."""
    fonts: list[bytes] = []
    for at, (name, weight) in enumerate((("HYGoThic-Medium", 400), ("HYGoThic-Bold", 800))):
        first = 3 + at * 3
        fonts += [
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /UniKS-UTF16-H"
            f" /DescendantFonts [{first + 1} 0 R] >>".encode(),
            f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{name} /DW 1000 /W [1 95 500]"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Korea1) /Supplement 1 >>"
            f" /FontDescriptor {first + 2} 0 R >>".encode(),
            f"<< /Type /FontDescriptor /FontName /{name} /Flags {4 | (1 << 18 if weight > 600 else 0)}"
            f" /FontBBox [0 -148 1001 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700"
            f" /StemV {weight // 5} /FontWeight {weight} >>".encode(),
        ]
    return fonts


def _page(page: Page, *, content: int, picture: int) -> bytes:
    pictures = f" /XObject << /P {picture} 0 R >>" if picture else ""
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.size[0]} {page.size[1]}] {page.extra}"
        f" /Resources << /Font << /F 3 0 R /B 6 0 R >>{pictures} >> /Contents {content} 0 R >>"
    ).encode()


def _content(page: Page) -> str:
    drawn = [page.below]
    if page.picture:
        drawn.append(f"q {page.size[0]} 0 0 {page.size[1]} 0 0 cm /P Do Q")
    for words in page.words:
        colour = " ".join(f"{part:.3f}" for part in words.colour)
        drawn.append(
            f"BT {colour} rg /{'B' if words.is_bold else 'F'} {words.size} Tf {words.mode} Tr"
            f" {words.x:.2f} {page.size[1] - words.y:.2f} Td <{words.text.encode('utf-16-be').hex()}> Tj ET"
        )
    return "\n".join([*drawn, page.above])


def lying(said: str, *, shown: str = "Open from nine to five.") -> bytes:
    """A PDF of one page whose font draws `shown`, and says of its letters that they are those of `said`."""
    codes = list(dict.fromkeys(shown.replace(" ", "")))
    size = -(-len(said) // len(codes))
    parts = [said[at * size : (at + 1) * size] for at in range(len(codes))]
    pairs = "".join(
        f"<{ord(code):02x}> <{part.encode('utf-16-be').hex()}>\n"
        for code, part in zip(codes, parts, strict=True)
        if part
    )
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{pairs.count('>') // 2} beginbfchar\n{pairs}endbfchar endcmap end end"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Contents 4 0 R"
        " /Resources << /Font << /F 5 0 R >> >> >>"
    )
    content = f"BT /F 14 Tf {LEFT} 700 Td ({shown}) Tj ET"
    return written(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            page.encode(),
            _stream("", content.encode("latin-1")),
            font,
            _stream("", table.encode()),
        ]
    )


def _stream(entries: str, data: bytes) -> bytes:
    packed = zlib.compress(data)
    return f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream"


def _image(picture: Image.Image) -> bytes:
    grey = picture.convert("L")
    size = f"/Width {grey.width} /Height {grey.height}"
    return _stream(f"/Type /XObject /Subtype /Image {size} /ColorSpace /DeviceGray /BitsPerComponent 8", grey.tobytes())


def scan(lines: Sequence[str], *, size: tuple[int, int] = (1240, 1754), points: int = 34) -> Image.Image:
    """A page with lines on it, as a scanner would give it."""
    picture = Image.new("L", size, 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, points)
    for at, line in enumerate(lines):
        draw.text((size[0] // 10, size[1] // 12 + at * points * 2), line, fill=0, font=font)
    return picture


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


# --- office files ----------------------------------------------------------------------------------------------------


def docx_file(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def word(*parts: str | Sequence[Sequence[str]], title: str = "") -> bytes:
    """A Word file: `# words` a heading of the first level, `## words` of the second, rows of cells a table."""
    document = docx.Document()
    document.core_properties.title = title
    for part in parts:
        if isinstance(part, str):
            level = len(part) - len(part.lstrip("#"))
            if level:
                document.add_heading(part[level:].strip(), level=level)
            else:
                document.add_paragraph(part)
            continue
        table = document.add_table(rows=0, cols=len(part[0]))
        for row in part:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    return docx_file(document)


def slides(*shown: Mapping[str, Any]) -> bytes:
    """A presentation; of each slide its `title`, `lines`, `table`, `notes`, and whether it is `hidden`."""
    show = Presentation()
    for one in shown:
        slide = show.slides.add_slide(show.slide_layouts[5])
        title: Any = slide.shapes.title
        title.text = one.get("title", "")
        for at, line in enumerate(one.get("lines", ())):
            box = slide.shapes.add_textbox(Inches(1), Inches(2 + at * 0.6), Inches(6), Inches(0.5))
            box.text_frame.text = line
            box.text_frame.paragraphs[0].runs[0].font.size = Pt(18)
        if rows := one.get("table"):
            table = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(5), Inches(6), Inches(1)).table
            for down, row in enumerate(rows):
                for across, text in enumerate(row):
                    table.cell(down, across).text = text
        if notes := one.get("notes"):
            frame: Any = slide.notes_slide.notes_text_frame
            frame.text = notes
        if one.get("hidden"):
            slide.element.set("show", "0")
    file = io.BytesIO()
    show.save(file)
    return file.getvalue()


def sheets(
    book: Mapping[str, Sequence[Sequence[Any]]],
    *,
    hidden: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[str] = (),
) -> bytes:
    """An Excel file: names of sheets to their rows. Rows and columns are hidden in each of them."""
    made = openpyxl.Workbook()
    made.remove(made.active)  # pyright: ignore[reportArgumentType] - a new book has a sheet
    for name, rows in book.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
        for number in hidden_rows:
            sheet.row_dimensions[number].hidden = True
        for letter in hidden_columns:
            sheet.column_dimensions[letter].hidden = True
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


# --- packed files ----------------------------------------------------------------------------------------------------


def packed(members: Mapping[str, bytes | str], *, first: str = "") -> bytes:
    """A zip; `first` is the content of a member `mimetype`, which stands first and unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo("mimetype"), first)
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def epub(chapters: Mapping[str, str], *, title: str = "책", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """A book: names of its chapters to their XHTML, in order."""
    items = "".join(
        f'<item id="c{at}" href="{name}" media-type="application/xhtml+xml"/>' for at, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(chapters)))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    members = {"META-INF/container.xml": container, "OEBPS/book.opf": package}
    pages = {f"OEBPS/{name}": page for name, page in chapters.items()}
    return packed({**members, **pages, **(more or {})}, first="application/epub+zip")


_HP = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"'
_HH = 'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'


def hwpx(body: str, *, title: str = "", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """HWPX: `body` are paragraphs as `hp:p`; style 1 is the first outline level, letters of shape 7 are white."""
    head = (
        f'<?xml version="1.0"?><hh:head {_HH}><hh:refList><hh:charProperties><hh:charPr id="0" height="1000"'
        ' textColor="#000000" shadeColor="none"/><hh:charPr id="7" height="1000" textColor="#FFFFFF"'
        ' shadeColor="none"/></hh:charProperties><hh:styles><hh:style id="0" name="바탕글" engName="Normal"/>'
        '<hh:style id="1" name="개요 1" engName="Outline 1"/></hh:styles></hh:refList></hh:head>'
    )
    members = {
        "Contents/header.xml": head,
        "Contents/section0.xml": f'<?xml version="1.0"?><hs:sec {_HP}>{body}</hs:sec>',
        "Contents/content.hpf": '<?xml version="1.0"?><opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:metadata>'
        f"<opf:title>{title}</opf:title></opf:metadata></opf:package>",
    }
    return packed({**members, **(more or {})}, first="application/hwp+zip")


def hwpx_paragraph(text: str, *, style: int = 0, letters: int = 0, held: str = "") -> str:
    return f'<hp:p styleIDRef="{style}"><hp:run charPrIDRef="{letters}"><hp:t>{text}</hp:t>{held}</hp:run></hp:p>'


def hwpx_table(rows: Sequence[Sequence[str]]) -> str:
    cells = "".join(
        f"<hp:tr>{''.join(f'<hp:tc><hp:subList>{hwpx_paragraph(cell)}</hp:subList></hp:tc>' for cell in row)}</hp:tr>"
        for row in rows
    )
    return f"<hp:tbl>{cells}</hp:tbl>"
