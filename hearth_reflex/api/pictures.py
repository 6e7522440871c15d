"""What the house knows of a picture, over REST: what is said of it, the words in it, others that look like it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.services.more_like import MOST, Alike
from hearth_reflex.services.picture_about import PictureAbout

router = APIRouter(tags=["files"])


class CaptionIn(BaseModel):
    """What is on a picture, in words of whoever may say it; "" takes that back."""

    caption: Annotated[str, Field(max_length=2000)]


@router.get("/files/{file_id}/about")
async def about(file_id: str, actor: Caller, home: TheHouse) -> PictureAbout:
    """What is known of a picture: its caption, the words in it and where they stand."""
    return await home.picture_abouts.of(actor, file_id)


@router.put("/files/{file_id}/caption")
async def caption(file_id: str, said: CaptionIn, actor: Caller, home: TheHouse) -> PictureAbout:
    """Say what is on a picture: whoever sent it, or keeps order there."""
    return await home.picture_abouts.put(actor, file_id, said.caption)


@router.get("/documents/{document_id}/about")
async def shelved(document_id: str, actor: Caller, home: TheHouse) -> PictureAbout:
    """What is known of a picture of a library; its words are the document's."""
    return await home.shelved_pictures.of(actor, document_id)


@router.put("/documents/{document_id}/caption")
async def shelved_caption(document_id: str, said: CaptionIn, actor: Caller, home: TheHouse) -> PictureAbout:
    """Say what is on a picture of a library: whoever may change it."""
    return await home.shelved_pictures.put(actor, document_id, said.caption)


@router.get("/files/{file_id}/alike")
async def alike(
    file_id: str, actor: Caller, home: TheHouse, limit: Annotated[int, Query(ge=1, le=MOST)] = MOST
) -> dict[str, Any]:
    """Pictures that look like this one, of all rooms where the caller sits, the likest first."""
    found: list[Alike] = await home.more_like.of(actor, file_id, limit=limit)
    return {"pictures": found}
