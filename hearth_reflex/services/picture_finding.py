"""Pictures found by how they look, by a question in words or by another picture; where the house has a model for it.

Decides nothing about access: scopes come from `reach.py`, and whoever shows a picture reads it there. A model that is
silent, or late, has found nothing.
"""

from collections.abc import Sequence
from typing import Protocol

from hearth_reflex.domain.passages import Kind, Near
from hearth_reflex.domain.queries import Query, has_substance
from hearth_reflex.domain.seeing import PLAIN, Seer, Wanted, likeness_of
from hearth_reflex.errors import EmbedderError
from hearth_reflex.services.patience import Patience
from hearth_reflex.services.picture_vectors import LooksIndex
from hearth_reflex.services.reach import Reach

MOST = 20
LIKELY = 0.5  # from here on a picture shows what was asked for


class SeenIndex(LooksIndex, Protocol):
    """The index of looks, as whoever finds needs it, too."""

    async def close(self) -> None: ...


class PictureFinding:
    """One for a house."""

    def __init__(self, *, seer: Seer, index: SeenIndex) -> None:
        self._seer, self._index = seer, index
        self._patience = Patience()
        self._plain: dict[bool, list[list[float]]] = {}

    async def showing(self, reach: Reach, query: Query, *, patience: float | None = None) -> dict[str, float]:
        """Keys of pictures and how likely each shows what is asked for, 0 to 1.

        Args:
            patience: seconds, after which nothing was found.
        """
        if not reach.scopes or not has_substance(query.text):
            return {}
        try:
            return await self._patience.within(patience, self._shown(reach, query))
        except EmbedderError:
            return {}

    async def like(self, reach: Reach, key: str, *, limit: int = MOST) -> dict[str, float]:
        """Keys of other pictures and how much each looks like this one, 0 to 1."""
        try:
            vector = await self._index.vector(key)
            found = await self._near(vector, reach, limit=limit + 1) if vector else []
        except EmbedderError:
            return {}
        return {near.key: likeness_of(near.score) for near in found if near.key != key}

    async def _shown(self, reach: Reach, query: Query) -> dict[str, float]:
        wanted = await self._wanted(query)
        found = await self._near(wanted.way, reach) if wanted.far else []
        return {near.key: wanted.likely(near.score) for near in found}

    async def _wanted(self, query: Query) -> Wanted:
        korean = query.hangul > 0.5
        asked = query.words
        if korean not in self._plain:
            *plain, question = await self._seer.imagine([*PLAIN[korean], asked])
            self._plain[korean] = plain
        else:
            (question,) = await self._seer.imagine([asked])
        return Wanted.of(question, self._plain[korean])

    async def _near(self, vector: Sequence[float], reach: Reach, *, limit: int = MOST) -> list[Near]:
        return await self._index.nearest(
            vector, scopes=reach.scopes, kinds=(Kind.PICTURE,), parents=reach.documents, limit=limit
        )
