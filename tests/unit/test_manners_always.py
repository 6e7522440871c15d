"""What holds of every line, whatever stands in it; and the labelled set of talks."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.manners_talks import Line, halves, read_talks
from hearth_reflex.domain.manners import Choice, Reason, who_answers
from hearth_reflex.domain.turns import Circle, Said, Turn
from tests.unit.test_manners import ANSWER, ASKED, CIRCLE, EMBER, PEOPLE

SET = Path(__file__).resolve().parents[1] / "manners_set.jsonl"
_PIECES = "불씨 불씨야 Ember @불씨 @준 준아 Jun, 뭐 왜? 해줘 고마워 stop what is the ? , . ! ` > 그럼 and"
PIECES = _PIECES.split()
HOSTILE = ["a? " * 60_000, "우리 " * 50_000, "love it " * 20_000, "불씨" * 50_000, "ok " * 50_000, "@" * 100_000]


class TestAlways:
    LINES = st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "불씨",
                    "불씨야",
                    "Ember",
                    "@불씨",
                    "@준",
                    "준아",
                    "Jun,",
                    "뭐",
                    "왜?",
                    "해줘",
                    "고마워",
                    "stop",
                    "what",
                    "is",
                    "the",
                    "?",
                    ",",
                    ".",
                    "!",
                    "`",
                    ">",
                    "그럼",
                    "and",
                ]
            ),
            max_size=12,
        ).map(" ".join),
    )

    @given(text=LINES, temper=st.sampled_from(["quiet", "asked", "joins_in"]))
    @settings(max_examples=300, deadline=None)
    def test_whoever_is_called_with_an_at_is_not_answered_for(self, text: str, temper: str) -> None:
        said = "@준 " + text.replace("@", "")
        assert who_answers(Said("mina", said), [ASKED, ANSWER], Circle([EMBER], PEOPLE, temper)) == []

    @given(text=LINES, temper=st.sampled_from(["quiet", "asked", "joins_in"]), talkative=st.integers(-5, 0))
    @settings(max_examples=300, deadline=None)
    def test_only_who_sits_there_answers_and_once(self, text: str, temper: str, talkative: int) -> None:
        gone = Turn("gone", "또 물어봐요?", persona="gone", to="mina")
        for reply_to in (None, gone, ANSWER):
            said = Said("mina", text, reply_to=reply_to)
            chosen: list[Choice] = who_answers(said, [ASKED, gone], Circle([EMBER], PEOPLE, temper, talkative))
            assert [uuid for uuid, _ in chosen] in ([], ["ember"])

    @given(text=LINES)
    @settings(max_examples=200, deadline=None)
    def test_off_and_quiet_only_a_call_counts(self, text: str) -> None:
        for circle in (Circle([EMBER], PEOPLE, "quiet"), Circle([EMBER], PEOPLE, "joins_in", ai_enabled=False)):
            assert {reason for _, reason in who_answers(Said("mina", text), [ASKED, ANSWER], circle)} <= {Reason.CALLED}

    @pytest.mark.parametrize(
        "text",
        HOSTILE,
    )
    def test_a_long_line_costs_no_more_than_a_short_one(self, text: str) -> None:
        begun = time.perf_counter()
        who_answers(Said("mina", text), [ASKED, ANSWER], CIRCLE)
        assert time.perf_counter() - begun < 1.0

    def test_where_nobody_sits_nobody_answers(self) -> None:
        assert who_answers(Said("mina", "@불씨 안녕"), [], Circle([])) == []


class TestTheSet:
    """The project's own talks; those of the `unseen` half were not looked at while the rules were made."""

    def test_it_is_large_enough_and_in_both_languages(self) -> None:
        talks = read_talks(SET)
        judged = [line for talk in talks for line in talk.lines if line.should_answer is not None]
        assert len(talks) >= 25
        assert len(judged) >= 300
        korean = sum(1 for line in judged if any("가" <= letter <= "힣" for letter in line.text))
        assert 0.4 < korean / len(judged) < 0.6

    @pytest.mark.parametrize("half", ["tuning", "unseen"])
    def test_it_answers_who_means_it_and_nobody_else(self, half: str) -> None:
        right = wrong = missed = 0
        for talk in halves(read_talks(SET))[half]:
            circle = Circle([EMBER], frozenset(talk.people()))
            turns: dict[str, Turn] = {}
            for line in talk.lines:
                answered = turns.get(line.reply_to)
                if line.should_answer is not None:
                    said = Said(line.speaker, line.text, reply_to=answered)
                    answers = bool(who_answers(said, list(turns.values())[-8:], circle))
                    right += answers and line.should_answer
                    wrong += answers and not line.should_answer
                    missed += not answers and line.should_answer
                    assert not (answers and line.to_another), line.text
                turns[line.id] = _turn(line, answered)
        assert right / (right + wrong) >= 0.9
        assert right / (right + missed) >= 0.8


def _turn(line: Line, answered: Turn | None) -> Turn:
    if line.persona is not None:
        return Turn(line.speaker, line.text, persona="ember", to=line.asker)
    return Turn(line.speaker, line.text, to="" if answered is None or answered.persona else answered.speaker)
