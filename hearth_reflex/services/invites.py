"""Links into a room: making them, taking them back, and coming in by one.

A link is as good as the seat of who made it: when they lose the seat, or no longer stand high enough for the role that
it gives, it leads nowhere. Its code is a secret; to who holds it a room shows its name, and nothing else.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.room import Invite, Member, Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.roles import Permission, Role, may, stands_above
from hearth_reflex.domain.room_words import INVITE_HOURS_MAX, INVITE_USES_MAX, check_within
from hearth_reflex.errors import ConflictError, ForbiddenError, InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.seating import check_seat_pace, locked, locked_room, not_direct, person_uuid, take_seat
from hearth_reflex.services.views import iso

log = structlog.get_logger(__name__)

MOST_INVITES = 50  # that are good at one time, of one room
CODE_BYTES = 16  # 22 characters
_CODE = re.compile(r"[\w-]{1,40}", re.ASCII)  # what no database takes is no code


@dataclass(frozen=True, slots=True)
class InviteView:
    """A link as its maker and who keeps the room see it. `max_uses` 0: no limit; `expires_at` "": no end.

    `ended` says why it is no longer good: "", or the end of an error's code, as "expired", "used", "revoked", "void".
    """

    id: str
    code: str
    by: str
    role: str
    uses: int
    max_uses: int
    created_at: str
    expires_at: str
    good: bool
    ended: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a link tells anybody who holds it. The names are empty when it is no longer good."""

    room_ko: str
    room_en: str
    by: str
    good: bool
    ended: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A link, its room, and its maker with the seat they have now."""

    invite: Invite
    room: Room
    maker: User | None
    seat: Member | None

    def ended(self, at: datetime) -> str:
        """Why it is no longer good; "" while it is."""
        invite = self.invite
        if invite.revoked_at is not None:
            return "revoked"
        if invite.expires_at is not None and invite.expires_at <= at:
            return "expired"
        if invite.max_uses and invite.uses >= invite.max_uses:
            return "used"
        stands = self.seat is not None and _may_give(Role(self.seat.role), Role(invite.role))
        return "" if stands and self.room.archived_at is None else "void"


class Invites:
    """Args:
    pace: how fast one person may make links.
    seat_pace: how fast one person may sit down and leave.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, pace: Buckets, seat_pace: Buckets) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._pace, self._seat_pace = pace, seat_pace

    async def make(
        self, actor: Actor, room_uuid: str, *, hours: int = 72, max_uses: int = 0, role: str = "member"
    ) -> InviteView:
        """A new link.

        Args:
            hours: how long it is good; 0: until somebody takes it back.
            max_uses: how many may come in by it; 0: as many as come.

        Raises:
            InputError: `out_of_range`; `role_unknown`.
            ForbiddenError: `role`, also for a role above one's own; `direct_room`.
            ConflictError: `invites_many`.
            LimitError: `invite_pace`.
        """
        check_within(hours, least=0, most=INVITE_HOURS_MAX, field="hours")
        check_within(max_uses, least=0, most=INVITE_USES_MAX, field="max_uses")
        given, now = _role(role), self._clock.now()
        if wait := self._pace.take(actor.uuid, at=now.timestamp()):
            raise LimitError("invite_pace", retry_after=wait)
        async with self._db.write() as db:
            room, own = await locked_room(db, actor, room_uuid, Permission.INVITE)
            not_direct(room)
            if not _may_give(Role(own.role), given):
                raise ForbiddenError("role")
            await self._check_many(db, room)
            invite = Invite(
                code=secrets.token_urlsafe(CODE_BYTES),
                room_id=own.room_id,
                by_user_id=actor.user_id,
                role=given.value,
                max_uses=max_uses,
                created_at=now,
                expires_at=now + timedelta(hours=hours) if hours else None,
            )
            db.add(invite)
            await db.flush()
            found = _Found(invite, room, await db.get_one(User, actor.user_id), own)
        log.info("invite.made", room=room.uuid, invite=invite.uuid, role=given.value, by=actor.uuid)
        return _view(found, at=now)

    async def list(self, actor: Actor, room_uuid: str) -> list[InviteView]:
        """The links of a room, the newest first: all for who keeps order there, one's own for the others.

        Raises:
            ForbiddenError: `role`.
        """
        async with self._db.read() as db:
            room, own = await room_for(db, actor, room_uuid, Permission.INVITE)
            query = _links().where(Invite.room_id == room.id).order_by(col(Invite.id).desc()).limit(2 * MOST_INVITES)
            if not may(Role(own.role), Permission.KEEP_ORDER):
                query = query.where(Invite.by_user_id == actor.user_id)
            found = [_Found(*row) for row in (await db.exec(query)).all()]
        return [_view(one, at=self._clock.now()) for one in found]

    async def revoke(self, actor: Actor, room_uuid: str, invite_uuid: str) -> None:
        """Takes a link back: one's own, or any for who keeps order there. Twice is once.

        Raises:
            NotFoundError: `invite_unknown`, also for somebody else's to a member.
        """
        async with self._db.write() as db:
            room, own = await room_for(db, actor, room_uuid, Permission.READ)
            query = select(Invite).where(Invite.uuid == person_uuid(invite_uuid), Invite.room_id == room.id)
            invite = (await db.exec(query)).first()
            is_own = invite is not None and invite.by_user_id == actor.user_id
            if invite is None or not (is_own or may(Role(own.role), Permission.KEEP_ORDER)):
                raise NotFoundError("invite_unknown")
            invite.revoked_at = invite.revoked_at or self._clock.now()
        log.info("invite.revoked", room=room.uuid, invite=invite.uuid, by=actor.uuid)

    async def preview(self, code: str) -> Preview:
        """What a link tells before one comes in, to anybody.

        Raises:
            NotFoundError: `invite_unknown`.
        """
        async with self._db.read() as db:
            found = await _by_code(db, code)
        ended = found.ended(self._clock.now())
        if ended:
            return Preview("", "", "", good=False, ended=ended)
        by = found.maker.name if found.maker else ""
        return Preview(found.room.name_ko, found.room.name_en, by, good=True, ended="")

    async def accept(self, actor: Actor, code: str) -> str:
        """Sits down by a link; who sits there already uses nothing of it. Returns the room's uuid.

        Raises:
            NotFoundError: `invite_unknown`; `invite_expired`, `invite_used`, `invite_revoked`, `invite_void`.
            ForbiddenError: `banned`; `room_full`.
            LimitError: `seat_pace`.
        """
        now = self._clock.now()
        async with self._db.write() as db:
            await locked(db, (await _by_code(db, code)).room)
            found = await _by_code(db, code)
            if await _sits(db, found.room, actor):
                return found.room.uuid
            if ended := found.ended(now):
                raise NotFoundError(f"invite_{ended}")
            check_seat_pace(self._seat_pace, actor, at=now)
            await self._use(db, found.invite)
            told = await take_seat(db, found.room, actor, role=Role(found.invite.role), at=now)
        if told is not None:
            await told.publish(self._bus)
        log.info("invite.accepted", room=found.room.uuid, invite=found.invite.uuid, person=actor.uuid)
        return found.room.uuid

    async def _use(self, db: AsyncSession, invite: Invite) -> None:
        # Counted by the database: two who come by the last use of a link do not both come in.
        counted = await db.exec(
            update(Invite).where(col(Invite.id) == invite.id, _has_uses()).values(uses=col(Invite.uses) + 1)
        )
        if counted.rowcount != 1:
            raise NotFoundError("invite_used")

    async def _check_many(self, db: AsyncSession, room: Room) -> None:
        now = self._clock.now()
        query = select(func.count()).where(
            col(Invite.room_id) == room.id,
            col(Invite.revoked_at).is_(None),
            col(Invite.expires_at).is_(None) | (col(Invite.expires_at) > now),
            _has_uses(),
        )
        count = (await db.exec(query)).one()
        if count >= MOST_INVITES:
            raise ConflictError("invites_many", limit=MOST_INVITES)


def _has_uses() -> ColumnElement[bool]:
    return (col(Invite.max_uses) == 0) | (col(Invite.uses) < col(Invite.max_uses))


def _links():
    # No return type: that of such a query is longer than the query.
    sits = (col(Member.room_id) == col(Invite.room_id)) & (col(Member.user_id) == col(Invite.by_user_id))
    return (
        select(Invite, Room, User, Member)
        .join(Room, col(Room.id) == col(Invite.room_id))
        .join(User, col(User.id) == col(Invite.by_user_id), isouter=True)
        .join(Member, sits, isouter=True)
    )


async def _by_code(db: AsyncSession, code: str) -> _Found:
    query = _links().where(Invite.code == code, col(Room.deleted_at).is_(None))
    row = (await db.exec(query)).first() if _CODE.fullmatch(code) else None
    if row is None:
        raise NotFoundError("invite_unknown")
    return _Found(*row)


async def _sits(db: AsyncSession, room: Room, actor: Actor) -> bool:
    query = select(Member.id).where(Member.room_id == room.id, Member.user_id == actor.user_id)
    return (await db.exec(query)).first() is not None


def _may_give(own: Role, given: Role) -> bool:
    """Nobody invites to more than they are, and nobody to own the room."""
    return may(own, Permission.INVITE) and given is not Role.OWNER and not stands_above(given, own)


def _role(raw: str) -> Role:
    try:
        return Role(raw)
    except ValueError:
        raise InputError("role_unknown", field="role") from None


def _view(found: _Found, *, at: datetime) -> InviteView:
    invite, ended = found.invite, found.ended(at)
    return InviteView(
        id=invite.uuid,
        code=invite.code,
        by=found.maker.name if found.maker else "",
        role=invite.role,
        uses=invite.uses,
        max_uses=invite.max_uses,
        created_at=iso(invite.created_at),
        expires_at=iso(invite.expires_at) if invite.expires_at else "",
        good=not ended,
        ended=ended,
    )
