"""How a person proves who they are: another password, an account for a guest, and the end of an account.

A guest who makes an account stays the same person: seats, messages and marks are theirs as before.
"""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.session import ApiToken
from hearth_reflex.db.user import LoginSession, User
from hearth_reflex.domain.text import check_password, clean_login
from hearth_reflex.errors import ConflictError, CredentialsError, ForbiddenError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_seating import stop_persona
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.erasing import (
    erase_words,
    hold_all,
    pass_rooms_on,
    take_library,
    take_reactions,
    take_unsent,
)
from hearth_reflex.services.names import check_free
from hearth_reflex.services.passwords import Passwords
from hearth_reflex.services.persona_access import end_personas
from hearth_reflex.services.sessions import Sessions


class Bytes(Protocol):
    async def erase(self, uuids: Sequence[str]) -> None:
        """Removes the bytes of files whose rows are gone."""
        ...


class Credentials:
    """Args:
    files: where the bytes lie of what people bring into rooms.
    faces: where their pictures of themselves lie.
    books: where their documents lie.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        sessions: Sessions,
        passwords: Passwords,
        files: Bytes,
        faces: Bytes,
        books: Bytes,
    ) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._sessions, self._passwords = sessions, passwords
        self._files, self._faces, self._books = files, faces, books

    async def change_password(self, actor: Actor, *, old: str, new: str) -> None:
        """Another password; every other browser of theirs is signed out, and their programs' keys end.

        Raises:
            CredentialsError: `password_wrong`.
            ForbiddenError: `guest_password`, a guest has none.
            InputError: the new one is not usable.
        """
        user = await self._proven(actor, old)
        check_password(new, login=user.login or "")
        hashed = await self._passwords.hash(new)
        async with self._db.write() as db:
            (await db.get_one(User, actor.user_id)).password_hash = hashed
            await db.exec(delete(ApiToken).where(col(ApiToken.user_id) == actor.user_id))
        await self._sessions.end_others(actor)

    async def make_account(self, actor: Actor, *, login: str, password: str) -> None:
        """Makes an account of a guest, who stays signed in and keeps everything.

        Raises:
            ConflictError: `account_already`, or `login_taken`.
            InputError: a field is not usable.
        """
        folded = clean_login(login)
        check_password(password, login=folded)
        hashed = await self._passwords.hash(password)
        try:
            async with self._db.write() as db:
                user = await db.get_one(User, actor.user_id)
                if not user.is_guest:
                    raise ConflictError("account_already")
                await check_free(db, login=folded, but=actor.user_id)
                user.login, user.password_hash, user.expires_at = folded, hashed, None
        except IntegrityError:
            raise ConflictError("login_taken", field="login") from None  # somebody took it in the same moment

    async def leave_for_good(self, actor: Actor, *, password: str, erase: bool) -> None:
        """Ends an account, or a guest's stay: seats, sessions, keys, stars, marks and their shelf go. What was said,
        and what was given to rooms, stays under the name it was said with, or is taken back.

        Args:
            password: proves an account; a guest's session is proof enough.
            erase: take back all they said, as if each message had been deleted.

        Raises:
            CredentialsError: `password_wrong`.
            ForbiddenError: `last_admin`, nobody else keeps the house.
        """
        if not actor.is_guest:
            await self._proven(actor, password)
        async with self._db.write() as db:
            if actor.is_admin and await _is_last_admin(db, actor):
                raise ForbiddenError("last_admin")
            rooms = await hold_all(db, {actor.user_id})
            sessions = (await db.exec(select(LoginSession.uuid).where(LoginSession.user_id == actor.user_id))).all()
            files = await take_unsent(db, actor.user_id)
            books = await take_library(db, {actor.user_id}, everywhere=erase)
            if erase:
                files += await erase_words(db, actor.user_id, at=self._clock.now())
            await take_reactions(db, {actor.user_id})
            await pass_rooms_on(db, {actor.user_id}, at=self._clock.now())
            personas, left, pictures = await end_personas(db, actor.user_id, at=self._clock.now())
            user = await db.get_one(User, actor.user_id)
            await db.delete(user)
        for persona in personas:
            await stop_persona(self._db, persona)
        await self._bus.signed_out(list(sessions))
        for room in dict.fromkeys([*rooms, *left]):
            await self._bus.signal(room, "room", [])
        await self._bus.lobby()
        await self._files.erase(files)
        await self._books.erase(books)
        await self._faces.erase([*pictures, user.avatar] if user.avatar else pictures)

    async def _proven(self, actor: Actor, password: str) -> User:
        async with self._db.read() as db:
            user = await db.get_one(User, actor.user_id)
        if user.is_guest:
            raise ForbiddenError("guest_password")
        if not await self._passwords.verify(password[:1000], user.password_hash):
            raise CredentialsError("password_wrong", field="old")
        return user


async def _is_last_admin(db: AsyncSession, actor: Actor) -> bool:
    others = select(func.count()).where(col(User.is_admin), col(User.id) != actor.user_id)
    return (await db.exec(others)).one() == 0
