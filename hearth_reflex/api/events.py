"""A room as server-sent events, for programs: chat_message, ai_joined, ai_thinking, ai_chunk, ai_complete, ai_error.

The stream folds what the bus tells (and, once a second, what the database holds) into a view of the room, and sends
what changed in it. So it loses nothing and doubles nothing, whichever worker the words come from, and the chunks of an
answer joined together are the text that is stored.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from hearth_reflex.api.caller import Caller, TheHouse, session_token
from hearth_reflex.api.rooms import message_out
from hearth_reflex.bootstrap import House
from hearth_reflex.domain.feed import RoomFold, Row
from hearth_reflex.errors import HearthError
from hearth_reflex.services.access import Actor, uuid_text

router = APIRouter(tags=["events"])
LOOK_SECONDS = 1.0
QUEUE_FRAMES = 1000
_FAULTS = ("failed", "interrupted")
_OPEN = ("sending", "streaming")


class RoomListener:
    """A `services.bus.Bus` that puts one room's frames into a queue. A full queue drops: the next look repairs it."""

    def __init__(self, room: str) -> None:
        self._room = room
        self.frames: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue(QUEUE_FRAMES)

    async def change(self, room: str, *, rev: int, rows: list[Row]) -> None:
        self._put(room, ("change", rev, rows))

    async def words(self, room: str, *, seq: int, offset: int, text: str) -> None:
        self._put(room, ("words", seq, offset, text))

    async def lobby(self) -> None:
        """A room's stream does not tell of the lobby."""

    async def signed_out(self, sessions: list[str]) -> None:
        """The next look finds the session gone and ends the stream."""

    def _put(self, room: str, frame: tuple[Any, ...]) -> None:
        if room == self._room and not self.frames.full():
            self.frames.put_nowait(frame)


class Telling:
    """What one listener has been told of a room, and what is to be told next."""

    def __init__(self, actor: Actor, rev: int, rows: list[Row]) -> None:
        self._actor, self.fold = actor, RoomFold()
        self.fold.load(rev, rows)
        self._told: dict[int, Row] = dict(self.fold.rows)

    def news(self) -> list[tuple[str, dict[str, Any]]]:
        """(event, data) of all that changed since the last call, in the room's order."""
        changed = [seq for seq, row in self.fold.rows.items() if self._told.get(seq) is not row]
        events = [event for seq in sorted(changed) for event in self._about(self._told.get(seq), self.fold.rows[seq])]
        self._told.update({seq: self.fold.rows[seq] for seq in changed})
        return events

    def _about(self, before: Row | None, row: Row) -> list[tuple[str, dict[str, Any]]]:
        shown = message_out(row, self._actor).model_dump()
        if not row["is_ai"]:
            return [("chat_message", shown)] if before is None else []
        if row["kind"] == "notice":
            return [("ai_joined", shown)] if before is None else []
        return self._about_answer(before, row, shown)

    def _about_answer(self, before: Row | None, row: Row, shown: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        events: list[tuple[str, dict[str, Any]]] = []
        was, status = (before or {}).get("status"), row["status"]
        said = len(before["text"]) if before else 0
        if was not in _OPEN:
            events.append(("ai_thinking", {**shown, "text": row["text"][:said]}))
        if len(row["text"]) > said:
            events.append(("ai_chunk", {"message_id": row["id"], "seq": row["seq"], "text": row["text"][said:]}))
        if status in _FAULTS:
            events.append(("ai_error", shown))
        elif status not in _OPEN:
            events.append(("ai_complete", shown))
        return events


@router.get("/rooms/{room_id}/events")
async def events(room_id: str, request: Request, actor: Caller, home: TheHouse) -> StreamingResponse:
    """The room from now on, as server-sent events; ends when the session or the seat does."""
    listener = RoomListener(uuid_text(room_id))
    home.bus.add(listener)
    try:
        seen = await home.rooms.enter(actor, room_id)
    except HearthError:
        home.bus.remove(listener)
        raise
    stream = _stream(home, listener, Telling(actor, seen.rev, seen.rows), actor, room_id, session_token(request))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _stream(
    home: House, listener: RoomListener, telling: Telling, actor: Actor, room_id: str, token: str | None
) -> AsyncGenerator[str, None]:
    try:
        yield ": listening\n\n"
        async for _ in _rounds(home, listener, telling.fold, actor, room_id, token):
            for name, data in telling.news():
                yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
    finally:
        home.bus.remove(listener)


async def _rounds(
    home: House, listener: RoomListener, fold: RoomFold, actor: Actor, room_id: str, token: str | None
) -> AsyncIterator[None]:
    """Yields after each frame, and each second after a look at the database; ends when the caller may not look."""
    clock = asyncio.get_running_loop().time
    look_at = clock() + LOOK_SECONDS
    while True:
        try:
            frame = await asyncio.wait_for(listener.frames.get(), max(0.0, look_at - clock()))
            fold.change(*frame[1:]) if frame[0] == "change" else fold.words(*frame[1:])
        except TimeoutError:
            look_at = clock() + LOOK_SECONDS
            if await home.sessions.actor_for(token) is None:
                return
            try:
                await _look(home, fold, actor, room_id)
            except HearthError:
                return
        yield


async def _look(home: House, fold: RoomFold, actor: Actor, room_id: str) -> None:
    rev, rows, complete = await home.rooms.changed_since(actor, room_id, rev=fold.rev)
    if complete:
        fold.load(rev, rows)
        return
    seen = await home.rooms.enter(actor, room_id)
    fold.load(seen.rev, seen.rows)
