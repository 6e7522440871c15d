"""When a persona speaks: tables of lines."""

from datetime import UTC, datetime, timedelta

import pytest

from hearth_reflex.domain.manners import Reason, who_answers
from hearth_reflex.domain.mentions import Speaker
from hearth_reflex.domain.turns import Circle, Said, Turn

EMBER, LUNA = Speaker("ember", ("불씨", "Ember")), Speaker("luna", ("루나", "Luna"))
PEOPLE = frozenset({"준", "김민수", "은지엄마", "Jun", "Tom Hardy"})
CIRCLE = Circle([EMBER], PEOPLE)
BOTH = Circle([EMBER, LUNA], PEOPLE)
AT = datetime(2026, 11, 21, 18, tzinfo=UTC)
ASKED = Turn("mina", "@불씨 감자전은 어떻게 부쳐?")
ANSWER = Turn("ember", "감자를 갈아 중불에서 한 면에 3분씩 부치세요.", persona="ember", to="mina")


def why(text: str, *before: Turn, speaker: str = "mina", circle: Circle = CIRCLE) -> str:
    """The reason of the first answer; "" for none."""
    chosen = who_answers(Said(speaker, text), before, circle)
    return chosen[0][1].value if chosen else ""


def reply(text: str, to: Turn, *, speaker: str = "mina", circle: Circle = CIRCLE) -> str:
    chosen = who_answers(Said(speaker, text, reply_to=to), [to], circle)
    return chosen[0][1].value if chosen else ""


class TestItsName:
    @pytest.mark.parametrize(
        "text",
        [
            "불씨야 오늘 뭐 먹지",
            "불씨야!",
            "불씨",
            "Ember?",
            "불씨님, 이것 좀 봐 주세요",
            "불씨 내일 날씨 알려 줘",
            "뭐 먹으면 좋을까 불씨야",
            "그럼 불씨, 일정 짜줘",
            "불씨가 하나 골라줘",
            "불씨는 어떻게 생각해?",
            "불씨도 같이 할래?",
            "불씨 생각은 어때?",
            "불씨한테 질문! 하늘은 왜 파래?",
            "불시야 이거 뭐야?",
            "hey ember how tall is Everest",
            "Ember can you help",
            "ember tell me a story",
            "So what do you think, Ember?",
            "what do you think ember",
            "Ember, I am home",
            "Ember, you are wrong",
            "Ember do you agree?",
            "Good morning, Ember",
            "Question for Ember: why is the sky blue?",
            "고마워 불씨야, 근데 몇 분 구워?",
            "Thanks Ember, and what about dessert?",
            "AI야 도와줘",
            "hey AI, how many feet in a mile",
        ],
    )
    def test_a_call_without_an_at_is_heard(self, text: str) -> None:
        assert why(text) == "named"

    @pytest.mark.parametrize(
        "text",
        [
            "불씨가 아까 뭐라고 했지?",
            "불씨한테 물어볼까?",
            "불씨 말이 맞네",
            "불씨 답변 봤어?",
            "불씨가 남은 장작은 꼭 꺼야 돼",
            "불씨 조심해",
            "작은 불씨 하나가 산을 태운다",
            "이게 불씨야",
            "불씨 좀 귀찮지 않냐",
            "Ember said so yesterday",
            "Ember is right",
            "Ember can do that for you",
            "did you ask Ember?",
            "what did Ember say?",
            "embers are still hot",
            "an ember can burn for hours",
            "My dog, Ember, is asleep",
            "Ember.js is dead",
            "we met in September",
            "https://example.com/불씨/readme",
            "`불씨야 안녕`",
            '"불씨야 도와줘" 라고 쓰면 답한대요',
            "> Ember, what time is it?",
        ],
    )
    def test_talk_about_it_is_not_for_it(self, text: str) -> None:
        assert why(text) == ""

    @pytest.mark.parametrize(
        "text",
        [
            "고마워 불씨야",
            "불씨야 잘했어",
            "Thanks Ember!",
            "good job ember",
            "불씨 조용히 해",
            "불씨야 이제 그만 말해도 돼",
            "불씨야 좀 조용히 해줄래?",
            "Ember stop",
            "Ember, please be quiet",
            "Could you be quiet, Ember?",
            "@Ember stop",
            "@불씨 조용히 해",
        ],
    )
    def test_thanks_and_a_wish_for_silence_get_none(self, text: str) -> None:
        assert why(text) == ""

    def test_of_several_the_one_that_is_called_answers(self) -> None:
        assert who_answers(Said("mina", "루나야 달 얘기 해줘"), [], BOTH) == [("luna", Reason.NAMED)]
        assert who_answers(Said("mina", "@루나 @불씨 안녕"), [], BOTH) == [
            ("ember", Reason.CALLED),
            ("luna", Reason.CALLED),
        ]

    def test_of_several_the_last_that_spoke_answers_to_any_ai(self) -> None:
        spoken = Turn("luna", "보름이에요.", persona="luna", to="jun")
        assert who_answers(Said("mina", "AI야 도와줘"), [spoken], BOTH) == [("luna", Reason.NAMED)]
        assert who_answers(Said("mina", "AI야 도와줘"), [], BOTH) == [("ember", Reason.NAMED)]


class TestSomebodyElse:
    @pytest.mark.parametrize(
        "text",
        [
            "@준 몇 시에 볼래?",
            "@지나가던사람 이거 봤어?",
            "준아 뭐 먹을래?",
            "준아, 불씨한테 물어봐",
            "민수야 밥 먹었어?",
            "은지엄마 해열제는 먹였어요?",
            "서연아, 어디야?",
            "엄마 언제 와?",
            "팀장님 보고서 보셨어요?",
            "Jun, are you coming?",
            "Tom do you have it?",
            "are you coming, Jun?",
            "Linda, what about you?",
            "Mum, where are you?",
            "Jun what did Ember say?",
            "다들 뭐 먹을래?",
            "you guys hungry?",
            "anyone want coffee?",
        ],
    )
    @pytest.mark.parametrize("temper", ["asked", "joins_in"])
    def test_a_line_for_a_person_is_left_to_them(self, text: str, temper: str) -> None:
        circle = Circle([EMBER], PEOPLE, temper)
        assert why(text, circle=circle) == ""
        assert why(text, ASKED, ANSWER, circle=circle) == ""

    def test_a_reply_to_a_person_is_theirs(self) -> None:
        assert reply("왜?", Turn("jun", "안 가")) == ""
        assert reply("불씨야 이거 맞아?", Turn("jun", "고래는 물고기야")) == "named"

    def test_who_is_called_second_is_not_the_one(self) -> None:
        assert why("불씨야 고마워! 준아 너는 뭐 먹을래?") == ""
        assert why("준아 고마워. 불씨야, 내일은 뭐 먹지?") == "named"

    def test_an_at_that_only_names_it_is_no_call(self) -> None:
        assert why("@준 @불씨한테 물어봐") == ""
        assert why("@준 @불씨 둘 다 와 봐") == "called"


class TestReplies:
    @pytest.mark.parametrize(
        "text", ["왜?", "더 쉬운 방법 없어?", "아니 튀김 말고", "but it still sticks", "다시 알려줘"]
    )
    def test_what_wants_more_is_answered(self, text: str) -> None:
        assert reply(text, ANSWER) == "replied"

    @pytest.mark.parametrize(
        "text", ["고마워", "ㅋㅋㅋ", "👍", "thanks!", "아하 그렇구나", "perfect", "불씨가 또 아는 척하네", "쉿"]
    )
    def test_what_wants_no_more_is_not(self, text: str) -> None:
        assert reply(text, ANSWER) == ""

    def test_what_answers_its_question_is_answered(self) -> None:
        asking = Turn("ember", "아이가 몇 살인가요?", persona="ember", to="mina")
        assert reply("세 살이요", asking) == "replied"
        assert reply("아니 괜찮아", asking) == ""

    def test_one_that_has_left_answers_no_more(self) -> None:
        assert reply("왜?", Turn("luna", "보름이에요.", persona="luna")) == ""


class TestFollowUps:
    @pytest.mark.parametrize(
        "text", ["몇 분?", "그럼 튀김은?", "and how hot should the pan be?", "한 줄로 요약해줘", "더"]
    )
    def test_the_asker_goes_on(self, text: str) -> None:
        assert why(text, ASKED, ANSWER) == "follow_up"

    @pytest.mark.parametrize(
        "text",
        [
            "나 왔어",
            "고마워",
            "배고프다",
            "우리 언제 나갈까?",
            "너희 밥 먹었어?",
            "did you eat yet?",
            "are we leaving?",
        ],
    )
    def test_the_asker_turns_to_the_others(self, text: str) -> None:
        assert why(text, ASKED, ANSWER) == ""

    def test_another_goes_on_only_where_it_leans_on_the_answer(self) -> None:
        assert why("그럼 감자는 몇 개나 갈아?", ASKED, ANSWER, speaker="jun") == "follow_up"
        assert why("오늘 회의 몇 시야?", ASKED, ANSWER, speaker="jun") == ""

    def test_an_exclamation_between_does_not_end_it(self) -> None:
        assert why("몇 분?", ASKED, ANSWER, Turn("jun", "맛있겠다")) == "follow_up"

    def test_where_people_talk_among_themselves_it_is_over(self) -> None:
        between = (Turn("mina", "준아 왔어?"), Turn("jun", "응"))
        assert why("몇 시에 나가?", ASKED, ANSWER, *between) == ""

    def test_after_a_long_silence_it_is_over(self) -> None:
        answer = Turn("ember", ANSWER.text, persona="ember", to="mina", at=AT)
        for minutes, chosen in ((1, [("ember", Reason.FOLLOW_UP)]), (31, [])):
            said = Said("mina", "몇 분?", at=AT + timedelta(minutes=minutes))
            assert who_answers(said, [ASKED, answer], CIRCLE) == chosen

    def test_its_question_is_taken_up(self) -> None:
        asking = Turn("ember", "어떤 재료가 있나요?", persona="ember", to="mina")
        assert why("감자 두 개", ASKED, asking) == "follow_up"
        assert why("```flour, eggs```", ASKED, asking) == "follow_up"
        assert why("아니 됐어", ASKED, asking) == ""
        assert why("감자 두 개", ASKED, asking, speaker="jun") == ""

    def test_a_courtesy_is_no_question(self) -> None:
        offer = Turn("ember", "Hello! How can I help you today?", persona="ember", to="mina")
        assert why("저기 누가 오네요", ASKED, offer) == ""
        assert why("yes please", ASKED, offer) == "follow_up"


class TestTempers:
    def test_quiet_hears_its_at_alone(self) -> None:
        quiet = Circle([EMBER], PEOPLE, "quiet")
        assert why("@불씨 안녕", circle=quiet) == "called"
        for text in ("불씨야 안녕", "뭐 먹지?"):
            assert why(text, ASKED, ANSWER, circle=quiet) == ""
        assert reply("왜?", ANSWER, circle=quiet) == ""

    def test_off_hears_its_at_alone(self) -> None:
        """Who calls it is told that no AI answers there."""
        off = Circle([EMBER], PEOPLE, "joins_in", ai_enabled=False)
        assert why("@불씨 안녕", circle=off) == "called"
        assert why("불씨야 안녕", circle=off) == ""

    @pytest.mark.parametrize(
        "text",
        [
            "what's the capital of Peru?",
            "김치찌개에 뭐 넣으면 맛있지?",
            "누가 재밌는 얘기 좀 해줘",
            "anyone know a good joke?",
        ],
    )
    def test_joins_in_where_nobody_was_asked(self, text: str) -> None:
        assert why(text, circle=Circle([EMBER], PEOPLE, "joins_in")) == "joins_in"
        assert why(text) == ""

    def test_joins_in_after_a_long_silence(self) -> None:
        circle = Circle([EMBER], PEOPLE, "joins_in")
        said = Said("mina", "다들 자나", at=AT + timedelta(hours=1))
        assert who_answers(said, [Turn("jun", "잘 자", at=AT)], circle) == [("ember", Reason.JOINS_IN)]

    def test_who_spoke_much_lately_joins_in_no_more(self) -> None:
        circle = Circle([EMBER], PEOPLE, "joins_in")
        spoken = Turn("ember", "음.", persona="ember", to="jun")
        others = [spoken if n % 2 else Turn("jun", "응") for n in range(6)]
        others += [Turn("jun", "응")] * 2
        assert why("what's the capital of Peru?", *others, circle=circle) == ""

    @pytest.mark.parametrize(("talkative", "reason"), [(0, "joins_in"), (-1, "joins_in"), (-2, ""), (-5, "")])
    def test_found_too_talkative_it_waits_longer(self, talkative: int, reason: str) -> None:
        circle = Circle([EMBER], PEOPLE, "joins_in", talkative)
        before = [Turn("ember", "음.", persona="ember", to="jun"), *[Turn("jun", "눈 온다")] * 6]
        assert why("하늘은 왜 파랄까?", *before, circle=circle) == reason

    def test_found_too_talkative_it_leaves_follow_ups(self) -> None:
        for talkative, asker, other in ((0, "follow_up", "follow_up"), (-2, "follow_up", ""), (-4, "", "")):
            circle = Circle([EMBER], PEOPLE, "asked", talkative)
            assert why("그럼 감자는 몇 개?", ASKED, ANSWER, circle=circle) == asker
            assert why("그럼 감자는 몇 개?", ASKED, ANSWER, speaker="jun", circle=circle) == other

    def test_alone_with_it_every_line_is_answered(self) -> None:
        alone = Circle([EMBER], frozenset(), "joins_in", alone=True)
        for text in ("안녕", "나 오늘 시험 봤어", "I am home", "뭐 해?"):
            assert why(text, circle=alone) == "alone"
        for text in ("ㅋㅋ", "고마워", "쉿"):
            assert why(text, circle=alone) == ""
        asking = Turn("ember", "Shall I go on?", persona="ember", to="mina")
        assert why("ok", asking, circle=alone) == "follow_up"
        assert why("불씨가 뭐라는 거야", ASKED, ANSWER, circle=alone) != ""

    def test_in_a_session_every_line_is_answered(self) -> None:
        session = Circle([EMBER], PEOPLE, "quiet", is_session=True)
        for text in ("ㅋㅋ", "@준 왔어?", "", "쉿"):
            assert why(text, circle=session) == "session"
