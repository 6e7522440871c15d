"""What the house is called, and where other devices find it."""

import socket

from hearth_reflex.db.database import Database
from hearth_reflex.db.model import HOUSE_NAME, HouseChoice
from hearth_reflex.domain.text import clean_title
from hearth_reflex.services.access import Actor, admin_only
from hearth_reflex.services.bus import Bus

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


class Hearth:
    """Args:
    public_url: where the house is found from everywhere, "" when nobody has said.
    host, port: where it listens.
    """

    def __init__(self, *, database: Database, bus: Bus, public_url: str, host: str, port: int) -> None:
        self._db, self._bus = database, bus
        self._public_url, self._host, self._port = public_url, host, port

    async def name(self) -> str:
        """The name, or nothing while nobody has given one."""
        async with self._db.read() as db:
            kept = await db.get(HouseChoice, HOUSE_NAME)
        return str(kept.value) if kept and kept.value else ""

    async def rename(self, actor: Actor, name: str) -> str:
        """Names the house. "" takes its name away.

        Raises:
            ForbiddenError: `admin_only`.
            InputError: `name_long`, `name_characters`.
        """
        admin_only(actor)
        shown = clean_title(name) if name.strip() else ""
        async with self._db.write() as db:
            await db.merge(HouseChoice(name=HOUSE_NAME, value=shown))
        await self._bus.lobby()
        return shown

    def nearby_url(self) -> str:
        """What a phone of the same network opens; "" when it cannot be told, or the house keeps to this machine."""
        if self._public_url:
            return self._public_url
        address = lan_address() if self._host in EVERYWHERE else None
        return f"http://{address}:{self._port}" if address else ""


def lan_address() -> str | None:
    """The address other devices reach this machine by, or None. Nothing is sent: the route alone is asked for."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation: a route, but nobody there
            address = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if address.startswith(("127.", "0.")) else address
