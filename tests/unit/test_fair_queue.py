"""The line: people in turn, each one's rooms in turn, kinds before kinds, and nobody forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.generation import Priority
from hearth_reflex.errors import EngineBusyError
from hearth_reflex.llm.fair_queue import FairQueue


def drained(line: FairQueue[str]) -> list[str]:
    return [item for _ in range(len(line)) if (item := line.pop()) is not None]


def test_one_busy_asker_does_not_keep_another_waiting() -> None:
    line: FairQueue[str] = FairQueue(10)
    for item in ("a1", "a2", "a3"):
        line.push(item, asker="A")
    line.push("b1", asker="B")
    assert line.order() == ["a1", "b1", "a2", "a3"]
    assert drained(line) == ["a1", "b1", "a2", "a3"]


def test_coming_back_at_once_does_not_jump_the_line() -> None:
    line: FairQueue[str] = FairQueue(10)
    line.push("a1", asker="A")
    line.push("b1", asker="B")
    assert line.pop() == "a1"
    line.push("a2", asker="A")
    line.push("c1", asker="C")
    assert drained(line) == ["b1", "c1", "a2"]


def test_turns_cannot_be_saved_up() -> None:
    line: FairQueue[str] = FairQueue(10)
    for number in range(5):
        line.push(f"a{number}", asker="A")
        assert line.pop() == f"a{number}"
    for item in ("a5", "a6"):
        line.push(item, asker="A")
    for item in ("b1", "b2", "b3"):
        line.push(item, asker="B")
    assert drained(line) == ["b1", "a5", "b2", "a6", "b3"]


def test_one_persons_rooms_take_turns() -> None:
    line: FairQueue[str] = FairQueue(10)
    for item in ("g1", "g2", "g3"):
        line.push(item, asker="A", room="garden")
    line.push("k1", asker="A", room="kitchen")
    line.push("b1", asker="B", room="garden")
    assert drained(line) == ["g1", "b1", "k1", "g2", "g3"]


def test_what_nobody_waits_for_comes_last() -> None:
    line: FairQueue[str] = FairQueue(10)
    line.push("title", asker="A", priority=Priority.BATCH)
    line.push("a1", asker="A")
    line.push("b1", asker="B")
    assert drained(line) == ["a1", "b1", "title"]


def test_who_had_to_make_room_goes_on_first() -> None:
    line: FairQueue[str] = FairQueue(2)
    line.push("a1", asker="A")
    assert line.pop() == "a1"
    line.push("b1", asker="B")
    line.push("c1", asker="C")
    line.put_back("a1", asker="A")  # no bound: it was let in already
    assert drained(line) == ["a1", "b1", "c1"]


def test_bounds() -> None:
    line: FairQueue[str] = FairQueue(3, limit_each=2)
    line.push("a1", asker="A")
    line.push("a2", asker="A")
    with pytest.raises(EngineBusyError):
        line.push("a3", asker="A")
    line.push("b1", asker="B")
    with pytest.raises(EngineBusyError):
        line.push("c1", asker="C")
    assert line.remove("a1")
    assert not line.remove("a1")
    line.push("c1", asker="C")
    assert sorted(drained(line)) == ["a2", "b1", "c1"]


def test_who_does_not_fit_yet_is_passed_over() -> None:
    line: FairQueue[str] = FairQueue(10)
    line.push("big", asker="A")
    line.push("small", asker="B")
    assert line.pop(lambda item: item == "small") == "small"
    assert line.pop(lambda item: item == "small") is None
    assert line.pop() == "big"


_names = st.sampled_from("ABC")


@given(st.lists(st.tuples(_names, st.sampled_from("xy"), st.sampled_from(list(Priority))), max_size=14), st.data())
def test_everybody_is_served_once_and_the_order_told_is_the_order_kept(
    asked: list[tuple[str, str, Priority]], data: st.DataObject
) -> None:
    line: FairQueue[int] = FairQueue(100)
    served: list[int] = []
    for number, (asker, room, priority) in enumerate(asked):
        line.push(number, asker=asker, room=room, priority=priority)
        if data.draw(st.booleans()):
            served += [line.order()[0]]
            assert line.pop() == served[-1]
    rest = line.order()
    assert [line.pop() for _ in rest] == rest
    assert sorted(served + rest) == list(range(len(asked)))


@given(st.lists(st.integers(1, 5), min_size=2, max_size=4))
def test_nobody_is_two_turns_ahead(counts: list[int]) -> None:
    line: FairQueue[str] = FairQueue(100)
    for person, count in enumerate(counts):
        for _ in range(count):
            line.push(str(person), asker=str(person))
    served = [0] * len(counts)
    for item in drained(line):
        served[int(item)] += 1
        waiting = [done for done, count in zip(served, counts, strict=True) if done < count]
        assert served[int(item)] - min(waiting, default=served[int(item)]) <= 1
