"""When a persona speaks, and when it keeps still. Values in, values out; no model.

The rules go from what is plain to what is guessed: a call with an @, a line that is for somebody else, a call by name,
an answer to its message, a question that goes on from its answer; where the room wants that, a question to nobody.
"""

from collections.abc import Sequence
from enum import StrEnum

from hearth_reflex.domain.acts import Act, act_of, is_about_anything, is_for_people, wants_company
from hearth_reflex.domain.following import answers_it, follows, near_answer, turns_away
from hearth_reflex.domain.mentions import next_speakers
from hearth_reflex.domain.overhearing import Overheard, hear
from hearth_reflex.domain.sentences import sentences
from hearth_reflex.domain.turns import TURNS, Circle, Said, Turn, lie_apart

JOINS_LATELY = 2  # of the last TURNS, in a room that likes it as it comes
TALKATIVE_MIN = -5
ALIASES = ("AI", "에이아이", "인공지능", "챗봇", "봇", "bot", "chatbot")  # what any of them is called by


class Reason(StrEnum):
    """Why a persona answers. Each has words below `manners.` in the catalogues."""

    CALLED = "called"  # by its name, with an @
    NAMED = "named"  # by its name alone
    REPLIED = "replied"  # somebody answered its message
    FOLLOW_UP = "follow_up"  # the talk goes on from its answer
    JOINS_IN = "joins_in"  # nobody was asked, and the room likes it to speak
    ALONE = "alone"  # one person sits with it
    SESSION = "session"  # the talk is with it alone


ASKED_FOR = (Reason.CALLED, Reason.SESSION)  # no matter of manners: nobody can find it too talkative


Choice = tuple[str, Reason]  # uuid of a persona, and why


def who_answers(said: Said, before: Sequence[Turn], circle: Circle) -> list[Choice]:
    """Which personas answer, in the order in which they speak.

    Args:
        before: the last turns, oldest first.
    """
    if not circle.personas:
        return []
    by_call = called(said.text, circle)
    if circle.is_session:
        return by_call or [(circle.personas[0].uuid, Reason.SESSION)]
    if by_call or not circle.ai_enabled or circle.temper == "quiet":
        return by_call
    heard = hear(said.text, circle.personas, people=circle.people - circle.own_names, aliases=ALIASES)
    if heard.to_person_by_call:
        return []
    if heard.personas:
        return [(uuid, Reason.NAMED) for uuid in heard.personas]
    if heard.any_persona:
        return [(_nearest(before, circle), Reason.NAMED)]
    if (heard.to_person and not circle.alone) or heard.is_thanks_by_name:
        return []
    return _unnamed(said, list(before)[-TURNS:], circle, heard)


def called(text: str, circle: Circle) -> list[Choice]:
    """Who is called with an @. A wish for silence calls nobody."""
    speakers = next_speakers(text, list(circle.personas))
    if not speakers:
        return []
    heard = hear(text, circle.personas, people=frozenset(), aliases=())
    if heard.hushed or (heard.to_person_by_call and heard.told_of):
        return []
    return [(speaker.uuid, Reason.CALLED) for speaker in speakers]


def _unnamed(said: Said, before: list[Turn], circle: Circle, heard: Overheard) -> list[Choice]:
    seated = {speaker.uuid for speaker in circle.personas}
    answered = said.reply_to
    if heard.hushed:
        return []
    if answered is not None and answered.persona in seated and answers_it(said, answered, heard):
        return [(answered.persona, Reason.REPLIED)]
    alone = circle.alone and circle.temper == "joins_in"
    elsewhere = answered is not None and (answered.persona or answered.speaker != said.speaker)
    if (heard.about or elsewhere) and not alone:
        return []
    near = near_answer(before, said, circle.people)
    if near is not None and near.answer.persona in seated and follows(said, near, circle, heard):
        return [(near.answer.persona, Reason.FOLLOW_UP)]
    if alone:
        return [(_nearest(before, circle), Reason.ALONE)] if _tells(said) else []
    if circle.temper == "joins_in" and _joins(said, before, circle, heard):
        return [(_nearest(before, circle), Reason.JOINS_IN)]
    return []


_TELLING = frozenset({Act.ASKS, Act.WANTS, Act.TELLS, Act.GREETS})


def _tells(said: Said) -> bool:
    """Whether it is more than thanks and laughter. Pictures alone tell something, too."""
    return not said.text or any(act_of(line) in _TELLING for line in sentences(said.text))


def _joins(said: Said, before: list[Turn], circle: Circle, heard: Overheard) -> bool:
    """Whether it speaks without having been asked, in a room that likes that."""
    lately = sum(1 for turn in before if turn.persona)
    behind = next((n for n, turn in enumerate(reversed(before)) if turn.persona), TURNS)
    if lately > JOINS_LATELY + circle.talkative or behind < 1 - circle.talkative or heard.names_person:
        return False
    if _was_silent(said, before) and heard.acts & _TELLING:
        return True
    if any(turns_away(turn, said, circle.people) for turn in before[-2:] if not turn.persona):
        return False
    return any(_is_open(line) for line in sentences(said.text))


def _is_open(line: str) -> bool:
    """Whether anybody might take it up: a question about how things are, a want of stories."""
    if is_for_people(line):
        return False
    if wants_company(line):
        return act_of(line) in _TELLING
    return act_of(line) is Act.ASKS and is_about_anything(line)


def _was_silent(said: Said, before: list[Turn]) -> bool:
    return bool(before) and lie_apart(before[-1], said)


def _nearest(before: Sequence[Turn], circle: Circle) -> str:
    """Of several personas the one that spoke last; if none did, the first."""
    seated = {speaker.uuid for speaker in circle.personas}
    spoken = (turn.persona for turn in reversed(before) if turn.persona in seated)
    return next(spoken, circle.personas[0].uuid)
