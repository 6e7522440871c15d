"""How far people have read in talks with an AI: rows of `TalkRead`, and what is unread in the talks of their rooms.

A seat keeps the mark of its room alone; a talk has no seats. What was said before somebody sat down in the room is not
unread to them, nor is what they have never looked at from that time. Publishes nothing: that is `reads.py`'s.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.message import Mention, Message, MessageKind, MessageStatus
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.session import TalkRead
from hearth_reflex.services.access import Actor

MOST_TALKS = 200  # of one person's rooms that are counted, the liveliest
JUST_NOW = timedelta(minutes=1)  # talks that may be told of while they are counted are named, whatever the count
_TALK = aliased(Room)  # made once, as in `access`
_select: Any = select  # five columns are more than its overloads know


class InTalk(NamedTuple):
    """A talk with an AI, the room it belongs to, the reader's seat there, and what of the talk they have not read."""

    talk: Room
    room: Room
    member: Member
    unread: int
    mentions: int


async def read_in_talk(db: AsyncSession, actor: Actor, talk: Room) -> int:
    """The newest message of a talk that `actor` has seen; 0 before they have looked."""
    query = select(TalkRead.read_seq).where(TalkRead.user_id == actor.user_id, TalkRead.talk_id == talk.id)
    return (await db.exec(query)).first() or 0


async def move_in_talk(db: AsyncSession, actor: Actor, talk: Room, seq: int) -> bool:
    """Moves a mark forward; whether it moved. One statement, so that two tabs in the same moment make one row."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    new = dialect.insert(TalkRead).values(user_id=actor.user_id, talk_id=talk.id, read_seq=seq)
    forward = new.on_conflict_do_update(
        index_elements=["user_id", "talk_id"],
        set_={"read_seq": new.excluded["read_seq"]},
        where=col(TalkRead.read_seq) < new.excluded["read_seq"],
    )
    # A count of rows is told by one database and not by the other; what comes back is the same on both.
    return (await db.exec(forward.returning(col(TalkRead.id)))).first() is not None


async def unread_talks(db: AsyncSession, actor: Actor, *, window: int, at: datetime) -> list[InTalk]:
    """The talks of `actor`'s rooms in which something is unread, and those in which something was said just now.

    Args:
        window: rows of a talk that are looked at; more unread ones are as good as these.
    """
    read = func.coalesce(col(TalkRead.read_seq), 0)
    after = case((read > _TALK.last_seq - window, read), else_=_TALK.last_seq - window)
    counted = (
        (col(Message.room_id) == col(_TALK.id))
        & (col(Message.seq) > after)
        & (col(Message.kind) == MessageKind.TALK.value)
        & (col(Message.status) == MessageStatus.COMPLETE.value)
        & col(Message.deleted_at).is_(None)
        & (col(Message.created_at) >= col(Member.joined_at))
        & (col(Message.author_user_id).is_(None) | (col(Message.author_user_id) != actor.user_id))
    )
    unread, just_now = func.count(col(Message.id)), col(_TALK.last_activity) > at - JUST_NOW
    query = (
        _select(_TALK, Room, Member, unread, func.count(col(Mention.id)))
        .select_from(_TALK)
        .join(Room, col(Room.id) == col(_TALK.parent_id))
        .join(Member, col(Member.room_id) == col(Room.id))
        .join(
            TalkRead, (col(TalkRead.talk_id) == col(_TALK.id)) & (col(TalkRead.user_id) == actor.user_id), isouter=True
        )
        .join(Message, counted, isouter=True)
        .join(
            Mention,
            (col(Mention.message_id) == col(Message.id)) & (col(Mention.user_id) == actor.user_id),
            isouter=True,
        )
        .where(
            Member.user_id == actor.user_id,
            col(Room.deleted_at).is_(None),
            _TALK.kind == RoomKind.SESSION.value,
            (col(_TALK.last_seq) > read) | just_now,
            col(_TALK.last_activity) >= col(Member.joined_at),
        )
        .group_by(col(_TALK.id), col(Room.id), col(Member.id))
        .having(or_(unread > 0, just_now))
        .order_by(col(_TALK.last_activity).desc())
        .limit(MOST_TALKS)
    )
    run: Any = db.exec
    return [InTalk(*row) for row in (await run(query)).all()]
