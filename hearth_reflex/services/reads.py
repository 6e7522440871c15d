"""How far people have read: their marks, and what is unread in their rooms.

A mark only moves forward. It is one number a seat, and one for each talk with an AI that was looked at
(`talk_reads.py`); what is unread is counted from it, at most `WINDOW` rows a room, in a few queries for all rooms.
"""

from typing import NamedTuple

from sqlalchemy import case
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Mention, Message, MessageKind, MessageStatus
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.attention import Loudness, loudness
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.preferences import preferences_of
from hearth_reflex.domain.roles import Permission
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.talk_reads import InTalk, move_in_talk, read_in_talk, unread_talks

SMALL_ROOM = (
    20  # up to so many people a room shows how many have not read; in a larger one each mark would cost too much
)
WINDOW = 200  # rows of a room that are looked at; more unread ones are as good as these


class Unread(NamedTuple):
    """What of a room its member has not read. `upto` is the seq it was counted at; `loud`: what reaches them."""

    unread: int
    mentions: int
    upto: int
    loud: Loudness


class UnreadTalk(NamedTuple):
    """The same of a talk with an AI; `room` is the one that it belongs to."""

    unread: int
    mentions: int
    upto: int
    loud: Loudness
    room: str


class Reads:
    """Args:
    pace: how often one person may move their marks.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, pace: Buckets) -> None:
        self._db, self._bus, self._clock, self._pace = database, bus, clock, pace

    async def mark(self, actor: Actor, room_uuid: str, seq: int) -> None:
        """Notes that `actor` has seen everything up to `seq`; never backwards, never beyond what was said.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.

        In the talk of an AI session nobody else learns of it: the seat, and its mark, are the room's.
        """
        if self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            return  # the page says it again with the next message
        async with self._db.read() as db:
            room, member = await room_for(db, actor, room_uuid, Permission.READ)
            is_talk = room.kind == RoomKind.SESSION
            read = await read_in_talk(db, actor, room) if is_talk else member.read_seq
            is_told = not is_talk and await self._is_told(db, actor, room)
        seq = min(seq, room.last_seq)
        if seq <= read or not await self._move(actor, room, member, seq):
            return
        await self._bus.tell([actor.uuid], "read", [room.uuid, seq])
        if is_told:
            await self._bus.signal(room.uuid, "read", [actor.uuid, seq])

    async def marks(self, actor: Actor, room_uuid: str) -> dict[str, int]:
        """How far each person of a small room has read, without those who hide it; nothing of a larger one, nor of the
        talk of an AI session.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.
        """
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            if room.kind == RoomKind.SESSION:
                return {}
            query = (
                select(User, Member.read_seq)
                .join(Member, col(Member.user_id) == col(User.id))
                .where(Member.room_id == room.id)
                .limit(SMALL_ROOM + 1)
            )
            found = (await db.exec(query)).all()
        if len(found) > SMALL_ROOM:
            return {}
        return {user.uuid: seq for user, seq in found if not preferences_of(user.preferences).hide_reads}

    async def mine(self, actor: Actor, room_uuid: str) -> int:
        """How far `actor` has read in a room of theirs, or in the talk of an AI session.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.
        """
        async with self._db.read() as db:
            room, member = await room_for(db, actor, room_uuid, Permission.READ)
            return await read_in_talk(db, actor, room) if room.kind == RoomKind.SESSION else member.read_seq

    async def unread(self, actor: Actor) -> dict[str, Unread]:
        """Every room of `actor` by uuid. One's own words, lines of the house and unfinished answers do not count."""
        # Written as one bound, so that the database walks over no more than these rows of its index.
        after = case(
            (col(Member.read_seq) > col(Room.last_seq) - WINDOW, Member.read_seq), else_=Room.last_seq - WINDOW
        )
        counted = (
            (col(Message.room_id) == col(Room.id))
            & (col(Message.seq) > after)
            & (col(Message.kind) == MessageKind.TALK.value)
            & (col(Message.status) == MessageStatus.COMPLETE.value)
            & col(Message.deleted_at).is_(None)
            & (col(Message.author_user_id).is_(None) | (col(Message.author_user_id) != actor.user_id))
        )
        calls = (col(Mention.message_id) == col(Message.id)) & (col(Mention.user_id) == actor.user_id)
        query = (
            select(Room, Member, func.count(col(Message.id)), func.count(col(Mention.id)))
            .join(Member, col(Member.room_id) == col(Room.id))
            .join(Message, counted, isouter=True)
            .join(Mention, calls, isouter=True)
            .where(Member.user_id == actor.user_id, col(Room.deleted_at).is_(None))
            .group_by(col(Room.id), col(Member.id))
        )
        async with self._db.read() as db:
            found = (await db.exec(query)).all()
            user = await db.get_one(User, actor.user_id)
        rule = preferences_of(user.preferences).notify
        return {room.uuid: self._unread(room, member, rule, unread, calls) for room, member, unread, calls in found}

    async def unread_talks(self, actor: Actor) -> dict[str, UnreadTalk]:
        """The talks with an AI of `actor`'s rooms by uuid, as far as something is new in them. They are less loud than
        rooms: what calls nobody is shown where talks are listed, and counts nowhere else."""
        async with self._db.read() as db:
            found = await unread_talks(db, actor, window=WINDOW, at=self._clock.now())
            user = await db.get_one(User, actor.user_id)
        rule = preferences_of(user.preferences).notify
        return {one.talk.uuid: self._unread_talk(one, rule) for one in found}

    def _unread_talk(self, one: InTalk, own_rule: str) -> UnreadTalk:
        of_room = self._unread(one.room, one.member, own_rule, one.unread, one.mentions)
        loud = min(of_room.loud, Loudness.CALLS)
        return UnreadTalk(one.unread, one.mentions, one.talk.last_seq, loud, one.room.uuid)

    def _unread(self, room: Room, member: Member, own_rule: str, unread: int, calls: int) -> Unread:
        quiet = member.quiet_until is not None and member.quiet_until > self._clock.now()
        personal = unread if room.kind == RoomKind.DIRECT else calls
        loud = loudness(room_level=member.notify, own_rule=own_rule, quiet=quiet)
        return Unread(unread, personal, room.last_seq, loud)

    async def _move(self, actor: Actor, room: Room, member: Member, seq: int) -> bool:
        """Whether this was the one that moved it: another tab of the same person may have been first."""
        async with self._db.write() as db:
            if room.kind == RoomKind.SESSION:
                return await move_in_talk(db, actor, room, seq)
            moved = await db.exec(
                update(Member).where(col(Member.id) == member.id, col(Member.read_seq) < seq).values(read_seq=seq)
            )
        return moved.rowcount == 1

    async def _is_told(self, db: AsyncSession, actor: Actor, room: Room) -> bool:
        """Whether the room learns of it: a small one, of somebody who does not hide it."""
        seats = select(Member.id).where(Member.room_id == room.id).limit(SMALL_ROOM + 1)
        if len((await db.exec(seats)).all()) > SMALL_ROOM:
            return False
        user = await db.get_one(User, actor.user_id)
        return not preferences_of(user.preferences).hide_reads
