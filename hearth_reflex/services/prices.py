"""What other people's servers ask for a million tokens, as whoever keeps the house wrote it down.

A run knows its server by name and model, not by id: of two that bear the same, the older one's price counts. What runs
in the house has no price.
"""

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.model import PROVIDER_PRICES, HouseChoice, Provider
from hearth_reflex.domain.generation import Made, Usage
from hearth_reflex.errors import InputError, NotFoundError
from hearth_reflex.services.access import Actor, admin_only, uuid_text

MOST_PRICE = 10_000.0
_MOST_MICRO = 2**31 - 1  # what a column holds


@dataclass(frozen=True, slots=True)
class Price:
    """Of a million tokens, read and written, in whatever currency the server's bill is in."""

    prompt: float = 0.0
    output: float = 0.0


@dataclass(frozen=True, slots=True)
class ServerPrice(Price):
    """The price of one of the servers that the house knows, by the server's id."""

    id: str = ""
    name: str = ""
    model: str = ""


class Prices:
    """What a server's tokens cost. For whoever keeps the house."""

    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def all(self, actor: Actor) -> list[ServerPrice]:
        """Of every server that the house knows. Raises ForbiddenError `admin_only`."""
        admin_only(actor)
        async with self._db.read() as db:
            servers, kept = (await db.exec(select(Provider).order_by(col(Provider.id)))).all(), await _kept(db)
        prices = [(one, kept.get(one.uuid, Price())) for one in servers]
        return [ServerPrice(price.prompt, price.output, one.uuid, one.name, one.model) for one, price in prices]

    async def put(self, actor: Actor, provider_uuid: str, price: Price) -> Price:
        """Counts from the next answer on; 0 for both is no price.

        Raises:
            ForbiddenError: `admin_only`.
            NotFoundError: `provider_unknown`.
            InputError: `price`.
        """
        admin_only(actor)
        if not all(0 <= one <= MOST_PRICE for one in (price.prompt, price.output)):
            raise InputError("price", field="price", limit=int(MOST_PRICE))
        async with self._db.write() as db:
            known = set((await db.exec(select(Provider.uuid))).all())
            uuid = _canonical(provider_uuid)
            if uuid not in known:
                raise NotFoundError("provider_unknown")
            prices = {one: kept for one, kept in (await _kept(db)).items() if one in known} | {uuid: price}
            value = {one: [kept.prompt, kept.output] for one, kept in prices.items()}
            await db.merge(HouseChoice(name=PROVIDER_PRICES, value=value))
        return price


async def price_micro(db: AsyncSession, usage: Usage, made: Made) -> int:
    """What a run cost, in millionths of the currency."""
    if not made.leaves_house:
        return 0
    query = select(Provider.uuid).where(Provider.name == made.provider, Provider.model == made.model)
    uuid = (await db.exec(query.order_by(col(Provider.id)))).first()
    price = (await _kept(db)).get(uuid or "", Price())
    return min(round(usage.prompt_tokens * price.prompt + usage.output_tokens * price.output), _MOST_MICRO)


async def _kept(db: AsyncSession) -> dict[str, Price]:
    row = await db.get(HouseChoice, PROVIDER_PRICES)
    kept: dict[str, list[float]] = row.value if row else {}
    return {uuid: Price(prompt, output) for uuid, (prompt, output) in kept.items()}


def _canonical(uuid: str) -> str:
    try:
        return uuid_text(uuid)
    except NotFoundError:
        raise NotFoundError("provider_unknown") from None
