"""What the browser asks of the house about answers, and the commands that do: run in Node, as the browser does it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
BROWSER = HERE.parents[1] / "assets/hearth"
EMBER = {"id": "p1", "name_ko": "불씨", "name_en": "Ember"}
SAGE = {"id": "p2", "name_ko": "현자", "name_en": "Sage"}


def orders(*given: list[Any]) -> list[Any]:
    node = Path(sys.executable).parent / "node"
    command = [str(node), str(HERE / "answers_runner.mjs"), BROWSER.as_uri()]
    told = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    return json.loads(told.stdout)


def run(name: str, rest: str = "", *, ais: list[dict[str, str]] | None = None, **world: Any) -> dict[str, Any]:
    """What a command did: {wrong, asked, notes, chosen, said, put}."""
    return orders(["begin", world], ["run", name, rest, [EMBER] if ais is None else ais])[1]


def item(number: int, **more: Any) -> dict[str, Any]:
    plain = {"kind": "talk", "ai": False, "own": False, "asked": False, "deleted": False}
    return {"id": f"m{number}", "seq": number, **plain, **more}


MINE, THEIRS = {"own": True}, {}
ANSWER, OTHERS = {"ai": True, "asked": True}, {"ai": True}


class TestAnswers:
    def test_what_goes_wrong_is_told_in_words(self) -> None:
        path = "POST /api/rooms/room/messages/m1/regenerate"
        refused = {path: {"ok": False, "said": {"detail": "not now"}}}
        told = orders(
            ["begin", {}],
            ["again"],
            ["begin", {"house": refused}],
            ["again"],
            ["begin", {"house": {path: {"ok": False, "said": {}}}}],
            ["again"],
            ["begin", {"house": {path: "down"}}],
            ["again"],
        )
        assert told[1::2] == ["", "not now", "<unexpected>", "<offline>"]

    def test_what_to_ask_next_is_asked_once_a_version(self) -> None:
        path = "GET /api/rooms/room/messages/m1/followups"
        house = {path: {"ok": True, "said": {"follow_ups": ["why?"]}}}
        told = orders(["begin", {"house": house}], ["followUps", 1], ["followUps", 1], ["followUps", 2], ["asked"])
        assert told[1:4] == [["why?"]] * 3
        assert len(told[4]) == 2

    def test_no_line_is_no_question(self) -> None:
        path = "GET /api/rooms/room/messages/m1/followups"
        told = orders(["begin", {"house": {path: "down"}}], ["followUps", 1])
        assert told[1] == []

    def test_the_newest_answer_of_ones_own(self) -> None:
        items = [item(1, **ANSWER), item(2, **ANSWER), item(3, **OTHERS), item(4, **{**ANSWER, "deleted": True})]
        notice = item(5, **{**ANSWER, "kind": "notice"})
        assert orders(["call", "newestOwn", [*items, notice]])[0]["id"] == "m2"
        assert orders(["call", "newestOwn", []]) == [None]

    @pytest.mark.parametrize(
        ("behind", "answered"),
        [
            ([ANSWER], True),
            ([THEIRS, OTHERS, ANSWER], True),
            ([MINE, ANSWER], False),
            ([OTHERS], False),
            ([{**ANSWER, "deleted": True}], False),
            ([], False),
        ],
    )
    def test_whether_a_question_was_answered(self, behind: list[dict[str, Any]], answered: bool) -> None:
        items = [item(1, **ANSWER), *(item(number, **kind) for number, kind in enumerate([MINE, *behind], 2))]
        assert orders(["call", "wasAnswered", items, "m2"], ["call", "wasAnswered", items, "gone"]) == [answered, False]

    def test_quotes_are_of_markdown_and_bounded(self) -> None:
        short, long = orders(["call", "quoted", "one\n\ntwo\n"], ["call", "quoted", "🔥" * 2000])
        assert short == "> one\n>\n> two\n\n"
        assert long == "> " + "🔥" * 500 + "…\n\n"

    def test_a_question_calls_by_name_where_others_listen(self) -> None:
        assert orders(["call", "addressed", "why?", "Ember"], ["call", "addressed", "why?", ""]) == [
            "@Ember why?",
            "why?",
        ]


class TestCommands:
    def test_ask_calls_whoever_sits_first(self) -> None:
        assert run("ask", "what is it?", ais=[SAGE, EMBER])["said"] == ["@Sage what is it?"]
        assert run("물어", "뭐야?", lang="ko")["said"] == ["@불씨 뭐야?"]

    def test_who_calls_by_name_has_called(self) -> None:
        assert run("ask", "@ember what is it?", ais=[SAGE, EMBER])["said"] == ["@ember what is it?"]

    def test_ask_needs_a_question_and_somebody(self) -> None:
        assert run("ask")["wrong"] == "<ask_how>"
        assert run("ask", "hello?", ais=[])["wrong"] == "<ask_nobody>"

    def test_regenerate_takes_the_newest_of_ones_own(self) -> None:
        done = run("regenerate", items=[item(1, **ANSWER), item(2, **OTHERS)])
        assert (done["wrong"], done["asked"]) == ("", [["POST", "/api/rooms/room/messages/m1/regenerate", {}]])
        assert run("다시", items=[item(2, **OTHERS)])["wrong"] == "<regenerate_none>"
        assert run("regenerate")["wrong"] == "<regenerate_none>"

    def test_quiet_alone_is_for_the_ai_and_for_everybody(self) -> None:
        done = run("quiet")
        assert done["asked"] == [["PUT", "/api/rooms/room/temper", {"temper": "quiet"}]]
        assert done["notes"] == [["<temper_quiet>", False]]
        house = {"PUT /api/rooms/room/temper": {"ok": False, "said": {"detail": "not yours"}}}
        refused = run("quiet", house=house)
        assert (refused["wrong"], refused["notes"]) == ("not yours", [])

    def test_quiet_with_a_time_is_for_oneself(self) -> None:
        assert run("quiet", "30m")["asked"] == [["PATCH", "/api/rooms/room/seat", {"quiet_minutes": 30}]]
        assert run("조용히", "often")["wrong"] == "<quiet_how>"

    def test_persona_calls_who_sits_here(self) -> None:
        done = run("persona", "ember")
        assert (done["asked"], done["put"]) == ([], [["hearth:say", "@Ember "]])

    def test_persona_gives_a_seat_to_who_has_none(self) -> None:
        done = run("페르소나", "현자", lang="ko", house={"GET /api/personas": {"ok": True, "said": [EMBER, SAGE]}})
        assert done["asked"] == [["GET", "/api/personas", None], ["PUT", "/api/rooms/room/ai/p2", {}]]
        assert done["put"] == [["hearth:say", "@현자 "]]

    def test_persona_refused_puts_nothing_into_the_box(self) -> None:
        house = {
            "GET /api/personas": {"ok": True, "said": [SAGE]},
            "PUT /api/rooms/room/ai/p2": {"ok": False, "said": {"detail": "not yours"}},
        }
        done = run("persona", "sage", house=house)
        assert (done["wrong"], done["put"]) == ("not yours", [])

    def test_persona_that_nobody_knows(self) -> None:
        assert run("persona", "$&", house={"GET /api/personas": {"ok": True, "said": []}})["wrong"] == "no $&"

    def test_persona_alone_shows_who_there_is(self) -> None:
        assert run("persona")["chosen"] == [["panel", "ai"]]

    def test_model_says_when_there_is_nothing_to_choose(self) -> None:
        assert run("model")["wrong"] == "<model_none>"

    def test_prompts_opens_what_one_keeps(self) -> None:
        assert run("prompts")["chosen"] == [["prompts"]]
