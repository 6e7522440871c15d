"""Whether, and why, a persona answers what was just said. Decided before any sign of thinking is shown.

The rules stand in `domain/manners.py`; here is what they need to know of the room.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.manners import Reason
from hearth_reflex.domain.mentions import next_speakers
from hearth_reflex.services.personas import Seated


@dataclass(frozen=True, slots=True)
class Turn:
    """A persona that is to speak, and why."""

    seated: Seated
    reason: Reason


class Manners:
    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def decide(self, room: Room, message: Message, seated: Sequence[Seated]) -> list[Turn]:
        """Who of `seated` answers `message` in `room`, in the order in which they speak. Asks no model."""
        by_uuid = {each.speaker.uuid: each for each in seated}
        called = next_speakers(message.text, [each.speaker for each in seated])
        return [Turn(by_uuid[speaker.uuid], Reason.CALLED) for speaker in called]
