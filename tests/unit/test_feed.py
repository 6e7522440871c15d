"""The fold of a room's frames, in Python and in the browser's JavaScript: whatever is lost, doubled, late or out of
order, it ends at what a fresh load shows, and both languages go there the same way.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_reflex.domain.feed import RoomFold, Row
from hearth_reflex.domain.stream import Growth

ROOT = Path(__file__).parents[2]
WINDOW = 3  # rows of a snapshot
OPEN = ("sending", "streaming")
Call = tuple[str, Any, Any] | tuple[str, Any, Any, Any]


class Browser:
    """The JavaScript fold, in one node process for all histories."""

    def __init__(self) -> None:
        command = [str(Path(sys.executable).parent / "node"), str(Path(__file__).with_name("fold_runner.mjs"))]
        self._node = subprocess.Popen(
            [*command, (ROOT / "assets/hearth/fold.js").as_uri()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, **request: object) -> Any:
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps(request) + "\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline())

    def close(self) -> None:
        self._node.communicate()  # the end of its input is the end of its work


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@dataclass
class Room:
    """A room as the database holds it, and how its changes are told. `answers` are those that a worker is writing."""

    rev: int = 0
    rows: dict[int, Row] = field(default_factory=dict[int, Row])
    answers: dict[int, Growth] = field(default_factory=dict[int, Growth])

    def act(self, kind: str, pick: int, text: str) -> list[Call]:
        """One thing that happens, and the frames that tell it; none when it cannot happen now."""
        if kind == "post":
            return self._add(is_ai=False, status="complete", text=text)
        if kind == "queue":
            frames = self._add(is_ai=True, status="sending", text="")
            self.answers[len(self.rows)] = Growth()
            return frames
        wanted = {
            "edit": self._said(),
            "continue": self._ended(),
            "again": self._closed(),
            "choose": self._closed(),
        }.get(kind, list(self.answers))
        if not wanted:
            return []
        return getattr(self, f"_{kind}")(wanted[pick % len(wanted)], text)

    def since(self, rev: int) -> Call:
        """The answer to a client that asks what it missed: what changed, and what is still being written."""
        changed = [row for row in self.rows.values() if row["rev"] > rev or row["status"] in OPEN]
        return ("load", self.rev, sorted(changed, key=lambda row: row["rev"]))

    def snapshot(self) -> Call:
        return ("load", self.rev, list(self.rows.values())[-WINDOW:])

    def _said(self) -> list[int]:
        return [seq for seq, row in self.rows.items() if not row["is_ai"]]

    def _ended(self) -> list[int]:
        return [seq for seq, row in self.rows.items() if row["is_ai"] and row["status"] not in (*OPEN, "complete")]

    def _closed(self) -> list[int]:
        return [seq for seq, row in self.rows.items() if row["is_ai"] and row["status"] not in OPEN]

    def _add(self, *, is_ai: bool, status: str, text: str) -> list[Call]:
        seq = len(self.rows) + 1
        self.rows[seq] = {"seq": seq, "rev": 0, "is_ai": is_ai, "status": status, "text": text}
        return self._change(seq)

    def _change(self, seq: int, **changes: object) -> list[Call]:
        self.rev += 1
        self.rows[seq] = {**self.rows[seq], **changes, "rev": self.rev}
        return [("change", self.rev, [self.rows[seq]])]

    def _edit(self, seq: int, text: str) -> list[Call]:
        return self._change(seq, text=text)

    def _begin(self, seq: int, text: str) -> list[Call]:
        self.answers[seq].add(text)
        return self._change(seq, status="streaming") if self.rows[seq]["status"] == "sending" else []

    def _speak(self, seq: int, text: str) -> list[Call]:
        self.answers[seq].add(text)
        frame = self.answers[seq].take()
        return [("words", seq, *frame)] if frame else []

    def _wait(self, seq: int, text: str) -> list[Call]:
        return [("place", seq, len(text) - 1, None if "\n" in text else len(text) * 4)]

    def _save(self, seq: int, text: str) -> list[Call]:
        self.rows[seq] = {**self.rows[seq], "text": self.answers[seq].text}
        return []

    def _end(self, seq: int, text: str) -> list[Call]:
        status = ("complete", "stopped", "failed")[len(text) % 3]
        return self._change(seq, status=status, text=self.answers.pop(seq).text)

    def _interrupt(self, seq: int, text: str) -> list[Call]:
        self.answers.pop(seq)  # the worker died: only what was saved is kept
        return self._change(seq, status="interrupted")

    def _again(self, seq: int, text: str) -> list[Call]:
        """Another version: the text begins anew."""
        version = self.rows[seq].get("version", 1) + 1
        self.answers[seq] = Growth()
        return self._change(seq, status="sending", text="", version=version)

    def _choose(self, seq: int, text: str) -> list[Call]:
        return self._change(seq, status="complete", text=text, version=self.rows[seq].get("version", 1) % 3 + 1)

    def _continue(self, seq: int, text: str) -> list[Call]:
        self.answers[seq] = Growth.resumed(self.rows[seq]["text"], at=0.0)
        return self._change(seq, status="sending")


@dataclass
class Step:
    """One act, how each of its frames travels (a delay for each copy; no copy is a loss), and whether a client asks."""

    kind: str
    pick: int
    text: str
    copies: list[int]
    asks: int | None  # the delay of the answer to what it missed


def steps(*kinds: str) -> st.SearchStrategy[list[Step]]:
    return st.lists(
        st.builds(
            Step,
            kind=st.sampled_from(kinds),
            pick=st.integers(0, 5),
            text=st.text(alphabet="ab가🔥\n", min_size=1, max_size=4),
            copies=st.sampled_from([[0], [0], [0], [], [0, 0], [0, 3], [2], [5]]),
            asks=st.sampled_from([None, None, None, 0, 1, 4]),
        ),
        min_size=1,
        max_size=40,
    )


CALM = steps("post", "edit", "queue", "wait", "begin", "speak", "speak", "speak", "save", "end")
STORMY = steps(
    "post", "edit", "queue", "wait", "begin", "speak", "speak", "save", "end", "interrupt", "continue", "continue"
)
ANEW = steps("queue", "begin", "speak", "speak", "save", "end", "end", "again", "again", "choose", "continue")


class Client:
    """Folds what reaches it, and writes down each call and the view after it, for the other language."""

    def __init__(self) -> None:
        self.fold = RoomFold()
        self.calls: list[Call] = []
        self.views: list[dict[str, Any]] = []

    def take(self, call: Call) -> None:
        name, *values = call
        getattr(self.fold, name)(*values)
        self.calls.append(call)
        rows = [self.fold.rows[seq] for seq in sorted(self.fold.rows)]
        places = [[seq, *self.fold.places[seq]] for seq in sorted(self.fold.places)]
        self.views.append({"rev": self.fold.rev, "missing": self.fold.missing, "rows": rows, "places": places})
        check_only_waiting_answers_have_a_place(self.fold)


def play(history: list[Step], *, snapshot_after: int, room: Room) -> Client:
    """A client that gets its first snapshot late, then hears the frames as they travel, and repairs at the end."""
    client, travelling = Client(), list[tuple[int, Call]]()
    first = room.snapshot()
    for now, step in enumerate(history):
        for frame in room.act(step.kind, step.pick, step.text):
            travelling += [(now + delay, frame) for delay in step.copies]
        if now == snapshot_after:
            client.take(first)
        elif now < snapshot_after and step.asks is not None:
            first = room.snapshot()
        elif step.asks is not None:
            travelling.append((now + step.asks, room.since(client.fold.rev)))
        for _, call in [item for item in travelling if item[0] == now]:
            client.take(call)
        travelling = [item for item in travelling if item[0] > now]
    if snapshot_after >= len(history):
        client.take(first)
    for _, call in travelling:
        client.take(call)
    return client


def check_settled(client: Client, room: Room) -> None:
    """After one last repair the view is what a fresh load shows, as far back as the view goes."""
    client.take(room.since(client.fold.rev))
    fresh = RoomFold()
    fresh.load(room.rev, list(room.rows.values()))
    assert client.fold.rows == {seq: fresh.rows[seq] for seq in client.fold.rows}
    assert set(list(room.rows)[-WINDOW:]) <= set(client.fold.rows)
    assert (client.fold.rev, client.fold.missing) == (room.rev, False)


@given(CALM, st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_any_delivery_ends_at_a_fresh_load(browser: Browser, history: list[Step], snapshot_after: int) -> None:
    room = Room()
    client = play(history, snapshot_after=snapshot_after, room=room)
    for seq in list(room.answers):
        room.act("save", list(room.answers).index(seq), "")
    check_settled(client, room)
    check_only_grows(client)
    assert browser.ask(inputs=client.calls) == client.views


@given(STORMY, st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_cut_and_continued_answers_end_there_too(browser: Browser, history: list[Step], snapshot_after: int) -> None:
    room = Room()
    client = play(history, snapshot_after=snapshot_after, room=room)
    while room.answers:
        for frame in room.act("end", 0, "a"):
            client.take(frame)
    check_settled(client, room)
    assert browser.ask(inputs=client.calls) == client.views


@given(ANEW, st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_answers_that_begin_anew_end_there_too(browser: Browser, history: list[Step], snapshot_after: int) -> None:
    room = Room()
    client = play(history, snapshot_after=snapshot_after, room=room)
    while room.answers:
        for frame in room.act("end", 0, "a"):
            client.take(frame)
    check_settled(client, room)
    assert browser.ask(inputs=client.calls) == client.views


def check_only_grows(client: Client) -> None:
    """An answer on its way never loses words that were shown, and no row goes back to an older rev."""
    shown: dict[int, Row] = {}
    for view in client.views:
        for now in view["rows"]:
            before = shown.setdefault(now["seq"], now)
            assert now["rev"] >= before["rev"]
            assert not now["is_ai"] or now["text"].startswith(before["text"])
            shown[now["seq"]] = now


def check_only_waiting_answers_have_a_place(fold: RoomFold) -> None:
    assert all(fold.rows[seq]["status"] == "sending" and place[0] > 0 for seq, place in fold.places.items())


def row(seq: int, rev: int, text: str = "", status: str = "complete") -> Row:
    return {"seq": seq, "rev": rev, "is_ai": status != "complete", "status": status, "text": text}


def test_a_gap_waits_for_its_repair() -> None:
    fold = RoomFold()
    fold.load(4, [row(1, 4)])
    fold.change(6, [row(3, 6)])
    assert (fold.rev, fold.missing, sorted(fold.rows)) == (4, True, [1])
    fold.load(5, [row(2, 5)])
    assert (fold.rev, fold.missing, sorted(fold.rows)) == (6, False, [1, 2, 3])


def test_a_late_copy_of_a_row_older_than_the_view_stays_outside() -> None:
    fold = RoomFold()
    fold.change(1, [row(1, 1)])
    fold.load(9, [row(5, 8), row(6, 9)])
    fold.change(2, [row(2, 2)])
    assert (sorted(fold.rows), fold.missing) == ([5, 6], False)


def test_words_of_a_row_that_is_too_old_for_the_view_are_no_gap() -> None:
    fold = RoomFold()
    fold.words(3, 7, "early")
    fold.load(9, [row(5, 8), row(6, 9)])
    fold.words(3, 12, "late")
    assert not fold.missing


def test_words_of_a_row_that_is_still_to_come_wait_for_it() -> None:
    fold = RoomFold()
    fold.load(1, [row(1, 1)])
    fold.words(2, 0, "once")
    assert fold.missing
    fold.change(2, [row(2, 2, status="sending")])
    assert (fold.rows[2]["text"], fold.missing) == ("once", False)


def test_a_late_copy_of_the_queued_row_takes_no_words_back() -> None:
    fold, queued = RoomFold(), row(1, 1, status="sending")
    fold.load(1, [queued])
    fold.words(1, 0, "once")
    fold.load(1, [queued])
    assert fold.rows[1]["text"] == "once"


def test_another_version_begins_anew(browser: Browser) -> None:
    first = {**row(1, 1, "once", "streaming"), "version": 1}
    second = {**row(1, 4, "", "sending"), "version": 2}
    growing = {**row(1, 5, "lo", "streaming"), "version": 2}
    calls: list[Call] = [
        ("load", 1, [first]),
        ("words", 1, 9, " a time"),  # a gap of the first version, which the second must not fill
        ("load", 4, [second]),
        ("words", 1, 0, "long "),
        ("load", 5, [growing]),  # what is stored trails what was told
        ("words", 1, 5, "ago"),
    ]
    client = Client()
    for call in calls:
        client.take(call)
    texts = [view["rows"][0]["text"] for view in client.views]
    assert texts == ["once", "once", "", "long ", "long ", "long ago"]
    assert browser.ask(inputs=client.calls) == client.views


def test_a_version_that_was_missed_takes_the_place_of_the_one_that_grew(browser: Browser) -> None:
    client = Client()
    client.take(("load", 1, [{**row(1, 1, "once upon a time", "streaming"), "version": 1}]))
    client.take(("load", 9, [{**row(1, 9, "long", "streaming"), "version": 2}]))
    assert client.fold.rows[1]["text"] == "long"
    assert browser.ask(inputs=client.calls) == client.views


def test_a_place_in_line_is_of_answers_that_wait_alone() -> None:
    fold = RoomFold()
    fold.place(1, 2, 8)  # before its row: the next one will tell it again
    fold.load(2, [row(1, 1, status="sending"), row(2, 2, "hello")])
    fold.place(2, 1, None)
    assert fold.places == {}
    fold.place(1, 2, 8)
    fold.place(1, 1, 4)
    assert fold.places == {1: (1, 4)}
    fold.place(1, 0, None)
    assert fold.places == {}
    fold.place(1, 1, 4)
    fold.words(1, 0, "once")
    assert fold.places == {}
    fold.change(3, [row(1, 3, "once", "streaming")])
    fold.place(1, 1, 4)
    assert fold.places == {}


def test_words_that_cut_a_character_in_two_are_not_joined_on() -> None:
    fold = RoomFold()
    fold.load(1, [row(1, 1, "abx", "streaming")])
    fold.words(1, 2, "🔥")  # from a run that died: what is there says otherwise
    assert fold.rows[1]["text"] == "abx"


LINES = ["word " * 30, "가나다 🔥 " * 20, "", " ", "\t", "\\", "- item", "    code"]
FENCES = ["```", "```py", "~~~", "````", "  ```", "``` a ``", "> ```"]
markdown = st.lists(st.sampled_from(LINES + FENCES), max_size=30).map("\n".join)


@given(markdown)
@settings(max_examples=100, deadline=None)
def test_pieces_joined_are_the_text(browser: Browser, text: str) -> None:
    (pieces,) = browser.ask(texts=[text])
    assert "".join(pieces) == text


@given(markdown, st.data())
@settings(max_examples=100, deadline=None)
def test_only_the_last_piece_of_a_growing_text_changes(browser: Browser, text: str, data: st.DataObject) -> None:
    ends = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=12)))
    grown = browser.ask(texts=[text[:end] for end in ends] + [text])
    for before, after in pairwise(grown):
        assert after[: len(before) - 1] == before[:-1]


def test_a_piece_ends_at_a_paragraph_and_never_inside_a_fence(browser: Browser) -> None:
    long, code = "word " * 60 + "\n\n", "```py\n" + "x = 1\n\n" * 60 + "```\n\n"
    (pieces,) = browser.ask(texts=[long + code + long + "end"])
    assert pieces == [long, code, long, "end"]
