"""What of a question is looked for: clean whatever was typed, telling words, follow-ups with what they leave out."""

import unicodedata

import pytest

from hearth_reflex.domain.queries import (
    clean,
    hangul_share,
    has_substance,
    is_follow_up,
    nouns_of,
    plain_words,
    query_of,
    telling,
)


class TestCleaning:
    @pytest.mark.parametrize("raw", ["", " \n\t ", "😀😀🎉", "?!…", "\x00\x07", "\u200b\u3164"])
    def test_what_says_nothing_is_empty(self, raw: str) -> None:
        assert query_of(raw).is_empty

    def test_one_letter_is_a_question(self) -> None:
        assert query_of("밥").words == "밥"
        assert query_of("x").text == "x"

    def test_twenty_thousand_letters_become_beginning_and_end(self) -> None:
        text = clean(f"처음 {'가나다 ' * 5000} 우리 집 열쇠는 어디에 있나?")
        assert len(text) <= 1201
        assert text.startswith("처음")
        assert text.endswith("어디에 있나?")

    def test_decomposed_is_composed(self) -> None:
        assert clean(unicodedata.normalize("NFD", "보일러 밸브")) == "보일러 밸브"

    def test_a_heap_of_marks_is_levelled(self) -> None:
        assert len(clean("열쇠" + "\u0301" * 5000 + " 어디")) < 20

    def test_controls_and_lines_become_spaces(self) -> None:
        assert clean("열쇠\x00는\n\n어디\u202e에") == "열쇠 는 어디 에"


class TestTelling:
    @pytest.mark.parametrize(
        ("question", "words"),
        [
            ("보일러에서 물이 새면 어떻게 해?", ("보일러에서", "물이", "새면")),
            ("What is the name of Jonas's dog?", ("name", "Jonas's", "dog")),
            ("where do we keep it", ("keep",)),
            ("언제 어디서 누가", ()),
        ],
    )
    def test_words_that_only_ask_are_left_out(self, question: str, words: tuple[str, ...]) -> None:
        assert telling(question) == words

    def test_without_an_analyser_particles_are_taken_off(self) -> None:
        assert {"할머니의", "할머니", "된장찌개를", "된장찌개"} <= set(plain_words("할머니의 된장찌개를").split())

    def test_names_of_asking_words_still_ask(self) -> None:
        assert query_of("언제?").words == "언제?"

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("room key code는?", ("room", "key", "code")),
            ("KTX에서 내려", ("KTX", "내려")),
            ("온도는 20도?", ("온도는", "20", "도")),
            ("key 은반지", ("key", "은반지")),
        ],
    )
    def test_a_particle_behind_latin_letters_tells_nothing(self, text: str, told: tuple[str, ...]) -> None:
        assert telling(text) == told

    @pytest.mark.parametrize(("text", "is_one"), [("밥", False), ("열쇠", True), ("key", False), ("keys", True)])
    def test_substance(self, text: str, is_one: bool) -> None:
        assert has_substance(text) is is_one
        assert not has_substance("1234567")

    def test_the_share_of_hangul(self) -> None:
        assert hangul_share("보일러") == 1.0
        assert hangul_share("boiler") == 0.0
        assert 0.3 < hangul_share("보일러 valve") < 0.8
        assert hangul_share("123") == 0.0


class TestFollowUps:
    @pytest.mark.parametrize(
        "question", ["그럼 그건 언제야?", "거기는 몇 시까지야?", "and when?", "what about it?", "왜?"]
    )
    def test_they_are_known(self, question: str) -> None:
        assert is_follow_up(clean(question))

    @pytest.mark.parametrize(
        "question", ["보일러 밸브는 무슨 색이야?", "When does the ferry to Split leave on Sunday night?", "감나무"]
    )
    def test_whole_questions_are_none(self, question: str) -> None:
        assert not is_follow_up(clean(question))

    def test_the_nouns_of_the_question_before_are_added(self) -> None:
        query = query_of("그건 언제 끝나?", before=["민서의 태권도 심사는 어디에서 해?"])
        assert "태권도" in query.text
        assert "민서의" in query.keywords
        assert query.asked == "그건 언제 끝나?"

    def test_the_newest_that_has_nouns_counts(self) -> None:
        query = query_of("and when?", before=["ok!", "Where is the piano concert?", "Is the ferry late?"])
        assert "piano" in query.text
        assert "ferry" not in query.text

    def test_a_whole_question_stays_as_it_is(self) -> None:
        assert query_of("감나무는 누가 심었어?", before=["태권도 심사 언제야?"]).text == "감나무는 누가 심었어?"

    def test_nouns_are_guessed_by_their_ends(self) -> None:
        assert nouns_of("심사는 어디에서 하나요?") == ("심사는",)
        assert nouns_of("먹어요 마시고 학교에서") == ("학교에서",)
