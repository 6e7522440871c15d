"""Somebody else's server as an engine of the house: what is said to it leaves the house.

Keeps nothing between replies: each has a connection of its own, so that a changed address or key counts from the next
reply on, in every process. Knows no database; who may speak to whom is decided by the services.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    EngineEvent,
    EngineHealth,
    Finished,
    Made,
    Sampling,
)
from hearth_reflex.errors import EngineSilentError, GrammarError, PictureError, ProviderKeyError
from hearth_reflex.llm.client import OpenAiDialectClient, guessed_tokens

_PAUSES = (0.5, 2.0)
_SILENCE_S = 60.0
_CHECK_S = 20.0
_MOST_STOPS = 4  # more are refused by some
# Such servers answer an assistant's last turn anew: they are told in words that it is to be gone on with.
_GO_ON = "Go on exactly where your last message broke off. Do not repeat any of it and do not comment on this."


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """Where words are sent. `key` None means that the kept one cannot be opened; "" that none is needed."""

    name: str
    base_url: str
    model: str
    key: str | None = field(default="", repr=False)
    context_tokens: int = 8192
    sees: bool = False


class RemoteEngine:
    """Implements domain.generation.Engine.

    Args:
        silence_s: a reply of which nothing is heard for so long is given up.
        pauses: seconds before each further try, while nothing was said yet.
    """

    def __init__(
        self, server: RemoteServer, *, silence_s: float = _SILENCE_S, pauses: tuple[float, ...] = _PAUSES
    ) -> None:
        self._server, self._silence_s, self._pauses = server, silence_s, pauses

    async def start(self) -> None:
        """There is nothing to start here."""

    async def close(self) -> None:
        """Nothing is open between replies."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        """Events of one reply; raises EngineError. Closing the generator closes the connection."""
        asked = self._suited(request)
        async with self._client(self._silence_s, self._pauses) as client, aclosing(client.stream(asked)) as events:
            async for event in events:
                yield replace(event, made=self._made(event.made)) if isinstance(event, Finished) else event

    async def check(self) -> None:
        """Whether address, key and model work together, for the price of one token. Raises EngineError.

        The list of models comes first because it costs nothing; but some servers show it to everybody.
        """
        hello = ChatRequest((ChatTurn("user", "Hello"),), Sampling(max_tokens=1))
        try:
            async with asyncio.timeout(_CHECK_S), self._client(_CHECK_S, ()) as client:
                await client.check()
                async with aclosing(client.stream(hello)) as events:
                    async for _ in events:
                        pass
        except TimeoutError as error:
            raise EngineSilentError from error

    async def count_tokens(self, texts: list[str]) -> list[int]:
        """A careful guess: to count would be to send."""
        return [guessed_tokens(text) for text in texts]

    async def health(self) -> EngineHealth:
        """What is known of it without asking it."""
        server = self._server
        return EngineHealth(
            status="ready" if server.key is not None else "unavailable",
            reason="" if server.key is not None else "provider_key_lost",
            provider=server.name,
            model=server.model,
            context_tokens=server.context_tokens,
            sees=server.sees,
            leaves_house=True,
        )

    def _suited(self, request: ChatRequest) -> ChatRequest:
        """The request as such a server can follow it."""
        if request.sampling.grammar:
            raise GrammarError("grammar_remote")
        if any(turn.images for turn in request.turns) and not self._server.sees:
            raise PictureError
        sampling = replace(request.sampling, stop=request.sampling.stop[:_MOST_STOPS])
        turns = (*request.turns, ChatTurn("user", _GO_ON)) if request.continue_last else request.turns
        return replace(request, turns=turns, sampling=sampling, continue_last=False)

    def _made(self, told: Made) -> Made:
        return replace(told, provider=self._server.name, model=self._server.model, leaves_house=True)

    @asynccontextmanager
    async def _client(self, silence_s: float, pauses: tuple[float, ...]) -> AsyncGenerator[OpenAiDialectClient, None]:
        if self._server.key is None:
            raise ProviderKeyError("provider_key_lost")
        client = OpenAiDialectClient(
            base_url=self._server.base_url,
            api_key=self._server.key,
            model=self._server.model,
            silence_s=silence_s,
            pauses=pauses,
        )
        try:
            yield client
        finally:
            await client.close()
