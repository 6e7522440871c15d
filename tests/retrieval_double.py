"""Finds passages without an index: those that share a word with the question, or all. For tests only.

What it may find is what the product's own reach lets through, and its receipts are the product's.
"""

from collections.abc import Sequence

from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Chunk, Document, PictureNote
from hearth_reflex.db.room import Room
from hearth_reflex.domain.wording import said, share
from hearth_reflex.services.access import Actor
from hearth_reflex.services.passages import Passage, read_passages
from hearth_reflex.services.reach import Reach, reach_of, reach_of_answer
from hearth_reflex.services.retrieval import Retrieved
from hearth_reflex.services.search_logs import Receipt, keep


class WordFinds:
    """Args:
    enough: the share of a question's words that a passage must have; 0 finds everything.
    """

    def __init__(self, database: Database, *, enough: float = 0.3) -> None:
        self._db, self.enough = database, enough
        self.asked: list[str] = []
        self.only = ""  # uuid of the one document that is looked into, if it is set
        self.fault: Exception | None = None

    async def for_answer(
        self,
        actor: Actor,
        room: Room,
        question: str,
        *,
        limit: int = 8,
        whole_tokens: int = 0,
        receipt: bool = True,
    ) -> Retrieved:
        async with self._db.read() as db:
            reach = await reach_of_answer(db, actor, room)
        return await self._found(actor, reach, question, limit=limit, room_id=room.id, receipt=receipt)

    async def find(self, actor: Actor, question: str, *, documents: Sequence[str] = (), limit: int = 8) -> Retrieved:
        async with self._db.read() as db:
            reach = await reach_of(db, actor, documents=documents)
        return await self._found(actor, reach, question, limit=limit, room_id=None, receipt=True)

    async def _found(
        self, actor: Actor, reach: Reach, question: str, *, limit: int, room_id: int | None, receipt: bool
    ) -> Retrieved:
        self.asked.append(question)
        if self.fault is not None:
            raise self.fault
        passages = tuple(self._near(question, await self._all(reach)))[:limit]
        log = await self._kept(actor, question, passages, room_id) if receipt else ""
        return Retrieved(question, question, passages, not passages, "words", 0.1, log)

    async def _all(self, reach: Reach) -> list[Passage]:
        async with self._db.read() as db:
            pieces = select(Chunk.uuid).join(Document, col(Document.id) == col(Chunk.document_id))
            if self.only:
                pieces = pieces.where(Document.uuid == self.only)
            keys = [f"chunk:{uuid}" for uuid in (await db.exec(pieces.order_by(col(Chunk.id)))).all()]
            if not self.only:
                notes = (await db.exec(select(PictureNote.uuid).order_by(col(PictureNote.id)))).all()
                keys += [f"picture:{uuid}" for uuid in notes]
            return list((await read_passages(db, reach, keys)).values())

    def _near(self, question: str, passages: list[Passage]) -> list[Passage]:
        asked = said(question)
        return [one for one in passages if not self.enough or share(asked, said(one.text)) >= self.enough]

    async def _kept(self, actor: Actor, question: str, passages: tuple[Passage, ...], room_id: int | None) -> str:
        async with self._db.write() as db:
            return await keep(
                db,
                Receipt(
                    user_id=actor.user_id,
                    room_id=room_id,
                    question=question,
                    query=question,
                    passages=passages,
                    mode="words",
                    total_ms=0.1,
                    embed_ms=0.0,
                ),
            )
