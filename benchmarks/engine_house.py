"""The engine with everything around it: tokens a second as twenty people in a room see them, against the engine alone.

The house runs as in production, with its real engine. Somebody asks, twenty raw sockets listen. Then, while they still
sit there and nothing is said, the engine's own worker is asked over its socket for the same reply: the turns,
parameters and seed that the house kept of it. Both rates count from the first words to the last, so that neither is
charged for its prompt; the house's is the slowest viewer's.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic_ns
from uuid import uuid4

import httpx

from benchmarks.engine_contenders import Terms
from benchmarks.report import Reception, receive_in_house
from benchmarks.seed import Seeded
from benchmarks.servers import Server, start_live_house
from benchmarks.sockets import all_marked
from benchmarks.stages import HouseStage
from hearth_reflex.domain.generation import ChatRequest, ChatTurn, Piece
from hearth_reflex.llm.address import socket_path
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.pages.room import ROUTE
from hearth_reflex.services.records import sampling_of
from hearth_reflex.state.composer import ComposerState

VIEWERS = 20
_FINISHED = '"output_tokens":'  # only the row of a reply that has ended tells figures
_PATIENCE_S = 120.0
_SHORTEST, _MOST_TRIES = 24, 4  # words of an answer worth measuring, and how often one is asked for
_QUESTIONS = (  # to which even a small model has much to say
    "@ember Write a long story about a fisherman and a whale, in many paragraphs.",
    "@ember Tell me everything you know about the history of the sea and the people who sailed on it.",
    "@ember How do I build a wooden boat? Explain every step, one after the other.",
    "@ember What did the old fisherman see on the water that night, and what did he do then?",
)
_KEPT = """
    SELECT metadata.turns, metadata.seed, run.parameters, run.output_tokens
    FROM message_metadata AS metadata JOIN generation AS run ON run.id = metadata.generation_id
    ORDER BY metadata.id DESC LIMIT 1
"""


@dataclass(slots=True)
class Shown:
    """Tokens a second, one a round."""

    house: list[float] = field(default_factory=list[float])
    alone: list[float] = field(default_factory=list[float])
    tokens: list[int] = field(default_factory=list[int])


class Audience(HouseStage):
    """A room of people who listen; the first of them asks."""

    async def hear_answer(self, question: str) -> list[Reception]:
        """Asks, waits until everybody has the whole answer, and tells how each saw it grow."""
        for listener in self.crowd:
            listener.await_mark(_FINISHED)
        await self.crowd[0].ask(
            f"{ComposerState.get_full_name()}.send",
            path=f"/room/{self._room}",
            route=ROUTE,
            room=self._room,
            client_msg_id=str(uuid4()),
            text=question,
        )
        await all_marked(self.crowd, seconds=_PATIENCE_S)
        seq = await self._answer_seq()
        heard = zip(self.views, self.take(), strict=True)
        return [receive_in_house(fold, frames, seq=seq) for fold, frames in heard]

    async def _answer_seq(self) -> int:
        base = f"http://127.0.0.1:{self.server.port}"
        async with httpx.AsyncClient(base_url=base, headers={"Cookie": self._cookies[0]}) as client:
            rows = (await client.get(f"/api/rooms/{self._room}")).raise_for_status().json()["rows"]
        return int(next(row["seq"] for row in reversed(rows) if row["is_ai"]))


async def watch(terms: Terms, folder: Path, *, rounds: int, tokens: int) -> Shown:
    """Args:
    folder: empty; the house's data folder is made in it.
    tokens: most that an answer may say.
    """
    server = start_live_house(folder, guests=VIEWERS, terms=_settings(terms, tokens))
    try:
        server.wait()
        return await _rounds(server, folder, rounds=rounds)
    finally:
        server.end()


def _settings(terms: Terms, tokens: int) -> dict[str, str]:
    return {
        "HEARTH_MODEL_PATH": str(terms.model),
        "HEARTH_N_THREADS": str(terms.threads),
        "HEARTH_N_CTX": str(terms.context),
        "HEARTH_N_BATCH": str(terms.batch),
        "HEARTH_REPLY_MAX_TOKENS": str(tokens),
    }


async def _rounds(server: Server, folder: Path, *, rounds: int) -> Shown:
    seeded, shown = Seeded.read(folder / "seeded.json"), Shown()
    audience = Audience(server, seeded)
    engine = OpenAiDialectClient(socket=socket_path(folder / "data"), extended=True)
    await audience.come_in()
    await audience.enter(seeded.quiet_room)
    for number in range(1 + rounds * _MOST_TRIES):
        receptions = await audience.hear_answer(_QUESTIONS[number % len(_QUESTIONS)])
        request, said = _kept(folder / "data" / "hearth.db")
        alone = await _alone(engine, request)
        # The first one warms everything up.
        if number and min(len(heard.arrivals) for heard in [*receptions, alone]) >= _SHORTEST:
            shown.house.append(min(rate_of_growth(heard.arrivals, tokens=said) for heard in receptions))
            shown.alone.append(rate_of_growth(alone.arrivals, tokens=said))
            shown.tokens.append(said)
        if len(shown.tokens) == rounds:
            break
    await audience.leave()
    await engine.close()
    assert shown.tokens, "the model never said enough to measure"
    return shown


def _kept(database: Path) -> tuple[ChatRequest, int]:
    """The newest answer as it was asked for, and how many tokens it came to."""
    with closing(sqlite3.connect(database)) as db:
        turns, seed, parameters, said = db.execute(_KEPT).fetchone()
    sampling = replace(sampling_of(json.loads(parameters), seed=seed), max_tokens=said)
    return ChatRequest(tuple(ChatTurn(role, text) for role, text in json.loads(turns)), sampling), said


async def _alone(engine: OpenAiDialectClient, request: ChatRequest) -> Reception:
    reception, text = Reception(), ""
    async with aclosing(engine.stream(request)) as events:
        async for event in events:
            if isinstance(event, Piece):
                text += event.text
                reception.grow(text, at=monotonic_ns())
    return reception


def rate_of_growth(arrivals: Sequence[int], *, tokens: int) -> float:
    """Tokens a second, from the first words to the last.

    Args:
        arrivals: nanoseconds at which each equal part of the text was there.
        tokens: of the whole text, spread evenly over its parts.
    """
    later = sum(at > arrivals[0] for at in arrivals)
    return tokens * later / len(arrivals) / ((arrivals[-1] - arrivals[0]) / 1e9)
