"""Coming in: guests by a nickname, accounts by a login name and a password, the first admin by a one-time link."""

from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.user import SetupLink, User
from hearth_reflex.domain.text import check_password, clean_login, clean_name, name_key
from hearth_reflex.errors import ConflictError, CredentialsError, InputError, NotFoundError
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.names import check_free
from hearth_reflex.services.passwords import Passwords
from hearth_reflex.services.sessions import Sessions

SAME_START = timedelta(minutes=1)  # workers of one house start within this


class Accounts:
    def __init__(
        self, *, database: Database, sessions: Sessions, passwords: Passwords, clock: Clock, guest_life: timedelta
    ) -> None:
        self._db, self._sessions, self._passwords = database, sessions, passwords
        self._clock, self._guest_life = clock, guest_life

    async def join_as_guest(self, name: str, *, device: str = "") -> str:
        """A guest with a nickname. Returns the session token.

        Raises:
            InputError: the nickname is not usable.
            ConflictError: `name_taken`.
        """
        shown = clean_name(name)
        guest = User(name=shown, name_key=name_key(shown), expires_at=self._clock.now() + self._guest_life)
        return await self._enter(guest, device=device)

    async def register(self, *, login: str, name: str, password: str, device: str = "") -> str:
        """An account. Returns the session token.

        Raises:
            InputError: a field is not usable.
            ConflictError: `name_taken` or `login_taken`.
        """
        return await self._enter(await self._account(login=login, name=name, password=password), device=device)

    async def log_in(self, *, login: str, password: str, device: str = "") -> str:
        """Returns a new session token.

        Raises:
            CredentialsError: unknown or wrong, told in the same words and after the same time.
        """
        user = await self._known(login)
        right = await self._passwords.verify(password[:1000], user.password_hash if user else None)
        if user is None or not right:
            raise CredentialsError
        async with self._db.write() as db:
            return await self._sessions.begin(db, user, device=device)

    async def _known(self, login: str) -> User | None:
        try:
            folded = clean_login(login)
        except InputError:
            return None  # nobody can have registered that
        async with self._db.read() as db:
            return (await db.exec(select(User).where(User.login == folded))).first()

    async def setup_token(self) -> str | None:
        """The one-time token for the first admin, or None when the house has an admin already.

        Each start makes a new one and voids those before, but workers that start together tell the same.
        """
        async with self._db.write() as db:
            if (await db.exec(select(User.id).where(col(User.is_admin)))).first() is not None:
                return None
            now = self._clock.now()
            unused = (await db.exec(select(SetupLink).where(col(SetupLink.used_at).is_(None)))).first()
            if unused is not None and now - unused.created_at < SAME_START:
                token = self._sessions.derived(f"setup:{unused.created_at.timestamp()}")
                if self._sessions.hashed(token) == unused.token_hash:
                    return token  # another worker has just printed it
            await self._void_links(db)
            token = self._sessions.derived(f"setup:{now.timestamp()}")
            db.add(SetupLink(token_hash=self._sessions.hashed(token), created_at=now))
            return token

    async def claim_setup(self, token: str, *, login: str, name: str, password: str, device: str = "") -> str:
        """Makes the first admin account. Returns its session token.

        Raises:
            NotFoundError: `setup_link` is unknown or used.
            InputError, ConflictError: as `register`; the link stays good.
        """
        admin = await self._account(login=login, name=name, password=password)
        admin.is_admin = True
        return await self._enter(admin, setup_hash=self._sessions.hashed(token), device=device)

    async def _account(self, *, login: str, name: str, password: str) -> User:
        folded, shown = clean_login(login), clean_name(name)
        check_password(password, login=folded)
        return User(
            name=shown,
            name_key=name_key(shown),
            login=folded,
            password_hash=await self._passwords.hash(password),
        )

    async def _enter(self, user: User, *, device: str, setup_hash: str | None = None) -> str:
        now = self._clock.now()
        user.created_at = user.last_activity = now
        try:
            async with self._db.write() as db:
                if setup_hash is not None:
                    await self._use_setup_link(db, setup_hash)
                await check_free(db, name=user.name, key=user.name_key, login=user.login)
                db.add(user)
                await db.flush()
                return await self._sessions.begin(db, user, device=device)
        except IntegrityError:
            # Two people took the name in the same moment; the database decided.
            raise ConflictError("name_taken", field="name") from None

    async def _use_setup_link(self, db: AsyncSession, token_hash: str) -> None:
        used = await db.exec(
            update(SetupLink)
            .where(col(SetupLink.token_hash) == token_hash, col(SetupLink.used_at).is_(None))
            .values(used_at=self._clock.now())
        )
        if used.rowcount != 1:
            raise NotFoundError("setup_link")
        await self._void_links(db)

    async def _void_links(self, db: AsyncSession) -> None:
        await db.exec(update(SetupLink).where(col(SetupLink.used_at).is_(None)).values(used_at=self._clock.now()))
