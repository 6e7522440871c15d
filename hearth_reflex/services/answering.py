"""Which answers may be asked for again, or gone on with, and by whom. Reads; writes and tells nothing."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Member, Room
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import ConflictError, ForbiddenError, InputError
from hearth_reflex.services.access import Actor, check_voice, message_for
from hearth_reflex.services.answer_versions import asked_for
from hearth_reflex.services.personas import Personas, Seated


def check_answer(message: Message) -> None:
    """Raises InputError `not_an_answer` for what a person or the house said."""
    if message.author_persona_id is None or message.kind != MessageKind.TALK:
        raise InputError("not_an_answer", field="message")


async def answer_for(
    db: AsyncSession, actor: Actor, room_uuid: str, message_uuid: str, *, at: datetime
) -> tuple[Room, Member, Message]:
    """An answer in a room where `actor` may have an AI speak.

    Raises:
        NotFoundError, ForbiddenError: not a room of theirs, or archived; `silenced`; `ai_off`.
        InputError: `not_an_answer`.
        ConflictError: `message_gone`.
    """
    room, member, message = await message_for(db, actor, room_uuid, message_uuid, Permission.POST)
    check_answer(message)
    check_voice(member, at=at)
    if not room.ai_enabled:
        raise ForbiddenError("ai_off")
    if message.deleted_at is not None:
        raise ConflictError("message_gone")
    return room, member, message


async def check_right(db: AsyncSession, actor: Actor, member: Member, message: Message) -> None:
    """Raises ForbiddenError `answer_other` to whoever neither first asked for it nor keeps order in the room."""
    if not may(Role(member.role), Permission.STOP_ANY) and not await asked_for(db, message, actor.user_id):
        raise ForbiddenError("answer_other")


async def seated_author(personas: Personas, room: Room, message: Message) -> Seated:
    """The persona that gave the answer, as it sits in the room.

    Raises:
        ConflictError: `answer_persona_gone`, it has left the room, or is no more.
    """
    for seated in await personas.seated(room):
        if seated.persona.id == message.author_persona_id:
            return seated
    raise ConflictError("answer_persona_gone")
