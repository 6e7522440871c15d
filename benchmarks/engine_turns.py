"""What one reply waits for in our engine: its first token with and without kept memory, and how soon a stop is obeyed.

- *Cold*: the ninth turn of a talk of about 2,400 tokens, of which the engine has never read any. *Kept*: the tenth, in
  the same room, after the ninth was answered.
- *Shared*: the first turn of a new room, whose persona of about 1,500 tokens another room's talk holds. *Cold*: that
  other room's first turn, which was as long.
- *Stop*: from closing the stream until the engine says of itself that nothing runs, asked over its socket again and
  again, the asking included. Once while it speaks, once while it reads a long prompt.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.engine_contenders import hear
from benchmarks.engine_prompts import Bias, greedy, persona, prose, talk
from benchmarks.engine_voices import Voice
from hearth_reflex.domain.generation import ChatRequest, ChatTurn, EngineEvent, Piece, Started
from hearth_reflex.llm.address import socket_path
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.llm.supervisor import LocalEngine

_PERSONA_WORDS, _LONG_PERSONA_WORDS = 300, 1400
_TURN_WORDS = 115  # nine turns of a question and an answer, and a persona: about 2,500 tokens
_ANSWER_TOKENS = 24
_LONG_WORDS = 3000  # read for seconds on any machine without an accelerator
_SPOKEN = 16  # pieces after which a speaking engine is stopped
_READ_S = 0.2  # time after which a reading one is
_POLL_S = 0.001
_QUESTION = ChatTurn("user", "And what did they find when the light came back over the water?")
_OTHER_QUESTION = ChatTurn("user", "Who are you, and what do you know of boats that never came home?")


@dataclass(slots=True)
class Waits:
    """Milliseconds, one of each a round; of stops several."""

    kept: list[float] = field(default_factory=list[float])
    cold: list[float] = field(default_factory=list[float])
    shared: list[float] = field(default_factory=list[float])
    shared_cold: list[float] = field(default_factory=list[float])
    stop_decode: list[float] = field(default_factory=list[float])
    stop_prefill: list[float] = field(default_factory=list[float])
    talk_tokens: int = 0
    kept_tokens: int = 0
    shared_tokens: int = 0


class TurnBench:
    """Args:
    engine: started, with nothing else to do.
    folder: its data folder.
    """

    def __init__(self, engine: LocalEngine, folder: Path, *, bias: Bias) -> None:
        self._engine, self._bias = engine, bias
        self._door = OpenAiDialectClient(socket=socket_path(folder), extended=True)
        self.waits = Waits()

    async def measure(self, *, rounds: int, stops: int) -> Waits:
        for number in range(rounds):
            await self._turn_ten(f"Rowan {number}")
            await self._new_room(f"Alder {number}")
        for number in range(stops):
            speaking = self._request(f"Speaker {number}", (ChatTurn("user", "Go on."),), tokens=2000)
            self.waits.stop_decode.append(await self._stop(speaking, _has_spoken()))
            reading = self._request(f"Reader {number}", (ChatTurn("user", prose(f"long {number}", _LONG_WORDS)),))
            self.waits.stop_prefill.append(await self._stop(reading, _has_begun(), wait_s=_READ_S))
        await self._door.close()
        return self.waits

    async def _turn_ten(self, name: str) -> None:
        waits = self.waits
        ninth = await self._ask(name, _talk_of(name), tokens=_ANSWER_TOKENS)
        tenth = await self._ask(name, (*_talk_of(name), ChatTurn("assistant", ninth.text), _QUESTION))
        waits.cold.append(ninth.first_token_ms)
        waits.kept.append(tenth.first_token_ms)
        waits.talk_tokens, waits.kept_tokens = tenth.prompt_tokens, tenth.kept_tokens

    async def _new_room(self, name: str) -> None:
        first = await self._ask(name, (_QUESTION,), head=_LONG_PERSONA_WORDS, room="first", tokens=_ANSWER_TOKENS)
        second = await self._ask(name, (_OTHER_QUESTION,), head=_LONG_PERSONA_WORDS, room="second")
        self.waits.shared_cold.append(first.first_token_ms)
        self.waits.shared.append(second.first_token_ms)
        self.waits.shared_tokens = second.kept_tokens

    async def _ask(
        self, name: str, turns: tuple[ChatTurn, ...], *, head: int = _PERSONA_WORDS, room: str = "", tokens: int = 1
    ) -> Voice:
        return await hear(self._engine.stream, self._request(name, turns, head=head, room=room, tokens=tokens))

    def _request(
        self, name: str, turns: tuple[ChatTurn, ...], *, head: int = _PERSONA_WORDS, room: str = "", tokens: int = 1
    ) -> ChatRequest:
        return ChatRequest((persona(name, words=head), *turns), greedy(tokens, self._bias), affinity=f"{name} {room}")

    async def _stop(self, request: ChatRequest, enough: Callable[[EngineEvent], bool], *, wait_s: float = 0.0) -> float:
        events = self._engine.stream(request)
        async for event in events:
            if enough(event):
                break
        await asyncio.sleep(wait_s)
        began = time.monotonic()
        await events.aclose()
        while (await self._door.health()).running:  # noqa: ASYNC110 - it changes in another process
            await asyncio.sleep(_POLL_S)
        return (time.monotonic() - began) * 1000


def _talk_of(name: str) -> tuple[ChatTurn, ...]:
    """Eight whole turns and the ninth's question."""
    return talk(name, turns=9, words=_TURN_WORDS)[:-1]


def _has_spoken() -> Callable[[EngineEvent], bool]:
    heard: list[EngineEvent] = []

    def enough(event: EngineEvent) -> bool:
        heard.append(event)
        return sum(isinstance(one, Piece) for one in heard) >= _SPOKEN

    return enough


def _has_begun() -> Callable[[EngineEvent], bool]:
    return lambda event: isinstance(event, Started)
