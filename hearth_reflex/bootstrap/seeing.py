"""Pictures by how they look to a model of pictures and words, where one is named: who keeps their index, who finds."""

from hearth_reflex.bootstrap.index import WithIndex, index_place
from hearth_reflex.media.store import FileStore
from hearth_reflex.rag.index import LOOKS, LanceIndex
from hearth_reflex.rag.looks import PictureLooker
from hearth_reflex.rag.seer import WorkerSeer
from hearth_reflex.services.picture_finding import PictureFinding, SeenIndex
from hearth_reflex.services.picture_vectors import PictureVectors


class WithSeeing(WithIndex):
    """`_picture_finding` is given to whoever finds; None, and nothing is made, where no model is named."""

    def _open_seeing(self) -> None:
        self._picture_finding: PictureFinding | None = None
        self._looks_index: SeenIndex | None = None
        order, settings = self._order, self.settings
        seer = self.seer
        if seer is None and order.clip and self._worker is not None:
            seer = WorkerSeer(self._worker, model=order.picture_model)
        if seer is None:
            return
        self._looks_index = self.looks_index or LanceIndex(
            index_place(settings), model=seer.model, source=order.clip, family=LOOKS
        )
        self._picture_finding = PictureFinding(seer=seer, index=self._looks_index)
        files, documents = FileStore(settings.data_dir / "files"), FileStore(settings.data_dir / "documents")
        self.indexing.keep_beside(
            PictureVectors(
                database=self.database,
                seer=seer,
                index=self._looks_index,
                thumbnails=self.thumbnails or PictureLooker(),
                small=lambda uuid: files.path(uuid, small=True),
                document=documents.path,
            )
        )

    async def _close_index(self) -> None:
        await super()._close_index()
        if self._looks_index is not None:
            await self._looks_index.close()
