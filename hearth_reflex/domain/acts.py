"""What somebody does in saying a sentence: asks, wants something done, thanks, hushes. No model: word order and
openings in English, endings in Korean.

English asks by inversion and question words, and orders with the plain verb in front (Huddleston and Pullum, "The
Cambridge Grammar of the English Language", 2002, chapter 10). Korean says at the end of the predicate which kind a
sentence is (종결 어미: Standard Korean Language Dictionary's grammar), and in talk without an end mark by a question
word (Sohn, "The Korean Language", 1999, chapter 8).
"""

import re
from enum import StrEnum
from functools import lru_cache
from types import ModuleType

from hearth_reflex.domain import acts_en, acts_ko
from hearth_reflex.domain.sentences import bare, has_hangul


class Act(StrEnum):
    """What is done in a sentence."""

    ASKS = "asks"
    WANTS = "wants"  # asks that something be done
    TELLS = "tells"
    GREETS = "greets"
    THANKS = "thanks"  # thanks, praises, agrees, laughs: what needs no answer
    HUSHES = "hushes"
    NOTHING = "nothing"


@lru_cache(maxsize=2000)
def act_of(sentence: str) -> Act:
    """Args:
    sentence: one of `sentences`, without the name of who is spoken to.
    """
    plain = bare(sentence)
    of = _grammar(plain)
    if of.HUSHES.search(plain):
        return Act.HUSHES
    if of.REACTS.search(plain):
        return Act.THANKS
    if "?" in sentence:
        return Act.WANTS if of.WANTS.search(plain) else Act.ASKS
    if not plain:
        return Act.NOTHING
    for found, act in ((of.asks(plain), Act.ASKS), (of.wants(plain), Act.WANTS), (of.thanks(plain), Act.THANKS)):
        if found:
            return act
    return Act.GREETS if of.GREETS.search(plain) else Act.TELLS


def _grammar(plain: str) -> ModuleType:
    """English words with some Hangul among them are English, if they are put together so."""
    if not has_hangul(plain):
        return acts_en
    hangul, latin = len(re.findall("[가-힣]", plain)), len(re.findall("[a-z]", plain))
    return acts_en if latin > hangul and (acts_en.asks(plain) or acts_en.wants(plain)) else acts_ko


def is_for_people(sentence: str) -> bool:
    """Whether it asks for what only somebody with a body and a day knows: what they do, have, want, where they are."""
    plain = bare(sentence)
    of = _grammar(plain)
    if of.FOR_HANDS.search(plain):
        return True
    return of.FOR_PEOPLE.search(plain) is not None and of.FOR_ANYBODY.search(plain) is None


def is_to_all(sentence: str) -> bool:
    plain = bare(sentence)
    return _grammar(plain).TO_ALL.search(plain) is not None


def goes_on(sentence: str) -> bool:
    """Whether it leans on what was just said: 그럼, 거기, and, that one, another."""
    plain = bare(sentence)
    return _grammar(plain).GOES_ON.search(plain) is not None


def objects(sentence: str) -> bool:
    """Whether it sets right what was said before, or says that it did not help."""
    plain = bare(sentence)
    return _grammar(plain).OBJECTS.search(plain) is not None


def declines(sentence: str) -> bool:
    plain = bare(sentence)
    return _grammar(plain).DECLINES.search(plain) is not None


def is_about_anything(sentence: str) -> bool:
    """Whether it asks for what anybody may know: how things are, not how somebody here is."""
    plain = bare(sentence)
    return _grammar(plain).OF_THE_WORLD.search(plain) is not None


def wants_company(sentence: str) -> bool:
    """Whether it is in want of a story, a game, an idea."""
    plain = bare(sentence)
    return _grammar(plain).WANTS_COMPANY.search(plain) is not None
