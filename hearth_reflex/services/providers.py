"""Other people's servers that may speak here: kept, checked, turned on and off by whoever keeps the house.

A key goes in and never comes back: it is kept sealed, and views tell only whether there is one. Nothing is fetched but
the routes of the dialect below the address that was given, by somebody who may change every setting of the house.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast
from urllib.parse import SplitResult, urlsplit

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.model import FALLBACK, HouseChoice, Provider
from hearth_reflex.domain.refs import remote_ref
from hearth_reflex.domain.text import clean_title
from hearth_reflex.errors import EngineError, InputError, NotFoundError, ProviderKeyError
from hearth_reflex.llm.remote import RemoteServer
from hearth_reflex.services.access import Actor, admin_only, uuid_text
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.sealing import Sealer
from hearth_reflex.services.views import iso

log = structlog.get_logger(__name__)

MOST_PROVIDERS = 50
URL_MAX, MODEL_MAX, KEY_MAX = 300, 200, 1000
LEAST_CONTEXT, MOST_CONTEXT = 512, 2_000_000


class Checker(Protocol):
    """Tries a server; raises EngineError when it cannot be used like this."""

    async def __call__(self, server: RemoteServer) -> None: ...


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A server as whoever keeps the house sees it. `error` is the code of the last check, "" when it went well."""

    id: str
    ref: str
    name: str
    base_url: str
    model: str
    has_key: bool
    enabled: bool
    context_tokens: int
    sees: bool
    checked_at: str
    error: str


class Providers:
    """Args:
    check: how a server is tried.
    """

    def __init__(self, *, database: Database, clock: Clock, sealer: Sealer, check: Checker) -> None:
        self._db, self._clock, self._sealer, self._check = database, clock, sealer, check

    async def list(self, actor: Actor) -> list[ProviderView]:
        """Raises ForbiddenError for who does not keep the house; so do all others here."""
        admin_only(actor)
        async with self._db.read() as db:
            found = (await db.exec(select(Provider).order_by(col(Provider.id)))).all()
        return [_view(row) for row in found]

    async def some_are_on(self) -> bool:
        """Whether words may leave the house at all; anybody may know that."""
        async with self._db.read() as db:
            return (await db.exec(select(Provider.id).where(col(Provider.enabled).is_(True)))).first() is not None

    async def save(
        self,
        actor: Actor,
        *,
        uuid: str | None,
        name: str,
        base_url: str,
        model: str,
        key: str | None,
        context_tokens: int = 8192,
        sees: bool = False,
    ) -> ProviderView:
        """Keeps a new server (`uuid` None), or changes one; and tries it. What came of that stands in the view.

        A new one is off, and one that moves to another address is turned off.

        Args:
            key: None keeps the old one, "" takes it away.

        Raises:
            InputError: `name_…`, `provider_url`, `provider_model_name`, `provider_key_form`, `provider_context`;
                `provider_key_again`: another address needs the key anew, so that nobody has it sent elsewhere.
            NotFoundError: no server of that uuid.
        """
        admin_only(actor)
        facts = {
            "name": clean_title(name),
            "base_url": clean_url(base_url),
            "model": _clean_model(model),
            "context_tokens": _within(context_tokens),
            "sees": sees,
        }
        if key is not None:
            facts["sealed_key"] = self._sealer.seal(_clean_key(key))
        async with self._db.write() as db:
            row = await self._changed(db, uuid, facts)
        log.info("provider.saved", provider=row.uuid, new=uuid is None)
        return await self.check(actor, row.uuid)

    async def check(self, actor: Actor, uuid: str) -> ProviderView:
        """Tries the server with one token and keeps what came of it."""
        admin_only(actor)
        async with self._db.read() as db:
            tried = await _row(db, uuid)
        error = await self._tried(tried)
        async with self._db.write() as db:
            row = await _row(db, uuid)
            if _tried_with(row) == _tried_with(tried):  # else it was changed meanwhile: this says nothing of it
                row.checked_at, row.error = self._clock.now(), error
                db.add(row)
        log.info("provider.checked", provider=row.uuid, error=error)
        return _view(row)

    async def enable(self, actor: Actor, uuid: str, on: bool) -> ProviderView:
        """Lets rooms choose it, or no room at all.

        One that is turned off is the house's default no longer, nor in the order of fallback: turned on again, it
        must be named again before words go there that no room has sent there.

        Raises:
            ProviderKeyError: its key was refused, or cannot be opened any more.
        """
        admin_only(actor)
        async with self._db.write() as db:
            row = await _row(db, uuid)
            if on and row.error == ProviderKeyError.code:
                raise ProviderKeyError
            if on:
                self._sealer.open(row.sealed_key)
            row.enabled = on
            db.add(row)
            if not on:
                await _forget(db, row)
        log.info("provider.enabled" if on else "provider.disabled", provider=row.uuid)
        return _view(row)

    async def remove(self, actor: Actor, uuid: str) -> None:
        """Rooms that used it go back to the house's default."""
        admin_only(actor)
        async with self._db.write() as db:
            row = await _row(db, uuid)
            await _forget(db, row)
            await db.delete(row)
        log.info("provider.removed", provider=row.uuid)

    def server(self, row: Provider) -> RemoteServer:
        """Where words for this provider go. For the engines; the key is in it."""
        try:
            key = self._sealer.open(row.sealed_key)
        except ProviderKeyError:
            log.warning("provider.key_lost", provider=row.uuid)
            key = None
        return RemoteServer(
            name=row.name,
            base_url=row.base_url,
            model=row.model,
            key=key,
            context_tokens=row.context_tokens,
            sees=row.sees,
        )

    async def _changed(self, db: AsyncSession, uuid: str | None, facts: Mapping[str, object]) -> Provider:
        if uuid is None:
            if len((await db.exec(select(Provider.id))).all()) >= MOST_PROVIDERS:
                raise InputError("provider_many", limit=MOST_PROVIDERS)
            row = Provider(name="", base_url="", model="", created_at=self._clock.now())
        else:
            row = await _row(db, uuid)
            if _origin(row.base_url) != _origin(str(facts["base_url"])):
                if row.sealed_key and "sealed_key" not in facts:
                    raise InputError("provider_key_again", field="key")
                row.enabled = False
                await _forget(db, row)
        for name, value in facts.items():
            setattr(row, name, value)
        db.add(row)
        return row

    async def _tried(self, row: Provider) -> str | None:
        try:
            await self._check(self.server(row))
        except EngineError as error:
            return error.code
        return None


async def _row(db: AsyncSession, uuid: str) -> Provider:
    try:
        row = (await db.exec(select(Provider).where(Provider.uuid == uuid_text(uuid)))).first()
    except NotFoundError:
        row = None
    if row is None:
        raise NotFoundError("provider_unknown")
    return row


async def _forget(db: AsyncSession, row: Provider) -> None:
    """Takes it out of what the house chose."""
    ref = remote_ref(row.uuid)
    for choice in (await db.exec(select(HouseChoice))).all():
        if choice.value == ref:
            choice.value = ""
        elif choice.name == FALLBACK:
            choice.value = [other for other in cast("list[object]", choice.value) if other != ref]
        db.add(choice)


def clean_url(raw: str) -> str:
    """The address without a last slash. Raises InputError `provider_url`: another scheme, a name or key in it, a query.

    Servers of the own network are welcome: many a house runs its models on the machine next door.
    """
    url = raw.strip().rstrip("/")
    parts = _split(url)
    plain = not (parts.username or parts.password or parts.query or parts.fragment or "?" in url or "#" in url)
    if len(url) > URL_MAX or parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise InputError("provider_url", field="base_url")
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url or "@" in parts.netloc:
        raise InputError("provider_url", field="base_url")
    return url


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # refuses what is no number
    except ValueError:
        raise InputError("provider_url", field="base_url") from None
    return parts


def _tried_with(row: Provider) -> tuple[str, str, str]:
    return row.base_url, row.model, row.sealed_key


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _clean_model(raw: str) -> str:
    name = raw.strip()
    if not 0 < len(name) <= MODEL_MAX or not name.isprintable():
        raise InputError("provider_model_name", field="model")
    return name


def _clean_key(raw: str) -> str:
    # It becomes part of a header: anything but plain letters would break that, and be quoted in the fault.
    key = raw.strip()
    if len(key) > KEY_MAX or not re.fullmatch(r"[!-~]*", key):
        raise InputError("provider_key_form", field="key")
    return key


def _within(context_tokens: int) -> int:
    if not LEAST_CONTEXT <= context_tokens <= MOST_CONTEXT:
        raise InputError("provider_context", field="context_tokens", least=LEAST_CONTEXT, limit=MOST_CONTEXT)
    return context_tokens


def _view(row: Provider) -> ProviderView:
    return ProviderView(
        id=row.uuid,
        ref=remote_ref(row.uuid),
        name=row.name,
        base_url=row.base_url,
        model=row.model,
        has_key=bool(row.sealed_key),
        enabled=row.enabled,
        context_tokens=row.context_tokens,
        sees=row.sees,
        checked_at=iso(row.checked_at) if row.checked_at else "",
        error=row.error or "",
    )
