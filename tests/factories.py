"""Houses, people, rooms and listeners for tests, made through the services like real ones."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.domain.feed import RoomFold, Row
from hearth_reflex.services.access import Actor
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.embedders import BagEmbedder, MemoryIndex
from tests.engines import ScriptedEngine
from tests.readers_double import ScriptedReader

# Looks like a real one and is nobody's. The same in each process: tests that run in two must carry the same names.
NOBODY = "4f1c7a2e-93d8-4b06-a5e1-0d6b8c27f3a9"


async def open_house(settings: Settings, database: Database, clock: HandClock, **parts: Any) -> House:
    """A house of doubles: living room and default persona are there.

    Args:
        parts: what else it is to have, or in the place of such a double.
    """
    doubles = {
        "engine": ScriptedEngine(),
        "embedder": BagEmbedder(),
        "index": MemoryIndex(),
        "reader": ScriptedReader(),
    }
    house = House(settings=settings, database=database, clock=clock, **doubles | parts)
    await house.rooms.ensure_living_room()
    await house.personas.ensure_default()
    return house


async def guest(house: House, name: str) -> Actor:
    """A guest, signed in."""
    actor = await house.sessions.actor_for(await house.accounts.join_as_guest(name))
    assert actor is not None
    return actor


async def account(house: House, name: str, *, login: str) -> Actor:
    """Somebody with an account, signed in."""
    token = await house.accounts.register(login=login, name=name, password="a long password")
    actor = await house.sessions.actor_for(token)
    assert actor is not None
    return actor


async def house_keeper(house: House) -> Actor:
    """Who keeps the house: the account of the one-time link."""
    link = await house.accounts.setup_token()
    assert link is not None
    token = await house.accounts.claim_setup(link, login="keeper", name="집지기", password="a long password")
    actor = await house.sessions.actor_for(token)
    assert actor is not None
    return actor


async def living_room(house: House, actor: Actor) -> str:
    """The uuid of the living room."""
    return (await house.rooms.lobby(actor))[0].id


async def seated(house: House, *names: str) -> tuple[str, list[Actor]]:
    """The living room and guests who sit in it."""
    people = [await guest(house, name) for name in names]
    room = await living_room(house, people[0])
    for person in people:
        await house.rooms.sit_down(person, room)
    return room, people


async def say(house: House, actor: Actor, room: str, text: str) -> Row:
    return await house.messages.send(actor, room, text=text, client_msg_id=str(uuid4()))


class Listener:
    """A client of the bus: folds what it hears, like a page does. `frames` counts what came."""

    def __init__(self, room: str) -> None:
        self.room, self.fold, self.frames, self.ended = room, RoomFold(), 0, list[str]()
        self.places: list[tuple[int, int | None]] = []  # all that were told, in order
        self.signals: list[list[Any]] = []  # [kind, …]
        self.told: list[tuple[list[str], list[Any]]] = []  # (people, [kind, …])
        self.shown_out: list[str] = []
        self._heard = asyncio.Event()

    async def change(self, room: str, *, rev: int, rows: list[Row]) -> None:
        if room == self.room:
            self.fold.change(rev, rows)
            self._note()

    async def words(self, room: str, *, seq: int, offset: int, text: str) -> None:
        if room == self.room:
            self.fold.words(seq, offset, text)
            self._note()

    async def place(self, room: str, *, seq: int, position: int, seconds: int | None) -> None:
        if room == self.room:
            self.fold.place(seq, position, seconds)
            self.places.append((position, seconds))
            self._note()

    async def signal(self, room: str, kind: str, payload: list[Any]) -> None:
        if room == self.room:
            self.signals.append([kind, *payload])
            self._note()

    async def tell(self, people: list[str], kind: str, payload: list[Any]) -> None:
        self.told.append((people, [kind, *payload]))
        self._note()

    async def unseated(self, room: str, people: list[str]) -> None:
        if room == self.room:
            self.shown_out.extend(people)
            self._note()

    async def lobby(self) -> None:
        self._note()

    async def signed_out(self, sessions: list[str]) -> None:
        self.ended.extend(sessions)
        self._note()

    def _note(self) -> None:
        self.frames += 1
        self._heard.set()

    async def until(self, holds: Callable[["Listener"], bool], *, seconds: float = 10.0) -> None:
        """Waits until `holds(self)`; raises TimeoutError when it does not come to that."""
        async with asyncio.timeout(seconds):
            while not holds(self):
                self._heard.clear()
                await self._heard.wait()

    def answers(self) -> list[Row]:
        """What AIs have said, oldest first."""
        return [row for _, row in sorted(self.fold.rows.items()) if row["is_ai"] and row["kind"] == "talk"]

    def answer(self) -> Row:
        """The newest answer of an AI."""
        return self.answers()[-1]


async def listen(house: House, actor: Actor, room: str) -> Listener:
    """Begins to listen to a room, as a page does on entering."""
    listener = Listener(room)
    house.bus.add(listener)
    seen = await house.rooms.enter(actor, room)
    listener.fold.load(seen.rev, seen.rows)
    return listener
