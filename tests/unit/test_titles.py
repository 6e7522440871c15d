"""What a talk with an AI is called: a stretch of what was asked, never more than a line, never marks alone."""

import time

import pytest

from hearth_reflex.domain.titles import (
    TITLE_MAX,
    _plain,  # pyright: ignore[reportPrivateUsage]
    clean_session_title,
    title_of,
)
from hearth_reflex.errors import InputError


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("오늘 저녁에 뭐 먹을까?", "오늘 저녁에 뭐 먹을까?"),
        ("안녕하세요! 서울에서 부산까지 기차로 얼마나 걸리나요?", "서울에서 부산까지 기차로 얼마나 걸리나요?"),
        ("불씨야, 고구마는 몇 도에 구워?", "고구마는 몇 도에 구워?"),
        ("@불씨 옛날 이야기 하나 해 줘.", "옛날 이야기 하나 해 줘"),
        ("어제 냄비를 태웠어요. 탄 자국은 어떻게 지우나요?", "탄 자국은 어떻게 지우나요?"),
        ("Hi there! What is a hearth?", "What is a hearth?"),
        ("hello, tell me about *slow* `fires`", "tell me about slow fires"),
        ("```py\nprint(1)\n```\nWhy does this fail?", "Why does this fail?"),
        ("# Plan\n- buy apples\n- bake a cake", "Plan"),
        ("See [the book](https://example.org/a) please", "See the book please"),
        ("C# or C++?", "C# or C++?"),
        ("e\u202ediguous", "ediguous"),
    ],
)
def test_the_first_question_else_the_first_sentence(said: str, title: str) -> None:
    assert title_of(said) == title


@pytest.mark.parametrize(
    "said", ["", "  \n", "안녕", "안녕하세요!", "hi ember", "???", "...", "```\ncode\n```", "https://a.example/b"]
)
def test_what_can_be_no_title_makes_none(said: str) -> None:
    assert title_of(said) == ""


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (
            "우리 가족이 다음 달에 제주도로 여행을 가려고 하는데 아이들이 좋아할 곳과 비 오는 날 갈 만한 곳을 알려 줘",
            "우리 가족이 다음 달에 제주도로 여행을 가려고 하는데…",
        ),
        (
            "Could you help me write a letter to my landlord, because the heater has been broken for two weeks",
            "Could you help me write a letter to my landlord…",
        ),
    ],
)
def test_a_long_one_is_cut_where_a_clause_ends(said: str, title: str) -> None:
    assert title_of(said) == title


@pytest.mark.parametrize(
    "said", ["가" * 8000, "a" * 8000, "가 나 " * 2000, "a, b, " * 1500, "안녕 " * 3000, "*" * 8000, "[" * 8000]
)
def test_no_title_is_longer_than_a_line_whatever_was_said(said: str) -> None:
    assert len(title_of(said)) <= TITLE_MAX
    assert "\n" not in title_of(said)


@pytest.mark.parametrize("heap", ["\n", " \n", "[", "![", "[a](", "> ", "- "])
def test_a_heap_is_not_gone_through_again_and_again(heap: str) -> None:
    begun = time.process_time()
    title_of(heap * 30_000)
    _plain(heap * 25_000)
    assert time.process_time() - begun < 2


def test_only_the_beginning_is_looked_at() -> None:
    assert title_of("- 사과\n" * 500 + "무엇을 살까요?") == "사과"


@pytest.mark.parametrize("raw", ["여름 여행", "C# & C++: 100%", "a" * TITLE_MAX, "불".join("가나다")])
def test_a_title_that_somebody_gives_is_kept(raw: str) -> None:
    assert clean_session_title(f"  {raw}\n") == raw


@pytest.mark.parametrize("raw", ["", " ", "a" * (TITLE_MAX + 1), "\u200b", "a\x00b", "\u202e", "a\x1b[2J"])
def test_one_that_cannot_be_shown_is_refused(raw: str) -> None:
    with pytest.raises(InputError) as refusal:
        clean_session_title(raw)
    assert (refusal.value.code, refusal.value.field) == ("session_title", "title")
