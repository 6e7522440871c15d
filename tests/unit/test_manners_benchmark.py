"""How a labelled set is read, whatever it leaves out, and what is counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import manners
from benchmarks.manners_talks import Talk, read_talks


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "set.jsonl"


def talk(file: Path, *rows: dict[str, Any]) -> Talk:
    """The one room of a set with these lines."""
    lines = [json.dumps({"id": str(n), "room": "r", **row}, ensure_ascii=False) for n, row in enumerate(rows)]
    file.write_text("\n".join(lines), encoding="utf-8")
    (only,) = read_talks(file)
    return only


def said(speaker: str, text: str = "…", *, answer: bool | None = None, **more: Any) -> dict[str, Any]:
    return {"speaker": speaker, "text": text, **({} if answer is None else {"should_answer": answer}), **more}


@pytest.mark.parametrize("speaker", ["Ember", "불씨", "ember", "Ember (AI)", "AI"])
def test_the_ai_is_known_by_its_name(file: Path, speaker: str) -> None:
    read = talk(file, said("Ann", answer=True), said(speaker, answer=False), said("Bob", answer=False))
    assert [line.persona for line in read.lines] == [None, 0, None]
    assert [line.should_answer for line in read.lines] == [True, None, False]
    assert (read.people(), read.personas) == (["Ann", "Bob"], [("불씨", "Ember")])
    assert read.lines[1].asker == "Ann"


def test_an_ai_of_another_name_is_marked_or_named_first(file: Path) -> None:
    assert talk(file, said("Ann", answer=True), said("Luna", is_ai=True)).personas == [("Luna", "Luna")]
    file.write_text('{"personas": ["Luna"]}\n{"id": 1, "room": "r", "speaker": "Luna", "text": "hi"}', encoding="utf-8")
    assert [line.persona for line in read_talks(file)[0].lines] == [0]


def test_where_no_ai_speaks_what_should_be_answered_was(file: Path) -> None:
    read = talk(file, said("Ann", answer=True), said("Bob", answer=False))
    assert [(line.speaker, line.asker) for line in read.lines if line.persona is not None] == [("Ember", "Ann")]


def test_what_is_replied_to_and_stands_nowhere_is_the_ais(file: Path) -> None:
    read = talk(file, said("Ann", answer=False), said("Bob", answer=True, reply_to="ai-1"))
    assert "ai-1" in [line.id for line in read.lines if line.persona is not None]


def test_lines_for_another_person_are_found_where_none_are_marked(file: Path) -> None:
    lines = [
        said("Ann", "Bob, are you in?", answer=False),
        said("Bob", "@Ann yes", answer=False),
        said("Ann", "great", answer=False, reply_to="1"),
        said("Bob", "lovely day", answer=False),
        said("Ann", "Bob says hi. Ember, say hi too", answer=True),
    ]
    of_people = [line for line in talk(file, *lines).lines if line.persona is None]
    assert [line.to_another for line in of_people] == [True, True, True, False, False]
    marked = [*lines[:4], said("Ann", "you there?", answer=False, to_another=True)]
    assert [line.to_another for line in talk(file, *marked).lines] == [False, False, False, False, True]


async def test_it_is_decided_by_the_service_and_counted(file: Path) -> None:
    talk(
        file,
        said("Ann", "Ember, what is a roux?", answer=True),
        said("Ember", "Flour and butter, cooked together."),
        said("Ann", "and how long?", answer=True),
        said("Bob", "Ann, are you cooking tonight?", answer=False, to_another=True),
        said("Bob", "Ember, hello", answer=False),
        said("Ann", "lovely weather", answer=True),
    )
    figures = (await manners.measure(read_talks(file))).figures()
    assert (figures["precision"], figures["recall"], figures["lines"]) == (0.667, 0.667, 5)
    assert figures["wrong_addressee"] == 0
    assert 0 < figures["rules_p95_ms"] < figures["decision_p95_ms"] <= figures["decision_worst_ms"]
