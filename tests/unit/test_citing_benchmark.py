"""The set of the citing benchmark, and what is counted of it; what is counted of a talk beside a book."""

import pytest

from benchmarks.citing import Outcome, figures
from benchmarks.citing_limits import Judged, Remembering, answered, chosen, chosen_marks, marks
from benchmarks.reading_load import Book, Talk, book, summary
from benchmarks.sockets import Listener
from hearth_reflex.domain.passages import Kind
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.sourced import Given, Sourced, Way
from hearth_reflex.services.support import Support
from tests.adapters.test_readers_pdf import reading
from tests.citing_set import HALVES, Asked, documents, questions
from tests.embedders import BagEmbedder


def test_the_set_is_large_enough_in_each_half_and_language() -> None:
    assert len(documents()) >= 20
    assert {one.language for one in documents()} == {"ko", "en"}
    assert len({one.name for one in documents()}) == len({one.text for one in documents()}) == len(documents())
    for half in HALVES:
        assert sum(bool(one.gold) for one in questions(half)) >= 30
        assert sum(not one.gold for one in questions(half)) >= 30
    assert len({one.text for one in questions()}) == len(questions()) >= 120


def test_what_answers_stands_in_its_document_and_what_is_made_up_does_not() -> None:
    texts = {one.name: one.text for one in documents()}
    assert [one.text for one in questions() if one.gold and one.gold not in texts[one.document]] == []
    assert [one.text for one in questions() if one.claim[-1] not in ".!" or one.claim in texts[one.document]] == []


def _outcome(*, gold: str, quoted: bool = False, right: bool = False, phantoms: int = 0) -> Outcome:
    asked = Asked("질문", "a.txt", "held", "말.", gold)
    return Outcome(asked, quoted, right, not quoted, given=True, cites_right=right, marked=not right, phantoms=phantoms)


def test_what_became_of_questions_is_counted_by_whether_there_is_an_answer() -> None:
    told = figures(
        [
            _outcome(gold="있다", quoted=True, right=True),
            _outcome(gold="있다", quoted=True),
            _outcome(gold="있다"),
            _outcome(gold="", quoted=True, phantoms=2),
            _outcome(gold=""),
        ]
    )
    assert (told["refused"], told["answered_right"], told["answered_elsewhere"]) == (0.5, 0.333, 0.333)
    assert (told["refused_wrongly"], told["phantoms"]) == (0.333, 2)
    assert (told["marked_rightly"], told["marked_wrongly"]) == (1.0, 0.667)


def _judged(*, gold: str, likely: float, score: float, claim: str = "말.") -> Judged:
    passage = Passage(key="chunk:1", kind=Kind.CHUNK, text="환불은 받은 날부터 7일 안에 됩니다.", name="a.txt")
    sourced = Sourced(Way.CITE, "환불은?", (Given(1, passage),))
    asked = Asked("환불은?", "a.txt", "fit", claim, gold)
    return Judged(asked, likely=likely, score=score, right=True, sourced=sourced, number=1)


def test_of_the_limits_that_refuse_enough_those_that_answer_most_are_chosen() -> None:
    there = [_judged(gold="7일", likely=0.9, score=score) for score in (0.5, 0.6, 0.7)]
    missing = [_judged(gold="", likely=0.9, score=score) for score in (0.3, 0.35, 0.4, 0.45, 0.55)]
    _, enough = chosen([*there, *missing])
    assert answered([*there, *missing], unsure=0.45, enough=enough) == (0.8, 1.0)
    assert 0.45 < enough <= 0.5
    assert answered([*there, *missing], unsure=0.95, enough=enough) == (1.0, 0.0)


async def test_marks_tell_what_is_made_up_from_what_is_true() -> None:
    true = _judged(gold="7일", likely=1.0, score=1.0, claim="환불은 7일 안에 됩니다.")
    made_up = _judged(gold="", likely=1.0, score=1.0, claim="주차장은 지하 삼층 왼쪽 구석에 있습니다.")
    embedder = Remembering(BagEmbedder())
    assert await marks([true, made_up], Support(embedder)) == (1.0, 0.0)
    assert await marks([true, made_up], Support(embedder, says=0.0)) == (0.0, 0.0)
    says, near = await chosen_marks([true, made_up], embedder)
    assert await marks([true, made_up], Support(embedder, says=says, near=near)) == (1.0, 0.0)


def test_a_book_has_so_many_full_pages_and_no_line_twice() -> None:
    found = reading(book(3))
    lines = "\n".join(block.text for block in found.blocks).split(". ")
    assert found.pages == 3
    assert len(set(lines)) == len(lines)
    assert len("".join(lines)) > 3 * 800


def test_waits_are_counted_by_what_the_house_did_meanwhile() -> None:
    talk, used = Talk(Listener(), Listener(), "room"), Book(None, "room")  # pyright: ignore[reportArgumentType]
    talk.waits = [("idle", 5.0)] * 99 + [("idle", 10.0)] + [("reading", 12.0)] * 50 + [("embedding", 18.0)] * 50
    used.since = {"upload": 1.0, "reading": 2.0, "embedding": 21.5, "ready": 60.0}
    told = summary(talk, used, pages=3)
    assert (told["p99_idle_ms"], told["p99_reading_ms"], told["ratio"]) == (5.0, 18.0, 3.6)
    assert (told["p99_read_ms"], told["p99_embedded_ms"]) == (12.0, 18.0)
    assert (told["reading_s"], told["embedding_s"]) == (20.5, 38.5)


@pytest.mark.parametrize("half", HALVES)
def test_documents_that_are_alike_are_in_one_half(half: str) -> None:
    assert len([one for one in documents() if one.half == half]) == len(documents()) // 2
