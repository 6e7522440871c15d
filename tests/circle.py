"""Plays written talks in a real room: people, what they show and give, what they take back, and what AIs say there.

Beside each talk stands what an AI must know of it: who said what. `circle_rooms.py` holds the talks.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import uuid4

from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room, Temper
from hearth_reflex.services.access import Actor
from hearth_reflex.services.personas import Seated
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import account, guest
from tests.hostile_files import noise, written

EMBER, MOON = "불씨", "달무리"
PNG = written(noise(24, 16), "PNG")


@dataclass(frozen=True)
class Line:
    """Somebody says `text` and shows `pictures` and `files`, in answer to line `to`. `given` are (who, emoji) that it
    gets at once; `later` (who, emoji, line) are given to earlier lines behind it. `edited` is what it is changed to in
    the end, `deleted` that it is taken back, `ungiven` whose emoji is."""

    who: str
    text: str = ""
    to: int | None = None
    pictures: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    later: tuple[tuple[str, str, int], ...] = ()
    edited: str = ""
    deleted: bool = False
    ungiven: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Talk:
    """A talk. Each of `facts` is (who, what): where it is heard at all it stands in the prompt in that person's line.

    `gone` must stand in no prompt. Before line `moon_comes` the second AI takes a seat and hears from there on only, if
    `moon_hears_all` is not set; `asked` is the AI that the prompt is made for.
    """

    name: str
    lines: tuple[Line, ...]
    facts: tuple[tuple[str, str], ...]
    gone: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()  # what stands there of emoji, pictures and files
    moon_comes: int | None = None
    moon_hears_all: bool = True
    asked: str = EMBER
    in_reach: bool = True  # nothing of it is cut for its length
    dense: bool = False  # its words take many tokens: one a letter


@dataclass
class Played:
    """The talk as it stands in a room."""

    room: str
    people: dict[str, Actor]
    seated: dict[str, Seated]
    ids: list[str] = field(default_factory=list[str])

    @property
    def asker(self) -> Actor:
        """Who said the last line."""
        return self.people[next(reversed(self.people))]


async def play(house: House, engine: ScriptedEngine, clock: HandClock, talk: Talk) -> Played:
    """Everything of `talk`, in its order, a minute apart."""
    names = list(dict.fromkeys(line.who for line in talk.lines if line.who not in (EMBER, MOON)))
    names = [*(name for name in names if name != talk.lines[-1].who), talk.lines[-1].who]  # the asker last
    owner = await account(house, names[0], login="owner")
    people = {names[0]: owner} | {name: await guest(house, name) for name in names[1:]}
    room = (await house.rooms.create(owner, name="모임")).id
    for person in list(people.values())[1:]:
        await house.rooms.sit_down(person, room)
    await _keep_quiet(house, room)
    played = Played(room, people, {})
    for number, line in enumerate(talk.lines):
        if number == talk.moon_comes:
            await _seat_moon(house, played, hears_all=talk.moon_hears_all)
        clock.forward(minutes=1)
        played.ids.append(await _speak(house, engine, played, line))
        clock.forward(seconds=10)
        for who, emoji in line.given:
            await give(house, played, who, emoji, number)
        for who, emoji, to in line.later:
            await give(house, played, who, emoji, to)
    await _change(house, played, talk)
    await look_who_sits(house, played)
    return played


async def give(house: House, played: Played, who: str, emoji: str, line: int, *, on: bool = True) -> None:
    await house.reactions.give(played.people[who], played.room, played.ids[line], emoji=emoji, on=on)


async def have_answer(house: House, played: Played, who: str, asker: Actor) -> Message:
    """Asks an AI, as if it had been called, and waits until it has answered."""
    await look_who_sits(house, played)
    run = await house.replies.begin(asker, await room_of(house, played.room), played.seated[who])
    await answers_end()
    async with house.database.read() as db:
        return await db.get_one(Message, run.message.id)


async def answers_end() -> None:
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("reply:")))


async def room_of(house: House, uuid: str) -> Room:
    async with house.database.read() as db:
        return (await db.exec(select(Room).where(Room.uuid == uuid))).one()


async def look_who_sits(house: House, played: Played) -> None:
    found = await house.personas.seated(await room_of(house, played.room))
    played.seated = {one.persona.name_ko: one for one in found}


async def _keep_quiet(house: House, room: str) -> None:
    """Whoever answers is asked by the test, not by what the lines say."""
    async with house.database.write() as db:
        kept = (await db.exec(select(Room).where(Room.uuid == room))).one()
        kept.temper = Temper.QUIET.value
        db.add(kept)


async def _seat_moon(house: House, played: Played, *, hears_all: bool) -> None:
    owner = next(iter(played.people.values()))
    moon = await house.personas.create(owner, name_ko=MOON, name_en="Halo", instructions="You are calm.")
    await house.ai_seats.seat(owner, played.room, moon.id, hears_all)


async def _speak(house: House, engine: ScriptedEngine, played: Played, line: Line) -> str:
    if line.who in (EMBER, MOON):
        engine.pieces = (line.text,)
        return (await have_answer(house, played, line.who, next(iter(played.people.values())))).uuid
    person = played.people[line.who]
    brought = [
        *[await _bring(house, person, played.room, name, PNG) for name in line.pictures],
        *[await _bring(house, person, played.room, name, b"notes") for name in line.files],
    ]
    answers = played.ids[line.to] if line.to is not None else ""
    row = await house.messages.send(
        person, played.room, text=line.text, client_msg_id=str(uuid4()), reply_to=answers, files=brought
    )
    return row["id"]


async def _bring(house: House, person: Actor, room: str, name: str, data: bytes) -> str:
    async def stream() -> AsyncIterator[bytes]:
        yield data

    return (await house.attachments.receive(person, room, name=name, stream=stream(), length=len(data)))["id"]


async def _change(house: House, played: Played, talk: Talk) -> None:
    for number, line in enumerate(talk.lines):
        if line.who in (EMBER, MOON):
            continue
        if line.edited:
            await house.edits.edit(played.people[line.who], played.room, played.ids[number], text=line.edited)
        for who, emoji in line.ungiven:
            await give(house, played, who, emoji, number, on=False)
        if line.deleted:
            await house.edits.delete(played.people[line.who], played.room, played.ids[number])
