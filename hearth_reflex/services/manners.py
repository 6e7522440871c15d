"""Whether, and why, a persona answers what was just said. Decided before any sign of thinking is shown.

The rules stand in `domain/manners.py`; here is what they need to know of the room: its last turns, and which names in
the message are those of people who sit there. One or two small queries, however long the room is and however many sit
in it; where the message calls with an @, or the room wants quiet, none.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Member, Room, RoomKind, Temper
from hearth_reflex.db.user import User
from hearth_reflex.domain.manners import Reason, called, who_answers
from hearth_reflex.domain.people_called import names_in
from hearth_reflex.domain.text import name_key
from hearth_reflex.domain.turns import TURNS, Circle, Said
from hearth_reflex.domain.turns import Turn as Spoken
from hearth_reflex.services.personas import Seated

log = structlog.get_logger(__name__)

_ANSWERED = aliased(Message)
_REACH = 2 * TURNS  # places in the room: lines of the house and what was taken back lie between the turns


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
        if message.author_user_id is None or not seated:
            return []
        begun = time.perf_counter()
        circle = Circle(
            personas=[each.speaker for each in seated],
            temper=room.temper,
            talkative=room.talkative,
            ai_enabled=room.ai_enabled,
            is_session=room.kind == RoomKind.SESSION,
        )
        chosen = called(message.text, circle)
        if not chosen:
            chosen = await self._chosen(room, message, circle)
        if chosen:
            taken = round((time.perf_counter() - begun) * 1000, 1)
            log.info("manners.answers", room=room.uuid, reasons=[reason.value for _, reason in chosen], ms=taken)
        by_uuid = {each.speaker.uuid: each for each in seated}
        return [Turn(by_uuid[uuid], reason) for uuid, reason in chosen]

    async def _chosen(self, room: Room, message: Message, circle: Circle) -> list[tuple[str, Reason]]:
        said = Said(str(message.author_user_id), message.text, at=message.created_at)
        if circle.is_session or not circle.ai_enabled or circle.temper == Temper.QUIET:
            return who_answers(said, [], circle)
        async with self._db.read() as db:
            turns = await _turns(db, room, message)
            before = [turn.spoken for turn in turns if turn.seq < message.seq and turn.seq >= message.seq - _REACH]
            answered = next((turn.spoken for turn in turns if turn.id == message.reply_to_id), None)
            said, before = replace(said, reply_to=answered), before[-TURNS:]
            lately = {turn.name for turn in turns if not turn.spoken.persona and turn.spoken.speaker != said.speaker}
            alone = room.temper == Temper.JOINS_IN and await _is_alone(db, room)
            circle = replace(circle, people=frozenset(lately), alone=alone)
            chosen = who_answers(said, before, circle)
            # Who else may be called can only keep an AI still: most lines are for none anyway, and need not be asked.
            others = await _people(db, room, message) - lately if chosen and not alone else None
        return who_answers(said, before, replace(circle, people=frozenset(lately | others))) if others else chosen


@dataclass(frozen=True, slots=True)
class _Kept:
    """A turn, and where it stands."""

    id: int
    seq: int
    name: str
    spoken: Spoken


async def _turns(db: AsyncSession, room: Room, message: Message) -> list[_Kept]:
    """What was said last, and what is answered; oldest first. Of an answer that was made anew the last asker counts."""
    near = (col(Message.seq) >= message.seq - _REACH) & (col(Message.seq) < message.seq)
    query = (
        select(Message, Persona.uuid, Generation.asker_user_id, _ANSWERED.author_user_id)
        .join(Persona, col(Persona.id) == col(Message.author_persona_id), isouter=True)
        .join(Generation, col(Generation.message_id) == col(Message.id), isouter=True)
        .join(_ANSWERED, col(_ANSWERED.id) == col(Message.reply_to_id), isouter=True)
        .where(
            Message.room_id == room.id,
            Message.kind == MessageKind.TALK.value,
            col(Message.deleted_at).is_(None),
            near | (col(Message.id) == message.reply_to_id),
        )
        .order_by(col(Message.seq), col(Generation.id))
    )
    found: dict[int, _Kept] = {}
    for kept, persona, asker, to in (await db.exec(query)).all():
        spoken = Spoken(
            speaker=persona or _key(kept.author_user_id),
            text=kept.text,
            persona=persona or "",
            to=_key(asker if persona else to),
            at=kept.created_at,
        )
        found[kept.id or 0] = _Kept(kept.id or 0, kept.seq, kept.author_name, spoken)
    return list(found.values())


async def _is_alone(db: AsyncSession, room: Room) -> bool:
    """Whether one person sits there."""
    return len((await db.exec(select(Member.id).where(Member.room_id == room.id).limit(2))).all()) < 2


async def _people(db: AsyncSession, room: Room, message: Message) -> set[str]:
    """Which names in the text are those of others who sit in the room."""
    keys = {name_key(name) for name in names_in(message.text)} - {""}
    if not keys:
        return set()
    named = (
        select(User.name)
        .join(Member, col(Member.user_id) == col(User.id))
        .where(Member.room_id == room.id, col(User.name_key).in_(keys), User.id != message.author_user_id)
    )
    return set((await db.exec(named)).all())


def _key(user_id: int | None) -> str:
    return "" if user_id is None else str(user_id)
