"""What is said for one run, before it is known to a room: the prompt and who speaks, and the words as they may be told.

A model speaks, or the house itself where it quotes what was found. Writes no row and tells nobody; `replies.py` does.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

import structlog

from hearth_reflex.domain.citing import Cited
from hearth_reflex.domain.generation import (
    EngineEvent,
    Finished,
    FinishReason,
    Made,
    Piece,
    Sampling,
    Started,
    Usage,
)
from hearth_reflex.domain.text import without_controls
from hearth_reflex.domain.voice import Label
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.recall import Recall, Space
from hearth_reflex.services.records import Record
from hearth_reflex.services.reply_log import log_asked
from hearth_reflex.services.runs import Run, request_of
from hearth_reflex.services.sourced import NOT_LOOKED, Linked, Sourced
from hearth_reflex.services.sources import Sources

log = structlog.get_logger(__name__)

HOUSE = "house"  # who wrote what no model did
_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(slots=True)
class Voice:
    """Makes of what an engine says what a room is told: without a name before it, or numbers that mean nothing."""

    events: AsyncGenerator[EngineEvent]
    label: Label = field(default_factory=lambda: Label(()))
    cited: Cited | None = None
    sourced: Sourced = NOT_LOOKED
    begun: str = ""

    def words(self, event: EngineEvent) -> str:
        """What `event` adds to the answer."""
        if isinstance(event, Piece):
            return self._read(self.label.feed(without_controls(event.text)))
        return self.rest() if isinstance(event, Finished) else ""

    def rest(self) -> str:
        """What is still held back, when nothing more will come."""
        held = self._read(self.label.flush())
        return held + self.cited.flush() if self.cited else held

    def _read(self, words: str) -> str:
        return self.cited.feed(words) if self.cited else words


class Utterances:
    """Args:
    sampling: the house's defaults for drawing tokens.
    sources: what answers stand on.
    """

    def __init__(self, *, engines: Engines, recall: Recall, sources: Sources, sampling: Sampling) -> None:
        self._engines, self._recall, self._sources = engines, recall, sources
        self._sampling = sampling.clamped()

    async def begin(self, run: Run, record: Record) -> Voice | None:
        """Who speaks for `run`; None: what it was asked was taken back meanwhile.

        Raises:
            EngineError: no engine can be asked.
        """
        health = record.health = await self._engines.health(run.model)
        sourced = await self._sources.gather(
            run.actor, run.message, health=health, since_seq=run.since_seq, begun=run.text
        )
        if sourced.said.startswith(run.text) and sourced.said:
            record.say()
            said = sourced.said[len(run.text) :]
            return Voice(_own_words(said, model=sourced.way.value), sourced=sourced, begun=run.text)
        return await self._asked(run, record, sourced if not sourced.said else replace(NOT_LOOKED, log=sourced.log))

    async def linked(self, text: str, voice: Voice | None, *, whole: bool) -> tuple[str, Linked]:
        """The answer as it is kept, and its sources. What cannot be linked is kept as it was said.

        Args:
            whole: whether it ended by itself.
        """
        if voice is None:
            return text, Linked()
        try:
            return await self._sources.link(text, voice.sourced, begun=voice.begun, whole=whole)
        except Exception:
            log.exception("reply.link_failed")
            return text, Linked(voice.sourced.log)

    async def _asked(self, run: Run, record: Record, sourced: Sourced) -> Voice | None:
        assert record.health is not None  # noqa: S101 - asked just before
        sampling = run.config.sampling(self._sampling)
        space = Space.of(record.health, sampling)
        prompt = await self._recall.gather(
            run.persona,
            run.message,
            model=run.model,
            context=space.context,
            reply=space.reply,
            begun=run.text,
            config=run.config,
            since_seq=run.since_seq,
            quotes=sourced.prompted,
        )
        if not prompt.heard:
            return None
        request = request_of(run, prompt, replace(sampling, max_tokens=space.reply))
        given = sourced.narrowed(prompt.given)
        record.ask(request, prompt, given)
        log_asked(run, record)
        return Voice(
            self._engines.stream(request, turned_to=record.turn_to),
            Label(() if run.text else (run.persona.name_ko, run.persona.name_en, *prompt.speakers)),
            Cited(prompt.given) if prompt.given else None,
            given,
            run.text,
        )


async def _own_words(said: str, *, model: str) -> AsyncGenerator[EngineEvent]:
    """The house's own words as an engine would say them, word by word; they cost no token."""
    begun = time.monotonic()
    yield Started()
    first = 0.0
    for word in _WORDS.findall(said):
        first = first or (time.monotonic() - begun) * 1000
        yield Piece(word, tokens=0)
        await asyncio.sleep(0)
    total = (time.monotonic() - begun) * 1000
    yield Finished(FinishReason.STOP, Usage(first_token_ms=first, total_ms=total), Made(provider=HOUSE, model=model))
