"""Which model was chosen to speak: for a room, for the house, and in which order others take over.

Whoever changes where the words of a room go says so in that room: a line of the house stands in the talk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.model import DEFAULT_MODEL, FALLBACK, HouseChoice
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.refs import parse_ref
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import ForbiddenError, InputError
from hearth_reflex.services.access import Actor, admin_only, room_for
from hearth_reflex.services.ai_talks import began_talk
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import add_notice, lock_room, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.speakers import Speaker, Speakers

log = structlog.get_logger(__name__)

MOST_FALLBACKS = 10


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model as a list to choose from shows it. `ref` "" is the house's default, whatever that is at the time."""

    ref: str
    name: str
    kind: Literal["default", "local", "remote"]
    leaves_house: bool
    status: str
    sees: bool
    demo: bool
    context_tokens: int


@dataclass(frozen=True, slots=True)
class RoomModel:
    """What speaks in a room now. `ref` is what the room chose, `name` who that is at the moment.

    `may_leave` names the servers outside that are asked when it cannot answer.
    """

    ref: str
    name: str
    leaves_house: bool
    may_leave: tuple[str, ...] = ()


class Choosing:
    """Reads and writes what was chosen. The half of `Engines` that does not speak."""

    def __init__(self, *, speakers: Speakers, database: Database, bus: Bus, clock: Clock) -> None:
        self._speakers, self._db, self._bus, self._clock = speakers, database, bus, clock

    async def default_ref(self) -> str:
        return await self._speakers.default_ref()

    async def fallback(self) -> list[str]:
        return await self._speakers.fallback()

    async def choices(self) -> list[ModelChoice]:
        """All that can be chosen for a room: the house's default first, then its own models, then servers outside."""
        default = await _choice(await self._speakers.chosen(""), ref="")
        return [default, *[await _choice(speaker) for speaker in await self._speakers.all()]]

    async def room_model(self, actor: Actor, room_uuid: str) -> RoomModel:
        """What speaks in a room now, for its members."""
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
        first, *others = await self._speakers.line(room.model_ref)
        may_leave = tuple(speaker.name for speaker in others if speaker.leaves_house)
        return RoomModel(ref=room.model_ref, name=first.name, leaves_house=first.leaves_house, may_leave=may_leave)

    async def choose_for_room(self, actor: Actor, room_uuid: str, ref: str) -> RoomModel:
        """Lets `ref` speak in a room from the next answer on; "" goes with the house. The room is told.

        Raises:
            ForbiddenError: `role`, for who does not keep order there, nor began that talk with an AI.
            InputError: `model_ref`, no such model, or a server that is turned off.
        """
        async with self._db.read() as db:
            room, member = await room_for(db, actor, room_uuid, Permission.READ)
            began = await began_talk(db, actor, room)
        if not may(Role(member.role), Permission.CHOOSE_MODEL) and not actor.is_admin and not began:
            raise ForbiddenError("role")
        ref = await self.known_ref(ref)
        if ref != room.model_ref:
            before, after = await self._speakers.chosen(room.model_ref), await self._speakers.chosen(ref)
            await self._change_room(actor, room.uuid, ref, before, after)
            log.info("room.model_chosen", room=room.uuid, model=ref)
        return await self.room_model(actor, room_uuid)

    async def choose_default(self, actor: Actor, ref: str) -> None:
        """Lets `ref` speak where nothing else was chosen; "" is the engine that the house was started with.

        Rooms whose words leave the house from now on, or no longer do, are told.

        Raises:
            ForbiddenError: `admin_only`.
            InputError: `model_ref`.
        """
        admin_only(actor)
        ref = await self.known_ref(ref)
        before = await self._speakers.chosen("")
        await self._keep(DEFAULT_MODEL, ref)
        after = await self._speakers.chosen("")
        log.info("house.default_chosen", model=ref)
        if _way(before) != _way(after):
            await self._tell_rooms(actor, before, after)

    async def choose_fallback(self, actor: Actor, refs: Sequence[str]) -> None:
        """Who is asked, in this order, when the model that should speak cannot. Nobody twice.

        Raises:
            ForbiddenError: `admin_only`.
            InputError: `model_ref`.
        """
        admin_only(actor)
        known = [await self.known_ref(ref) for ref in refs[:MOST_FALLBACKS] if ref]
        await self._keep(FALLBACK, list(dict.fromkeys(known)))
        log.info("house.fallback_chosen", models=known)

    async def known_ref(self, ref: str) -> str:
        """How the house spells a reference to a model that can be chosen. Raises InputError `model_ref`."""
        spelled = str(parse_ref(ref))
        if spelled and await self._speakers.found(spelled) is None:
            raise InputError("model_ref", field="model")
        return spelled

    async def _keep(self, name: str, value: object) -> None:
        async with self._db.write() as db:
            await db.merge(HouseChoice(name=name, value=value))

    async def _change_room(self, actor: Actor, room_uuid: str, ref: str, before: Speaker, after: Speaker) -> None:
        async with self._db.write() as db:
            # Looked up again inside the transaction: the seat may be gone by now.
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            await lock_room(db, room)
            room.model_ref = ref
            db.add(room)
            await db.flush()
            user = await db.get_one(User, actor.user_id)
            notices = [await add_notice(db, room, user, "model_changed", at=self._clock.now())]
            notices += await self._say_where(db, room, user, before, after)
            rows = await rows_of(db, notices)
        for row in rows:
            await self._bus.change(room_uuid, rev=row["rev"], rows=[row])

    async def _tell_rooms(self, actor: Actor, before: Speaker, after: Speaker) -> None:
        """One transaction a room: nobody who speaks meanwhile waits for all of them."""
        async with self._db.read() as db:
            rooms = (await db.exec(select(Room.id).where(col(Room.model_ref) == ""))).all()
        for room_id in rooms:
            async with self._db.write() as db:
                room, user = await db.get(Room, room_id), await db.get_one(User, actor.user_id)
                if room is None or room.model_ref:
                    continue
                await lock_room(db, room)
                rows = await rows_of(db, await self._say_where(db, room, user, before, after))
            for row in rows:
                await self._bus.change(room.uuid, rev=row["rev"], rows=[row])

    async def _say_where(
        self, db: AsyncSession, room: Room, user: User, before: Speaker, after: Speaker
    ) -> list[Message]:
        """A line that names where the words go from now on, if that changed."""
        if _way(before) == _way(after):
            return []
        key = "words_leave" if after.leaves_house else "words_stay"
        notice = await add_notice(db, room, user, key, at=self._clock.now())
        notice.author_name = after.name
        db.add(notice)
        await db.flush()
        return [notice]


def _way(speaker: Speaker) -> str:
    """Where words go: "" is nowhere."""
    return speaker.ref if speaker.leaves_house else ""


async def _choice(speaker: Speaker, *, ref: str | None = None) -> ModelChoice:
    health = await speaker.engine.health()
    ref = speaker.ref if ref is None else ref
    return ModelChoice(
        ref=ref,
        name=speaker.name,
        kind=parse_ref(ref).kind,
        leaves_house=speaker.leaves_house,
        status=health.status,
        sees=health.sees,
        demo=health.demo,
        context_tokens=health.context_tokens,
    )
