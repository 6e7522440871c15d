"""Names and borrowed words are heard across two scripts; most words that only look a little alike are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.fusion import Candidate, fuse
from hearth_reflex.domain.queries import query_of
from hearth_reflex.domain.sounds import heard, sounds_of

ALIKE = (
    ("민서", "Minseo"),
    ("지우", "Jiwoo"),
    ("은수", "Eunsu"),
    ("현수", "Hyunsoo"),
    ("한나", "Hannah"),
    ("소피", "Sophie"),
    ("제주", "Jeju"),
    ("부산", "Busan"),
    ("태권도", "taekwondo"),
    ("보일러", "boiler"),
    ("서버", "server"),
    ("컴퓨터", "computer"),
    ("피크닉", "picnic"),
    ("커피", "coffee"),
    ("버스", "bus"),
    ("코펜하겐", "Copenhagen"),
)
UNLIKE = (("전화", "john"), ("물", "mail"), ("고기", "cook"), ("나무", "name"), ("오늘", "only"), ("다리", "tell"))


@pytest.mark.parametrize(("korean", "latin"), ALIKE)
def test_the_same_word_is_heard_from_both_sides(korean: str, latin: str) -> None:
    assert heard(sounds_of([korean]), [f"yesterday {latin.lower()}, again"], hangul=False) == {korean: [True]}
    assert heard(sounds_of([latin]), ["아무 말", f"어제 {korean}에게 물었다"], hangul=True) == {latin: [False, True]}


@pytest.mark.parametrize(("korean", "latin"), UNLIKE)
def test_others_are_not(korean: str, latin: str) -> None:
    assert heard(sounds_of([korean]), [latin], hangul=False) == {}
    assert heard(sounds_of([latin]), [korean], hangul=True) == {}


def test_words_of_one_script_are_no_matter_of_sound() -> None:
    assert heard(sounds_of(["boiler", "보일러"]), ["boiler 보일러"], hangul=True) == {"boiler": [True]}


@given(st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_any_text_is_taken(word: str, text: str, hangul: bool) -> None:
    assert set(heard(sounds_of(word.split()), [text], hangul=hangul)) <= set(word.split())


def test_of_two_passages_as_near_the_one_with_the_name_comes_first() -> None:
    crowd = [Candidate(f"crowd{n}", f"nothing about it {n}", across=0.30 + n / 1000) for n in range(12)]
    pair = [Candidate("a", "Leo gets it at noon.", across=0.5), Candidate("b", "Hannah gets it at noon.", across=0.5)]
    for question in ("한나는 언제 받아?", "한나가 언제 받기로 했더라"):
        first, *_ = fuse(query_of(question), [*pair, *crowd])
        assert first.candidate.key == "b"
    first, *_ = fuse(query_of("레오는 언제 받아?"), [*pair[::-1], *crowd])
    assert first.candidate.key == "a"


def test_what_is_owned_is_heard_too() -> None:
    assert heard(sounds_of(["Minseo's"]), ["민서의 통"], hangul=True) == {"Minseo's": [True]}
