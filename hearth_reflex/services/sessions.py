"""Signed-in browsers: their tokens, their end. A token is 256 random bits; the house keeps only a keyed hash."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.user import LoginSession, User
from hearth_reflex.domain.device import DEVICE_MAX
from hearth_reflex.errors import NotFoundError
from hearth_reflex.services.access import Actor, uuid_text
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.erasing import hold_all, pass_rooms_on, take_library, take_reactions
from hearth_reflex.services.views import iso

# A write for every act would be one for every keystroke of typing; a minute is as good for "who is idle".
ACTIVITY_STEP = timedelta(minutes=1)
KEPT_AFTER_EXPIRY = timedelta(days=30)
MOST_DEVICES = 100
_GUESTS_AT_ONCE = 200  # that leave in one round


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A browser that somebody is signed in with. Times are ISO 8601 in UTC; `here` is the one that asks."""

    id: str
    device: str
    created_at: str
    last_activity: str
    here: bool


class Sessions:
    """Args:
    key: secret of the house; without it a stolen table of hashes is worth nothing.
    lifetime: how long a session of an account lives after its last act.
    guest_lifetime: the same for a guest, who leaves with it.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        key: bytes,
        lifetime: timedelta,
        guest_lifetime: timedelta,
    ) -> None:
        self._db, self._bus, self._clock, self._key = database, bus, clock, key
        self._lifetime, self._guest_lifetime = lifetime, guest_lifetime

    def hashed(self, token: str) -> str:
        return hmac.new(self._key, token.encode("utf-8", "surrogatepass"), sha256).hexdigest()

    def derived(self, purpose: str) -> str:
        """A secret that the workers of the house can find again, each by itself; without its key nobody can."""
        digest = hmac.new(self._key, f"derived:{purpose}".encode(), sha256).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")

    async def begin(self, db: AsyncSession, user: User, *, device: str = "") -> str:
        """A new session for `user`, in the caller's transaction. Returns the token, which is kept nowhere.

        Args:
            device: what its owner will know the browser by (`domain/device.py`).
        """
        assert user.id is not None  # noqa: S101 - the caller has flushed the row
        token, now = secrets.token_urlsafe(32), self._clock.now()
        session = LoginSession(
            user_id=user.id,
            token_hash=self.hashed(token),
            device=device[:DEVICE_MAX],
            created_at=now,
            last_activity=now,
            expires_at=now + self._life_of(user),
        )
        db.add(session)
        return token

    async def actor_for(self, token: str | None) -> Actor | None:
        """Who holds this token; None when nobody does, it has expired, or the person has."""
        if not token or len(token) > 200:
            return None
        statement = (
            select(LoginSession, User)
            .join(User, col(User.id) == LoginSession.user_id)
            .where(LoginSession.token_hash == self.hashed(token))
        )
        async with self._db.read() as db:
            found = (await db.exec(statement)).first()
        if found is None or self._is_over(*found):
            return None
        session, user = found
        if self._clock.now() - session.last_activity > ACTIVITY_STEP:
            await self._touch(session, user)
        return _actor(session, user)

    async def end(self, token: str) -> None:
        """Signs this browser out, and hushes its open sockets. Unknown tokens are no error."""
        async with self._db.write() as db:
            query = select(LoginSession).where(LoginSession.token_hash == self.hashed(token))
            session = (await db.exec(query)).first()
            if session is not None:
                await db.delete(session)
        if session is not None:
            await self._bus.signed_out([session.uuid])

    async def devices(self, actor: Actor) -> list[DeviceView]:
        """Where `actor` is signed in now; the browser that asks first, then the latest."""
        query = (
            select(LoginSession)
            .where(LoginSession.user_id == actor.user_id, col(LoginSession.expires_at) > self._clock.now())
            .order_by(col(LoginSession.last_activity).desc())
            .limit(MOST_DEVICES)
        )
        async with self._db.read() as db:
            found = (await db.exec(query)).all()
        return sorted((_device_view(session, actor) for session in found), key=lambda view: not view.here)

    async def end_device(self, actor: Actor, session_uuid: str) -> None:
        """Signs one of `actor`'s browsers out.

        Raises:
            NotFoundError: `device_unknown`, none of theirs.
        """
        try:
            wanted = uuid_text(session_uuid)
        except NotFoundError:
            wanted = ""
        if not await self._end_where(actor, col(LoginSession.uuid) == wanted):
            raise NotFoundError("device_unknown")

    async def end_others(self, actor: Actor) -> int:
        """Signs `actor` out everywhere but here. Returns of how many browsers."""
        return await self._end_where(actor, col(LoginSession.uuid) != actor.session)

    async def _end_where(self, actor: Actor, which: ColumnElement[bool]) -> int:
        mine = col(LoginSession.user_id) == actor.user_id
        async with self._db.write() as db:
            ended = (await db.exec(select(LoginSession.uuid).where(mine, which))).all()
            await db.exec(delete(LoginSession).where(mine, which))
        if ended:
            await self._bus.signed_out(list(ended))
        return len(ended)

    async def alive(self, sessions: list[str]) -> set[str]:
        """Which of these session ids are still good."""
        if not sessions:
            return set()
        now = self._clock.now()
        query = (
            select(LoginSession.uuid)
            .join(User, col(User.id) == LoginSession.user_id)
            .where(
                col(LoginSession.uuid).in_(sessions),
                col(LoginSession.expires_at) > now,
                col(User.expires_at).is_(None) | (col(User.expires_at) > now),
            )
        )
        async with self._db.read() as db:
            return set((await db.exec(query)).all())

    async def clean(self) -> int:
        """Removes sessions that expired over 30 days ago, and guests whose time is over. Returns how many sessions."""
        async with self._db.write() as db:
            rooms = await self._let_guests_go(db)
        for room in rooms:
            await self._bus.signal(room, "room", [])
        return await self._remove_expired()

    async def _remove_expired(self) -> int:
        # In a transaction of its own, and never waiting: a person's row is held before those of their sessions.
        old = col(LoginSession.expires_at) < self._clock.now() - KEPT_AFTER_EXPIRY
        free = select(LoginSession.id).where(old).order_by(col(LoginSession.id)).with_for_update(skip_locked=True)
        async with self._db.write() as db:
            return (await db.exec(delete(LoginSession).where(col(LoginSession.id).in_(free)))).rowcount

    async def _let_guests_go(self, db: AsyncSession) -> list[str]:
        """A guest whose time is over leaves; what was said stays, under the name it was said with, and their rooms go
        to others. Returns the rooms where they sat."""
        over = col(User.login).is_(None) & (col(User.expires_at) < self._clock.now())
        query = select(User.id).where(over).order_by(col(User.id)).limit(_GUESTS_AT_ONCE)
        # Held at once: somebody who makes an account in this moment is no guest any more.
        found = (await db.exec(query.with_for_update(key_share=True))).all()
        guests = {user_id for user_id in found if user_id is not None}
        if not guests:
            return []
        rooms = await hold_all(db, guests)
        await take_reactions(db, guests)
        await pass_rooms_on(db, guests, at=self._clock.now())
        await take_library(db, guests, everywhere=False)  # its bytes are found by the next round that cleans up
        await db.exec(delete(User).where(col(User.id).in_(guests)))
        return rooms

    def _life_of(self, user: User) -> timedelta:
        return self._guest_lifetime if user.is_guest else self._lifetime

    def _is_over(self, session: LoginSession, user: User) -> bool:
        now = self._clock.now()
        return session.expires_at <= now or (user.expires_at is not None and user.expires_at <= now)

    async def _touch(self, session: LoginSession, user: User) -> None:
        now: datetime = self._clock.now()
        expiry = now + self._life_of(user)
        changes = {"last_activity": now} | ({} if user.expires_at is None else {"expires_at": expiry})
        async with self._db.write() as db:
            # The person before their sessions, as whoever leaves for good: two orders would be a deadlock.
            await db.exec(update(User).where(col(User.id) == user.id).values(**changes))
            await db.exec(
                update(LoginSession)
                .where(col(LoginSession.id) == session.id)
                .values(last_activity=now, expires_at=expiry)
            )


def _actor(session: LoginSession, user: User) -> Actor:
    assert user.id is not None  # noqa: S101 - it came from the database
    return Actor(
        user_id=user.id,
        uuid=user.uuid,
        name=user.name,
        is_admin=user.is_admin,
        is_guest=user.is_guest,
        session=session.uuid,
    )


def _device_view(session: LoginSession, actor: Actor) -> DeviceView:
    return DeviceView(
        id=session.uuid,
        device=session.device,
        created_at=iso(session.created_at),
        last_activity=iso(session.last_activity),
        here=session.uuid == actor.session,
    )
