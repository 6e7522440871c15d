"""A document that is read again: what answers cite of it, and what is kept of how they were made, point at it still."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.bootstrap import House
from hearth_reflex.db.base import new_uuid
from hearth_reflex.db.document import Citation, Document, SearchLog
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.db.message import Message
from hearth_reflex.domain.reading import Block, BlockKind, Line, Piece, Reading
from hearth_reflex.services.access import Actor
from hearth_reflex.services.citations import CitationView
from hearth_reflex.services.cited_again import let_go, looked
from hearth_reflex.services.cited_rows import keep_citations
from hearth_reflex.services.sourced import Cite, Linked
from tests.engines import ScriptedEngine
from tests.factories import seated
from tests.library import chunks_of, put_and_read, reader_of, removals, settled
from tests.retrieval_double import WordFinds
from tests.service.test_sources import ask

REFUND = "상품을 받은 날부터 7일 안에 환불을 신청할 수 있습니다."
POST = "배송비는 3,000원이며 고객이 부담합니다."
NAME = "약관.pdf"


def page(number: int, *texts: str) -> list[Block]:
    """Paragraphs of a page, a line each, one below the other."""
    return [
        Block(BlockKind.TEXT, text, page=number, lines=(Line(number, 0.1, at / 10, 0.9, at / 10 + 0.05, 0, len(text)),))
        for at, text in enumerate(texts, 1)
    ]


def reading(*pages: list[Block]) -> Reading:
    return Reading("pdf", "약관", len(pages), tuple(block for blocks in pages for block in blocks))


@pytest.fixture
def finds(house: House) -> WordFinds:
    double = WordFinds(house.database)
    house.sources.open(double)
    return double


async def cited(house: House, mina: Actor, room: str, before: Reading) -> tuple[str, str, CitationView]:
    """A document that was read like this, the answer that cites its refunds, and where it points."""
    reader_of(house).says[NAME] = before
    document = (await put_and_read(house, mina, b"%PDF", NAME, room=room)).id
    answer = (await ask(house, mina, room, "환불은 며칠 안에 신청해?"))["id"]
    (view,) = await house.citations.of(mina, room, answer)
    assert (view.quote, view.page) == (REFUND, 1)
    return document, answer, view


async def read_again(house: House, mina: Actor, document: str, now: Reading) -> None:
    reader_of(house).says[NAME] = now
    await house.documents.reindex(mina, document)
    await settled(house, mina, document)


async def kept_of(house: House, answer: str) -> tuple[list[str], str]:
    """The keys that the receipt of the last answer names, and what is kept of its prompt."""
    async with house.database.read() as db:
        log = (await db.exec(select(SearchLog).order_by(col(SearchLog.id).desc()))).first()
        made = (await db.exec(select(MessageMetadata).order_by(col(MessageMetadata.id).desc()))).first()
    assert log is not None
    assert made is not None
    return [one["key"] for one in log.found], repr(made.turns)


@pytest.fixture
def speaks(engine: ScriptedEngine) -> None:
    engine.pieces = ("환불은 7일 안에 됩니다 [1].",)


@pytest.mark.usefixtures("speaks", "finds")
class TestReadAgain:
    async def test_the_same_words_are_cited_where_they_stand_now(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        document, answer, before = await cited(house, mina, room, reading(page(1, REFUND, POST)))
        await read_again(house, mina, document, reading(page(1, "표지"), page(2, "머리말", POST, REFUND)))
        (now,) = await house.citations.of(mina, room, answer)
        (chunk,) = await chunks_of(house, document)
        assert (now.number, now.quote, now.page, now.chunk) == (1, REFUND, 2, chunk.uuid)
        assert now.boxes == [[2, 0.1, 0.3, 0.9, 0.35]]
        assert now.chunk != before.chunk
        assert (await house.rooms.enter(mina, room)).rows[-1]["cited"] == 1
        keys, prompt = await kept_of(house, answer)
        assert keys == [f"chunk:{chunk.uuid}"]
        assert REFUND in prompt
        await house.indexing.catch_up()
        assert await removals(house) == set()

    async def test_words_that_read_a_little_otherwise_are_cited_as_they_read_now(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        document, answer, _ = await cited(house, mina, room, reading(page(1, REFUND, POST)))
        otherwise = REFUND.replace("신청할", "신청 하실")
        await read_again(house, mina, document, reading(page(1, POST, otherwise)))
        (now,) = await house.citations.of(mina, room, answer)
        assert (now.quote, now.page, now.boxes) == (otherwise, 1, [[1, 0.1, 0.2, 0.9, 0.25]])

    async def test_what_stands_nowhere_any_more_is_cited_no_more(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        document, answer, _ = await cited(house, mina, room, reading(page(1, REFUND, POST)))
        await read_again(house, mina, document, reading(page(1, POST)))
        assert await house.citations.of(mina, room, answer) == []
        keys, prompt = await kept_of(house, answer)
        assert (keys, prompt) == ([], "[]")

    async def test_a_piece_that_says_the_same_keeps_its_receipt_without_being_cited(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        once = reading(page(1, REFUND, POST))
        document, answer, _ = await cited(house, mina, room, once)
        async with house.database.write() as db:
            await db.delete((await db.exec(select(Citation))).one())
        await read_again(house, mina, document, once)
        (chunk,) = await chunks_of(house, document)
        keys, prompt = await kept_of(house, answer)
        assert keys == [f"chunk:{chunk.uuid}"]
        assert REFUND in prompt
        receipt = await house.search_logs.receipt(mina, (await house.search_logs.recent(mina))[0].id)
        assert [(one.name, one.document) for one in receipt.found] == [(NAME, document)]

    async def test_removed_after_that_it_leaves_no_trace(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        document, answer, _ = await cited(house, mina, room, reading(page(1, REFUND, POST)))
        await read_again(house, mina, document, reading(page(1, "머리말", REFUND, POST)))
        await house.documents.remove(mina, document)
        assert await house.citations.of(mina, room, answer) == []
        assert await kept_of(house, answer) == ([], "[]")

    async def test_an_answer_that_ends_after_its_document_was_read_again_cites_it_still(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        document, answer, before = await cited(house, mina, room, reading(page(1, REFUND, POST)))
        await read_again(house, mina, document, reading(page(1, "표지"), page(2, POST, REFUND)))
        (chunk,) = await chunks_of(house, document)
        async with house.database.write() as db:
            message = (await db.exec(select(Message).where(Message.uuid == answer))).one()
            for number, words, uuid in ((2, REFUND, document), (3, "없는 말", document), (4, REFUND, "")):
                linked = Linked(cites=(Cite(number, f"chunk:{before.chunk}", words, uuid),))
                await keep_citations(db, message, message.version, linked)
        views = await house.citations.of(mina, room, answer)
        assert [(one.number, one.quote, one.chunk) for one in views] == [
            (1, REFUND, chunk.uuid),
            (2, REFUND, chunk.uuid),
        ]

    async def test_what_came_since_it_was_looked_is_found_in_the_same_words(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        uuid, _, _ = await cited(house, mina, room, reading(page(1, REFUND, POST)))
        document = await row_of(house, uuid)
        again = await looked(house.database, document, [piece(f"머리말 {POST} {REFUND}")])
        async with house.database.write() as db:
            (first,) = (await db.exec(select(Citation))).all()
            for number, words in ((2, POST), (3, REFUND.replace("신청할", "신쳥할"))):
                db.add(another(first, number, words))
        async with house.database.write() as db:
            held = await let_go(db, document, again, [new_uuid()])
            rows = (await db.exec(select(Citation).order_by(col(Citation.number)))).all()
        assert [one.standing.words for one in held] == [REFUND, POST]
        assert [row.chunk_id is None for row in rows] == [True, True, False]

    async def test_what_is_cited_very_often_is_carried_over_in_steps(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        uuid, _, _ = await cited(house, mina, room, reading(page(1, REFUND, POST)))
        async with house.database.write() as db:
            (first,) = (await db.exec(select(Citation))).all()
            db.add_all([another(first, number, REFUND) for number in range(2, 1_000)])
        document = await row_of(house, uuid)
        again = await looked(house.database, document, [piece(REFUND)])
        async with house.database.write() as db:
            await few_values(db)
            assert len(await let_go(db, document, again, [new_uuid()])) == 999

    async def test_it_can_be_stopped_while_its_quotations_are_looked_for(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        document, answer, before = await cited(house, mina, room, reading(page(1, REFUND, POST)))
        asyncio.get_running_loop().set_default_executor(executor := SlowLook())
        try:
            reader_of(house).says[NAME] = reading(page(1, POST))
            await house.documents.reindex(mina, document)
            assert await asyncio.to_thread(executor.began.wait, 10)
            await house.documents.cancel(mina, document)
            async with asyncio.timeout(10):
                await house.document_work.ended()
        finally:
            executor.may_end.set()
        assert await house.citations.of(mina, room, answer) == [before]


class SlowLook(ThreadPoolExecutor):
    """Threads in which looking for quotations ends when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.may_end = Event(), Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if getattr(getattr(fn, "args", [None])[0], "__name__", "") != "_look":  # as asyncio.to_thread wraps it
            return super().submit(fn, *args, **kwargs)

        def slowly() -> Any:
            self.began.set()
            self.may_end.wait(20)
            return fn(*args, **kwargs)

        return super().submit(slowly)


def piece(text: str) -> Piece:
    return Piece(text, "", 1, 1, 0, len(text), 10)


def another(one: Citation, number: int, words: str) -> Citation:
    return Citation(message_id=one.message_id, version=one.version, number=number, quote=words, chunk_id=one.chunk_id)


async def row_of(house: House, uuid: str) -> Document:
    async with house.database.read() as db:
        return (await db.exec(select(Document).where(Document.uuid == uuid))).one()


async def few_values(db: AsyncSession) -> None:
    """From now on a statement takes few values only, where the store can be told so."""
    raw: Any = (await (await db.connection()).get_raw_connection()).driver_connection
    if hasattr(raw, "_conn"):
        await raw._execute(raw._conn.setlimit, sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 900)
