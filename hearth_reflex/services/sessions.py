"""Signed-in browsers: their tokens, their end. A token is 256 random bits; the house keeps only a keyed hash."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.user import LoginSession, User
from hearth_reflex.services.access import Actor
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock

# A write for every act would be one for every keystroke of typing; a minute is as good for "who is idle".
ACTIVITY_STEP = timedelta(minutes=1)
KEPT_AFTER_EXPIRY = timedelta(days=30)


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

    async def begin(self, db: AsyncSession, user: User) -> str:
        """A new session for `user`, in the caller's transaction. Returns the token, which is kept nowhere."""
        assert user.id is not None  # noqa: S101 - the caller has flushed the row
        token, now = secrets.token_urlsafe(32), self._clock.now()
        session = LoginSession(
            user_id=user.id,
            token_hash=self.hashed(token),
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
        limit = self._clock.now() - KEPT_AFTER_EXPIRY
        async with self._db.write() as db:
            result = await db.exec(delete(LoginSession).where(col(LoginSession.expires_at) < limit))
            # A guest whose time is over leaves; what was said stays, under the name it was said with.
            await db.exec(delete(User).where(col(User.login).is_(None), col(User.expires_at) < self._clock.now()))
        return result.rowcount

    def _life_of(self, user: User) -> timedelta:
        return self._guest_lifetime if user.is_guest else self._lifetime

    def _is_over(self, session: LoginSession, user: User) -> bool:
        now = self._clock.now()
        return session.expires_at <= now or (user.expires_at is not None and user.expires_at <= now)

    async def _touch(self, session: LoginSession, user: User) -> None:
        now: datetime = self._clock.now()
        expiry = now + self._life_of(user)
        async with self._db.write() as db:
            await db.exec(
                update(LoginSession)
                .where(col(LoginSession.id) == session.id)
                .values(last_activity=now, expires_at=expiry)
            )
            changes: dict[str, datetime] = {"last_activity": now}
            if user.expires_at is not None:
                changes["expires_at"] = expiry
            await db.exec(update(User).where(col(User.id) == user.id).values(**changes))


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
