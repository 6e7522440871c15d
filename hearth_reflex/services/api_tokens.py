"""Keys with which programs act for their owner. A key is 256 random bits, shown once; its keyed hash alone is kept.

A key opens less than its owner could: what its scopes say, and nothing of those who keep the house.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.session import ApiToken
from hearth_reflex.db.user import User
from hearth_reflex.domain.scopes import Scope, known_scopes
from hearth_reflex.domain.text import clean_title
from hearth_reflex.errors import ForbiddenError, InputError, NotFoundError
from hearth_reflex.services.access import Actor, uuid_text
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.views import iso

log = structlog.get_logger(__name__)

PREFIX = "hearth_"
MOST_TOKENS = 20
MOST_DAYS = 365
HINT_CHARS = 4
KEY_MAX = 200
# A write for every call would be one for every look; a minute is as good for "is it still in use".
USED_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenView:
    """A key as its owner sees it. Times are ISO 8601 in UTC, "" for never; `hint` is what the key ends with."""

    id: str
    name: str
    scopes: list[str]
    hint: str
    created_at: str
    last_used_at: str
    expires_at: str
    expired: bool


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a key acts for, and what it opens."""

    actor: Actor
    scopes: frozenset[str]


class ApiTokens:
    """Args:
    hashed: how a secret is kept (`Sessions.hashed`).
    """

    def __init__(self, *, database: Database, clock: Clock, hashed: Callable[[str], str]) -> None:
        self._db, self._clock, self._hashed = database, clock, hashed

    async def make(self, actor: Actor, *, name: str, scopes: Sequence[str], days: int) -> tuple[str, TokenView]:
        """A new key, which is told here and never again, and its view. Those that have ended are cleared away.

        Raises:
            ForbiddenError: `token_guest`.
            InputError: `name_…`, `token_scopes`, `token_days`, `token_many`.
        """
        if actor.is_guest:
            raise ForbiddenError("token_guest")
        shown, wanted = clean_title(name), _scopes(scopes)
        if not 1 <= days <= MOST_DAYS:
            raise InputError("token_days", field="days", limit=MOST_DAYS)
        key, now = PREFIX + secrets.token_urlsafe(32), self._clock.now()
        async with self._db.write() as db:
            await self._make_room(db, actor)
            row = ApiToken(
                user_id=actor.user_id,
                name=shown,
                token_hash=self._hashed(key),
                hint=key[-HINT_CHARS:],
                scopes=[scope.value for scope in wanted],
                created_at=now,
                expires_at=now + timedelta(days=days),
            )
            db.add(row)
        log.info("token.made", token=row.uuid, scopes=row.scopes, days=days)
        return key, self._view(row)

    async def list(self, actor: Actor) -> list[TokenView]:
        """The keys of `actor`, the newest first."""
        query = select(ApiToken).where(ApiToken.user_id == actor.user_id).order_by(col(ApiToken.id).desc())
        async with self._db.read() as db:
            return [self._view(row) for row in (await db.exec(query)).all()]

    async def revoke(self, actor: Actor, token_uuid: str) -> None:
        """Ends a key at once; streams that it opened end with their next look.

        Raises:
            NotFoundError: `token_missing`, none of theirs.
        """
        try:
            wanted = uuid_text(token_uuid)
        except NotFoundError:
            raise NotFoundError("token_missing") from None
        mine = (col(ApiToken.uuid) == wanted) & (col(ApiToken.user_id) == actor.user_id)
        async with self._db.write() as db:
            ended = await db.exec(delete(ApiToken).where(mine))
        if ended.rowcount != 1:
            raise NotFoundError("token_missing")
        log.info("token.revoked", token=wanted)

    async def bearer(self, key: str) -> Bearer | None:
        """Who holds this key; None when nobody does, or its time is over."""
        if not key.startswith(PREFIX) or len(key) > KEY_MAX:
            return None
        query = (
            select(ApiToken, User)
            .join(User, col(User.id) == ApiToken.user_id)
            .where(ApiToken.token_hash == self._hashed(key), col(ApiToken.expires_at) > self._clock.now())
        )
        async with self._db.read() as db:
            found = (await db.exec(query)).first()
        if found is None:
            return None
        token, user = found
        await self._touch(token)
        return Bearer(_actor(token, user), frozenset(token.scopes))

    async def _make_room(self, db: AsyncSession, actor: Actor) -> None:
        # Two at once are counted one after the other. KEY SHARE: others may go on writing rows that name this person.
        await db.exec(select(User.id).where(User.id == actor.user_id).with_for_update(key_share=True))
        mine = col(ApiToken.user_id) == actor.user_id
        await db.exec(delete(ApiToken).where(mine, col(ApiToken.expires_at) <= self._clock.now()))
        if (await db.exec(select(func.count()).where(mine))).one() >= MOST_TOKENS:
            raise InputError("token_many", limit=MOST_TOKENS)

    async def _touch(self, token: ApiToken) -> None:
        now = self._clock.now()
        if token.last_used_at is not None and now - token.last_used_at < USED_STEP:
            return
        unseen = or_(col(ApiToken.last_used_at).is_(None), col(ApiToken.last_used_at) < now)
        async with self._db.write() as db:
            await db.exec(update(ApiToken).where(col(ApiToken.id) == token.id, unseen).values(last_used_at=now))

    def _view(self, row: ApiToken) -> TokenView:
        return TokenView(
            id=row.uuid,
            name=row.name,
            scopes=row.scopes,
            hint=row.hint,
            created_at=iso(row.created_at),
            last_used_at=iso(row.last_used_at) if row.last_used_at else "",
            expires_at=iso(row.expires_at),
            expired=row.expires_at <= self._clock.now(),
        )


def _scopes(names: Sequence[str]) -> tuple[Scope, ...]:
    try:
        wanted = known_scopes(names)
    except ValueError:
        wanted = ()
    if not wanted:
        raise InputError("token_scopes", field="scopes")
    return wanted


def _actor(token: ApiToken, user: User) -> Actor:
    assert user.id is not None  # noqa: S101 - it came from the database
    return Actor(
        user_id=user.id,
        uuid=user.uuid,
        name=user.name,
        is_admin=False,  # whoever keeps the house does so in person
        is_guest=user.is_guest,
        session=token.uuid,
    )
