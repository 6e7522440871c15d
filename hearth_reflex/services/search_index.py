"""Keeping the full-text index true: a message is in it from the commit that says it to the one that takes it back.

`index_message` and `forget_message` run in the transaction of whoever changes a message. Messages from before there was
an index are brought in by `SearchIndex.catch_up`, a bounded step at a time.
"""

import asyncio

import structlog
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.database import Database
from hearth_reflex.db.message import OPEN_STATUSES, Message, MessageKind
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.domain.terms import TERMS_VERSION, terms_of
from hearth_reflex.services.index_removals import forget_said

log = structlog.get_logger(__name__)

STEP = 300  # messages that are looked at in one step of catching up
_LONG = 2_000


async def index_message(db: AsyncSession, message: Message) -> None:
    """Puts what `message` says now into the index, and the names of its files; takes it out when it says nothing.

    To be called after the message and its files were flushed, within the caller's transaction.
    """
    assert message.id is not None  # noqa: S101 - flushed
    if not _is_said(message):
        await forget_message(db, message.id)
        return
    query = select(Attachment.name).where(Attachment.message_id == message.id)
    names = list((await db.exec(query)).all())
    long = len(message.text) > _LONG  # taken apart beside the loop
    terms = await asyncio.to_thread(terms_of, message.text) if long else terms_of(message.text)
    await db.merge(_made(message.id, terms, names))
    await db.flush()


async def forget_message(db: AsyncSession, message_id: int) -> None:
    """Takes a message out of the index, and out of that of meanings, if it is there. One whose row goes with its room
    needs no call: its entry goes with it."""
    await forget_said(db, col(Message.id) == message_id)
    await db.exec(delete(SearchEntry).where(col(SearchEntry.message_id) == message_id))


class SearchIndex:
    """Brings what was said before into the index, the newest first; once a process, then it is done."""

    def __init__(self, *, database: Database) -> None:
        self._db = database
        self._below: int | None = None  # messages from here on are in the index; None: nothing was looked at yet
        self._done = False

    async def catch_up(self) -> None:
        """One step. Cheap once everything is in: whatever is said from then on indexes itself."""
        if self._done:
            return
        messages = await self._next()
        if not messages:
            self._done = True
            log.info("search.caught_up")
            return
        missing = await self._missing(messages)
        if missing:
            await self._bring_in(missing)
        self._below = messages[-1].id

    async def _next(self) -> list[Message]:
        query = select(Message).order_by(col(Message.id).desc()).limit(STEP)
        if self._below is not None:
            query = query.where(col(Message.id) < self._below)
        async with self._db.read() as db:
            return list((await db.exec(query)).all())

    async def _missing(self, messages: list[Message]) -> dict[int, str]:
        """Of these messages those that are not in the index as it is made now, with their text."""
        said = {message.id: message.text for message in messages if message.id is not None and _is_said(message)}
        query = select(SearchEntry.message_id).where(
            col(SearchEntry.message_id).in_(list(said)), SearchEntry.version == TERMS_VERSION
        )
        async with self._db.read() as db:
            known = set((await db.exec(query)).all())
        return {message_id: text for message_id, text in said.items() if message_id not in known}

    async def _bring_in(self, texts: dict[int, str]) -> None:
        # Taking texts apart is the slow part: it is done beside the loop, and before the one writer is asked for.
        terms = await asyncio.to_thread(lambda: {message_id: terms_of(text) for message_id, text in texts.items()})
        async with self._db.write() as db:
            now = await _texts_now(db, list(texts))
            names = await _file_names(db, list(texts))
            for message_id, text in texts.items():
                if now.get(message_id) == text:  # else it was changed meanwhile, and whoever changed it indexed it
                    await db.merge(_made(message_id, terms[message_id], names.get(message_id, [])))


def _is_said(message: Message) -> bool:
    """Whether there is something in it to be found: no notice, not taken back, not still growing."""
    whole = message.status not in [status.value for status in OPEN_STATUSES]
    return message.kind == MessageKind.TALK and message.deleted_at is None and whole


def _made(message_id: int, terms: list[str], names: list[str]) -> SearchEntry:
    files = terms_of("\n".join(names)) if names else []
    return SearchEntry(message_id=message_id, version=TERMS_VERSION, terms=" ".join(terms), files=" ".join(files))


async def _texts_now(db: AsyncSession, ids: list[int]) -> dict[int, str]:
    # Held until the entries are kept: what is taken back in this moment must not come into the index after that.
    query = select(Message).where(col(Message.id).in_(ids)).order_by(col(Message.id)).with_for_update(read=True)
    found = (await db.exec(query)).all()
    return {message.id: message.text for message in found if message.id is not None and _is_said(message)}


async def _file_names(db: AsyncSession, ids: list[int]) -> dict[int, list[str]]:
    query = select(Attachment.message_id, Attachment.name).where(col(Attachment.message_id).in_(ids))
    names: dict[int, list[str]] = {}
    for message_id, name in (await db.exec(query)).all():
        names.setdefault(message_id or 0, []).append(name)
    return names
