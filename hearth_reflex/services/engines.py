"""The house's models and servers behind one seam, by reference.

When the model that should speak cannot, those of the order of fallback are asked in turn, as long as nothing was said.
What has to be told to a person instead (a prompt too long, a line too long, a form or picture that does not fit) is.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar

import structlog

from hearth_reflex.domain.generation import ChatRequest, ChatTurn, Engine, EngineEvent, EngineHealth, Piece
from hearth_reflex.errors import (
    EngineBusyError,
    EngineError,
    GrammarError,
    ModelMissingError,
    PictureError,
    PromptTooLongError,
)
from hearth_reflex.services.choosing import Choosing
from hearth_reflex.services.speakers import Speaker

log = structlog.get_logger(__name__)
T = TypeVar("T")

_FOR_THE_PERSON = (EngineBusyError, GrammarError, PictureError, PromptTooLongError)
_MARKS_A_TURN = 8  # tokens that a template puts around a turn, and some to spare


class Engines(Choosing):
    """All that can speak in this house."""

    async def start(self) -> None:
        await self._speakers.start()

    async def close(self) -> None:
        await self._speakers.close()

    async def stream(
        self, request: ChatRequest, *, turned_to: Callable[[EngineHealth], None] | None = None
    ) -> AsyncGenerator[EngineEvent, None]:
        """As `Engine.stream`, by the model that `request.model` names, or by one that takes over for it.

        A request that is to be decoded `alone` is for that one model: another would say something else.

        Args:
            turned_to: hears who is asked before words go to a server outside, or to one that takes over.
        """
        speakers = await self._asked(request)
        first: EngineError | None = None
        for speaker in speakers:
            said = False
            try:
                asked = request if first is None else await _fitted(request, speaker.engine)
                if turned_to and (speaker.leaves_house or first is not None):
                    turned_to(await speaker.engine.health())
                async with aclosing(speaker.engine.stream(asked)) as events:
                    async for event in events:
                        said = said or isinstance(event, Piece)
                        yield event
                return
            except EngineError as fault:
                if said:
                    raise
                first = first or fault
                if isinstance(fault, _FOR_THE_PERSON) or speaker is speakers[-1]:
                    break
                log.warning("engine.fell_back", model=speaker.ref, error=fault.code)
        raise first or ModelMissingError()

    async def count_tokens(self, texts: list[str], *, model: str = "") -> list[int]:
        """By the model that was chosen; where it cannot, by the first that can. To count is never to send."""

        async def count(engine: Engine) -> list[int]:
            return await engine.count_tokens(texts)

        return await _first_that_can(await self._speakers.line(model), count)

    async def health(self, model: str = "") -> EngineHealth:
        """Of the one that would be asked now; of the chosen one when none can be."""
        speakers = await self._speakers.line(model)
        found = [await speaker.engine.health() for speaker in speakers]
        return next((health for health in found if health.status != "unavailable"), found[0])

    async def _asked(self, request: ChatRequest) -> list[Speaker]:
        if not request.alone:
            return await self._speakers.line(request.model)
        speaker = await self._speakers.found(request.model) if request.model else await self._speakers.chosen("")
        if speaker is None:
            raise ModelMissingError
        return [speaker]


async def _first_that_can(speakers: list[Speaker], do: Callable[[Engine], Awaitable[T]]) -> T:
    first: EngineError | None = None
    for speaker in speakers:
        try:
            return await do(speaker.engine)
        except EngineError as fault:
            first = first or fault
    raise first or ModelMissingError()


async def _fitted(request: ChatRequest, engine: Engine) -> ChatRequest:
    """The request for a model that may hold less: the oldest turns behind the instructions give way."""
    counts = await engine.count_tokens([turn.content for turn in request.turns])  # wakes it, if it is asleep
    context = (await engine.health()).context_tokens
    if not context:
        return request
    most = min(request.sampling.max_tokens, context // 2)
    turns = _newest(request.turns, counts, context - most)
    return replace(request, turns=turns, sampling=replace(request.sampling, max_tokens=most))


def _newest(turns: tuple[ChatTurn, ...], counts: list[int], room: int) -> tuple[ChatTurn, ...]:
    sized = list(zip(turns, counts, strict=True))
    head = [pair for pair in sized[:1] if pair[0].role == "system"]
    rest = sized[len(head) :]
    while len(rest) > 1 and sum(count + _MARKS_A_TURN for _, count in (*head, *rest)) > room:
        rest = rest[1:]
    return tuple(turn for turn, _ in (*head, *rest))
