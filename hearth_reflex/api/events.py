"""A room as server-sent events, for programs: chat_message, chat_message_edited, chat_message_deleted, ai_joined,
ai_thinking, ai_waiting, ai_chunk, ai_complete, ai_error.

The stream folds what the bus tells (and, once a second, what the database holds) into a view of the room, and sends
what changed in it. So it loses nothing and doubles nothing, whichever worker the words come from, and the chunks of an
answer joined together are the text that is stored.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from hearth_reflex.api.caller import Caller, TheHouse, is_still_known
from hearth_reflex.api.rooms import message_out
from hearth_reflex.bootstrap import House
from hearth_reflex.domain.feed import RoomFold, Row
from hearth_reflex.errors import HearthError, LimitError
from hearth_reflex.services.access import Actor, uuid_text
from hearth_reflex.services.bus import Bus

router = APIRouter(tags=["events"])
LOOK_SECONDS = 1.0
QUEUE_FRAMES = 1000
STREAMS = 8  # that one person may have open, at one worker
FREED_SECONDS = 5.0  # when to try again: somebody hangs up
KEPT_ROWS = 100
_FAULTS = ("failed", "interrupted")
_OPEN = ("sending", "streaming")
_SHOWN_OUT = ("shown out",)
_TOLD = ("text", "status", "version", "error", "deleted")  # of a message, what is told when it changes


class RoomListener:
    """A `services.bus.Bus` that puts one room's frames into a queue. A full queue drops: the next look repairs it.

    Args:
        person: who listens. When they lose their seat, nothing that is told afterwards is theirs.
    """

    def __init__(self, room: str, *, person: str) -> None:
        self._room, self._person = room, person
        self.frames: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue(QUEUE_FRAMES)

    async def change(self, room: str, *, rev: int, rows: list[Row]) -> None:
        self._put(room, ("change", rev, rows))

    async def words(self, room: str, *, seq: int, offset: int, text: str) -> None:
        self._put(room, ("words", seq, offset, text))

    async def place(self, room: str, *, seq: int, position: int, seconds: int | None) -> None:
        self._put(room, ("place", seq, position, seconds))

    async def signal(self, room: str, kind: str, payload: list[Any]) -> None:
        pass  # a stream carries what is kept

    async def tell(self, people: list[str], kind: str, payload: list[Any]) -> None:
        pass

    async def unseated(self, room: str, people: list[str]) -> None:
        if self._person in people:
            self._put(room, _SHOWN_OUT)

    async def lobby(self) -> None:
        """A room's stream does not tell of the lobby."""

    async def signed_out(self, sessions: list[str]) -> None:
        """The next look finds the session gone and ends the stream."""

    def _put(self, room: str, frame: tuple[Any, ...]) -> None:
        if room == self._room and not self.frames.full():
            self.frames.put_nowait(frame)


class Telling:
    """What one listener has been told of a room, and what is to be told next.

    Of a room that goes on for days only the newest rows are held, and answers on their way. What is older was told, or
    stood there before: its text is no news. That it was edited or deleted is, perhaps more than once.
    """

    def __init__(self, actor: Actor, rev: int, rows: list[Row]) -> None:
        self._actor, self.fold = actor, RoomFold()
        self.fold.load(rev, rows)
        self._told: dict[int, Row] = dict(self.fold.rows)
        self._placed: dict[int, tuple[int, float | None]] = {}
        self._edge = rows[0]["seq"] if rows else 0

    def news(self) -> list[tuple[str, dict[str, Any]]]:
        """(event, data) of all that changed since the last call, in the room's order."""
        changed = [seq for seq, row in self.fold.rows.items() if self._told.get(seq) is not row]
        events = [event for seq in sorted(changed) for event in self._about(self._before(seq), self.fold.rows[seq])]
        self._told.update({seq: self.fold.rows[seq] for seq in changed})
        events += self._waiting()
        self._forget()
        return events

    def _before(self, seq: int) -> Row | None:
        """The row as it was told. One from beyond the edge that comes back was told as far as it goes."""
        if seq in self._told or seq >= self._edge:
            return self._told.get(seq)
        row = self.fold.rows[seq]
        if row["deleted"] or row["edited"]:
            return {**row, "deleted": False, "text": None}
        return {**row, "status": "complete"} if row["status"] in _OPEN else row

    def _forget(self) -> None:
        if len(self.fold.rows) <= 2 * KEPT_ROWS:
            return
        self._edge = sorted(self.fold.rows)[-KEPT_ROWS]
        for seq in [seq for seq, row in self.fold.rows.items() if seq < self._edge and row["status"] not in _OPEN]:
            del self.fold.rows[seq], self._told[seq]

    def _waiting(self) -> list[tuple[str, dict[str, Any]]]:
        """Where answers stand in line, of those whose place has changed."""
        moved = {seq: place for seq, place in self.fold.places.items() if self._placed.get(seq) != place}
        self._placed = dict(self.fold.places)
        return [
            ("ai_waiting", {"message_id": self.fold.rows[seq]["id"], "seq": seq, "position": place, "seconds": seconds})
            for seq, (place, seconds) in moved.items()
        ]

    def _about(self, before: Row | None, row: Row) -> list[tuple[str, dict[str, Any]]]:
        if before is not None and all(before.get(part) == row.get(part) for part in _TOLD):
            return []  # what else may have changed are marks
        shown = message_out(row, self._actor).model_dump()
        if before is not None and row["deleted"]:
            return [("chat_message_deleted", shown)]
        if row["is_ai"] and row["kind"] != "notice":
            return self._about_answer(before, row, shown)
        if before is not None:
            return [("chat_message_edited", shown)]
        joined = row["notice"] and row["notice"]["code"] == "ai_joined"
        return [("ai_joined", shown)] if joined else [("chat_message", shown)]

    def _about_answer(self, before: Row | None, row: Row, shown: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        events: list[tuple[str, dict[str, Any]]] = []
        status = row["status"]
        if before is not None and before["version"] != row["version"]:
            if status not in _OPEN:
                return [("ai_error" if status in _FAULTS else "ai_complete", shown)]  # another one was chosen
            before = None
        was, said = (before or {}).get("status"), len(before["text"]) if before else 0
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
    """The room from now on, as server-sent events; ends when the session, the key or the seat does."""
    listener = RoomListener(uuid_text(room_id), person=actor.uuid)
    leave = take_part(home, listener, actor)
    try:
        seen = await home.rooms.enter(actor, room_id)
    except BaseException:
        leave()
        raise
    stream = _stream(home, listener, Telling(actor, seen.rev, seen.rows), actor, room_id, request)
    return EventStream(stream, leave=leave)


class EventStream(StreamingResponse):
    """Leaves when it ends, also when nobody was there any more for its first byte."""

    def __init__(self, stream: AsyncGenerator[str, None], *, leave: Callable[[], None]) -> None:
        super().__init__(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


def take_part(home: House, listener: Bus, actor: Actor) -> Callable[[], None]:
    """Begins to listen; returns what ends it. Raises LimitError when this person has enough streams open."""
    if home.open_streams[actor.uuid] >= STREAMS:
        raise LimitError(retry_after=FREED_SECONDS)
    home.open_streams[actor.uuid] += 1
    home.bus.add(listener)

    def leave() -> None:
        home.bus.remove(listener)
        home.open_streams[actor.uuid] -= 1
        if not home.open_streams[actor.uuid]:
            del home.open_streams[actor.uuid]

    return leave


async def _stream(
    home: House, listener: RoomListener, telling: Telling, actor: Actor, room_id: str, request: Request
) -> AsyncGenerator[str, None]:
    yield ": listening\n\n"
    async for _ in _rounds(home, listener, telling.fold, actor, room_id, request):
        for name, data in telling.news():
            yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _rounds(
    home: House, listener: RoomListener, fold: RoomFold, actor: Actor, room_id: str, request: Request
) -> AsyncIterator[None]:
    """Yields after each frame, and each second after a look at the database; ends when the caller may not look."""
    clock = asyncio.get_running_loop().time
    look_at = clock() + LOOK_SECONDS
    while True:
        try:
            frame = await asyncio.wait_for(listener.frames.get(), max(0.0, look_at - clock()))
            if frame == _SHOWN_OUT:
                return
            getattr(fold, frame[0])(*frame[1:])  # change, words or place
        except TimeoutError:
            look_at = clock() + LOOK_SECONDS
            if not await is_still_known(request, home):
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
