"""Documents from "it is here" to "it can be asked about": read, cut, kept, handed on to whoever embeds.

Reading is done elsewhere and cutting beside the event loop; between the two nothing is written but how far it is. What
was read replaces what stood there in one commit. A document that cannot be read fails by itself; the next is read all
the same. Pages hear of a stage at once, and of a number at most four times a second.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_hex

import structlog

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, DocumentStatus
from hearth_reflex.domain.cutting import cutting
from hearth_reflex.domain.reading import Piece, Reading, Reads
from hearth_reflex.domain.text_facts import guess_tokens
from hearth_reflex.errors import EmbedderError, HearthError, InputError
from hearth_reflex.services import document_rows
from hearth_reflex.services.cited_again import Again, looked
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.document_bytes import DocumentBytes
from hearth_reflex.services.document_news import DocumentNews

log = structlog.get_logger(__name__)

TELL_SECONDS = 0.25
WRITE_SECONDS = 1.0
MOST_PIECES = 20_000
IMAGE = "image"
_WORKER_MAX = 64
_COUNTED = 256  # texts that are counted at once
_WORDLESS = ("document_empty", "document_scanned")  # a picture is a document all the same

_Made = tuple[Reading, list[Piece], Again | None]
Asking = Generator[list[str], list[int], list[Piece]]
Counts = Callable[[Sequence[str]], Awaitable[list[int]]]


def _nothing() -> None:
    """Nobody is to be told."""


@dataclass(slots=True)
class _Run:
    """One document in the hands of this process."""

    document: Document
    status: str = DocumentStatus.READING.value
    done: int = 0
    total: int = 0
    work: asyncio.Task[_Made] | None = None
    told: tuple[str, int, int] = field(default=("", 0, 0))

    @property
    def now(self) -> tuple[str, int, int]:
        return self.status, self.done, self.total


class DocumentWork:
    """Args:
    worker: this process, as rows name it.
    reads: who reads files.
    count: the tokens of texts; while that fails, they are guessed.
    at_once: documents that are read side by side here.
    on_pieces: told when there are pieces to embed, or some to be forgotten.
    on_picture: told when there is a picture to look at.
    """

    def __init__(
        self,
        *,
        database: Database,
        news: DocumentNews,
        clock: Clock,
        worker: str,
        kept: DocumentBytes,
        reads: Reads,
        count: Counts,
        at_once: int = 1,
        on_pieces: Callable[[], None] = _nothing,
        on_picture: Callable[[], None] = _nothing,
    ) -> None:
        self._db, self._news, self._clock, self._worker = database, news, clock, worker
        self._kept, self._reads, self._count, self._at_once = kept, reads, count, at_once
        self._on_pieces, self._on_picture = on_pieces, on_picture
        self._hands: set[asyncio.Task[None]] = set()
        self._runs: dict[str, _Run] = {}
        self._closing = self._is_more = False

    def kick(self) -> None:
        """There may be something to read."""
        self._is_more = True
        if not self._closing and sum(not hand.done() for hand in self._hands) < self._at_once:
            hand = asyncio.create_task(self._take_all(), name="documents:read")
            self._hands.add(hand)
            hand.add_done_callback(self._hands.discard)

    async def round(self) -> None:
        """Takes up what others left lying, and what this process was not told of."""
        for document in await document_rows.revive(self._db, at=self._clock.now()):
            log.warning("document.revived", document=document.uuid, status=document.status)
            await self._news.tell(document)
        self.kick()

    def pieces_changed(self) -> None:
        """There may be pieces to embed, or some to be forgotten."""
        self._on_pieces()

    def end(self, uuid: str) -> None:
        """Stops reading a document, if it is read here. In another process its next look at the row ends it."""
        run = self._runs.get(uuid)
        if run is not None and run.work is not None:
            run.work.cancel()

    async def ended(self) -> None:
        """Waits until nothing is read here."""
        while self._hands:
            await asyncio.wait(set(self._hands))

    async def close(self) -> None:
        self._closing = True
        for uuid in list(self._runs):
            self.end(uuid)
        await self.ended()

    async def embedded(self, document_id: int, done: int, total: int) -> None:
        """So many pieces of a document are found by meaning."""
        now = self._clock.now()
        document = await document_rows.note_embedded(self._db, document_id, done, total, at=now)
        if document is not None:
            await self._news.tell(document, is_number=document.status == DocumentStatus.EMBEDDING)

    async def _take_all(self) -> None:
        while not self._closing:
            self._is_more = False
            try:
                document = await document_rows.claim(self._db, worker=_hand(self._worker), at=self._clock.now())
                if document is not None:
                    await self._read(document)
                elif not self._is_more:  # nobody came while we looked
                    return
            except Exception:
                log.exception("document.work_failed")
                return  # the next round tries again

    async def _read(self, document: Document) -> None:
        run = self._runs[document.uuid] = _Run(document)
        log.info("document.reading", document=document.uuid, bytes=document.size_bytes)
        run.work = asyncio.create_task(self._made(run), name="documents:work")
        try:
            await self._watch(run)
            await self._close_run(run)
        finally:
            run.work.cancel()
            if self._runs.get(document.uuid) is run:  # it may have been taken up once more here
                del self._runs[document.uuid]

    async def _watch(self, run: _Run) -> None:
        """Says how far it is until it has ended; ends it when the document is no longer ours."""
        assert run.work is not None  # noqa: S101 - made by the caller
        clock = asyncio.get_running_loop().time
        written, write_at = ("", 0, 0), clock()
        while not run.work.done():
            status, done, total = run.now
            if status != written[0] or clock() >= write_at:
                written, write_at = run.now, clock() + WRITE_SECONDS
                now = self._clock.now()
                held = await document_rows.note(self._db, run.document, status=status, done=done, total=total, at=now)
                if not held:
                    run.work.cancel()
            await self._tell(run)
            await asyncio.wait([run.work], timeout=TELL_SECONDS)

    async def _tell(self, run: _Run) -> None:
        if run.now != run.told:
            run.told = run.now
            run.document.status, run.document.done, run.document.total = run.now
            await self._news.tell(run.document, is_number=True)

    async def _close_run(self, run: _Run) -> None:
        assert run.work is not None  # noqa: S101 - made by the caller
        document, now = run.document, self._clock.now()
        try:
            reading, pieces, again = run.work.result()
            kept = await document_rows.keep(self._db, document, reading, pieces, again=again, at=now)
        except asyncio.CancelledError:
            await document_rows.release(self._db, document)
            return  # of a document that is no longer ours nothing is left to say
        except HearthError as fault:
            await self._fail(document, fault.code, at=now)
            return
        except Exception:
            log.exception("document.fault", document=document.uuid)
            await self._fail(document, HearthError.code, at=now)
            return
        if kept:
            log.info("document.read", document=document.uuid, kind=reading.kind, pieces=len(pieces))
            await self._news.changed(document.uuid)
            self.pieces_changed()
            if reading.kind == IMAGE:
                self._on_picture()

    async def _fail(self, document: Document, error: str, *, at: datetime) -> None:
        log.info("document.failed", document=document.uuid, error=error)
        if await document_rows.fail(self._db, document, error, at=at):
            await self._news.changed(document.uuid)

    # --- the work itself: nothing is written here, so that it may be cancelled at any moment

    async def _made(self, run: _Run) -> _Made:
        document = run.document
        try:
            reading = await self._reads.read(self._kept.path(document.uuid), name=document.name)
        except InputError as fault:
            if document.kind != IMAGE or fault.code not in _WORDLESS:
                raise
            reading = Reading(IMAGE, "", 1, ())
        run.status, run.done, run.total = DocumentStatus.CUTTING.value, 0, 0
        pieces = await self._cut(run, reading)
        if not pieces and reading.kind != IMAGE:
            raise InputError("document_empty")
        if len(pieces) > MOST_PIECES:
            raise InputError("document_long")
        again = await looked(self._db, document, pieces) if document.indexed_at is not None else None
        return reading, pieces, again

    async def _cut(self, run: _Run, reading: Reading) -> list[Piece]:
        asking, counts = cutting(reading), None
        while True:
            texts, pieces = await asyncio.to_thread(_next, asking, counts)
            if pieces is not None:
                return pieces
            counts = await self._counted(run, texts)

    async def _counted(self, run: _Run, texts: list[str]) -> list[int]:
        run.total += len(texts)
        counts: list[int] = []
        for first in range(0, len(texts), _COUNTED):
            some = texts[first : first + _COUNTED]
            counts += await self._count_some(some)
            run.done += len(some)
        return counts

    async def _count_some(self, texts: list[str]) -> list[int]:
        with suppress(EmbedderError):
            return await self._count(texts)
        return [guess_tokens(text) for text in texts]


def _hand(worker: str) -> str:
    """One hand of a process: what it holds is not another's of the same process."""
    return f"{worker[: _WORKER_MAX - 5]}:{token_hex(2)}"


def _next(asking: Asking, counts: list[int] | None) -> tuple[list[str], list[Piece] | None]:
    """What is to be counted next, or the pieces."""
    try:
        return (next(asking) if counts is None else asking.send(counts)), None
    except StopIteration as end:
        return [], end.value
