"""What of a sheet nobody sees, told from its XML alone."""

from hearth_reflex.rag.readers.sheet_sight import Unseen

_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


def test_ranges_within_ranges_stay_hidden() -> None:
    columns = '<cols><col min="1" max="100" hidden="1"/><col min="5" max="5" hidden="1"/></cols>'
    unseen = Unseen.of(_SHEET.format(columns).encode())
    assert unseen.column(50)
    assert not unseen.column(101)


def test_rows_behind_a_break_are_not_seen() -> None:
    rows = '<sheetData><row r="1"><c/></row><row r="2" hidden="1"><c/></row><row r="3">&nothing;</row><row r="4"/>'
    unseen = Unseen.of(_SHEET.format(rows).encode())
    assert [unseen.row(number) for number in (1, 2, 4, 5)] == [False, True, True, True]


def test_a_whole_sheet_is_known_to_its_end() -> None:
    unseen = Unseen.of(_SHEET.format('<sheetData><row r="1"/><row r="2"/></sheetData>').encode())
    assert not any(unseen.row(number) for number in (1, 2, 3, 99))
