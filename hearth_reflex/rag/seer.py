"""The model of pictures and words as the house sees it: it lives in the embedder's process, and is loaded there when it
is first needed."""

from collections.abc import Sequence

from hearth_reflex.domain.seeing import Pixels
from hearth_reflex.rag.embedders import FETCH_PATIENCE_S, TEXT_MAX, WorkerEmbedder, vectors_of

_AT_ONCE = 8  # pictures of one request: some megabytes


class WorkerSeer:
    """Implements domain.seeing.Seer.

    Args:
        process: whose order names the model.
        model: its name.
    """

    def __init__(self, process: WorkerEmbedder, *, model: str) -> None:
        self._process, self._model = process, model

    @property
    def model(self) -> str:
        return self._model

    async def see(self, pictures: Sequence[Pixels]) -> list[list[float]]:
        found: list[list[float]] = []
        for start in range(0, len(pictures), _AT_ONCE):
            part = pictures[start : start + _AT_ONCE]
            request = {"do": "see", "sizes": [[one.width, one.height] for one in part]}
            head, body = await self._process.ask(request, b"".join(one.rgb for one in part), patience=FETCH_PATIENCE_S)
            found += vectors_of(head, body, len(part))
        return found

    async def imagine(self, texts: Sequence[str]) -> list[list[float]]:
        request = {"do": "imagine", "texts": [text[:TEXT_MAX] for text in texts]}
        head, body = await self._process.ask(request, patience=FETCH_PATIENCE_S)
        return vectors_of(head, body, len(texts))
