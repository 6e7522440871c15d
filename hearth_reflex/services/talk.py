"""What the services that change a message have in common: which messages can be changed, and who answers one."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Member, Room
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import ConflictError, InputError
from hearth_reflex.services.access import Actor, message_for
from hearth_reflex.services.changes import lock_named


async def said_for(
    db: AsyncSession, actor: Actor, room_uuid: str, message_uuid: str, permission: Permission
) -> tuple[Room, Member, Message]:
    """Something that was said in a room, as it stands now: until the transaction ends nobody else changes it.

    Raises:
        NotFoundError, ForbiddenError: as `message_for`.
        InputError: `message_house`, a line of the house.
    """
    await lock_named(db, room_uuid)
    room, member, message = await message_for(db, actor, room_uuid, message_uuid, permission)
    if message.kind != MessageKind.TALK:
        raise InputError("message_house", field="message")
    return room, member, message


def check_there(message: Message) -> None:
    """Raises ConflictError `message_gone` for one that was deleted."""
    if message.deleted_at is not None:
        raise ConflictError("message_gone")


async def answers_to(db: AsyncSession, message: Message) -> list[Message]:
    """The messages that answer this one: each quotes it, and is told anew when it changes."""
    query = select(Message).where(col(Message.reply_to_id) == message.id).order_by(col(Message.seq))
    return list((await db.exec(query)).all())
