"""Pictures and files over REST: brought in as a raw body of any kind, given out only to those who sit in their room.

What the house did not draw itself is never shown by a browser: it is a download without a kind.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse

from hearth_reflex.api.caller import Caller, Onlooker, TheHouse
from hearth_reflex.db.attachment import AttachmentKind
from hearth_reflex.errors import InputError
from hearth_reflex.services.attachments import StoredFile

router = APIRouter(tags=["files"])
# A file is larger than any form: this one route takes a body in pieces, to disk, and counts it itself.
uploads = APIRouter(tags=["files"])

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@uploads.post("/rooms/{room_id}/files", status_code=201)
async def bring(
    room_id: str, request: Request, actor: Caller, home: TheHouse, name: Annotated[str, Query(max_length=4096)] = ""
) -> dict[str, Any]:
    """Bring a picture or a file for a message: the body is the file. It is the caller's alone until it is sent."""
    length = request.headers.get("content-length", "")
    if length and not length.isdecimal():
        raise InputError("arguments")
    try:
        return await home.attachments.receive(
            actor, room_id, name=name, stream=request.stream(), length=int(length) if length else None
        )
    except ClientDisconnect:
        raise InputError("file_stalled", field="file") from None  # nobody hears it; nothing was kept


@router.get("/rooms/{room_id}/files")
async def files(
    room_id: str,
    actor: Caller,
    home: TheHouse,
    kind: Literal["image", "file"] = "image",
    before: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 40,
) -> dict[str, Any]:
    """What was sent in a room, the newest first; `before` is the id of the last one of the page before."""
    found, more = await home.attachments.page(actor, room_id, kind=AttachmentKind(kind), before=before, limit=limit)
    return {"files": found, "has_older": more}


@router.get("/files/{file_id}", response_class=FileResponse)
async def whole(file_id: str, request: Request, actor: Onlooker, home: TheHouse) -> Response:
    """The bytes of a file; a picture is shown, all else is a download. Ranges are answered."""
    return served(request, await home.attachments.open(actor, file_id))


@router.get("/files/{file_id}/thumb", response_class=FileResponse)
async def small(file_id: str, request: Request, actor: Onlooker, home: TheHouse) -> Response:
    """The small WebP of a picture."""
    return served(request, await home.attachments.open(actor, file_id, small=True))


@router.delete("/files/{file_id}", status_code=204)
async def take_back(file_id: str, actor: Caller, home: TheHouse) -> None:
    """Remove a file that was not sent yet."""
    await home.attachments.take_back(actor, file_id)


def served(request: Request, file: StoredFile) -> Response:
    """The answer with these bytes, or that they have not changed."""
    headers = {
        "ETag": file.etag,
        # Kept by the browser, but asked after each time: who left the room gets nothing more.
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(
        file.path,
        headers=headers,
        media_type=file.mime,
        filename=file.name,
        content_disposition_type="inline" if file.is_picture else "attachment",
    )
