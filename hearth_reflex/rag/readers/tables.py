"""Tables in files of their own: values between commas, and sheets of Excel."""

import csv
import datetime
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import openpyxl

from hearth_reflex.rag.decoding import decode
from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.guards import GuardedZip, refuse_entities_in
from hearth_reflex.rag.readers.sheet_sight import Unseen
from hearth_reflex.rag.refusal import Refusal, Why

_DELIMITERS = ",;\t|"
_SAMPLE = 16 << 10
_LONGEST_CELL = 1 << 20
_MOST_BLANK_ROWS = 20_000  # in a row; a sheet may claim a million


def read_csv(data: bytes, draft: Draft) -> None:
    text = decode(data).replace("\0", "")
    csv.field_size_limit(_LONGEST_CELL)
    try:
        draft.table(csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text)))
    except csv.Error:
        raise Refusal(Why.UNREADABLE) from None


def _delimiter(text: str) -> str:
    """The one that cuts the first lines into the same number of cells, and into the most of them."""
    lines = text[:_SAMPLE].splitlines()[:20]
    best, cells = ",", 1
    for delimiter in _DELIMITERS:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        usual = max(set(counts), key=counts.count) if counts else 1
        if usual > cells and counts.count(usual) * 2 > len(counts):
            best, cells = delimiter, usual
    return best


def read_xlsx(file: BinaryIO, draft: Draft) -> None:
    archive = GuardedZip(file)
    refuse_entities_in(archive)
    file.seek(0)
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    draft.title = str(book.properties.title or "")
    sheets: list[Any] = book.worksheets
    for sheet in sheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # what a sheet says of its own size need not be true
        draft.heading(sheet.title, level=1)
        unseen = Unseen.of(archive.read(sheet._worksheet_path))
        for table in _tables(sheet.iter_rows(), unseen):
            draft.table(table)


def _tables(rows: Iterable[tuple[Any, ...]], unseen: Unseen) -> Iterator[list[list[str]]]:
    """The rows of a sheet that are seen, apart where rows are empty."""
    table: list[list[str]] = []
    blank = 0
    for number, row in enumerate(rows, start=1):
        if unseen.row(number):
            continue
        cells = ["" if unseen.column(at) else _shown(cell) for at, cell in enumerate(row, start=1)]
        if any(cells):
            table.append(cells)
            blank = 0
            continue
        if table:
            yield _without_margins(table)
            table = []
        blank += 1
        if blank > _MOST_BLANK_ROWS:
            break
    if table:
        yield _without_margins(table)


def _without_margins(table: list[list[str]]) -> list[list[str]]:
    """Without the columns in which no row has anything, so that a value stays below its head."""
    width = max(len(row) for row in table)
    used = [at for at in range(width) if any(at < len(row) and row[at] for row in table)]
    return [[row[at] if at < len(row) else "" for at in used] for row in table]


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time.min:
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    if isinstance(value, float):
        is_share = str(cell.number_format or "").endswith("%")
        return f"{value * 100:.10g}%" if is_share else f"{value:.15g}"
    return str(value)
