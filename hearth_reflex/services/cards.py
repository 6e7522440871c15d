"""Personas that come and go as character cards: a file in, a persona out, and the other way."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing

from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.cards import Card, read_card, write_card
from hearth_reflex.errors import ForbiddenError, InputError, LimitError, NotFoundError
from hearth_reflex.media.cards import card_in, card_png, is_png
from hearth_reflex.services.access import Actor
from hearth_reflex.services.avatars import Avatars
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.persona_access import PersonaView
from hearth_reflex.services.personas import Personas
from hearth_reflex.services.uploads import patient

MOST_BYTES = 5_000_000


class Cards:
    """Args:
    pace: how often one person may bring a card.
    """

    def __init__(self, *, personas: Personas, avatars: Avatars, clock: Clock, pace: Buckets) -> None:
        self._personas, self._avatars, self._clock, self._pace = personas, avatars, clock, pace
        self._reading = asyncio.Lock()  # one card is taken apart at a time

    async def bring(self, actor: Actor, pieces: AsyncIterator[bytes], *, name: str = "") -> PersonaView:
        """Makes a persona of a card; the picture of a PNG becomes its picture, if it can be drawn anew.

        Args:
            name: what it is to be called here, in place of the card's own name.

        Raises:
            ForbiddenError: `persona_guest`.
            InputError: `card_large`, `card_unreadable`, `card_nameless`, `file_stalled`; a field as `Personas.create`.
            ConflictError: as `Personas.create`; with another `name` it may go.
            LimitError: `files_pace`.
        """
        if actor.is_guest:
            raise ForbiddenError("persona_guest")  # before anything is read
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("files_pace", retry_after=wait)
        data = await _gathered(pieces)
        async with self._reading:
            card = await asyncio.to_thread(_read, data, name)
        avatar = await self._picture(actor, data) if is_png(data) else ""
        try:
            return await self._personas.create(actor, avatar=avatar, **_fields(card), config=card.config)
        except BaseException:
            await asyncio.shield(self._avatars.erase([avatar] if avatar else []))
            raise

    async def card(self, actor: Actor, persona: str, *, as_png: bool) -> tuple[bytes, str]:
        """The card of a persona that `actor` may change, and the persona's name.

        Raises:
            NotFoundError: `persona_unknown`, also for one whose instructions are not theirs to see.
        """
        view = await self._personas.look(actor, persona)
        if not view.own:
            raise NotFoundError("persona_unknown")
        words = {name: getattr(view, name) for name in ("name_ko", "name_en", "about", "instructions", "greeting")}
        card = Card(**words, voice=view.voice, config=view.config)
        written = json.dumps(write_card(card), ensure_ascii=False, indent=2).encode()
        if as_png:
            picture = await self._avatars.path_of(view.avatar)
            written = await asyncio.to_thread(card_png, written, picture)
        return written, view.name_en

    async def _picture(self, actor: Actor, data: bytes) -> str:
        try:
            return await self._avatars.take_in(actor, _at_once(data))
        except InputError:
            return ""  # the words are what was asked for


def _fields(card: Card) -> dict[str, str]:
    return {name: getattr(card, name) for name in ("name_ko", "name_en", "about", "instructions", "greeting", "voice")}


def _read(data: bytes, name: str) -> Card:
    raw = card_in(data) if is_png(data) else data
    if raw is None:
        raise InputError("card_unreadable", field="file")
    return read_card(raw, name=name)


async def _gathered(pieces: AsyncIterator[bytes]) -> bytes:
    data = bytearray()
    async with aclosing(patient(pieces)) as coming:
        async for piece in coming:
            data += piece
            if len(data) > MOST_BYTES:
                raise InputError("card_large", field="file", limit=MOST_BYTES // 1_000_000)
    return bytes(data)


async def _at_once(data: bytes) -> AsyncIterator[bytes]:
    yield data
