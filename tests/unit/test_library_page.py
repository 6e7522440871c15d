"""What the browser makes of a library: what is told, done and brought; text that was read; numbers in an answer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RUNNER = Path(__file__).with_name("library_runner.mjs")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    node = [str(Path(sys.executable).parent / "node"), str(RUNNER)]
    return json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)


def test_a_library_is_asked_for_with_its_collections(told: dict[str, Any]) -> None:
    assert told["loaded"] == [["a", "ready", 0, 0], ["b", "waiting", 0, 0]]
    assert told["used"] == 30
    assert [path for _, path, _ in told["asked"]] == [
        "/api/documents?room=room-1&limit=200",
        "/api/collections?room=room-1",
    ]


def test_what_is_told_of_another_room_changes_nothing(told: dict[str, Any]) -> None:
    assert told["deaf"] == told["loaded"]


def test_a_number_is_taken_as_it_is_told_and_an_end_is_looked_at(told: dict[str, Any]) -> None:
    assert ["b", "reading", 3, 9] in told["reading"]
    assert told["ended"] == [["c", "waiting", 0, 0], ["a", "ready", 0, 0], ["b", "failed", 0, 0]]
    assert told["error"] == "document_locked"


def test_what_was_removed_goes_and_gives_its_place_back(told: dict[str, Any]) -> None:
    assert [one for one, *_ in told["removed"]] == ["c", "b"]
    assert told["usedThen"] == 20


def test_only_what_is_under_way_is_looked_at_again(told: dict[str, Any]) -> None:
    assert told["lookedAt"] == ["/api/documents/c"]
    assert told["after"] == [["b", "failed", 0, 0]]  # c went without a word
    assert told["underWay"] == [True, True, False, False, False]


def test_what_is_done_says_what_went_wrong(told: dict[str, Any]) -> None:
    assert told["renamed"] == ["", "새 이름.pdf"]
    assert told["movedAway"] == ["", []]
    assert (told["unknown"], told["offline"]) == ("없어요", "offline")


def test_a_list_that_cannot_be_asked_for_says_so_and_stays(told: dict[str, Any]) -> None:
    assert told["older"] == "offline"
    assert told["stays"] == ["here", "잠시 뒤에요"]


def test_a_file_that_cannot_be_put_away_keeps_no_other_back(told: dict[str, Any]) -> None:
    assert told["put"] == [["f1", "f2", "f3"], [["못 넣음", {"bad": True}], ["넣음"]]]


def test_two_files_are_brought_at_a_time_and_each_ends_by_itself(told: dict[str, Any]) -> None:
    assert told["atOnce"] == [
        "/api/documents?collection=c1&name=%ED%95%98%EB%82%98.pdf",
        "/api/documents?collection=c1&name=%EB%91%98.pdf",
    ]
    assert told["parts"] == [0.5, 0, 0]
    assert told["uploads"] == [["둘.pdf", True, False, "빈 파일이에요."], ["셋.pdf", False, False, ""]]
    assert told["twice"] == [[True, "벌써 있어요."], "/api/documents?again=true"]
    assert told["brought"] == [["u1", "waiting", 0, 0]]
    assert (told["third"], told["aborted"]) == (3, True)


def test_the_readers_own_shelf_is_told_of_as_news(told: dict[str, Any]) -> None:
    assert told["own"] == [["u1", "embedding", 2, 4]]


def test_rows_of_a_table_stand_together(told: dict[str, Any]) -> None:
    assert told["tables"] == [["text", 0], ["table", 4]]


def test_an_address_says_which_piece_which_page_and_which_words(told: dict[str, Any]) -> None:
    piece = "c0ffee00-0000-7000-8000-000000000000"
    assert [(one["piece"], one["page"], one["said"]) for one in told["hashes"]] == [
        ("", 0, [0, 0]),
        (piece, 0, [0, 0]),
        (piece, 3, [0, 0]),
        (piece, 3, [4, 9]),
        (piece, 0, [9, 4]),
        ("", 0, [0, 0]),
    ]


def test_the_lines_of_a_quotation_are_told_from_those_of_its_piece(told: dict[str, Any]) -> None:
    assert told["lines"] == [
        [False, True, False],
        [True, True, True],  # between two lines: none of them is its own, so all are
        [True, True, True],
        [True, True, True],  # nothing is quoted
        [True, True, True],  # what is quoted stands elsewhere
    ]


def test_words_are_counted_as_the_house_counts_them(told: dict[str, Any]) -> None:
    assert told["placed"] == [None, [3, 5], [4, 5], None]  # a face of two halves is one character


def test_what_was_said_is_marked_where_it_stands_in_rows_too(told: dict[str, Any]) -> None:
    plain, table, none = told["withMark"]
    assert plain == [["앞 글. ", "가운데.", " 뒷글."]]
    assert table == [
        ["앞 글", "", ""],
        [["", "이름", ""], ["", "값", ""]],
        [["", "가", ""], ["", "1", ""]],
        ["뒷글", "", ""],
    ]
    assert none == [["앞 글", "", ""]]


def test_numbers_of_sources_are_marked_in_words_alone_and_only_where_they_are_sources(told: dict[str, Any]) -> None:
    assert told["marked"] == ["장작", ["1"], "은 마른 것", ["12"], " ", ["?"], " [a] [2024]", "inlineCode"]
    assert told["onlyUnsaid"] == ["장작[1] 말", ["?"], "inlineCode"]
    assert told["unmarked"] == ["장작[1]", "inlineCode"]
    assert told["called"] == ["mention", " 님", ["1"], "inlineCode"]


def test_a_number_is_named_by_what_it_points_at(told: dict[str, Any]) -> None:
    assert told["labels"] == ["출처 1", "출처 2: $& {page}.pdf", "출처 3: 설명서.pdf, 7쪽"]
    assert told["chosen"] == [["cite", "m1 2"]]


def test_what_cites_a_document_that_went_is_asked_about_anew(told: dict[str, Any]) -> None:
    assert told["undisturbed"] == []
    assert told["askedAnew"] == [20, "/api/rooms/room-1/messages/a21/citations", 1, 0, "here"]


def test_sources_are_counted_as_they_are_and_until_they_are_known_as_the_row_tells(told: dict[str, Any]) -> None:
    assert told["counted"] == [1, 0, 2]
