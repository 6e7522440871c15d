"""Documents over REST: brought as a raw body or a form, looked at, read again, given out as a download, and removed.

A document is larger than any form: the two routes that take one read it in pieces, and count it as it comes.
"""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse

from hearth_reflex.api.caller import Caller, Onlooker, TheHouse
from hearth_reflex.api.files import served
from hearth_reflex.api.forms import FileForm, is_form
from hearth_reflex.api.problems import problem
from hearth_reflex.bootstrap import House
from hearth_reflex.errors import ConflictError, ForbiddenError, InputError
from hearth_reflex.services.access import Actor

router = APIRouter(tags=["documents"])
uploads = APIRouter(tags=["documents"])

READ_SECONDS = 60.0  # that the earlier projects' clients wait for the number of chunks
_ID = Query(max_length=40)
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "user_id": {"type": "string"},
                        "document_id": {"type": "string"},
                    },
                }
            }
        },
    }
}


class DocumentChanges(BaseModel):
    """What is None stays as it is. `collection` "" is none; `room` "" is one's own shelf."""

    name: str | None = Field(default=None, max_length=1000)
    collection: str | None = Field(default=None, max_length=40)
    room: str | None = Field(default=None, max_length=40)
    again: bool = False


class CollectionForm(BaseModel):
    name: str = Field(max_length=300)


@uploads.post("/documents", status_code=201)
async def bring(
    request: Request,
    actor: Caller,
    home: TheHouse,
    room: Annotated[str, _ID] = "",
    collection: Annotated[str, _ID] = "",
    name: Annotated[str, Query(max_length=4096)] = "",
    file: Annotated[str, _ID] = "",
    again: bool = False,
) -> Any:
    """Bring a document into the library of a `room`, or onto one's own shelf. The body is the document, or a form with
    it as `file`; or no body, and `file` is the id of one that was sent in a room, whose library it goes into."""
    try:
        if file:
            return asdict(await home.documents.receive_sent(actor, file, collection=collection, again=again))
        home.documents.admit(actor)
        form = await _form(request) if is_form(request) else None
        view = await home.documents.receive(
            actor,
            room=room,
            collection=collection,
            name=name or (form.name if form else ""),
            stream=form.pieces() if form else request.stream(),
            length=None if form else _length(request),
            again=again,
            admitted=True,
        )
    except ClientDisconnect:
        raise InputError("file_stalled", field="file") from None  # nobody hears it; nothing was kept
    except ConflictError as error:
        return _twice(request, error)
    return asdict(view)


def _twice(request: Request, error: ConflictError) -> JSONResponse:
    """The refusal, and of a document that is there already where it is."""
    answer = problem(request, error)
    if "document" in error.params:
        answer.headers["Location"] = f"/api/documents/{error.params['document']}"
    return answer


@uploads.post("/document/upload", status_code=201, openapi_extra=_FORM)
async def upload(request: Request, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """As the earlier projects' clients bring one: a form with `file`, `user_id` (the caller's, or none) and
    `document_id` (what they call it). Answers when it was read: `document_id`, `chunks` and how it stands."""
    try:
        home.documents.admit(actor)
        form = await _form(request)
        view = await home.documents.receive(
            actor,
            name=form.name,
            stream=_of_caller(form, actor),
            length=None,
            outside_id=lambda: form.fields.get("document_id", ""),
            again=True,
            admitted=True,
        )
    except ClientDisconnect:
        raise InputError("file_stalled", field="file") from None
    return await _counted(home, actor, view.id)


async def _of_caller(form: FileForm, actor: Actor) -> AsyncIterator[bytes]:
    """The file of a form that speaks for nobody else; its fields may stand before it or after it."""
    async for piece in form.pieces():
        _check_caller(form, actor)
        yield piece
    _check_caller(form, actor)
    if len(form.fields.get("document_id", "")) > 80:
        raise InputError("arguments", field="document_id")


def _check_caller(form: FileForm, actor: Actor) -> None:
    if form.fields.get("user_id", "") not in ("", actor.uuid):
        raise ForbiddenError("user_other", field="user_id")


async def _counted(home: House, actor: Actor, uuid: str) -> dict[str, Any]:
    view, chunks = await home.documents.until_read(actor, uuid, seconds=READ_SECONDS)
    return {
        "document_id": view.outside_id or view.id,
        "id": view.id,
        "chunks": chunks,
        "status": view.status,
        "error": view.error,
        "filename": view.name,
        "pages": view.pages,
    }


@router.get("/documents")
async def documents(
    actor: Caller,
    home: TheHouse,
    room: Annotated[str, _ID] = "",
    before: Annotated[str, _ID] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> dict[str, Any]:
    """What lies in the library of a `room`, or on one's own shelf, the newest first; `before` is the last id of the
    page before. With it what the library takes: `used_bytes`, and of a shelf `limit_bytes`."""
    found = await home.documents.list(actor, room=room, before=before, limit=limit)
    storage = await home.documents.storage(actor, room=room)
    return {"documents": [asdict(one) for one in found], **asdict(storage)}


@router.get("/documents/{document_id}")
async def document(document_id: str, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """One of them, and how far its reading is."""
    return asdict(await home.documents.one(actor, document_id))


@router.patch("/documents/{document_id}")
async def change(document_id: str, form: DocumentChanges, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Another name; another collection; another library, for who brought it."""
    view = await home.documents.one(actor, document_id)
    if form.collection is not None or form.room is not None:
        view = await home.documents.move(actor, document_id, form.collection or "", room=form.room, again=form.again)
    if form.name is not None:
        view = await home.documents.rename(actor, document_id, form.name)
    return asdict(view)


@router.delete("/documents/{document_id}", status_code=204)
async def remove(document_id: str, actor: Caller, home: TheHouse) -> None:
    """Remove a document with all that was made of it."""
    await home.documents.remove(actor, document_id)


@router.post("/documents/{document_id}/cancel")
async def cancel(document_id: str, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Stop reading it."""
    return asdict(await home.documents.cancel(actor, document_id))


@router.post("/documents/{document_id}/retry")
async def retry(document_id: str, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Read one that failed, or was stopped, once more."""
    return asdict(await home.documents.retry(actor, document_id))


@router.post("/documents/{document_id}/reindex")
async def reindex(document_id: str, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Read it anew; what was read before stands until then."""
    return asdict(await home.documents.reindex(actor, document_id))


@router.get("/documents/{document_id}/text")
async def text(
    document_id: str,
    actor: Caller,
    home: TheHouse,
    start: Annotated[int, Query(alias="from", ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Its pieces in order, `from` a position on; `next` is where the next ones begin."""
    chunks, following = await home.documents.text(actor, document_id, start=start, limit=limit)
    return {"chunks": [asdict(chunk) for chunk in chunks], "next": following}


@router.get("/documents/{document_id}/file", response_class=FileResponse)
async def file(document_id: str, request: Request, actor: Caller, home: TheHouse) -> Response:
    """The document itself, always as a download. Ranges are answered."""
    return served(request, await home.documents.open(actor, document_id))


@router.get("/documents/{document_id}/pages/{page}", response_class=FileResponse)
async def page_picture(
    document_id: str,
    page: int,
    request: Request,
    actor: Onlooker,
    home: TheHouse,
    width: Annotated[int, Query(ge=1, le=10_000)] = 1200,
) -> Response:
    """The picture of a page, a PNG about `width` points wide; of a picture its page 1."""
    return served(request, await home.document_pages.open(actor, document_id, page, width=width))


@router.get("/collections")
async def collections(actor: Caller, home: TheHouse, room: Annotated[str, _ID] = "") -> dict[str, Any]:
    """The collections of a library, by name."""
    return {"collections": [asdict(one) for one in await home.collections.list(actor, room=room)]}


@router.post("/collections", status_code=201)
async def make_collection(
    form: CollectionForm, actor: Caller, home: TheHouse, room: Annotated[str, _ID] = ""
) -> dict[str, Any]:
    """Make one."""
    return asdict(await home.collections.make(actor, form.name, room=room))


@router.patch("/collections/{collection_id}")
async def rename_collection(collection_id: str, form: CollectionForm, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Another name for one."""
    return asdict(await home.collections.rename(actor, collection_id, form.name))


@router.delete("/collections/{collection_id}", status_code=204)
async def remove_collection(collection_id: str, actor: Caller, home: TheHouse) -> None:
    """Dissolve one; its documents stay."""
    await home.collections.remove(actor, collection_id)


async def _form(request: Request) -> FileForm:
    form = FileForm(request)
    await form.begin()
    return form


def _length(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    if length and not length.isdecimal():
        raise InputError("arguments")
    return int(length) if length else None
