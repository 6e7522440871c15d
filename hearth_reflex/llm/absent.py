"""An engine for a house that was told to run without a model: it says so, and answers nobody."""

from collections.abc import AsyncGenerator

from hearth_reflex.domain.generation import ChatRequest, EngineEvent, EngineHealth, Started
from hearth_reflex.errors import ModelMissingError


class AbsentEngine:
    async def start(self) -> None:
        """There is nothing to start."""

    async def close(self) -> None:
        """There is nothing to close."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        raise ModelMissingError("model_skipped")
        yield Started()  # makes this an asynchronous generator, as the protocol asks

    async def count_tokens(self, texts: list[str]) -> list[int]:
        raise ModelMissingError("model_skipped")

    async def health(self) -> EngineHealth:
        return EngineHealth(status="unavailable", reason="model_skipped")
