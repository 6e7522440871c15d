"""One text for a program: a prompt, perhaps with pictures, and what a model makes of it. Nothing of it is kept but what
it has used.

Text alone is drawn greedily unless more is asked for, and short: that is the quick way.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import structlog

from hearth_reflex.db.database import Database
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    EngineEvent,
    Finished,
    Made,
    Piece,
    Sampling,
    Usage,
)
from hearth_reflex.domain.text import clean_message, without_controls
from hearth_reflex.errors import InputError, LimitError
from hearth_reflex.media.pictures import as_data_uri
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_settings import AiSettings
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.runs import open_of
from hearth_reflex.services.usage_days import UsageDays

log = structlog.get_logger(__name__)

LENGTH = 20  # tokens, where nothing is said
GREEDY_MOST = 128
PICTURES_MOST = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asks for; None leaves it to what its person has set, and to the house."""

    prompt: str
    pictures: tuple[bytes, ...] = ()
    max_length: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    do_sample: bool | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Generated:
    """The whole text, who wrote it, and what it used."""

    text: str
    model: str
    usage: Usage


class Generating:
    """Args:
    per_person: texts and answers in rooms that one person may have on their way.
    sampling: the house's defaults for drawing tokens.
    limit: longest prompt, in code points.
    pace: how fast one person may speak; a text counts like a message.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        engines: Engines,
        settings: AiSettings,
        usage: UsageDays,
        per_person: int,
        sampling: Sampling,
        limit: int,
        pace: Buckets,
    ) -> None:
        self._db, self._clock, self._engines, self._settings, self._usage = database, clock, engines, settings, usage
        self._per_person, self._sampling, self._limit, self._pace = per_person, sampling.clamped(), limit, pace
        self._drawing = asyncio.Semaphore(1)  # whoever waits for a picture waits here, and holds no thread meanwhile
        self._open = Counter[str]()  # texts on their way here, by person

    async def admit(self, actor: Actor) -> None:
        """Whether they may ask for another text now, before what they ask is read; it costs as much as a message.

        Raises:
            LimitError: `message_pace`; `usage_person`.
        """
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("message_pace", retry_after=wait)
        await self._usage.check(actor, None)

    async def begin(self, actor: Actor, asked: Asked) -> AsyncGenerator[str | Generated]:
        """The model's words as they come, and at last a `Generated`, for who was admitted. Closing it ends the reply.

        Raises:
            InputError: `ai_setting`; `model_ref`; a prompt that no message may be; `picture_many`.
            LimitError: once words are asked for, `answers_many`.
            EngineError: once words are asked for; `picture_bad` among them.
        """
        prompt = _clean_prompt(asked.prompt, limit=self._limit)
        if len(asked.pictures) > PICTURES_MOST:
            raise InputError("picture_many", field="image1")
        config = await self._config(actor, asked)
        return self._speak(actor, self._request(actor, prompt, asked, config), asked.pictures)

    async def _config(self, actor: Actor, asked: Asked) -> AiConfig:
        raw: dict[str, Any] = {name: getattr(asked, name) for name in ("temperature", "top_p", "do_sample", "model")}
        return (await self._settings.read(raw)).over(await self._settings.mine(actor))

    def _request(self, actor: Actor, prompt: str, asked: Asked, config: AiConfig) -> ChatRequest:
        """Greedy where nothing else was asked for; so a text without pictures is short."""
        greedy = not (asked.pictures or asked.do_sample)
        most = min(GREEDY_MOST, self._sampling.max_tokens) if greedy else self._sampling.max_tokens
        length = min(max(asked.max_length if asked.max_length is not None else LENGTH, 1), most)
        config = replace(config, max_tokens=length, do_sample=False if greedy else config.do_sample)
        return ChatRequest(
            turns=(ChatTurn("user", prompt),),
            sampling=config.sampling(self._sampling),
            asker=actor.uuid,
            affinity=f"generate:{actor.uuid}",
            model=config.model,
        )

    async def _speak(
        self, actor: Actor, request: ChatRequest, pictures: Sequence[bytes]
    ) -> AsyncGenerator[str | Generated]:
        said, tokens = list[str](), 0
        usage, made = Usage(), Made()
        async with self._counted(actor):
            try:
                images = tuple([await self._drawn_anew(data) for data in pictures])
                turn = replace(request.turns[0], images=images)
                async with aclosing(self._engines.stream(replace(request, turns=(turn,)))) as events:
                    async for event in events:
                        if isinstance(event, Piece):
                            tokens += event.tokens
                            said.append(without_controls(event.text))
                            yield said[-1]
                        usage, made = _ended(event, usage, made)
            finally:
                usage = usage if usage.output_tokens else replace(usage, output_tokens=tokens)
                await asyncio.shield(self._usage.spend(actor, usage, made))
                log.info("text.generated", tokens=usage.output_tokens, prompt=usage.prompt_tokens, images=len(pictures))
        model = made.model or (await self._engines.health(request.model)).model
        yield Generated("".join(said), model, usage)

    async def _drawn_anew(self, picture: bytes) -> str:
        """The next one's turn comes when the thread is done, also where nobody waits for this one any more."""
        await self._drawing.acquire()
        drawing = asyncio.ensure_future(asyncio.to_thread(as_data_uri, picture))
        drawing.add_done_callback(lambda _: self._drawing.release())
        return await asyncio.shield(drawing)

    @asynccontextmanager
    async def _counted(self, actor: Actor) -> AsyncGenerator[None]:
        """One of the texts and answers that this person may have on their way at once."""
        async with self._db.read() as db:
            in_rooms = await open_of(db, actor)
        if in_rooms + self._open[actor.uuid] >= self._per_person:
            raise LimitError("answers_many", retry_after=1.0, limit=self._per_person)
        self._open[actor.uuid] += 1
        try:
            yield
        finally:
            self._open[actor.uuid] -= 1
            if not self._open[actor.uuid]:
                del self._open[actor.uuid]


def _ended(event: EngineEvent, usage: Usage, made: Made) -> tuple[Usage, Made]:
    return (event.usage, event.made) if isinstance(event, Finished) else (usage, made)


def _clean_prompt(raw: str, *, limit: int) -> str:
    try:
        return clean_message(raw, limit=limit)
    except InputError as error:
        raise InputError(error.code, field="prompt", **error.params) from None
