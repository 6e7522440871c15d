"""What was said in a room, a stretch at a time: as the page's own store keeps it, and as programs read it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.errors import InputError

router = APIRouter(tags=["rooms"])
Seq = Annotated[int | None, Query(ge=0, le=2**31 - 1)]


@router.get("/rooms/{room_id}/rows")
async def rows(
    room_id: str,
    actor: Caller,
    home: TheHouse,
    before: Seq = None,
    after: Seq = None,
    around: Seq = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    """Rows before, after or around a `seq`, oldest first: exactly one of the three."""
    if before is not None and after is None and around is None:
        return asdict(await home.history.before(actor, room_id, before, limit=limit))
    if after is not None and before is None and around is None:
        return asdict(await home.history.after(actor, room_id, after, limit=limit))
    if around is not None and before is None and after is None:
        return asdict(await home.history.around(actor, room_id, around, limit=limit))
    raise InputError("rows_where", field="before")


@router.get("/rooms/{room_id}/at")
async def at(
    room_id: str,
    actor: Caller,
    home: TheHouse,
    date: datetime | None = None,
    message: Annotated[str | None, Query(max_length=40)] = None,
) -> dict[str, int]:
    """Where a message stands, or the first one said from `date` on; 0 in a room where nothing was said."""
    if message is not None and date is None:
        return {"seq": await home.history.seq_of(actor, room_id, message)}
    if date is not None and message is None:
        return {"seq": await home.history.seq_at(actor, room_id, date)}
    raise InputError("rows_at", field="date")
