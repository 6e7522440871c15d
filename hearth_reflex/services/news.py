"""News: telling people of what is said in a room that they are not looking at.

One query and one emit a message, two where somebody is called; nothing at all while everybody looks. What is said in a
talk with an AI is told to those of its room, with the room it belongs to. Who wants to be
told is decided by `domain/attention.py`; quiet hours, which lie in the reader's own day, by their page.
"""

from collections.abc import Collection
from typing import Any, Protocol

import structlog
from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.session import TalkRead
from hearth_reflex.db.user import User
from hearth_reflex.domain.attention import is_told, loudness
from hearth_reflex.domain.preferences import preferences_of
from hearth_reflex.services.access import seats_of
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock

log = structlog.get_logger(__name__)

EXCERPT = 160  # code points


class Elsewhere(Protocol):
    async def elsewhere(self, room: str) -> set[str]:
        """Who has a page of the house open that does not show this room."""
        ...


class News:
    """Args:
    presence: knows who looks where.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, presence: Elsewhere) -> None:
        self._db, self._bus, self._clock, self._presence = database, bus, clock, presence

    async def spoken(self, room: Room, message: Message, mentions: Collection[str] = ()) -> None:
        """Tells of a message that is kept. `mentions`: uuids of the people it calls. Never raises."""
        try:
            await self._tell(room, message, mentions, name_en=message.author_name)
        except Exception:
            log.exception("news.failed", room=room.uuid)

    async def answered(self, message_id: int, *, asker: str) -> None:
        """Tells of a finished answer; whoever asked for it is called by it. Never raises."""
        query = (
            select(Room, Message, Persona)
            .join(Message, col(Message.room_id) == col(Room.id))
            .join(Persona, col(Persona.id) == col(Message.author_persona_id))
            .where(Message.id == message_id)
        )
        try:
            async with self._db.read() as db:
                found = (await db.exec(query)).first()
            if found is not None:
                room, message, persona = found
                await self._tell(room, message, [asker], name_en=persona.name_en)
        except Exception:
            log.exception("news.failed", message=message_id)

    async def _tell(self, room: Room, message: Message, mentions: Collection[str], *, name_en: str) -> None:
        candidates = await self._presence.elsewhere(room.uuid)
        if not candidates:
            return
        called, others = await self._recipients(room, message, candidates, mentions)
        parent = await self._parent(room) if called or others else []
        for people, is_called in ((called, 1), (others, 0)):
            if people:
                await self._bus.tell(people, "unread", [*_payload(room, message, is_called, name_en), *parent])

    async def _recipients(
        self, room: Room, message: Message, candidates: set[str], mentions: Collection[str]
    ) -> tuple[list[str], list[str]]:
        """Those whom the message concerns by name, and the others; both only if they want to be told."""
        seen = TalkRead.talk_id == room.id, TalkRead.user_id == col(User.id), col(TalkRead.read_seq) >= message.seq
        is_new = (
            ~select(TalkRead.id).where(*seen).exists()
            if room.kind == RoomKind.SESSION
            else col(Member.read_seq) < message.seq
        )
        query = (
            select(User, Member)
            .join(Member, col(Member.user_id) == col(User.id))
            .where(
                Member.room_id == seats_of(room),
                is_new,
                col(User.uuid).in_(candidates),
                col(User.id) != (message.author_user_id or 0),
            )
        )
        async with self._db.read() as db:
            found = (await db.exec(query)).all()
        now = self._clock.now()
        called, others = list[str](), list[str]()
        for user, member in found:
            personal = room.kind == RoomKind.DIRECT or user.uuid in mentions
            quiet = member.quiet_until is not None and member.quiet_until > now
            loud = loudness(room_level=member.notify, own_rule=preferences_of(user.preferences).notify, quiet=quiet)
            if is_told(loud, personal=personal):
                (called if personal else others).append(user.uuid)
        return called, others

    async def _parent(self, room: Room) -> list[str]:
        """[the room that a talk belongs to]; nothing for a room."""
        if room.kind != RoomKind.SESSION:
            return []
        async with self._db.read() as db:
            return list((await db.exec(select(Room.uuid).where(Room.id == room.parent_id))).all())


def _payload(room: Room, message: Message, is_called: int, name_en: str) -> list[Any]:
    """[room, seq, called, its names (a direct one has none), who, the beginning of the text, who in English, id]."""
    direct = room.kind == RoomKind.DIRECT
    names = ["", ""] if direct else [room.name_ko, room.name_en]
    excerpt = message.text[:EXCERPT]  # as it was written: the page takes the marks of Markdown out of its lines
    return [room.uuid, message.seq, is_called, *names, message.author_name, excerpt, name_en, message.uuid]
