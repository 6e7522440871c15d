"""What a text says of a question in the other language."""

from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.compared import spaced
from hearth_reflex.domain.meanings import UNKNOWN, Meanings, covered_across

CAKE = Meanings("carrot cake oven", (("당근", "carrot"), ("케이크", "cake"), ("오븐", "oven")))


def covers(meanings: Meanings, *texts: str) -> list[float]:
    return [round(cover, 3) for cover in covered_across(meanings, [spaced(text) for text in texts])]


def test_what_says_more_of_it_covers_more() -> None:
    whole, half, nothing = covers(CAKE, "Carrot cakes: 40 minutes (oven).", "Peel a carrot.", "The bus leaves at nine.")
    assert whole == 1.0
    assert 0.0 < half < 1.0
    assert nothing == 0.0


def test_a_word_that_few_texts_say_counts_more() -> None:
    texts = ["oven and cake", "oven and carrot", "oven", "oven", "cake"]
    cake, carrot, oven = covers(CAKE, *texts)[:3]
    assert carrot > cake > oven


def test_english_words_begin_where_words_begin() -> None:
    assert covers(Meanings("paint", (("칠하다", "paint"),)), "A repainting", "Painted twice") == [0.0, 1.0]


def test_short_words_stand_whole_or_in_their_plural() -> None:
    car = Meanings("car", (("차", "car"),))
    assert covers(car, "Take care", "The card", "Two cars", "my car.", "car") == [0.0, 0.0, 1.0, 1.0, 1.0]
    sea = Meanings("바다", (("sea", "바다"), ("ship", "배")))
    assert covers(sea, "바로 담배 옆에") == [0.0]


def test_a_word_is_held_against_a_text_as_texts_are_folded() -> None:
    asked = Meanings("", (("Café",), ("mother's",), ("東京",)))
    assert covers(asked, "The CAFÉ of my mother's friend, 東京都") == [1.0]


def test_korean_words_stand_within_others() -> None:
    assert covers(Meanings("당근", (("carrot", "당근"),)), "할머니표당근케이크", "굽는 시간") == [1.0, 0.0]


def test_of_several_words_all_must_stand_there() -> None:
    machine = Meanings("wash machin", (("세탁기", "wash machin"),))
    assert covers(machine, "The washing machine leaks", "Wash the car", "A sewing machine") == [1.0, 0.0, 0.0]


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert covers(UNKNOWN, "anything", "") == [0.0, 0.0]
    assert covers(Meanings("", ((), ("", " "))), "anything") == [0.0]
    assert covers(CAKE) == []


@given(
    st.lists(st.lists(st.text(max_size=8), max_size=3).map(tuple), max_size=4).map(tuple),
    st.lists(st.text(max_size=40), max_size=5),
)
def test_a_share_is_a_share(each: tuple[tuple[str, ...], ...], texts: list[str]) -> None:
    found = covered_across(Meanings("", each), [spaced(text) for text in texts])
    assert len(found) == len(texts)
    assert all(0.0 <= cover <= 1.0 + 1e-9 for cover in found)
