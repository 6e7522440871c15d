"""The house's models over REST: what there is to choose from for everybody, the files for whoever keeps the house."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.errors import InputError

router = APIRouter(tags=["models"])
# A model is larger than any form: this one route takes a body of any length, in pieces, to disk.
uploads = APIRouter(tags=["models"])

Repo = Annotated[str, Field(max_length=200)]
Revision = Annotated[str, Field(max_length=100)]


class NewPull(BaseModel):
    """`file` is a path inside the repository, as the hub spells it."""

    repo: Repo
    file: str = Field(max_length=300)
    revision: Revision = "main"


@router.get("/llm/models")
async def choices(actor: Caller, home: TheHouse) -> list[dict[str, Any]]:
    """What can be chosen to speak in a room. The one with an empty `ref` goes with the house's default."""
    return [asdict(choice) | {"default": not choice.ref} for choice in await home.engines.choices()]


@router.get("/models")
async def list_models(actor: Caller, home: TheHouse) -> list[dict[str, Any]]:
    """The files, and how each is."""
    return [asdict(model) for model in await home.models.list(actor)]


@router.delete("/models/{model_id}", status_code=204)
async def remove(model_id: str, actor: Caller, home: TheHouse) -> None:
    """Delete a file."""
    await home.models.remove(actor, model_id)


@router.post("/models/{model_id}/load", status_code=204)
async def load(model_id: str, actor: Caller, home: TheHouse) -> None:
    """Bring a model into memory; answers when it is there."""
    await home.models.load(actor, model_id)


@router.post("/models/{model_id}/unload", status_code=204)
async def unload(model_id: str, actor: Caller, home: TheHouse) -> None:
    await home.models.unload(actor, model_id)


@router.get("/models/hub")
async def offers(
    actor: Caller,
    home: TheHouse,
    repo: Annotated[str, Query(max_length=200)],
    revision: Annotated[str, Query(max_length=100)] = "main",
) -> list[dict[str, Any]]:
    """The model files in a repository of the hub."""
    return [asdict(file) for file in await home.pulls.offers(actor, repo, revision)]


@router.get("/models/pulls")
async def list_pulls(actor: Caller, home: TheHouse) -> list[dict[str, Any]]:
    """Fetches from the hub, the newest first."""
    return [asdict(pull) for pull in await home.pulls.list(actor)]


@router.post("/models/pulls", status_code=202)
async def start_pull(form: NewPull, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Begin to fetch a model, or go on with it."""
    return asdict(await home.pulls.start(actor, form.repo, form.file, form.revision))


@router.delete("/models/pulls/{pull_id}", status_code=204)
async def stop_pull(pull_id: str, actor: Caller, home: TheHouse) -> None:
    """Stop a fetch; what has come is kept."""
    await home.pulls.stop(actor, pull_id)


@uploads.put("/models/{name}", status_code=201)
async def upload(name: str, request: Request, actor: Caller, home: TheHouse) -> dict[str, Any] | None:
    """Take a GGUF file in. null for a part of a split model whose first part is not here yet."""
    length = request.headers.get("content-length", "")
    if length and not length.isdecimal():
        raise InputError("arguments")
    size_bytes = int(length) if length else None
    try:
        taken = await home.models.add(actor, name, request.stream(), size_bytes=size_bytes)
    except ClientDisconnect:
        raise InputError("model_file", field="file") from None  # nobody hears it; nothing was kept
    return asdict(taken) if taken else None
