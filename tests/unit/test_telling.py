"""What a stream of events tells: each thing once, however long it is open, without growing with the room."""

from typing import Any

from hearth_reflex.api.events import KEPT_ROWS, Telling
from hearth_reflex.domain.feed import Row
from hearth_reflex.services.access import Actor

ACTOR = Actor(user_id=1, uuid="me", name="미나", is_admin=False, is_guest=True, session="s")


def row(seq: int, rev: int, text: str = "", *, ai: bool = False, status: str = "complete") -> Row:
    return {
        "seq": seq, "rev": rev, "id": f"m{seq}", "author": "someone", "name": "", "kind": "talk", "is_ai": ai,
        "status": status, "text": text, "at": "", "client_msg_id": "", "notice": None, "error": None, "figures": None,
        "edited": False, "deleted": False, "pinned": False, "reply": None, "reactions": [], "files": [], "mentions": [],
        "reason": "", "version": 1, "versions": 1,
    }  # fmt: skip


def told(telling: Telling, *frame: Any) -> list[tuple[str, str]]:
    getattr(telling.fold, frame[0])(*frame[1:])
    return [(name, data["text"]) for name, data in telling.news()]


def test_it_holds_no_more_the_longer_it_is_open() -> None:
    telling = Telling(ACTOR, 1, [row(1, 1, "first")])
    for rev in range(2, 2000):
        assert told(telling, "change", rev, [row(rev, rev, str(rev))]) == [("chat_message", str(rev))]
        assert len(telling.fold.rows) <= 2 * KEPT_ROWS + 1
    assert len(telling._told) == len(telling.fold.rows)


def test_an_old_row_that_changes_is_no_new_message() -> None:
    telling = Telling(ACTOR, 40, [row(seq, seq, "x") for seq in range(11, 41)])
    assert told(telling, "change", 41, [row(3, 41, "edited")]) == []
    assert told(telling, "change", 42, [row(4, 42, "an answer", ai=True)]) == []
    for rev in range(43, 400):
        told(telling, "change", rev, [row(rev, rev, "y")])
    assert 11 not in telling.fold.rows
    assert told(telling, "change", 400, [row(11, 400, "edited")]) == []


def test_an_old_answer_that_goes_on_tells_only_its_new_words() -> None:
    telling = Telling(ACTOR, 1, [row(1, 1, "Once", ai=True, status="stopped")])
    for rev in range(2, 400):
        told(telling, "change", rev, [row(rev, rev, "y")])
    assert told(telling, "change", 400, [row(1, 400, "Once", ai=True, status="sending")]) == [("ai_thinking", "Once")]
    for rev in range(401, 700):  # it stays, whatever else is said meanwhile
        told(telling, "change", rev, [row(rev, rev, "z")])
    assert told(telling, "words", 1, 4, " upon") == [("ai_chunk", " upon")]
    done = row(1, 700, "Once upon a time", ai=True)
    assert told(telling, "change", 700, [done]) == [("ai_chunk", " a time"), ("ai_complete", "Once upon a time")]


def test_an_ai_that_comes_is_an_event_of_its_own_and_one_that_goes_is_a_line_of_the_house() -> None:
    telling = Telling(ACTOR, 1, [row(1, 1, "first")])
    for rev, (code, event) in enumerate([("ai_joined", "ai_joined"), ("ai_left", "chat_message")], start=2):
        line = {**row(rev, rev, ai=True), "kind": "notice", "notice": {"code": code, "ko": "", "en": ""}}
        assert told(telling, "change", rev, [line]) == [(event, "")]
