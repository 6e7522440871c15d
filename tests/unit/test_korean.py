"""Korean as a search needs it: one form of a text, first letters, typos, particles and endings, terms of an index."""

import unicodedata

import pytest

from hearth_reflex.domain.endings import stems
from hearth_reflex.domain.finding import Sought, closest, excerpt, marked, name_worth, worth
from hearth_reflex.domain.korean import (
    find_typed,
    fold,
    fold_with_places,
    initials,
    jamo,
    one_off,
    sound_alikes,
)
from hearth_reflex.domain.terms import All, Term, alike, ask, loose, strict, terms_of


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (unicodedata.normalize("NFD", "불씨 저녁밥"), "불씨 저녁밥"),
        ("ＡＢＣ１２", "abc12"),
        ("Café STRASSE ß", "cafe strasse ss"),
        ("ㅂㅆ ㅏ", "ㅂㅆ ㅏ"),
        ("\u1107\u110a", "ㅂㅆ"),
        ("ﾎﾞ①", "ホ" + "\u3099" + "1"),
        ("가\u200b나", "가나"),
    ],
)
def test_folded_alike(typed: str, plain: str) -> None:
    assert fold(typed) == plain


def test_places_lead_back_into_the_text() -> None:
    composed, folded, places = fold_with_places("ß" + unicodedata.normalize("NFD", "한 글"))
    assert (composed, folded, places) == ("ß한 글", "ss한 글", [0, 0, 1, 2, 3])


def test_letters_of_a_syllable() -> None:
    assert (initials("불씨 abc"), jamo("닭이")) == ("ㅂㅆ abc", "ㄷㅏㄺㅇㅣ")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("저녁", "저녘", True), ("찌개", "찌게", True), ("불씨", "불시", True), ("가나", "가나다", False),
        ("밥", "바", True), ("abcd", "abdc", True), ("저녁", "점심", False), ("같다", "같다", True),
    ],
)  # fmt: skip
def test_one_letter_off(one: str, other: str, expected: bool) -> None:
    assert one_off(jamo(one), jamo(other)) is expected
    assert one_off(jamo(other), jamo(one)) is expected


@pytest.mark.parametrize(
    ("typed", "text", "place"),
    [
        ("ㅂㅆ", "따뜻한 불씨", (4, 6)), ("불ㅆ", "불씨", (0, 2)), ("저녀", "저녁", (0, 2)),
        ("저녁밥", "저녁 밥", (0, 4)),
        ("녀저", "저녁", None), ("ㅂㅆ", "", None), ("", "불씨", None),
    ],
)  # fmt: skip
def test_half_typed_is_found(typed: str, text: str, place: tuple[int, int] | None) -> None:
    assert find_typed(typed, text) == place


def test_sound_alikes_are_few() -> None:
    assert sound_alikes("ㅈㄴ") == ["ㅈㄴ", "ㅉㄴ", "ㅊㄴ"]
    assert len(sound_alikes("ㄱㄷㅂㅅㅈ")) <= 12


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("불씨가", "불씨"), ("집에서는", "집"), ("밥을", "밥"), ("친구한테", "친구"), ("선생님까지", "선생님"),
        ("먹었어", "먹"), ("먹다", "먹"), ("먹고", "먹"), ("먹을까", "먹"), ("먹는데", "먹"), ("먹어서", "먹"),
        ("마셨어요", "마시"), ("마셔", "마시"), ("왔다", "오"), ("봤는데", "보"), ("줬어", "주"),
        ("됐어", "되"),
        ("해야", "하"), ("갑니다", "가"), ("끓였다", "끓이"),
        ("하였다", "하"), ("청소했어", "청소"), ("배우는", "배우"),
    ],
)  # fmt: skip
def test_stems(word: str, stem: str) -> None:
    assert stem in stems(word)
    assert len(stems(word)) <= 4


def test_a_word_is_never_stripped_bare() -> None:
    for word in ("이", "가", "는", "었어", "다", "습니다", "요"):
        assert all(stems(word))


def test_terms_of_a_text() -> None:
    terms = terms_of("저녁 밥, Deploy ㅋㅋㅋ 京都")
    assert {"저녁", "녁밥", "밥", "ㅈㄴ0저녁", "ㅂ0밥", "ㅈㄴㅂ", "deploy", "ㅋㅋㅋ", "京都"} <= set(terms)
    assert "밥d" not in terms
    assert len(terms) == len(set(terms))
    assert all(term.isalnum() for term in terms)


@pytest.mark.parametrize("text", ["", "  \n", "🙂🙂", "...", "\u3164", "'\"*()-:^"])
def test_no_terms(text: str) -> None:
    assert terms_of(text) == []
    assert strict(ask(text)) is None


@pytest.mark.parametrize("asked", ['"저녁" OR 1', "terms : 저녁", "저녁' | 'a':*", "NEAR(a b)", "a*b^c-d", "%_\\"])
def test_terms_of_a_question_are_letters_and_digits(asked: str) -> None:
    question = ask(asked)
    parts = [strict(question), *loose(question)]
    while parts:
        part = parts.pop()
        if isinstance(part, Term):
            assert part.text.isalnum()
        elif part is not None:
            parts += part.parts


def test_a_long_question_is_bounded() -> None:
    question = ask("가나다라 마바사아 " * 500)
    assert len(question.words) <= 8
    assert len(ask("가" * 5000).text) <= 200
    assert len(loose(ask("가나다라마바사" * 100))) < 60


def test_a_half_typed_syllable_is_left_out() -> None:
    assert [word.text for word in ask("저녁 불ㅆ").words] == ["저녁", "불"]
    assert [word.text for word in ask("저녁 ㅂㅆ").words] == ["저녁", "ㅂㅆ"]


def test_where_a_typo_is_looked_for() -> None:
    assert Term("ㅈㄴ0", prefix=True) in alike(ask("저녘").words[0])
    assert alike(ask("deploy").words[0]) == []
    assert closest("저녘", ["저녁", "점심", "저녘", "자녁"]) == ["저녁"]


def test_strict_is_all_of_the_words() -> None:
    whole = strict(ask("ㅂㅆ deploy"))
    assert whole == All((Term("ㅂㅆ", prefix=True), Term("deploy", prefix=True)))


def _order(asked: str, *texts: str) -> list[str]:
    sought = Sought(ask(asked))
    return sorted(texts, key=lambda text: -worth(sought, text))


def test_what_was_typed_comes_before_what_is_like_it() -> None:
    exact, spaced, inflected, part, other = "저녁밥", "저녁 밥 먹자", "저녁밥을 지었다", "저녁에 보자", "점심은 국수"
    assert _order("저녁밥", part, other, inflected, exact)[0] == exact
    assert _order("저녁밥", other, part, spaced)[0] == spaced
    assert worth(Sought(ask("저녁밥")), other) == 0.0
    assert _order("밥을 먹었어", "먹고 보니 밥이 식었다", "밥을 버렸다")[0] == "먹고 보니 밥이 식었다"


def test_the_younger_of_two_alike_comes_first() -> None:
    sought = Sought(ask("불씨"))
    assert worth(sought, "불씨 하나", age_days=1) > worth(sought, "불씨 하나", age_days=400)
    assert worth(sought, "불씨", age_days=4000) > worth(sought, "불씨가 꺼질까 봐 오래 지켜보았다", age_days=0)


def test_an_excerpt_marks_what_was_looked_for() -> None:
    text = "앞말 " * 40 + "그래서 <b>불씨</b>를 지켰다 " + "뒷말 " * 60
    pieces = excerpt(Sought(ask("불씨가")), text)
    assert [piece.text for piece in pieces if piece.hit] == ["불씨"]
    whole = "".join(piece.text for piece in pieces)
    assert "<b>불씨</b>" in whole
    assert whole.startswith("…")
    assert whole.endswith("…")
    assert len(whole) < 160


@pytest.mark.parametrize(
    ("asked", "text", "hit"),
    [
        ("저녁밥", "오늘 저녁 밥", "저녁 밥"),
        ("ㅂㅆ", "큰 불씨가", "불씨"),
        ("먹다", "많이 먹었어", "먹었어"),
        ("DEPLO", "the deployment", "deplo"),
    ],
)  # fmt: skip
def test_marks(asked: str, text: str, hit: str) -> None:
    assert [piece.text for piece in excerpt(Sought(ask(asked)), text) if piece.hit] == [hit]


def test_names_are_found_half_typed() -> None:
    assert name_worth("ㅁㄴ", "미나") > name_worth("ㅁㄴ", "송미나") > name_worth("ㅁㄴ", "준") == 0.0
    assert name_worth("미나가", "미나") > 0
    assert name_worth("미니", "미나") > 0
    assert [piece.text for piece in marked("ㅁㄴ", "송미나") if piece.hit] == ["미나"]
    assert marked("준", "미나")[0].text == "미나"
