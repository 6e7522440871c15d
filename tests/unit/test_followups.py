"""What one might ask next: from the words of the answer, in its language, and safe to put into the box."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.followups import LONG, MOST, follow_ups

KIMCHI = "김치를 담그려면 **배추**를 소금에 절여야 해요. 고춧가루와 마늘을 섞어 양념을 만들고, 배추에 양념을 발라요."
RUST = (
    "Rust is a language. Its ownership model prevents data races. The borrow checker verifies ownership at compile "
    "time, and lifetimes describe how long references stay valid."
)


def test_nouns_that_the_answer_brings_up_are_asked_about() -> None:
    assert follow_ups("김치는 어떻게 담가?", KIMCHI)[:2] == [
        "배추에 대해 더 자세히 알려 줘",
        "양념 이야기도 들려 줘",
    ]
    assert any("ownership" in one for one in follow_ups("what is rust?", RUST))


def test_verbs_and_adjectives_are_no_topics_where_there_are_nouns() -> None:
    told = "The tower is a symbol of hope, guiding those who seek refuge, with a unique old heritage beside the garden."
    found = " ".join(follow_ups("what is it?", told))
    assert "the symbol" in found or "hope" in found
    assert not re.search("seek|guiding|unique", found)


def test_what_was_asked_already_is_not_asked_again() -> None:
    assert not any("배추" in one for one in follow_ups("배추로 김치는 어떻게 담가?", KIMCHI))
    assert not any("ownership" in one for one in follow_ups("what is Ownership?", RUST))


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ("Here they are:\n- apples\n- pears\n- plums from the garden", "look at first"),
        ("이렇게 해요:\n1. 물을 끓여요\n2. 면을 넣어요\n3. 국물을 부어요", "무엇부터"),
        ("```py\nprint(1)\n```", "line by line"),
        ("words " * (LONG // 5), "three lines"),
    ],
)
def test_lists_code_and_long_texts_have_questions_of_their_own(answer: str, part: str) -> None:
    assert any(part in one for one in follow_ups("", answer))


@pytest.mark.parametrize("answer", ["", "Hello!", "네, 좋아요.", "🔥", "   \n"])
def test_behind_next_to_nothing_there_is_nothing_to_ask(answer: str) -> None:
    assert follow_ups("hi", answer) == []


def test_the_language_is_that_of_the_answer() -> None:
    assert all(re.search("[가-힣]", one) for one in follow_ups("what is kimchi?", KIMCHI))
    assert not any(re.search("[가-힣]", one) for one in follow_ups("러스트가 뭐야?", RUST))


@given(
    st.text(max_size=200),
    st.text(alphabet=st.sampled_from("ab @#`<>*[](){}\n-.가나를의에서1🔥\x00\u202e"), max_size=400),
)
def test_any_text_gives_few_plain_lines(question: str, answer: str) -> None:
    found = follow_ups(question, answer)
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    for one in found:
        assert len(one) <= 80
        assert not re.search(r"[@#`<>*\[\]\n\x00\u202e]", one)  # it goes into the box, and calls nobody


def test_a_very_long_answer_costs_little() -> None:
    assert len(follow_ups("q " * 50_000, "**" * 50_000 + "문장을 길게 " * 20_000)) <= MOST
