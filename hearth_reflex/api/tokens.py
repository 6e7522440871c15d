"""Keys of programs over REST: made, listed and ended by their owner in person; no key makes another."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import InPerson, TheHouse

router = APIRouter(tags=["tokens"])


class NewToken(BaseModel):
    """`scopes` are `read`, `write` and `llm`; none of them stands for another. It ends after so many days."""

    name: str = Field(max_length=200)
    scopes: list[Annotated[str, Field(max_length=20)]] = Field(max_length=20)
    days: int = Field(default=90, ge=-(2**31), le=2**31)


class Token(BaseModel):
    """A key. Times are ISO 8601 in UTC, "" for never; `hint` is what it ends with."""

    id: str
    name: str
    scopes: list[str]
    hint: str
    created_at: str
    last_used_at: str
    expires_at: str
    expired: bool


class MadeToken(Token):
    """`token` is the key itself. It is told this once; the house keeps only its hash."""

    token: str


@router.get("/tokens")
async def tokens(actor: InPerson, home: TheHouse) -> list[Token]:
    """The caller's keys, the newest first."""
    return [Token(**asdict(one)) for one in await home.api_tokens.list(actor)]


@router.post("/tokens", status_code=201)
async def make_token(form: NewToken, actor: InPerson, home: TheHouse) -> MadeToken:
    """A key for a program, sent as `Authorization: Bearer`."""
    key, view = await home.api_tokens.make(actor, name=form.name, scopes=form.scopes, days=form.days)
    return MadeToken(token=key, **asdict(view))


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: str, actor: InPerson, home: TheHouse) -> None:
    """End a key, at once."""
    await home.api_tokens.revoke(actor, token_id)
