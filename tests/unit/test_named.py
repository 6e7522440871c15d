"""What a question names: a passage about another year, flat or town does not answer it."""

import pytest

from hearth_reflex.domain.extracts import pick, sentences
from hearth_reflex.domain.named import lacks, names_in, numbers_in
from hearth_reflex.domain.wording import said

CAMP = "2026년 여름 캠프는 8월 7일에 홍천 야영장에서 엽니다. 참가비는 45,000원입니다."
DOCK = "The loading dock in Tampere was finished on 14 August. Sofia Marek wrote the report."


def _lacks(question: str, text: str) -> bool:
    return lacks(question, text, said(text))


@pytest.mark.parametrize(
    ("question", "text", "is_lacking"),
    [
        ("2026년 캠프는 며칠부터야?", CAMP, False),
        ("2027년 캠프는 며칠부터야?", CAMP, True),
        ("캠프 참가비는 45000원이야?", CAMP, False),
        ("캠프는 어디에서 해?", CAMP, False),
        ("When was the dock in Tampere finished?", DOCK, False),
        ("When was the dock in Turku finished?", DOCK, True),
        ("What did Sofia write?", DOCK, False),
        ("What did Henrik write?", DOCK, True),
        ("Turku: when was the dock finished?", DOCK, False),  # at the beginning all words have a capital
        ("Do I pay for the dock?", DOCK, False),
        ("Where is the camp of Hongcheon?", CAMP, False),  # in Korean it would be written otherwise
        ("Where is the camp of 2027?", CAMP, True),
        ("", DOCK, False),
    ],
)
def test_whether_a_passage_lacks_what_is_named(question: str, text: str, is_lacking: bool) -> None:
    assert _lacks(question, text) is is_lacking


def test_numbers_and_names_are_found() -> None:
    assert [word[0] for word in numbers_in("3B호 보증금은 1,400파운드야?")] == ["3", "1400"]
    assert len(names_in("Did Gwen Parry ride to Cork? Yes. Then they slept.")) == 3


def test_of_two_passages_that_are_alike_the_one_about_the_right_year_answers() -> None:
    other = CAMP.replace("2026", "2025").replace("8월 7일", "7월 30일").replace("홍천", "가평")
    found = [*sentences(1, other), *sentences(2, CAMP)]
    assert {one.number for one in pick("2026년 여름 캠프는 어디에서 엽니까?", found)} == {2}
    assert pick("2024년 여름 캠프는 어디에서 엽니까?", found) == []


def test_the_name_of_a_document_counts_as_said() -> None:
    (found, *_) = pick("2026 캠프 참가비는?", sentences(1, "참가비는 45,000원입니다.", above="캠프 2026.txt"))
    assert "45,000" in found.text
