"""A person's own page: name, words about themself, what they have set; and what others may see of it.

Knows no picture and no password. What was said keeps the name it was said under.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.preferences import Preferences, changed, chosen, preferences_of
from hearth_reflex.domain.text import clean_message, clean_name, name_key
from hearth_reflex.errors import ConflictError, InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.names import check_free
from hearth_reflex.services.seating import person_uuid
from hearth_reflex.services.views import iso

BIO_MAX = 300


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person sees of themself. `since` is ISO 8601 in UTC; `login` is "" for a guest."""

    id: str
    name: str
    login: str
    bio: str
    avatar: str
    is_guest: bool
    is_admin: bool
    since: str
    preferences: dict[str, Any]  # all of them
    chosen: dict[str, Any]  # those that are no mere defaults


@dataclass(frozen=True, slots=True)
class Card:
    """What those see of a person who share a room with them. `last_seen` is "" when they keep that to themself."""

    id: str
    name: str
    bio: str
    avatar: str
    is_guest: bool
    since: str
    last_seen: str


class Profiles:
    """Args:
    pace: how fast one person may change what stands here; their rooms, or their other tabs, hear of each change.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, pace: Buckets) -> None:
        self._db, self._bus, self._clock, self._pace = database, bus, clock, pace

    async def mine(self, actor: Actor) -> Profile:
        async with self._db.read() as db:
            return _profile(await _user(db, actor))

    async def preferences(self, actor: Actor) -> Preferences:
        async with self._db.read() as db:
            return preferences_of((await _user(db, actor)).preferences)

    async def change(self, actor: Actor, *, name: str | None = None, bio: str | None = None) -> Profile:
        """Another name, or other words about oneself; None leaves it as it is.

        Raises:
            InputError: `name_empty`, `name_long`, `name_characters`; `bio_long` or an unusable character.
            ConflictError: `name_taken`.
            LimitError: `profile_pace`.
        """
        shown = None if name is None else clean_name(name)
        words = None if bio is None else _clean_bio(bio)
        self._check_pace(actor)
        try:
            async with self._db.write() as db:
                user = await _user(db, actor)
                if shown is not None and shown != user.name:
                    await self._rename(db, user, shown)
                user.bio = user.bio if words is None else words
                rooms = await rooms_of(db, actor)
        except IntegrityError:
            raise ConflictError("name_taken", field="name") from None  # somebody took it in the same moment
        for room in rooms:
            await self._bus.signal(room, "room", [])
        return _profile(user)

    async def prefer(self, actor: Actor, changes: dict[str, Any]) -> Preferences:
        """Keeps some of the preferences.

        Raises:
            InputError: `preference`, an unknown name or value.
            LimitError: `profile_pace`.
        """
        self._check_pace(actor)
        async with self._db.write() as db:
            user = await _user(db, actor)
            user.preferences = now = changed(user.preferences, changes)
        await self._bus.tell([actor.uuid], "preferences", [now])
        return preferences_of(now)

    async def card(self, actor: Actor, person: str) -> Card:
        """Another person's card.

        Raises:
            NotFoundError: `person_unknown`, also for somebody with whom `actor` shares no room.
        """
        query = select(User).where(User.uuid == person_uuid(person), shares_a_room(actor))
        async with self._db.read() as db:
            user = (await db.exec(query)).first()
        if user is None:
            raise NotFoundError("person_unknown")
        return _card(user)

    def _check_pace(self, actor: Actor) -> None:
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("profile_pace", retry_after=wait)

    async def _rename(self, db: AsyncSession, user: User, name: str) -> None:
        key = name_key(name)
        await check_free(db, name=name, key=key, but=user.id or 0)
        user.name, user.name_key = name, key
        await db.flush()


async def _user(db: AsyncSession, actor: Actor) -> User:
    return await db.get_one(User, actor.user_id)


def shares_a_room(actor: Actor) -> ColumnElement[bool]:
    """The condition on `User` that it is `actor`, or sits in a room of theirs."""
    mine = select(Member.room_id).where(Member.user_id == actor.user_id)
    shared = (
        select(Member.id)
        .join(Room, col(Room.id) == col(Member.room_id))
        .where(col(Member.room_id).in_(mine), Member.user_id == User.id, col(Room.deleted_at).is_(None))
    )
    return (col(User.id) == actor.user_id) | shared.exists()


async def rooms_of(db: AsyncSession, actor: Actor) -> list[str]:
    """The uuids of the rooms where `actor` sits."""
    query = (
        select(Room.uuid)
        .join(Member, col(Member.room_id) == col(Room.id))
        .where(Member.user_id == actor.user_id, col(Room.deleted_at).is_(None))
    )
    return list((await db.exec(query)).all())


def _clean_bio(raw: str) -> str:
    if not raw.strip():
        return ""
    try:
        return clean_message(raw.strip(), limit=BIO_MAX)
    except InputError as error:
        if error.code == "message_long":
            raise InputError("bio_long", field="bio", limit=BIO_MAX) from None
        raise InputError(error.code, field="bio") from None


def _profile(user: User) -> Profile:
    return Profile(
        id=user.uuid,
        name=user.name,
        login=user.login or "",
        bio=user.bio,
        avatar=user.avatar,
        is_guest=user.is_guest,
        is_admin=user.is_admin,
        since=iso(user.created_at),
        preferences=preferences_of(user.preferences).as_json(),
        chosen=chosen(user.preferences),
    )


def _card(user: User) -> Card:
    hidden = preferences_of(user.preferences).hide_last_seen
    return Card(
        id=user.uuid,
        name=user.name,
        bio=user.bio,
        avatar=user.avatar,
        is_guest=user.is_guest,
        since=iso(user.created_at),
        last_seen="" if hidden else iso(user.last_activity),
    )
