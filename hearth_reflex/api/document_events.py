"""How far the reading of a document is, as server-sent events, for programs: `progress`, and `removed` at the end.

The house tells of stages as they come; once a second the database is asked, which also knows what another process did.
The stream ends when the document is ready, has failed, was stopped or removed, and when the caller may not look.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from hearth_reflex.api.caller import Caller, TheHouse, is_still_known
from hearth_reflex.api.events import LOOK_SECONDS, EventStream, take_part
from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import DocumentStatus
from hearth_reflex.domain.feed import Row
from hearth_reflex.errors import HearthError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.document_news import KIND, REMOVED
from hearth_reflex.services.document_views import DocumentView

router = APIRouter(tags=["documents"])
_ENDS = (DocumentStatus.READY, DocumentStatus.FAILED, DocumentStatus.CANCELLED)


class DocumentListener:
    """A `services.bus.Bus` that wakes who waits for news of one document. What it is, the database says."""

    def __init__(self, uuid: str) -> None:
        self._uuid, self.heard = uuid, asyncio.Event()

    async def change(self, room: str, *, rev: int, rows: list[Row]) -> None:
        """Messages are another stream's."""

    async def words(self, room: str, *, seq: int, offset: int, text: str) -> None:
        """As above."""

    async def place(self, room: str, *, seq: int, position: int, seconds: int | None) -> None:
        """As above."""

    async def signal(self, room: str, kind: str, payload: list[Any]) -> None:
        self._hear(kind, payload)

    async def tell(self, people: list[str], kind: str, payload: list[Any]) -> None:
        self._hear(kind, payload)

    async def unseated(self, room: str, people: list[str]) -> None:
        self.heard.set()

    async def lobby(self) -> None:
        """The list of rooms is another stream's."""

    async def signed_out(self, sessions: list[str]) -> None:
        self.heard.set()

    def _hear(self, kind: str, payload: list[Any]) -> None:
        if kind == KIND and payload and payload[0] == self._uuid:
            self.heard.set()


@router.get("/documents/{document_id}/events")
async def document_events(document_id: str, request: Request, actor: Caller, home: TheHouse) -> StreamingResponse:
    """How far its reading is from now on, as server-sent events."""
    first = await home.documents.one(actor, document_id)
    listener = DocumentListener(first.id)
    leave = take_part(home, listener, actor)
    return EventStream(_stream(request, home, actor, listener, first), leave=leave)


async def _stream(
    request: Request, home: House, actor: Actor, listener: DocumentListener, first: DocumentView
) -> AsyncGenerator[str]:
    told = ""
    view: DocumentView = first
    while True:
        event = _event("progress", view)
        if event != told:
            told = event
            yield event
        if view.status in _ENDS:
            return
        await _news(listener)
        if not await is_still_known(request, home):
            return
        try:
            view = await home.documents.one(actor, first.id)
        except HearthError:
            yield f"event: {REMOVED}\ndata: {json.dumps({'id': first.id})}\n\n"
            return


async def _news(listener: DocumentListener) -> None:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await listener.heard.wait()
    except TimeoutError:
        return
    listener.heard.clear()


def _event(name: str, view: DocumentView) -> str:
    shown = {"id": view.id, "status": view.status, "done": view.done, "total": view.total, "error": view.error}
    return f"event: {name}\ndata: {json.dumps(shown)}\n\n"
