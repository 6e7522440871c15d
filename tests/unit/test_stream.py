"""A growing answer, told in frames: nothing lost, nothing twice, offsets as a browser counts them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.stream import SAVE_SECONDS, Growth

pieces = st.text(alphabet="a가🔥👩‍👧é\n", min_size=1, max_size=6)


def units(text: str) -> bytes:
    return text.encode("utf-16-le")


@given(st.lists(st.tuples(pieces, st.booleans())), st.text(alphabet="b🔥", max_size=5))
def test_frames_joined_are_the_text(said: list[tuple[str, bool]], before: str) -> None:
    growth, told = Growth.resumed(before, at=0.0), units(before)
    for piece, flush in [*said, ("", True)]:
        if piece:
            growth.add(piece)
        frame = growth.take() if flush else None
        if frame:
            assert frame[0] * 2 == len(told)
            told += units(frame[1])
    assert told == units(growth.text)
    assert growth.text == before + "".join(piece for piece, _ in said)


def test_nothing_new_is_no_frame() -> None:
    growth = Growth()
    assert growth.take() is None
    growth.add("🔥a")
    assert growth.take() == (0, "🔥a")
    assert growth.take() is None
    growth.add("b")
    assert growth.take() == (3, "b")


@given(st.lists(st.floats(0.001, 3.0), max_size=50))
def test_a_save_is_due_once_a_second(steps: list[float]) -> None:
    growth, at, saves = Growth.resumed("", at=0.0), 0.0, [0.0]
    for step in steps:
        at += step
        if growth.save_due(at):
            saves.append(at)
        else:
            assert at - saves[-1] < SAVE_SECONDS
    assert all(later - earlier >= SAVE_SECONDS for earlier, later in pairwise(saves))
