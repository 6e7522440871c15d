"""PDF: the words that are seen, where they stand, and pictures of pages. Pages that are pictures go to the OCR.

Knows no password: a PDF that opens without one is read, whatever it says that its reader may not do.
"""

from typing import Any, BinaryIO

from PIL import Image

from hearth_reflex.domain.reading import Block, Reading
from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.guards import whole
from hearth_reflex.rag.readers.ocr import Ocr
from hearth_reflex.rag.readers.pdf_blocks import PdfPage, blocks
from hearth_reflex.rag.readers.pdf_fonts import use_whole_fonts
from hearth_reflex.rag.readers.pdf_lines import Measure, letters, lines
from hearth_reflex.rag.readers.pdf_sight import Sight, look, picture_share
from hearth_reflex.rag.readers.pdfium import Page, drawn, pdfium, raw
from hearth_reflex.rag.readers.picture import png
from hearth_reflex.rag.refusal import Refusal, Why

MOST_BYTES = 200 << 20
MOST_PAGES = 3_000
MOST_LINES = 400_000
MOST_PIXELS = 16_000_000
_ROUNDED_UP = 0.01  # pdfium takes the next whole pixel
_OCR_SIDE = 2400  # pixels of the longer side: about 200 to the inch
_STAMP_LETTERS = 150  # so many on a page that is a picture are no more than a stamp on it
_PICTURE_PAGE = 0.6


def read_pdf(file: BinaryIO, draft: Draft, ocr: Ocr) -> Reading:
    document = _opened(file)
    try:
        draft.title = document.get_metadata_dict(skip_empty=True).get("Title", "")
        pages = [_page(document, number, draft, ocr) for number in range(1, len(document) + 1)]
    except pdfium.PdfiumError:
        raise Refusal(Why.UNREADABLE) from None
    if sum(len(page.lines) for page in pages) > MOST_LINES:
        raise Refusal(Why.BOMB)
    for block in blocks(pages):
        draft.add(block)
    if draft.is_empty and draft.skipped:
        raise Refusal(Why.SLOW if draft.is_late else Why.SCANNED)
    return draft.done(pages=len(pages))


def draw_pdf(file: BinaryIO, *, page: int, width: int) -> bytes:
    document = _opened(file)
    if not 1 <= page <= len(document):
        raise Refusal(Why.UNREADABLE)
    try:
        found = document[page - 1]
        return png(_picture(found, (width - _ROUNDED_UP) / max(found.get_width(), 1.0)))
    except pdfium.PdfiumError:
        raise Refusal(Why.UNREADABLE) from None


def _opened(file: BinaryIO) -> Any:
    use_whole_fonts()
    try:
        document = pdfium.PdfDocument(whole(file, most=MOST_BYTES))
        count = len(document)
    except pdfium.PdfiumError as error:
        locks = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Refusal(Why.LOCKED if error.err_code in locks else Why.UNREADABLE) from None
    if count > MOST_PAGES:
        raise Refusal(Why.BOMB)
    if count < 1:
        raise Refusal(Why.EMPTY)
    return document


def _page(document: Any, number: int, draft: Draft, ocr: Ocr) -> PdfPage:
    """A page; one that cannot be opened is an empty one, as it is for whoever leafs through."""
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return PdfPage(number)
    try:
        measure = Measure(page)
        words = page.get_textpage()
        sight = look(page, words, letters(words, measure), measure)
        if not _is_picture(page, measure, sight):
            return PdfPage(number, lines=list(lines(sight.letters, measure)))
        read_off = _read_off(page, number, draft, ocr)
        return PdfPage(number, read_off=read_off) if read_off else PdfPage(number, list(lines(sight.letters, measure)))
    finally:
        page.close()


def _is_picture(page: Page, measure: Measure, sight: Sight) -> bool:
    """Whether what is on a page is not, or not for the most part, there as text."""
    count = sum(1 for letter in sight.letters if letter.text.isalnum())
    if not count:
        return not sight.is_blank
    return count < _STAMP_LETTERS and picture_share(page, measure) > _PICTURE_PAGE


def _read_off(page: Page, number: int, draft: Draft, ocr: Ocr) -> list[Block]:
    """The words of a page that is a picture; none where they cannot be read, or not in time: the other pages can."""
    try:
        if not ocr.is_there or not ocr.has_time:
            raise Refusal(Why.SLOW)
        longest = max(page.get_width(), page.get_height(), 1.0)
        found = ocr.blocks(_picture(page, _OCR_SIDE / longest), page=number)
    except Refusal as refusal:
        if refusal.why is not Why.SLOW:
            raise
        draft.skipped, draft.is_late = draft.skipped + 1, ocr.is_there
        return []
    draft.scanned += bool(found)
    return found


def _picture(page: Page, scale: float) -> Image.Image:
    width, height = page.get_size()
    if width * height * scale * scale > MOST_PIXELS:
        scale = (MOST_PIXELS / (width * height)) ** 0.5
    if width * scale < 1 or height * scale < 1:
        raise Refusal(Why.UNREADABLE)
    return drawn(page, scale=scale, with_notes=True)
