"""What one person has used of the house, and what they have said in it. For their own eyes."""

from dataclasses import dataclass

from sqlmodel import col, func, select

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Member, Room
from hearth_reflex.errors import InputError, NotFoundError
from hearth_reflex.services.access import Actor, is_there, seat_in, uuid_text
from hearth_reflex.services.room_lists import peers_of
from hearth_reflex.services.views import Peer, iso

PAGE = 50


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts since the person came; `seconds` is the time in which the model wrote for them."""

    rooms: int
    messages: int
    answers: int
    prompt_tokens: int
    output_tokens: int
    seconds: int
    files: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message of one's own, and the room it was said in. `at` is ISO 8601 in UTC."""

    id: str
    room: str
    room_ko: str
    room_en: str
    text: str
    at: str


class Usages:
    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def mine(self, actor: Actor) -> Usage:
        """Four queries, whatever was used."""
        me = actor.user_id
        said = select(func.count()).where(
            col(Message.author_user_id) == me, Message.kind == MessageKind.TALK.value, col(Message.deleted_at).is_(None)
        )
        asked = select(
            func.count(),
            func.coalesce(func.sum(Generation.prompt_tokens), 0),
            func.coalesce(func.sum(Generation.output_tokens), 0),
            func.coalesce(func.sum(Generation.total_ms), 0.0),
        ).where(col(Generation.asker_user_id) == me)
        files = select(func.count(), func.coalesce(func.sum(Attachment.size_bytes), 0)).where(
            col(Attachment.uploader_user_id) == me
        )
        async with self._db.read() as db:
            rooms = (await db.exec(select(func.count()).where(col(Member.user_id) == me))).one()
            messages = (await db.exec(said)).one()
            answers, prompt_tokens, output_tokens, total_ms = (await db.exec(asked)).one()
            count, size = (await db.exec(files)).one()
        return Usage(
            rooms=rooms,
            messages=messages,
            answers=answers,
            prompt_tokens=int(prompt_tokens),
            output_tokens=int(output_tokens),
            seconds=round(float(total_ms) / 1000),
            files=count,
            file_bytes=int(size),
        )

    async def said(self, actor: Actor, *, before: str = "", limit: int = PAGE) -> list[Said]:
        """What `actor` said in rooms where they still sit, the newest first.

        Args:
            before: id of the last message of the page before; "" for the first page.

        Raises:
            InputError: `before` is no id.
        """
        query = (
            select(Message, Room)
            .join(Room, col(Room.id) == Message.room_id)
            .join(Member, seat_in(Room) & (col(Member.user_id) == actor.user_id))
            .where(
                Message.author_user_id == actor.user_id,
                Message.kind == MessageKind.TALK.value,
                col(Message.deleted_at).is_(None),
                is_there(),
            )
            .order_by(col(Message.uuid).desc())
            .limit(min(max(limit, 1), PAGE))
        )
        if before:
            query = query.where(Message.uuid < _id(before))
        async with self._db.read() as db:
            found = (await db.exec(query)).all()
            peers = await peers_of(db, actor, [room for _, room in found])
        return [_said(message, room, peers.get(room.uuid)) for message, room in found]


def _id(raw: str) -> str:
    try:
        return uuid_text(raw)
    except NotFoundError:
        raise InputError("arguments", field="before") from None


def _said(message: Message, room: Room, peer: Peer | None) -> Said:
    return Said(
        id=message.uuid,
        room=room.uuid,
        room_ko=peer.name if peer else room.name_ko,
        room_en=peer.name if peer else room.name_en,
        text=message.text,
        at=iso(message.created_at),
    )
