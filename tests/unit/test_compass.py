"""A question's vector without what all questions share, and turned into the other language: shown with three numbers.

The first number is the subject, the second the language, the third what all texts have.
"""

import math

import pytest

from hearth_reflex.domain.compass import ENGLISH, KOREAN, Compass
from hearth_reflex.domain.queries import hangul_share

COMPASS = Compass.of([(0.1, 0.6, 0.8), (-0.1, 0.6, 0.8)], [(0.1, -0.6, 0.8), (-0.1, -0.6, 0.8)])
ASKED_IN_KOREAN = (0.3, 0.6, 0.74)


def cosine(one: list[float], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True)) / math.dist(other, (0, 0, 0))


def test_what_all_share_counts_little() -> None:
    subject, common = (0.3, 0.6, 0.7), (-0.1, 0.6, 0.8)
    plain = [cosine(list(ASKED_IN_KOREAN), text) for text in (subject, common)]
    pointed = [cosine(COMPASS.own(ASKED_IN_KOREAN), text) for text in (subject, common)]
    assert pointed[0] - pointed[1] > plain[0] - plain[1]


def test_across_finds_the_subject_in_the_other_language() -> None:
    same_in_english, other_in_english, other_in_korean = (0.3, -0.6, 0.7), (-0.3, -0.6, 0.7), (-0.3, 0.6, 0.7)
    across = COMPASS.across(ASKED_IN_KOREAN, hangul=1.0)
    assert cosine(across, same_in_english) > max(cosine(across, other_in_english), cosine(across, other_in_korean))
    own = COMPASS.own(ASKED_IN_KOREAN)
    assert cosine(own, other_in_korean) > cosine(own, same_in_english)


def test_vectors_stay_of_length_one() -> None:
    for vector in (COMPASS.own(ASKED_IN_KOREAN), COMPASS.across((0.1, -0.5, 0.9), hangul=0.0)):
        assert math.hypot(*vector) == pytest.approx(1.0)
    assert Compass.of([(0.0,)], [(0.0,)]).own((0.0,)) == [0.0]


def test_strangers_are_as_near_as_each_question_to_the_others_of_its_language() -> None:
    korean = [(0.6, 0.8, 0.0), (0.8, 0.6, 0.0), (0.0, 1.0, 0.0)]
    english = [(0.6, 0.0, 0.8), (0.8, 0.0, 0.6), (0.0, 0.0, 1.0)]
    compass = Compass.of(korean, english)
    each = [
        sum(a * b for a, b in zip(compass.own(one), other, strict=True))
        for its in (korean, english)
        for one in its
        for other in its
        if other is not one
    ]
    assert compass.strangers == pytest.approx(sum(each) / len(each))


def test_the_reference_questions_are_the_same_in_two_languages() -> None:
    assert len(KOREAN) == len(ENGLISH) == len({*KOREAN, *ENGLISH}) / 2
    assert min(map(hangul_share, KOREAN)) == 1.0
    assert max(map(hangul_share, ENGLISH)) == 0.0
