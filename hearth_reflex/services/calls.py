"""Who is called by name in a message: kept as rows, so that people can be told and messages found by it."""

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.message import Mention, Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.mentions import names_called, people_called
from hearth_reflex.services.access import seat_in


async def keep_calls(db: AsyncSession, message: Message) -> None:
    """Makes the rows those that `message` calls for as it reads now. Only people who sit in its room can be called."""
    assert message.id is not None  # noqa: S101 - flushed
    called = await _called(db, message)
    known = set((await db.exec(select(Mention.user_id).where(Mention.message_id == message.id))).all())
    gone = known.difference(called)
    if gone:
        await db.exec(delete(Mention).where(col(Mention.message_id) == message.id, col(Mention.user_id).in_(gone)))
    db.add_all([Mention(message_id=message.id, user_id=user_id) for user_id in called if user_id not in known])
    await db.flush()


async def _called(db: AsyncSession, message: Message) -> list[int]:
    names = names_called(message.text)
    if not names:
        return []
    query = (
        select(User.id, User.name_key, User.name)
        .join(Member, col(Member.user_id) == col(User.id))
        .join(Room, seat_in(Room))
        .where(Room.id == message.room_id, col(User.name_key).in_(names))
    )
    found = {key: (user_id, name) for user_id, key, name in (await db.exec(query)).all() if user_id is not None}
    keys = people_called(message.text, {key: name for key, (_, name) in found.items()})
    return [found[key][0] for key in keys]
