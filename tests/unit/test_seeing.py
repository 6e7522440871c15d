"""How much nearer a picture is to a question than to captions that fit anything."""

import pytest

from hearth_reflex.domain.seeing import PLAIN, Wanted, likeness_of

PLAIN_ONES = [[0.0, 1.0, 0.0], [0.0, 0.8, 0.6]]
QUESTION = [1.0, 0.0, 0.0]


def likely(picture: list[float]) -> float:
    wanted = Wanted.of(QUESTION, PLAIN_ONES)
    return wanted.likely(sum(a * b for a, b in zip(wanted.way, picture, strict=True)))


def test_what_shows_it_is_likely_and_what_fits_anything_is_not() -> None:
    assert likely([0.9, 0.3, 0.3]) > 0.99
    assert likely([0.3, 0.9, 0.3]) < 0.01
    assert likely([0.5, 0.5, 0.5]) < 0.5


def test_a_question_that_says_as_much_as_a_plain_caption_finds_nothing() -> None:
    wanted = Wanted.of(PLAIN_ONES[0], [PLAIN_ONES[0]])
    assert wanted.likely(1.0) < 0.01
    assert wanted.way == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("cosine", "likeness"), [(1.0, 1.0), (0.75, 0.5), (0.5, 0.0), (-1.0, 0.0), (1.1, 1.0)])
def test_how_alike_two_pictures_are(cosine: float, likeness: float) -> None:
    assert likeness_of(cosine) == pytest.approx(likeness)


def test_both_languages_have_plain_captions() -> None:
    assert len(PLAIN[True]) == len(PLAIN[False])
