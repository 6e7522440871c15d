"""Words that mean the same, in the order of what was found: numbers in, an order out."""

import pytest

from hearth_reflex.domain.fusion import Candidate, Ranked
from hearth_reflex.domain.kin import LETTERS_MAX, asked_words, by_kin, words_in
from hearth_reflex.domain.queries import query_of

QUERY = query_of("퇴비는 몇 월에 뒤집어?")
ENGLISH = [f"The garden has a bench number {at}" for at in range(30)]


def ranked(texts: list[str]) -> list[Ranked]:
    return [Ranked(Candidate(f"k{at:02}", text), fused=2.0 - at / 50, likely=0.5) for at, text in enumerate(texts)]


def keys(order: list[Ranked]) -> list[str]:
    return [one.candidate.key for one in order]


def test_words_are_compared_without_what_hangs_on_them() -> None:
    assert words_in("퇴비를 4월에, The Compost's heap! a") == ("퇴비", "the", "compost", "heap")
    assert asked_words(QUERY)[0] == "퇴비"
    assert asked_words(query_of("compost Compost")) == ("compost",)


def test_of_a_long_text_the_beginning_is_compared() -> None:
    assert "끝말" not in words_in("첫말 " + "가나 " * LETTERS_MAX + "끝말")


def test_who_says_it_in_the_other_language_comes_first() -> None:
    order = ranked(ENGLISH)
    alike = [[0.1, 0.2] for _ in order]
    alike[25] = [0.9, 0.2]
    moved = by_kin(QUERY, order, alike)
    assert keys(moved)[0] == "k25"
    assert sorted(keys(moved)) == sorted(keys(order))


def test_what_all_say_moves_nobody() -> None:
    order = ranked(ENGLISH)
    assert keys(by_kin(QUERY, order, [[0.8, 0.1] for _ in order])) == keys(order)


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    order = ranked(ENGLISH)
    alike = [[0.1, 0.8 if at % 2 else 0.1] for at in range(len(order))]
    alike[20] = [0.8, 0.1]
    assert keys(by_kin(QUERY, order, alike))[0] == "k20"


def test_within_one_language_it_counts_half() -> None:
    korean = [f"마당에 긴 의자 {at}번이 있다" for at in range(30)]
    alike = [[0.1] for _ in korean]
    alike[25] = [0.7]
    moved = {text: by_kin(QUERY, ranked(its), alike)[0].fused for text, its in (("en", ENGLISH), ("ko", korean))}
    assert moved["en"] - 1.5 == pytest.approx(2 * (moved["ko"] - 1.5), abs=0.01)


def test_those_that_were_not_looked_at_stay_behind() -> None:
    order = ranked(ENGLISH)
    moved = by_kin(QUERY, order, [[0.1], [0.9], [0.1]])
    assert keys(moved) == ["k01", "k00", "k02", *keys(order)[3:]]


def test_who_says_it_is_likelier_and_who_says_nothing_of_it_is_less_likely() -> None:
    order = ranked(ENGLISH)
    moved = {one.candidate.key: one.likely for one in by_kin(QUERY, order, [[0.9], *[[0.1] for _ in order[1:]]])}
    assert moved["k00"] > 0.7 > 0.5 > moved["k01"] > 0.2
    assert len(set(moved.values())) == 2


def test_of_two_passages_one_says_it_as_surely_as_of_thirty() -> None:
    few, many = (by_kin(QUERY, ranked(ENGLISH[:n]), [[0.9], *[[0.1]] * (n - 1)])[0].likely for n in (2, 30))
    assert few == pytest.approx(many)


@pytest.mark.parametrize("likely", [0.0, 1.0])
def test_who_was_sure_stays_sure(likely: float) -> None:
    order = [Ranked(Candidate(f"k{at}", ENGLISH[at]), fused=1.0, likely=likely) for at in range(5)]
    assert all(abs(one.likely - likely) < 1e-5 for one in by_kin(QUERY, order, [[0.9]] * 5))


@pytest.mark.parametrize("alike", [[], [[]], [[0.0, 0.0]], [[0.39] for _ in ENGLISH]])
def test_where_nothing_is_known_the_order_stands(alike: list[list[float]]) -> None:
    order = ranked(ENGLISH)
    assert keys(by_kin(QUERY, order, alike)) == keys(order)
