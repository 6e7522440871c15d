"""What a page asks of the search while somebody types: once they pause, one at a time, the newest alone; in Node."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

RUNNER = Path(__file__).with_name("finder_runner.mjs")
A, B = "/api/search?q=a", "/api/search?q=ab"
PAGE = {"rooms": [], "people": [], "messages": [{"id": "1"}], "files": [], "next": "20.1"}
REST = {"rooms": [], "people": [], "messages": [{"id": "2"}], "files": [], "next": ""}
NOTHING_ASKED = {
    "text": "",
    "kind": "all",
    "room": "",
    "person": "",
    "image": False,
    "period": "",
    "first": "",
    "last": "",
}


def run(*steps: list[Any], **more: Any) -> dict[str, Any]:
    node = Path(sys.executable).parent / "node"
    given = json.dumps({"steps": steps, **more})
    seoul = {**os.environ, "TZ": "Asia/Seoul"}
    done = subprocess.run([str(node), str(RUNNER)], input=given, capture_output=True, text=True, check=False, env=seoul)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_five_letters_are_one_question() -> None:
    steps = [order for word in ("a", "ab", "abc", "abcd", "abcde") for order in (["want", f"/{word}"], ["wait", 120])]
    assert run(*steps)["asked"] == []
    assert run(*steps, ["wait", 300])["asked"] == ["/abcde"]


def test_a_syllable_that_is_being_composed_waits_longer_and_not_once_it_stands() -> None:
    assert run(["want", A, 700], ["wait", 400])["asked"] == []
    assert run(["want", A, 700], ["wait", 700])["asked"] == [A]
    assert run(["want", A, 700], ["wait", 100], ["want", A, 300], ["wait", 300])["asked"] == [A]


def test_only_the_newest_answer_counts() -> None:
    seen = run(["want", A], ["wait", 300], ["want", B], ["wait", 300], ["answer", B, PAGE], ["answer", A, REST])
    assert (seen["asked"], seen["gone"]) == ([A, B], [A])
    assert seen["state"] == {"state": "here", "found": PAGE, "problem": ""}


def test_the_same_question_is_not_asked_again() -> None:
    assert run(["want", A], ["wait", 300], ["answer", A, PAGE], ["want", A], ["wait", 900])["asked"] == [A]


def test_an_emptied_box_asks_nothing_and_shows_nothing() -> None:
    seen = run(["want", A], ["wait", 300], ["want", ""], ["answer", A, PAGE])
    assert (seen["asked"], seen["state"]["state"], seen["state"]["found"]) == ([A], "idle", None)


def test_more_is_put_behind_what_is_there() -> None:
    next_page = f"{A}&cursor=20.1"
    seen = run(["want", A], ["wait", 300], ["answer", A, PAGE], ["more", A, PAGE], ["answer", next_page, REST])
    assert [hit["id"] for hit in seen["state"]["found"]["messages"]] == ["1", "2"]
    assert seen["state"]["found"]["next"] == ""


def test_what_went_wrong_is_told_and_what_was_there_stays() -> None:
    refused = run(["want", A], ["wait", 300], ["answer", A, PAGE], ["want", B], ["wait", 300], ["refuse", B])
    assert refused["state"] == {"state": "failed", "found": PAGE, "problem": "no"}
    assert run(["want", A], ["wait", 300], ["cut", A])["state"]["state"] == "failed"
    assert run(["want", A], ["end"], ["wait", 900])["asked"] == []


def test_addresses() -> None:
    seen = run(
        addresses=[
            NOTHING_ASKED,
            {**NOTHING_ASKED, "room": "r"},
            {**NOTHING_ASKED, "text": " 불씨 & "},
            {**NOTHING_ASKED, "image": True, "kind": "messages"},
        ]
    )["addresses"]
    assert seen == [
        "",
        "",
        "/api/search?kind=all&q=%EB%B6%88%EC%94%A8+%26",
        "/api/search?kind=messages&has=image",
    ]


def test_days_are_the_readers_own() -> None:
    now = "2026-11-21T16:30:00Z"  # the 22nd in Seoul
    spans = [[period, "2026-11-01", "2026-11-03", now] for period in ("", "today", "week", "month", "days")]
    assert run(spans=spans)["spans"] == [
        ["", ""],
        ["2026-11-21T15:00:00.000Z", ""],
        ["2026-11-15T15:00:00.000Z", ""],
        ["2026-10-23T15:00:00.000Z", ""],
        ["2026-10-31T15:00:00.000Z", "2026-11-03T15:00:00.000Z"],
    ]
