"""What was said in a room, and who sits there, as the rules of manners see them. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hearth_reflex.domain.mentions import Speaker

TURNS = 8  # that are looked back on
SILENCE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that was said before.

    Attributes:
        speaker: who, as a key: the same person has the same.
        persona: the uuid of the persona that said it, "" for a person.
        to: whom it was said to, as a key: of an answer who had asked, of a reply whose message it answers.
    """

    speaker: str
    text: str
    persona: str = ""
    to: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What was just said, and whose message it answers."""

    speaker: str
    text: str
    reply_to: Turn | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """Who sits in the room, and how the AIs are to behave there.

    Attributes:
        personas: in the order in which they came.
        people: names that may be called in what was said; not all who sit there need be among them.
        temper: quiet, asked or joins_in.
        talkative: 0 or less: how much less it joins in than it would.
        alone: one person sits there.
    """

    personas: Sequence[Speaker]
    people: frozenset[str] = frozenset()
    temper: str = "asked"
    talkative: int = 0
    ai_enabled: bool = True
    is_session: bool = False
    alone: bool = False
    own_names: frozenset[str] = field(default_factory=frozenset[str])  # of who speaks: nobody calls themself


def lie_apart(turn: Turn, said: Said) -> bool:
    """Whether a long silence lies between the two."""
    return said.at is not None and turn.at is not None and said.at - turn.at >= SILENCE
