"""A persona keeps to its own voice."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.generation import Sampling
from hearth_reflex.domain.voice import Label, stops_for

NAMES = ("불씨", "Ember", "미나", "Jun")


def told(text: str, *, step: int, names: tuple[str, ...] = NAMES) -> str:
    label = Label(names)
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    return "".join([*(label.feed(piece) for piece in pieces), label.flush()])


@pytest.mark.parametrize("step", [1, 2, 3, 50])
@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Ember: Once upon a time", "Once upon a time"),
        ("\n 불씨: 옛날에", "옛날에"),
        ("Jun: I am not Jun", "I am not Jun"),
        ("Emberly nights: cold", "Emberly nights: cold"),
        ("미나는 사과를 샀다", "미나는 사과를 샀다"),
        ("Em", "Em"),
        ("Ember [to Jun]: hello", "hello"),
        ("불씨 [to 미나: 오늘 저녁]: 그래", "그래"),
        ("불씨 [to 미나] [pictures a.jpg, b.png and 2 more]: 봐", "봐"),
        ("Ember [file notes.pdf]: read", "read"),
        ("[👍 from @Jun] [❤️ for @미나: 오늘 from @Jun]\n불씨: 좋아", "좋아"),
        ("[👍 from @Jun and more]\nI like it", "I like it"),
        ("[1] is a note", "[1] is a note"),
        ("[a link](https://from.example/@jun)", "[a link](https://from.example/@jun)"),
        ("[👍 from @Jun", "[👍 from @Jun"),
        ("Ember:", ""),
        ("Ember [picture of a fire] is here", "Ember [picture of a fire] is here"),
        ("Jun [to the left] is a door", "Jun [to the left] is a door"),
        ("Jun [to see", "Jun [to see"),
        ("Jun [to see\nmore]: x", "Jun [to see\nmore]: x"),
        ("", ""),
    ],
)
def test_a_leading_label_is_taken_off_however_it_comes(said: str, heard: str, step: int) -> None:
    assert told(said, step=step) == heard


@given(st.text(alphabet="JunEmber: 미나불씨\n", max_size=40), st.integers(1, 7))
def test_nothing_but_a_label_is_ever_lost(said: str, step: int) -> None:
    heard = told(said, step=step)
    assert said.endswith(heard)
    assert heard == said or said[: len(said) - len(heard)].strip().rstrip(":") in NAMES


PARTS = ("Jun", "미나", " [to ", "]", " [pictures ", " [file", "[👍 from @Jun]", " from @", ":", " ", "\n", "x", "[")
TAKEN = re.compile(
    r"\s*(\[[^\]\n]* from @[^\]\n]*\]\s*)*((불씨|Ember|미나|Jun)( \[(to |picture|file)[^\]\n]*\])*:\s*)?"
)


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join), st.integers(1, 7))
def test_nothing_but_what_stands_before_words_in_a_prompt_is_lost(said: str, step: int) -> None:
    heard = told(said, step=step)
    assert said.endswith(heard)
    assert TAKEN.fullmatch(said[: len(said) - len(heard)])
    assert heard == told(said, step=1000)


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_a_long_beginning_is_told_in_time(step: int) -> None:
    said = f"Ember [to {'Jun ' * 300}"
    label = Label(NAMES)
    assert any(label.feed(said[at : at + step]) for at in range(0, len(said), step))
    assert told(said, step=step) == said


def test_the_last_speakers_end_a_reply_that_speaks_for_them() -> None:
    speakers = tuple(f"person{n}" for n in range(12))
    stops = stops_for(speakers)
    assert stops[0] == "\nperson11:"
    assert "\nperson11 [" in stops
    assert Sampling(stop=stops).clamped().stop == stops
