"""Whether a line goes on from what an AI has said: a reply to its message, or what is said next. Values only."""

import re
from dataclasses import dataclass

from hearth_reflex.domain.acts import Act, act_of, declines, goes_on, is_about_anything, is_for_people, objects
from hearth_reflex.domain.overhearing import Overheard
from hearth_reflex.domain.people_called import calls_person
from hearth_reflex.domain.same_subject import share_subject
from hearth_reflex.domain.sentences import sentences, words_of
from hearth_reflex.domain.turns import Circle, Said, Turn, lie_apart

NEAR = 4  # turns behind an answer in which one may go on from it
_YES_WORDS = "응 네 넵 예 어 ㅇㅇ 그래 좋아 좋아요 yes yeah yep sure ok okay please"
_YES = frozenset(_YES_WORDS.split())
_OFFERS = re.compile(
    r"\b(?:help you|assist|anything else|let me know if|like to know|want me to|shall i|would you like (?:me|"
    r"more|help|some)|do you want (?:me|more))\b|"
    r"궁금|도와|필요하|알려\s?드릴까|해\s?드릴까|드릴까요|말씀해\s?주세요",
    re.IGNORECASE,
)
# Words with which an answer asks for more: "붙여 주시면 볼게요", "tell me which".
_BIDS = re.compile(
    r"(?:알려|붙여|보내|말해|말씀해|적어|보여|올려|골라)\s?(?:주시면|주세요|줄래요)|"
    r"\b(?:tell me|let me know|paste|share|send me|show me|give me|if you (?:tell|share|paste|send|give|let))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Near:
    """The last answer, how many turns lie behind it, what was asked, and whether people talk among themselves since."""

    answer: Turn
    distance: int
    question: Turn | None
    away: bool


def answers_it(said: Said, answered: Turn, heard: Overheard) -> bool:
    """A reply to its message: one that asks, wants, objects, or answers its question."""
    if heard.about and not heard.wants_more:
        return False
    if heard.acts & {Act.ASKS, Act.WANTS}:
        return True
    lines = sentences(said.text)
    if any(objects(line) for line in lines):
        return True
    return _asked(answered.text) and Act.THANKS not in heard.acts and not any(declines(line) for line in lines[:1])


def near_answer(before: list[Turn], said: Said, people: frozenset[str]) -> Near | None:
    """The last answer, if it is near."""
    away = False
    for distance, turn in enumerate(list(reversed(before))[: NEAR + 1]):
        if turn.persona:
            if lie_apart(turn, said):
                return None
            earlier = before[: len(before) - distance - 1]
            question = next((old for old in reversed(earlier) if old.speaker == turn.to), None)
            return Near(turn, distance, question, away)
        away = away or turns_away(turn, said, people)
        if away and turn.speaker == said.speaker:
            return None  # who speaks is one of those who talk among themselves
    return None


def turns_away(turn: Turn, said: Said, people: frozenset[str]) -> bool:
    """Whether with `turn` people began to talk among themselves."""
    if turn.to and turn.to != turn.speaker:
        return True
    if any(calls_person(sentence, people) for sentence in sentences(turn.text)):
        return True
    acts = {act_of(sentence) for sentence in sentences(turn.text)}
    return bool(acts & {Act.ASKS, Act.HUSHES}) or (Act.WANTS in acts and turn.speaker != said.speaker)


def follows(said: Said, near: Near, circle: Circle, heard: Overheard) -> bool:
    asker, at_once = near.answer.to == said.speaker, near.distance == 0
    if circle.talkative <= -4 or (circle.talkative <= -2 and not asker):
        return False
    if asker and at_once and _asked(near.answer.text):
        return _takes_up(said, heard, near.answer)
    lines = sentences(said.text)
    if asker and at_once and heard.acts <= {Act.TELLS} and any(objects(line) for line in lines):
        return True
    wanted = [line for line in lines if act_of(line) in (Act.ASKS, Act.WANTS)]
    if not wanted or heard.to_all or heard.names_person or any(is_for_people(line) for line in wanted):
        return False
    leans, shares = any(goes_on(line) for line in wanted), _shares(said, near)
    of_the_world = any(is_about_anything(line) for line in wanted)
    if near.away:
        return shares and (leans or of_the_world)
    if asker and near.distance <= 1:
        return True
    return leans or shares or (of_the_world and near.distance <= 1 and act_of(wanted[-1]) is Act.ASKS)


def _takes_up(said: Said, heard: Overheard, answer: Turn) -> bool:
    """What the asker says to a question of its own: all but a no, and a word to the others."""
    lines = sentences(said.text)
    if not lines:  # what it asked for is shown, not said: code, a link
        return True
    if declines(lines[0]) or heard.to_all or heard.names_person:
        return False
    if heard.acts & {Act.ASKS, Act.WANTS}:
        return not any(is_for_people(line) for line in lines)
    if _YES.intersection(words_of(lines[0])):
        return True
    # "How can I help you?" is a courtesy: what comes then may be said to anybody.
    return _OFFERS.search(answer.text[-400:]) is None and not heard.acts <= {Act.THANKS, Act.NOTHING}


def _asked(text: str) -> bool:
    last = sentences(text[-400:])[-1:]
    return any("?" in line or _BIDS.search(line) for line in last)


def _shares(said: Said, near: Near) -> bool:
    """Whether it speaks of the same thing as the answer, or as what was asked."""
    return share_subject(said.text, near.answer.text, near.question.text if near.question else "")
