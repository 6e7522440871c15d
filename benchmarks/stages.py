"""A crowd before a server: it comes in, somebody asks, everybody listens. One class for the house, one for the peer.

Knows how an answer is called for and how its end is heard; what the frames amount to is `report.py`'s.
"""

import asyncio
import time
from dataclasses import dataclass
from uuid import uuid4

import httpx

from benchmarks.paced import wish
from benchmarks.report import Figures, fold_of, receive_from_peer, receive_in_house
from benchmarks.seed import Seeded
from benchmarks.servers import Server
from benchmarks.sockets import Heard, Listener, all_marked
from benchmarks.timing import Answer, token_text
from hearth_reflex.domain.feed import RoomFold
from hearth_reflex.pages.room import ROUTE
from hearth_reflex.state.bus import room_tag
from hearth_reflex.state.composer import ComposerState
from hearth_reflex.state.doors import SESSION_COOKIE

LOAD = "reflex___state____state.hydrate_and_load"
SETTLE_SECONDS = 0.3
GRACE_SECONDS = 10  # for what is late, before it counts as lost
PEER_SEQ = 9  # as short as the house's own in a young room
OPENED_AT_ONCE = 10  # sockets; a backlog of a hundred would be refused


@dataclass(slots=True)
class Round:
    """One answer, and what each of the crowd heard meanwhile.

    `views` are the clients' views of the room so far, where they have any; `cpu_s` is the server's processor time,
    `waited_s` how long it waited for a core, `client_share` the part of a core that the crowd's own process took.
    """

    tokens: int
    heard: list[list[Heard]]
    views: list[RoomFold]
    stored: str
    cpu_s: float
    waited_s: float
    client_share: float


class Stage:
    """Args:
    server: up and answering.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.crowd: list[Listener] = []
        self.views: list[RoomFold] = []
        self.rounds: list[Round] = []

    async def gather(self, cookies: list[str]) -> None:
        """Opens a socket for each cookie."""
        self.crowd = [Listener() for _ in cookies]
        for start in range(0, len(cookies), OPENED_AT_ONCE):
            some = slice(start, start + OPENED_AT_ONCE)
            opening = zip(self.crowd[some], cookies[some], strict=True)
            await asyncio.gather(*(listener.open(self.server.port, cookie=cookie) for listener, cookie in opening))

    async def hear(self, *, tokens: int, rate: float) -> None:
        """One answer, from the question until everybody has it or time is up."""
        await asyncio.sleep(SETTLE_SECONDS)
        for listener in self.crowd:
            listener.await_mark(self.last_words(tokens))
        cpu, waited = self.server.cpu_seconds(), self.server.waited_seconds()
        own, start = time.process_time(), time.monotonic()
        await self.call(tokens=tokens, rate=rate)
        await all_marked(self.crowd, seconds=tokens / rate + GRACE_SECONDS)
        share = (time.process_time() - own) / (time.monotonic() - start)
        cpu, waited = self.server.cpu_seconds() - cpu, self.server.waited_seconds() - waited
        heard, stored = self.take(), await self.stored(tokens)
        self.rounds.append(
            Round(tokens, heard, self.views, stored=stored, cpu_s=cpu, waited_s=waited, client_share=share)
        )

    async def call(self, *, tokens: int, rate: float) -> None:
        """Asks for an answer."""
        raise NotImplementedError

    def last_words(self, tokens: int) -> str:
        """What only the last frame of an answer holds."""
        raise NotImplementedError

    async def stored(self, tokens: int) -> str:
        """The answer as it should now be before everybody."""
        raise NotImplementedError

    def figures(self, rounds: list[Round], answers: list[Answer]) -> Figures:
        """What these rounds amount to, with the server's own notes of them."""
        raise NotImplementedError

    async def leave(self) -> None:
        await asyncio.gather(*(listener.close() for listener in self.crowd))

    def take(self) -> list[list[Heard]]:
        return [listener.take() for listener in self.crowd]


class HouseStage(Stage):
    """The house. Everybody is a guest with a session of their own, and sits in one room at a time."""

    def __init__(self, server: Server, seeded: Seeded) -> None:
        super().__init__(server)
        self._cookies = [f"{SESSION_COOKIE}={token}" for token in seeded.tokens]
        self._room = ""

    async def come_in(self) -> None:
        await self.gather(self._cookies)

    async def enter(self, room: str) -> None:
        """Everybody opens the room's page, as a browser does, and waits for its snapshot."""
        self._room = room
        for listener in self.crowd:
            listener.await_mark(f'"room":"{room}"')
            await listener.ask(LOAD, path=f"/room/{room}", route=ROUTE)
        await all_marked(self.crowd, seconds=GRACE_SECONDS * 3)
        self.views = [fold_of(frames, room) for frames in self.take()]

    async def call(self, *, tokens: int, rate: float) -> None:
        await self.crowd[0].ask(
            f"{ComposerState.get_full_name()}.send",
            path=f"/room/{self._room}",
            route=ROUTE,
            room=self._room,
            client_msg_id=str(uuid4()),
            text=wish(tokens=tokens, rate=rate),
        )

    def last_words(self, tokens: int) -> str:
        return f'"output_tokens":{tokens},'  # the figures of a finished answer

    async def stored(self, tokens: int) -> str:
        base = f"http://127.0.0.1:{self.server.port}"
        async with httpx.AsyncClient(base_url=base, headers={"Cookie": self._cookies[0]}) as client:
            rows = (await client.get(f"/api/rooms/{self._room}")).raise_for_status().json()["rows"]
        return str(rows[-1]["text"])

    def figures(self, rounds: list[Round], answers: list[Answer]) -> Figures:
        """Call it for the rounds in their order: the views grow from one to the next."""
        figures = Figures()
        for told, answer in zip(rounds, answers, strict=True):
            for fold, frames in zip(told.views, told.heard, strict=True):
                reception = receive_in_house(fold, frames, seq=answer.seq)
                figures.add(answer, reception, tokens=told.tokens, text=told.stored)
        return figures


class PeerStage(Stage):
    """The bare server. It lets everybody in and puts them into its one room."""

    def __init__(self, server: Server, *, room: str) -> None:
        super().__init__(server)
        self._tag = room_tag(room)

    async def come_in(self, people: int) -> None:
        await self.gather([""] * people)

    async def call(self, *, tokens: int, rate: float) -> None:
        await self.crowd[0].say("say", {"tag": self._tag, "seq": PEER_SEQ, "tokens": tokens, "rate": rate})

    def last_words(self, tokens: int) -> str:
        return f'"{token_text(tokens - 1)}"'

    async def stored(self, tokens: int) -> str:
        return "".join(token_text(index) for index in range(tokens))

    def figures(self, rounds: list[Round], answers: list[Answer]) -> Figures:
        figures = Figures()
        for told, answer in zip(rounds, answers, strict=True):
            for frames in told.heard:
                figures.add(answer, receive_from_peer(frames), tokens=told.tokens, text=told.stored)
        return figures
