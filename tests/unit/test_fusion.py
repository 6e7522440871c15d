"""Two legs become one order: each helps where the other is blind, nothing is said twice, and rubbish is nothing."""

import random

import pytest

from hearth_reflex.domain.compared import folded, korean_share, plain, spaced
from hearth_reflex.domain.fusion import (
    PADDING,
    Candidate,
    Ranked,
    coverage,
    forms_of,
    fuse,
    in_reading_order,
    prepare,
    selected,
    without_repeats,
)
from hearth_reflex.domain.meanings import Meanings
from hearth_reflex.domain.queries import query_of
from hearth_reflex.domain.repeats import in_common, shingles
from hearth_reflex.domain.sounds import sounds_said

CROWD = [Candidate(f"crowd{n}", f"아무 상관 없는 이야기 {n}", vector=0.30 + n / 1000) for n in range(12)]
QUESTION = query_of("보일러 밸브는 무슨 색이야?")


def order(*candidates: Candidate, question: str = "보일러 밸브는 무슨 색이야?") -> list[str]:
    return [one.candidate.key for one in fuse(query_of(question), [*candidates, *CROWD])]


class TestOrder:
    def test_what_stands_out_in_meaning_comes_first(self) -> None:
        assert order(Candidate("meant", "난방 기계의 꼭지는 파랗다", vector=0.52))[0] == "meant"

    def test_so_does_what_only_its_words_bring(self) -> None:
        assert order(Candidate("said", "보일러 밸브는 파란색", words=14.0))[0] == "said"

    def test_so_does_what_says_it_in_the_other_language(self) -> None:
        meanings = Meanings("boiler valve", (("보일러", "boiler"), ("밸브", "valv")))
        abroad = [
            Candidate(f"abroad{n}", f"Nothing to do with it at all {n}", across=0.30 + n / 1000) for n in range(12)
        ]
        said = Candidate("said", "The boiler valve is the blue one", translated=9.0)
        near = Candidate("near", "The heating can be turned off", across=0.40)
        ranked = fuse(QUESTION, [*CROWD, *abroad, near, said], meanings=meanings)
        assert ranked[0].candidate.key == "said"
        assert ranked[0].likely > PADDING
        without = fuse(QUESTION, [*CROWD, *abroad, near, said])
        assert without[0].candidate.key == "near"
        assert next(one for one in without if one.candidate.key == "said").likely < PADDING

    def test_both_are_better_than_one(self) -> None:
        both = Candidate("both", "보일러 밸브는 파란색", vector=0.50, words=14.0)
        assert (
            order(Candidate("meant", "난방 꼭지", vector=0.50), both, Candidate("said", "보일러 밸브", words=14.0))[0]
            == "both"
        )

    def test_a_passage_in_another_language_is_not_held_to_words(self) -> None:
        said = Candidate("said", "보일러를 새로 샀다", vector=0.34, words=5.0)
        assert order(Candidate("across", "The boiler valve is blue.", vector=0.30, across=0.52), said)[0] == "across"

    def test_it_does_not_hang_on_the_order_given(self) -> None:
        candidates = [Candidate("a", "보일러 밸브", vector=0.48, words=9.0), *CROWD]
        assert fuse(QUESTION, candidates) == fuse(QUESTION, candidates[::-1])

    def test_nothing_comes_of_nothing(self) -> None:
        assert fuse(QUESTION, []) == []
        assert selected([], limit=5) == []


class TestNothingFound:
    def test_a_crowd_answers_nothing(self) -> None:
        assert selected(fuse(QUESTION, CROWD), limit=8) == []
        assert len(selected(fuse(QUESTION, CROWD), limit=8, least=0)) == 8

    def test_a_good_find_is_not_padded(self) -> None:
        found = selected(
            fuse(QUESTION, [Candidate("good", "보일러 밸브는 파란색", vector=0.55, words=14.0), *CROWD]), limit=8
        )
        assert [one.candidate.key for one in found] == ["good"]

    def test_what_has_the_words_and_is_not_embedded_yet_is_no_padding(self) -> None:
        new = Candidate("new", "보일러 밸브는 무슨 색인가: 파란색", words=14.0)
        near = [Candidate(f"near{at}", f"난로 이야기 {at}", vector=0.6 - at / 100) for at in range(8)]
        found = selected(fuse(QUESTION, [new, *near]), limit=20)
        assert "new" in [one.candidate.key for one in found]
        alone = selected(fuse(QUESTION, [new, *CROWD]), limit=20)
        assert [one.candidate.key for one in alone if one.candidate.key == "new"] == ["new"]

    def test_of_few_it_counts_how_near_strangers_are_to_that_model(self) -> None:
        alone = [Candidate("alone", "보리밭에 바람이 분다", vector=0.43)]
        assert selected(fuse(QUESTION, alone, strangers=0.29), limit=8) != []
        assert selected(fuse(QUESTION, alone, strangers=0.42), limit=8) == []

    def test_words_alone_can_be_enough(self) -> None:
        found = selected(fuse(QUESTION, [Candidate("said", "보일러 밸브는 무슨 색인가: 파란색", words=14.0)]), limit=8)
        assert [one.candidate.key for one in found] == ["said"]


class TestRepeats:
    def test_what_says_the_same_is_said_once(self) -> None:
        text = "보일러 아래로 물이 새면 먼저 계량기 옆 파란 밸브를 잠급니다."
        twice = [Candidate("one", text, vector=0.55, words=9.0), Candidate("two", text + "\n", vector=0.54, words=9.0)]
        ranked = fuse(QUESTION, [*twice, Candidate("other", "밸브는 관리실에도 있다", vector=0.52)])
        assert [one.candidate.key for one in without_repeats(ranked, limit=9)] == ["one", "other"]

    def test_how_much_two_texts_share(self) -> None:
        assert in_common(shingles("가나다라마바사"), shingles("가나 다라 마바사!")) == 1.0
        assert in_common(shingles("가나다라마바사"), shingles("전혀 다른 말입니다")) == 0.0
        assert in_common(shingles(""), shingles("")) <= 1.0

    def test_samples_miss_nothing_that_is_the_same(self) -> None:
        """However a text was changed, the quick look decides as the whole comparison does."""
        draw = random.Random(7)
        letters = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허abcdefgh "
        for _ in range(600):
            text = "".join(draw.choices(letters, k=draw.randrange(20, 900)))
            changed = list(text)
            for _ in range(draw.randrange(0, max(1, len(text) // 12))):
                changed[draw.randrange(len(changed))] = draw.choice(letters)
            if draw.random() < 0.3:  # in one place
                at = draw.randrange(len(text))
                changed = [*text[:at], *draw.choices(letters, k=draw.randrange(80)), *text[at + draw.randrange(80) :]]
            elif draw.random() < 0.2:
                changed = [*text, *text[: draw.randrange(len(text))]]
            other = "".join(changed)
            ranked = [Ranked(Candidate(str(at), words), 1.0, 1.0) for at, words in enumerate((text, other))]
            same = in_common(shingles(text), shingles(other)) >= 0.75
            assert len(without_repeats(ranked, limit=2)) == (1 if same else 2)


class TestBeforehand:
    @pytest.mark.parametrize("question", ["보일러 밸브는 무슨 색이야?", "which color has the boiler's valve?", ""])
    def test_what_is_made_ready_is_compared_the_same(self, question: str) -> None:
        query, strange = query_of(question), ["", " ", "\x00", "\ud800", "ﬁ🔥", "가" * 9_000, "boiler 보일러" * 900]
        found = [*CROWD, *(Candidate(str(at), text, across=0.4) for at, text in enumerate(strange))]
        before = fuse(query, found)
        for cached in (folded, spaced, plain, korean_share, sounds_said):
            cached.cache_clear()
        prepare(query, [one.text for one in found])
        forms = (folded, spaced, korean_share, sounds_said)
        made = [cached.cache_info().misses for cached in forms]
        assert fuse(query, found) == before
        assert [cached.cache_info().misses for cached in forms] == made  # nothing was made again


class TestWords:
    def test_rare_words_count_more(self) -> None:
        texts = ["열쇠 이야기", "열쇠 이야기 둘", "열쇠 화분", "열쇠 그림"]
        covers = coverage(["열쇠를", "화분에"], texts)
        assert covers[2] == 1.0
        assert covers[0] < 0.5

    def test_no_words_cover_nothing(self) -> None:
        assert coverage([], ["가", "나"]) == [0.0, 0.0]

    @pytest.mark.parametrize(
        ("word", "form"), [("열쇠를", "열쇠"), ("leaking", "leak"), ("filters", "filter"), ("Gas", "gas")]
    )
    def test_forms(self, word: str, form: str) -> None:
        assert form in forms_of(word)


class TestNeighbours:
    def test_pieces_that_follow_each_other_stand_together(self) -> None:
        places = [("a", 5), ("b", 1), ("a", 4), ("a", 6), ("a", 9)]
        assert [places[at] for at in in_reading_order(places)] == [("a", 4), ("a", 5), ("a", 6), ("b", 1), ("a", 9)]

    def test_what_is_no_piece_stays(self) -> None:
        assert in_reading_order([("", 0), ("a", 1), ("", 0), ("", 0)]) == [0, 1, 2, 3]
