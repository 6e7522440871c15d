"""What finds by meaning: the embedder, the index, and who keeps it true to the database."""

from dataclasses import replace
from pathlib import Path

from hearth_reflex.bootstrap.ground import Ground
from hearth_reflex.domain.passages import Embedder
from hearth_reflex.domain.second_look import Reranker
from hearth_reflex.llm.address import FileLock
from hearth_reflex.rag.absent import AbsentEmbedder
from hearth_reflex.rag.changeover import Changeover, ChangingEmbedder, ChangingIndex
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.index import LanceIndex
from hearth_reflex.rag.order import EmbedderOrder
from hearth_reflex.services.index_steps import Index
from hearth_reflex.services.indexing import Indexing
from hearth_reflex.settings import Settings


def embedder_order(settings: Settings) -> EmbedderOrder:
    return EmbedderOrder(
        folder=settings.data_dir / "embedder",
        source=_source(settings.embedder),
        companion=settings.embedder_companion,
        reranker=_source(settings.reranker),
        clip=_source(settings.clip),
        memory_mb=settings.embedder_memory_mb,
        idle_s=settings.embedder_idle_minutes * 60,
        hub=settings.hub_enabled,
        hub_url=settings.hub_url,
        hub_token=settings.hub_token.get_secret_value(),
    )


def _source(named: str) -> str:
    """What a model is loaded from: the whole path of a folder, else an id of the hub."""
    folder = Path(named).expanduser()
    return str(folder.absolute()) if named and folder.is_dir() else named


def index_place(settings: Settings) -> Path | str:
    return settings.index_uri or settings.data_dir / "index"


def index_of(settings: Settings, order: EmbedderOrder) -> LanceIndex:
    return LanceIndex(index_place(settings), model=order.model, source=order.source)


def index_lock(settings: Settings) -> FileLock:
    """Held by whoever writes the index."""
    return FileLock(settings.data_dir / "index.lock")


def _still_there(order: EmbedderOrder, model: str, source: str) -> WorkerEmbedder | None:
    """The embedder of a model that was used before, if what it was made of is still the same."""
    for companion in (True, False):
        old = replace(order, source=source, companion=companion, reranker="", clip="")
        if old.model == model:
            return WorkerEmbedder(old)
    return None


class WithIndex(Ground):
    """`_embedder`, `_index` and `_reranker` are given to whoever finds; `indexing` is kicked by whoever has something
    new."""

    def _open_index(self) -> None:
        settings = self.settings
        self._embedder, self._index, self._reranker = self._chosen()
        self.indexing = Indexing(
            database=self.database, embedder=self._embedder, index=self._index, lock=index_lock(settings)
        )

    def _chosen(self) -> tuple[Embedder, Index, Reranker | None]:
        self._worker: WorkerEmbedder | None = None
        self._order = order = embedder_order(self.settings)
        real = index_of(self.settings, order)
        if self.embedder is not None or self.settings.skip_embedding:
            return self.embedder or AbsentEmbedder(), self.index or real, self.reranker
        change = Changeover(real, embedder_of=lambda model, source: _still_there(order, model, source))
        worker = self._worker = WorkerEmbedder(order)
        reranker = self.reranker or (worker if order.reranker else None)
        return ChangingEmbedder(worker, change), self.index or ChangingIndex(real, change), reranker

    async def _close_index(self) -> None:
        await self.indexing.close()
        await self._embedder.close()
        await self._index.close()
