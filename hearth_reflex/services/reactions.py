"""Emoji under messages: one of a kind from each person."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message, Reaction
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.emoji import one_emoji
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import ConflictError, LimitError
from hearth_reflex.services.access import Actor, check_voice
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import renewed, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.talk import check_there, said_for

KINDS_MAX = 20  # different emoji under one message
_COST = 0.25  # of what a message costs: an emoji is quickly given


class Reactions:
    """Args:
    pace: how fast one person may speak.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, pace: Buckets) -> None:
        self._db, self._bus, self._clock, self._pace = database, bus, clock, pace

    async def give(self, actor: Actor, room_uuid: str, message_uuid: str, *, emoji: str, on: bool) -> Row:
        """Puts an emoji of `actor` under a message, or takes it away; what is so already stays so.

        Raises:
            InputError: `reaction_emoji`, or `message_house`.
            NotFoundError, ForbiddenError: not a room of theirs, or `silenced`.
            ConflictError: `message_gone`; `reactions_many`, another kind is one too many.
            LimitError: too fast.
        """
        emoji = one_emoji(emoji)
        async with self._db.write() as db:
            room, member, message = await said_for(db, actor, room_uuid, message_uuid, Permission.POST)
            check_there(message)
            check_voice(member, at=self._clock.now())
            given = await _given(db, message)
            mine = next((one for one in given if (one.user_id, one.emoji) == (actor.user_id, emoji)), None)
            if (mine is not None) == on:
                return (await rows_of(db, [message]))[0]
            self._check_pace(actor)
            if mine is not None:
                await db.delete(mine)
            else:
                _check_kinds(given, emoji)
                now = self._clock.now()  # what was said before and after it is known by this
                db.add(Reaction(message_id=message.id or 0, user_id=actor.user_id, emoji=emoji, created_at=now))
            await db.flush()
            rev, rows = await renewed(db, [message])
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        return rows[0]

    def _check_pace(self, actor: Actor) -> None:
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp(), cost=_COST):
            raise LimitError("message_pace", retry_after=wait)


async def _given(db: AsyncSession, message: Message) -> list[Reaction]:
    return list((await db.exec(select(Reaction).where(Reaction.message_id == message.id))).all())


def _check_kinds(given: list[Reaction], emoji: str) -> None:
    kinds = {one.emoji for one in given}
    if emoji not in kinds and len(kinds) >= KINDS_MAX:
        raise ConflictError("reactions_many", limit=KINDS_MAX)
