"""What was used, over REST: one's own, a room's, the house's; and what servers outside ask for it."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, Field

from hearth_reflex.api.caller import Caller, InPerson, TheHouse
from hearth_reflex.services.opinions import Opinion
from hearth_reflex.services.prices import Price, ServerPrice
from hearth_reflex.services.usage_reports import Report

router = APIRouter(tags=["usage"])

_Day = BeforeValidator(lambda day: day or None)  # "from=&to=" names none
Since = Annotated[date | None, Query(alias="from"), _Day]
Until = Annotated[date | None, Query(alias="to"), _Day]


class PriceForm(BaseModel):
    """Of a million tokens, read and written. 0 for both is no price."""

    prompt: float = Field(ge=-1e9, le=1e9, allow_inf_nan=False)
    output: float = Field(ge=-1e9, le=1e9, allow_inf_nan=False)


@router.get("/usage")
async def my_usage(actor: Caller, home: TheHouse, since: Since = None, until: Until = None) -> Report:
    """What the caller had written, by day, model and room; the last 14 days when no day is named."""
    return await home.usage_reports.mine(actor, since=since, until=until)


@router.get("/rooms/{room_id}/usage")
async def room_usage(room_id: str, actor: Caller, home: TheHouse, since: Since = None, until: Until = None) -> Report:
    """What was written in a room, by day and model."""
    return await home.usage_reports.of_room(actor, room_id, since=since, until=until)


@router.get("/usage/house")
async def house_usage(
    actor: InPerson,
    home: TheHouse,
    since: Since = None,
    until: Until = None,
    person: Annotated[str, Query(max_length=40)] = "",
) -> Report:
    """What the whole house had written, by day, model and person; days and models of one `person` where one is named.
    For whoever keeps the house."""
    return await home.usage_reports.of_house(actor, since=since, until=until, person=person)


@router.get("/usage/ratings")
async def model_ratings(actor: InPerson, home: TheHouse) -> list[Opinion]:
    """How often answers of each model were found good or bad; for whoever keeps the house."""
    return await home.opinions.of_models(actor)


@router.get("/usage/prices")
async def prices(actor: InPerson, home: TheHouse) -> list[ServerPrice]:
    """What a million tokens of each other server cost; for whoever keeps the house."""
    return await home.prices.all(actor)


@router.put("/usage/prices/{provider_id}")
async def put_price(provider_id: str, form: PriceForm, actor: InPerson, home: TheHouse) -> dict[str, float]:
    """Write down what a server asks for a million tokens; for whoever keeps the house."""
    return asdict(await home.prices.put(actor, provider_id, Price(form.prompt, form.output)))
