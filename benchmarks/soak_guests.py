"""Guests of the long run: what each asks, when it goes away, and whether what it heard was its own.

Some ask the engine to go on with a word that nobody else has at that time, or may say nothing but that word (a grammar
sees to it); some bring long prompts; some come back to a room and find their talk kept. A quarter leave before the end.
Who hears a word that belongs to somebody else was told somebody else's text.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import count

from benchmarks.engine_prompts import greedy, persona, prose
from hearth_reflex.domain.generation import ChatRequest, ChatTurn, EngineEvent, Finished, Piece
from hearth_reflex.errors import EngineBusyError, EngineError

HUNG_S = 180.0
_LEAVES = 0.25  # part of the guests who do not wait for the end
_ROOMS, _LONGEST_TALK = 6, 24  # turns, after which a room begins anew
_WORDS: str = """
zeppelin walrus quartz saffron obelisk trombone pelican turnip lantern glacier paprika monsoon bagpipe cobalt tortoise
velvet anvil hickory magnet parsnip gondola juniper iguana mustard nutmeg ostrich papyrus rhubarb sundial tapioca
ukulele vinegar wombat yodel zinc almanac basalt cactus dynamo ermine
"""

Stream = Callable[[ChatRequest], AsyncGenerator[EngineEvent, None]]


@dataclass(slots=True, eq=False)
class Visit:
    """One guest's question. `word` is theirs alone while they are here, `others` are the words of who was here too."""

    request: ChatRequest
    word: str
    room: "Talk | None" = None
    leaves_after: int | None = None  # events
    others: set[str] = field(default_factory=set[str])
    heard: Counter[str] = field(default_factory=Counter[str])  # events by kind
    asked_at: float = field(default_factory=time.monotonic)
    heard_at: float = 0.0

    def story(self) -> str:
        """What became of it, for whoever looks for the fault of a reply that hangs."""
        now, request = time.monotonic(), self.request
        letters = sum(len(turn.content) for turn in request.turns)
        return (
            f"{request.asker} in {request.affinity}: {letters} letters, at most {request.sampling.max_tokens} tokens, "
            f"continued {request.continue_last}, heard {dict(self.heard)}, "
            f"asked {now - self.asked_at:.0f} s ago, last heard {now - (self.heard_at or self.asked_at):.0f} s ago"
        )


@dataclass(slots=True)
class Talk:
    """A room that guests come back to."""

    name: str
    turns: list[ChatTurn] = field(default_factory=list[ChatTurn])
    taken: bool = False


class Guests:
    """Args:
    stream: the engine's.
    seed: the same seed asks the same, at other times.
    """

    def __init__(self, stream: Stream, *, seed: int) -> None:
        self._stream, self._draw = stream, random.Random(seed)
        self._free_words = _WORDS.split()
        self._visits: list[Visit] = []
        self._rooms = [Talk(f"Room {number}") for number in range(_ROOMS)]
        self._numbers = count(1)
        self.counts = Counter[str]()
        self.hung = list[str]()  # what became of each that hung
        self.interruptible = False  # the model is being loaded again: replies may break off

    @property
    def here(self) -> int:
        return len(self._visits)

    async def visit(self) -> None:
        """One guest, from the question to the end, however that comes."""
        visit = self._next()
        self._come(visit)
        self.counts["asked"] += 1
        excused = self.interruptible
        try:
            async with asyncio.timeout(HUNG_S):
                text = await self._hear(visit)
        except TimeoutError:
            self.counts["hung"] += 1
            self.hung.append(visit.story())
        except EngineBusyError:
            self.counts["refused"] += 1
        except EngineError as error:
            kind = "interrupted" if excused or self.interruptible else "failed"
            self.counts.update([kind, f"{kind}_{error.code}"])
        else:
            self._judge(visit, text)
        finally:
            self._go(visit)

    async def _hear(self, visit: Visit) -> str:
        """The text; of a guest who left, as far as they heard it."""
        text, heard = "", 0
        async with aclosing(self._stream(visit.request)) as events:
            async for event in events:
                heard += 1
                visit.heard[type(event).__name__] += 1
                visit.heard_at = time.monotonic()
                if isinstance(event, Piece):
                    text += event.text
                    self.counts["tokens"] += event.tokens
                if isinstance(event, Finished):
                    self.counts["finished"] += 1
                    self._remember(visit, text)
                    break
                if heard == visit.leaves_after:
                    self.counts["left"] += 1
                    break
        return text

    def _judge(self, visit: Visit, text: str) -> None:
        if set(text.split()) & visit.others:
            self.counts["mixed"] += 1
        if visit.request.sampling.grammar and text.replace(visit.word, "").strip("\n " + visit.word):
            self.counts["mixed"] += 1

    def _remember(self, visit: Visit, text: str) -> None:
        if visit.room is not None:
            visit.room.turns += [visit.request.turns[-1], ChatTurn("assistant", text)]
            if len(visit.room.turns) > _LONGEST_TALK:
                visit.room.turns.clear()

    def _next(self) -> Visit:
        word = self._free_words.pop(self._draw.randrange(len(self._free_words)))
        ask = self._draw.choices([self._goes_on, self._bound, self._long, self._comes_back], [4, 1, 1, 4])[0]
        visit = ask(word)
        number = next(self._numbers)
        visit.request = replace(
            visit.request, asker=f"guest {number % 9}", affinity=visit.request.affinity or str(number)
        )
        if self._draw.random() < _LEAVES:
            visit.leaves_after = self._draw.randint(1, 20)
        return visit

    def _come(self, visit: Visit) -> None:
        for other in self._visits:
            other.others.add(visit.word)
            visit.others.add(other.word)
        self._visits.append(visit)

    def _go(self, visit: Visit) -> None:
        self._visits.remove(visit)
        self._free_words.append(visit.word)
        if visit.room is not None:
            visit.room.taken = False

    def _goes_on(self, word: str) -> Visit:
        begun = ChatTurn("assistant", f"{word} " * 16 + word)
        turns = (ChatTurn("system", "You repeat."), ChatTurn("user", f"Say {word} again and again."), begun)
        return Visit(ChatRequest(turns, greedy(self._draw.randint(8, 80)), continue_last=True), word)

    def _bound(self, word: str) -> Visit:
        sampling = replace(greedy(12), grammar=f'root ::= ("{word}" " ")+', temperature=0.8)
        return Visit(ChatRequest((ChatTurn("user", "Say it."),), sampling), word)

    def _long(self, word: str) -> Visit:
        text = prose(str(self._draw.random()), self._draw.randint(600, 1500))
        return Visit(ChatRequest((ChatTurn("user", text),), greedy(8)), word)

    def _comes_back(self, word: str) -> Visit:
        free = [room for room in self._rooms if not room.taken]
        if not free:
            return self._goes_on(word)
        room = self._draw.choice(free)
        room.taken = True
        question = ChatTurn("user", prose(str(self._draw.random()), self._draw.randint(10, 60)))
        turns = (persona(room.name, words=80), *room.turns, question)
        request = ChatRequest(turns, replace(greedy(self._draw.randint(8, 40)), temperature=0.7), affinity=room.name)
        return Visit(request, word, room)
