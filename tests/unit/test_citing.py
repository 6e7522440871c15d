"""Numbers in answers: read while they come, those of nothing gone, and nothing that leads away."""

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_reflex.domain.citing import Cited, cited, claims, marked, numbered, uncited, without_numbers
from tests.injections import INJECTIONS, Injection

GIVEN = (1, 2, 3)
_BITS = [
    *"[]【】129-(),:/`<>!x^†.\n\\ 가말",
    *("42", "```", "~~~", "$$", "https", "http", "www.", "a@b.c", "&colon;", "&#58;", "출처 "),
]
BABBLE = st.lists(st.sampled_from(_BITS), max_size=60).map("".join)


def told(text: str, *, given: tuple[int, ...] = GIVEN, cuts: random.Random | None = None) -> str:
    reader, at, said = Cited(given), 0, list[str]()
    while at < len(text):
        size = cuts.randint(1, 7) if cuts else len(text)
        said.append(reader.feed(text[at : at + size]))
        at += size
    return "".join([*said, reader.flush()])


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("환불은 7일 안에 됩니다 [1].", "환불은 7일 안에 됩니다 [1]."),
        ("됩니다 [1, 2] 그리고 [2][3].", "됩니다 [1][2] 그리고 [2][3]."),
        ("됩니다 [1, 9].", "됩니다 [1]."),
        ("됩니다 [9]. 또 [12]!", "됩니다. 또!"),
        ("됩니다【1】, 【2†source】 [^3]", "됩니다[1], [2] [3]"),
        ("됩니다 [1-3] [2–9]", "됩니다 [1][2][3] [2][3]"),
        ("[출처 2] [Source 1] [passage 7]", "[2] [1]"),
        ("- [ ] 할 일\n- [x] 한 일", "- [ ] 할 일\n- [x] 한 일"),
        ("[1", "[1"),
        ("[2024]년", "[2024]년"),
        ("`a[9]` 과 a[9]", "`a[9]` 과 a"),
        ("```py\nx = a[9]\n```\n[9] 끝", "```py\nx = a[9]\n```\n 끝"),
        ("[여기](https://trap.example)", "[여기] (https: //trap.example)"),
        ("www.trap.example, a@trap.example", "www .trap.example, a @trap.example"),
        ("https\\://t.x https&colon;//t.x", "https: //t.x https& colon;//t.x"),
        ("[a]: https://t.x", "[a] : https: //t.x"),
        ("<b>x</b> 3 < 4", "< b>x< /b> 3 < 4"),
        ("```\nhttps://t.x/code\n```", "```\nhttps://t.x/code\n```"),
        ("$$\n```\n$$\nhttps://t.x", "$$\n```\n$$\nhttps: //t.x"),
        ("- a\n\n  ```\nhttps://t.x", "- a\n\n  ```\nhttps: //t.x"),
    ],
)
def test_what_is_told(raw: str, kept: str) -> None:
    assert told(raw) == kept
    for seed in range(20):
        assert told(raw, cuts=random.Random(seed)) == kept


@settings(deadline=None)
@given(BABBLE, st.integers(0, 1_000))
def test_pieces_make_no_difference_and_no_number_is_made_up(text: str, seed: int) -> None:
    whole = told(text)
    assert told(text, cuts=random.Random(seed)) == whole
    assert set(cited(whole)) <= set(GIVEN)
    assert set(cited(told(text, given=()))) == set()


@settings(deadline=None)
@given(BABBLE)
def test_nothing_leads_anywhere(text: str) -> None:
    outside = _without_fences(told(text))
    assert not re.search(r"https?:\S|www\.|\]\(|\]:|<[a-z/!]|\w@\w+\.\w", outside, re.IGNORECASE | re.ASCII)


def _without_fences(text: str) -> str:
    """All but what stands in fences at the margin, before any formula: that is code for every reader of Markdown."""
    kept, fence = list[str](), ""
    for line in text.split("\n"):
        mark = re.match(r"(`{3,})[^`]*$|(~{3,})", line)
        if fence:
            fence = "" if re.fullmatch(rf" {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*", line) else fence
        elif mark and "$$" not in "\n".join(kept):
            fence = mark[1] or mark[2]
        else:
            kept.append(line)
    return "\n".join(kept)


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda one: one.name)
def test_a_model_that_repeats_what_it_reads(injection: Injection) -> None:
    """The worst that a model can do with a document is to say it."""
    said = told(injection.text, given=(1,))
    assert set(cited(said)) <= {1}
    assert not re.search(r"https?:\S|www\.\S|\]\(|\]:", _without_fences(said), re.IGNORECASE)


def test_no_more_waits_than_a_word() -> None:
    reader = Cited(GIVEN)
    assert reader.feed("하나 둘 셋") == "하나 둘"
    assert reader.feed(" 넷") == " 셋"
    assert reader.feed(" [1") == " 넷"
    assert reader.feed("] 다섯 ") == " [1] 다섯"
    assert reader.flush() == " "


def test_a_word_without_end_is_told() -> None:
    reader = Cited(GIVEN)
    said = "".join(reader.feed("가나다라" * 10) for _ in range(100))
    assert len(said) > 3000
    assert len("".join(reader.feed("abcd" * 10) for _ in range(200))) > 3000


def test_numbers_keep_their_place_when_an_answer_goes_on() -> None:
    assert numbered(["a", "b"], {}) == [1, 2]
    assert numbered(["c", "a"], {"a": 1, "b": 2}) == [3, 1]
    assert numbered(["c"], {}, floor=4) == [5]


def test_sentences_and_their_numbers() -> None:
    text = "# 제목\n환불은 7일 안에 됩니다 [1]. 배송비는 3,000원입니다. [2][3]\n왜 그럴까요?\n```\na[1] 은 코드다.\n```"
    found = [(claim.text, claim.numbers) for claim in claims(text)]
    assert found == [("환불은 7일 안에 됩니다.", (1,)), ("배송비는 3,000원입니다.", (2, 3))]


def test_a_mark_behind_a_sentence() -> None:
    text = "환불은 90일 안에 됩니다 [1]. 배송비는 고객이 내요 [2]."
    first, second = claims(text)
    assert marked(text, [first]) == "환불은 90일 안에 됩니다 [1]. [?] 배송비는 고객이 내요 [2]."
    assert without_numbers(marked(text, [first, second])) == "환불은 90일 안에 됩니다. 배송비는 고객이 내요."


def test_an_answer_is_heard_again_without_its_numbers() -> None:
    said = "환불은 90일 안에 됩니다 [1][2]. `list[1]`은 두 번째예요 [?]\n```\nrow[3]\n```\n끝 【4】"
    assert uncited(said) == "환불은 90일 안에 됩니다. `list[1]`은 두 번째예요\n```\nrow[3]\n```\n끝"


_MANY = 100_000
_ENDLESS = {
    "ticks": "`" * _MANY,
    "open code": " ".join("`" * (count % 60 + 1) + "x" for count in range(_MANY // 32)),
    "longer and longer code": " ".join("`" * count for count in range(1, 440)),
    "blanks": " " * _MANY,
    "a bracket and blanks": "[" + " " * _MANY,
    "brackets and blanks": ("[1" + " " * 60) * (_MANY // 62),
    "brackets": "[ " * (_MANY // 2),
    "numbers": "[" + "1," * (_MANY // 2),
    "a word": "가" * _MANY + " x",
    "stops": ". " * (_MANY // 2),
    "quotes": "." + '"' * _MANY,
    "citations": "." + "[1] " * (_MANY // 4) + "x",
    "fences": "```\na\n```\n" * (_MANY // 10),
    "open fences": "```a\n" * (_MANY // 5),
}


@pytest.mark.parametrize("text", _ENDLESS.values(), ids=_ENDLESS.keys())
def test_what_a_model_repeats_for_ever_is_read_at_once(text: str) -> None:
    begun = time.thread_time()
    for read in (cited, uncited, claims, told):
        read(text)
    assert time.thread_time() - begun < 1.5  # seconds; the square of it takes half a minute
