"""The embedder of a house that finds by words alone."""

from collections.abc import Sequence
from typing import NoReturn

from hearth_reflex.domain.meanings import Meanings
from hearth_reflex.errors import EmbedderError


class AbsentEmbedder:
    """Implements domain.passages.Embedder: it refuses everything at once."""

    model, dimension = "", 0

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        _refuse()

    async def embed_sentences(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        _refuse()

    async def alike(self, words: Sequence[str], texts: Sequence[str], *, seconds: float) -> list[list[float]]:
        _refuse()

    async def words(self, texts: Sequence[str]) -> list[str]:
        _refuse()

    async def meanings(self, words: Sequence[str]) -> Meanings:
        _refuse()

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        _refuse()

    async def close(self) -> None:
        """There is nothing to end."""


def _refuse() -> NoReturn:
    raise EmbedderError
