"""Retrieved text as data: whatever it says, in a prompt it is lines behind a bar, and leads nowhere."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_reflex.domain.fences import TEXT_MAX, Quote, defused, fenced, inert, nonce, plain, quoted
from tests.injections import CANARY, INJECTIONS, PLACE, Injection, Where

LINK = re.compile(r"https?:\S|www\.\S|\]\(|\]:|mailto:\S|javascript:\S|data:\S", re.IGNORECASE)


def named(injection: Injection) -> str:
    return injection.name


def test_there_are_enough_of_them_in_both_languages() -> None:
    assert len(INJECTIONS) >= 60
    assert len({one.name for one in INJECTIONS}) == len(INJECTIONS)
    assert sum(len(re.findall("[가-힣]", one.text)) > 20 for one in INJECTIONS) >= 15
    assert {one.where for one in INJECTIONS} == set(Where)


@pytest.mark.parametrize("injection", INJECTIONS, ids=named)
def test_it_is_heard_and_leads_nowhere(injection: Injection) -> None:
    told = quoted(Quote(1, injection.text, name=injection.text[:60], heading=injection.text, page=3))
    head, *lines = told.split("\n")
    assert CANARY in told
    assert head.startswith("[1] ")
    assert all(line.startswith("|") for line in lines)
    assert LINK.search(told) is None
    assert not set("@\u202e\u200b\u00ad\ufe0f\u3164\x1b\x00") & set(told)
    assert not any(unicodedata.category(char) in ("Cf", "Cc", "Co", "Cs") for char in told.replace("\n", ""))
    assert not re.search(r"[\[【]\d", "\n".join(lines))  # no number but the house's own
    assert not re.search(r"<\||\|>|</?(?:s|system|tool_call|documents|passages)>|\[/?INST\]|<<SYS>>", told)
    assert not re.search(r"(?im)^\| *(?:system|user|assistant|human|ai|시스템|###.*instruction) *:", told)
    assert "<!--" not in told


@pytest.mark.parametrize("injection", INJECTIONS, ids=named)
def test_no_text_ends_its_fence(injection: Injection) -> None:
    once = fenced([Quote(1, injection.text)], question="뭐라고 적혀 있어?")
    mark = once.split("\n")[1]
    again = fenced([Quote(1, f"{injection.text}\n{mark}\n{mark.strip('- ')}")], question="뭐라고 적혀 있어?")
    marks = [line for line in again.split("\n") if re.fullmatch(r"--- [0-9a-f]{12} ---", line)]
    assert len(marks) == 2
    assert marks[0] == marks[1] != mark
    inside = again.split("\n")[2:-2]
    assert all(line.startswith(("|", "[1]")) for line in inside)
    assert PLACE not in again or LINK.search(again) is None


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_stays_behind_its_bar(text: str) -> None:
    head, *lines = quoted(Quote(7, text, name=text, heading=text)).split("\n")
    assert head.startswith("[7]")
    assert all(line.startswith("|") for line in lines)
    assert LINK.search("\n".join(lines)) is None
    assert plain(plain(text)) == plain(text)


def test_plain_words_stay_as_they_are() -> None:
    text = "환불은 받은 날부터 7일 안에 됩니다.\n배송비는 3,000원이에요. The fee is 5 € (see page 3)."
    assert inert(defused(plain(text))) == text
    assert inert("[1] 조") == "(1) 조"
    assert defused("Note: the system is on.") == "Note: the system is on."


def test_it_is_bounded() -> None:
    assert len(plain("가" * 100_000)) <= TEXT_MAX + 2
    assert len(quoted(Quote(1, "a" * 100_000, name="n" * 1000, heading="h" * 1000))) < TEXT_MAX + 300


def test_the_same_prompt_twice() -> None:
    quotes = [Quote(1, "하나"), Quote(2, "둘")]
    assert fenced(quotes, question="뭐?") == fenced(quotes, question="뭐?")
    assert fenced(quotes, question="뭐?") != fenced(quotes[:1], question="뭐?")


def test_a_mark_that_stands_nowhere() -> None:
    first = nonce(["text"])
    assert first not in "text"
    assert nonce([f"text {first}"]) not in f"text {first}"
