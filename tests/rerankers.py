"""Cross-encoders without a model, for tests only: one with a plain opinion, one that is late, one that is broken."""

import asyncio
from collections.abc import Sequence

from hearth_reflex.errors import EmbedderError


class Opinionated:
    """Likes passages that hold a word, the others the less the longer they are.

    Args:
        most: passages that it has time for.

    Attributes:
        asked: question and passages of each look.
    """

    def __init__(self, likes: str, *, most: int = 100) -> None:
        self.likes, self.most = likes, most
        self.asked: list[tuple[str, list[str]]] = []

    async def scores(self, question: str, passages: Sequence[str], *, seconds: float) -> list[float]:
        self.asked.append((question, list(passages)))
        return [0.9 if self.likes in passage else 1 / (10 + len(passage)) for passage in passages[: self.most]]


class Late(Opinionated):
    """Answers when it is told to."""

    def __init__(self, likes: str) -> None:
        super().__init__(likes)
        self.ready = asyncio.Event()

    async def scores(self, question: str, passages: Sequence[str], *, seconds: float) -> list[float]:
        found = await super().scores(question, passages, seconds=seconds)
        await self.ready.wait()
        return found


class Broken(Opinionated):
    """Fails as long as it is broken."""

    is_broken = True

    async def scores(self, question: str, passages: Sequence[str], *, seconds: float) -> list[float]:
        found = await super().scores(question, passages, seconds=seconds)
        if self.is_broken:
            raise EmbedderError
        return found
