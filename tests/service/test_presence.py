"""Who is at the fire: told when they come and when they are gone for good, over several processes too."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlmodel import col, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.room import Member
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.errors import ForbiddenError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.bus import LOBBY
from hearth_reflex.services.presence import HOME, Presence
from tests.clocks import HandClock
from tests.factories import Listener, account, guest, listen, seated

Seat = tuple[str, str]


@dataclass
class Wall:
    """What stands in Redis: worker -> its entries. A board of one worker is `Wall.board`."""

    entries: dict[str, set[Seat]] = field(default_factory=lambda: defaultdict(set))
    silent: bool = False

    def board(self, worker: str) -> "WallBoard":
        return WallBoard(self, worker)


@dataclass
class WallBoard:
    wall: Wall
    worker: str

    async def put(self, seats: Collection[Seat], *, at: float) -> None:
        self._look()
        self.wall.entries[self.worker] |= set(seats)

    async def drop(self, seats: Collection[Seat]) -> None:
        self._look()
        self.wall.entries[self.worker] -= set(seats)

    async def others(self, rooms: Collection[str], *, at: float) -> dict[str, set[str]]:
        self._look()
        found = {room: set[str]() for room in rooms}
        for worker, seats in self.wall.entries.items():
            for room, person in seats:
                if worker != self.worker and room in found:
                    found[room].add(person)
        return found

    async def close(self) -> None: ...

    def _look(self) -> None:
        if self.wall.silent:
            raise ConnectionError("the broker is away")


def presence(house: House, *, board: WallBoard | None = None) -> Presence:
    pace = Buckets(rate=0.5, burst=2)
    return Presence(database=house.database, bus=house.bus, clock=house.clock, pace=pace, board=board)


def moves(listener: Listener) -> list[tuple[str, int]]:
    """(person, came or went), in the order in which they were told."""
    triples = [
        signal[1:][at : at + 3]
        for signal in listener.signals
        if signal[0] == "here"
        for at in range(0, len(signal) - 1, 3)
    ]
    return [(person, is_here) for person, _, is_here in triples]


class TestComingAndGoing:
    async def test_somebody_comes_and_is_gone_after_a_moment(self, house: House, clock: HandClock) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        watch, heard = presence(house), await listen(house, mina, room)
        await watch.look({(room, mina.uuid), (room, jun.uuid)})
        assert sorted(moves(heard)) == sorted([(mina.uuid, 1), (jun.uuid, 1)])
        assert await watch.here(room) == sorted([mina.uuid, jun.uuid])
        await watch.look({(room, mina.uuid)})
        assert len(moves(heard)) == 2
        clock.forward(seconds=1.6)
        await watch.look({(room, mina.uuid)})
        assert moves(heard)[2:] == [(jun.uuid, 0)]
        assert await watch.here(room) == [mina.uuid]

    async def test_a_reload_makes_nobody_flicker(self, house: House, clock: HandClock) -> None:
        room, (mina,) = await seated(house, "미나")
        watch, heard = presence(house), await listen(house, mina, room)
        for pages in ({(room, mina.uuid)}, set[Seat](), {(room, mina.uuid)}):
            await watch.look(pages)
            clock.forward(seconds=1.4)
        await watch.look({(room, mina.uuid)})
        assert moves(heard) == [(mina.uuid, 1)]

    async def test_a_second_tab_changes_nothing(self, house: House, clock: HandClock) -> None:
        room, (mina,) = await seated(house, "미나")
        watch, heard = presence(house), await listen(house, mina, room)
        await watch.look({(room, mina.uuid)})
        await watch.look({(room, mina.uuid), ("", mina.uuid)})
        await watch.look({(room, mina.uuid)})
        clock.forward(seconds=5)
        await watch.look({(room, mina.uuid)})
        assert moves(heard) == [(mina.uuid, 1)]

    async def test_many_who_come_at_once_are_one_frame(self, house: House) -> None:
        room, people = await seated(house, *(f"손님 {number}" for number in range(12)))
        watch, heard = presence(house), await listen(house, people[0], room)
        await watch.look({(room, person.uuid) for person in people})
        assert [signal[0] for signal in heard.signals].count("here") == 1
        assert len(moves(heard)) == 12

    async def test_rooms_with_a_watcher_learn_who_is_at_home(self, house: House, clock: HandClock) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        watch, heard = presence(house), await listen(house, mina, room)
        await watch.look({(room, mina.uuid)})
        heard.signals.clear()
        await watch.look({(room, mina.uuid), ("", jun.uuid)})
        assert heard.signals == [["home", jun.uuid, 1]]
        await watch.look({(room, mina.uuid)})
        clock.forward(seconds=2)
        await watch.look({(room, mina.uuid)})
        assert heard.signals[1:] == [["home", jun.uuid, 0]]
        assert (await watch.here_in([HOME]))[HOME] == {mina.uuid}

    async def test_names_for_the_lobby(self, house: House) -> None:
        room, people = await seated(house, "가", "나", "다")
        watch = presence(house)
        await watch.look({(room, person.uuid) for person in people})
        names = await watch.names_here([room, "another"], most=2)
        assert set(names) == {room}
        assert len(names[room]) == 2
        assert set(names[room]) <= {"가", "나", "다"}

    async def test_the_lobby_hears_of_open_rooms_alone(self, house: House, clock: HandClock) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        hidden = (await house.rooms.create(await account(house, "솔", login="sol"), name="둘만", private=True)).id
        watch, lobby = presence(house), Listener(LOBBY)
        house.bus.add(lobby)
        await watch.look({(room, mina.uuid)})
        assert lobby.signals == []  # nobody stands there
        stands = ("", "somebody")
        await watch.look({(room, mina.uuid), (room, jun.uuid), (hidden, mina.uuid), stands})
        await watch.look({stands})
        clock.forward(seconds=2)
        await watch.look({stands})
        assert [sorted(signal[2:]) for signal in lobby.signals] == [["미나", "준"], []]
        assert {signal[1] for signal in lobby.signals} == {room}


class TestSeveralProcesses:
    async def test_a_person_at_two_is_told_once(self, house: House, clock: HandClock) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        wall, heard = Wall(), await listen(house, mina, room)
        first, second = presence(house, board=wall.board("1")), presence(house, board=wall.board("2"))
        await first.look({(room, jun.uuid)})
        await second.look({(room, jun.uuid)})
        assert moves(heard) == [(jun.uuid, 1)]
        assert await second.here(room) == await first.here(room) == [jun.uuid]
        await first.look(set())
        clock.forward(seconds=2)
        await first.look(set())
        assert moves(heard) == [(jun.uuid, 1)]
        await second.look(set())
        clock.forward(seconds=2)
        await second.look(set())
        assert moves(heard) == [(jun.uuid, 1), (jun.uuid, 0)]

    async def test_a_process_that_dies_takes_its_people_along(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        wall, heard = Wall(), await listen(house, mina, room)
        first, second = presence(house, board=wall.board("1")), presence(house, board=wall.board("2"))
        await first.look({(room, mina.uuid)})
        await second.look({(room, jun.uuid)})
        await first.beat()
        wall.entries["2"].clear()  # nobody renews them
        await first.beat()
        await first.beat()
        assert moves(heard)[2:] == [(jun.uuid, 0)]
        assert await first.here(room) == [mina.uuid]

    async def test_a_silent_broker_holds_nobody_up(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        wall, heard = Wall(silent=True), await listen(house, mina, room)
        watch = presence(house, board=wall.board("1"))
        await watch.look({(room, mina.uuid)})
        await watch.beat()
        assert moves(heard) == [(mina.uuid, 1)]
        assert await watch.here(room) == [mina.uuid]
        wall.silent = False
        await watch.beat()
        assert wall.entries["1"] == {(room, mina.uuid), (HOME, mina.uuid)}


class TestElsewhere:
    async def test_who_looks_at_another_page_too(self, house: House) -> None:
        wall = Wall()
        watch, other = presence(house, board=wall.board("1")), presence(house, board=wall.board("2"))
        await watch.look({("room", "here"), ("room", "both"), ("", "both"), ("attic", "there")})
        await other.look({("room", "here2"), ("", "lobby2")})
        assert await watch.elsewhere("room") == {"both", "there", "lobby2"}
        watch.opened("", "fresh")  # before the next look
        assert "fresh" in await watch.elsewhere("room")


class TestWriting:
    async def test_it_is_told_and_bounded(self, house: House, clock: HandClock) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        watch, heard = presence(house), await listen(house, mina, room)
        for _ in range(50):
            await watch.typing(mina, room)
        assert heard.signals == [["typing", mina.uuid, "미나"]] * 2
        clock.forward(seconds=3)
        await watch.typing(mina, room)
        assert len(heard.signals) == 3

    async def test_who_may_not_speak_is_not_seen_writing(self, house: House, clock: HandClock) -> None:
        room, (mina,) = await seated(house, "미나")
        heard = await listen(house, mina, room)
        await _silence(house, mina, clock)
        await presence(house).typing(mina, room)
        assert heard.signals == []

    async def test_a_stranger_writes_nowhere(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        heard, stranger = await listen(house, mina, room), await guest(house, "낯선 이")
        with pytest.raises(ForbiddenError):
            await presence(house).typing(stranger, room)
        with pytest.raises(NotFoundError):
            await presence(house).typing(mina, "01a1fd62-c78d-70f4-a0f8-597c3359323c")
        assert heard.signals == []


async def _silence(house: House, actor: Actor, clock: HandClock) -> None:
    async with house.database.write() as db:
        until = clock.now() + timedelta(minutes=5)
        await db.exec(update(Member).where(col(Member.user_id) == actor.user_id).values(silenced_until=until))
