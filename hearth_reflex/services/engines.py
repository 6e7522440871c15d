"""Which model speaks: the house's models and servers behind one seam, by reference."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from hearth_reflex.domain.generation import ChatRequest, Engine, EngineEvent, EngineHealth


class Engines:
    """Args:
    default: the engine of the house's default model.
    """

    def __init__(self, *, default: Engine) -> None:
        self._default = default

    async def start(self) -> None:
        await self._default.start()

    async def close(self) -> None:
        await self._default.close()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        """As `Engine.stream`, by the model that `request.model` names."""
        async with aclosing(self._default.stream(request)) as events:
            async for event in events:
                yield event

    async def count_tokens(self, texts: list[str], *, model: str = "") -> list[int]:
        return await self._default.count_tokens(texts)

    async def health(self, model: str = "") -> EngineHealth:
        return await self._default.health()
