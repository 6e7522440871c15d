"""What the house knows: documents and pictures, what finds them by meaning, and what answers from them."""

from hearth_reflex.bootstrap.documents import WithDocuments
from hearth_reflex.bootstrap.finding import WithFinding
from hearth_reflex.services.asking import Asking


class WithKnowing(WithDocuments, WithFinding):
    """Documents, the embedder and the index, finding and citing."""

    def _open_knowing(self) -> None:
        """Each service of this area is made here."""
        self._open_index()
        self._open_seeing()
        self._open_finding()
        self._open_pictures(on_change=self.indexing.kick, looks=self._picture_finding)
        self._open_documents(self._reader())
        self._open_citing()

    def _open_citing(self) -> None:
        """From here on answers look into what the house knows."""
        self.sources.open(self.retrieval, embedder=self._embedder)
        self.asking = Asking(
            database=self.database,
            engines=self.engines,
            sources=self.sources,
            generating=self.generating,
            settings=self.ai_settings,
            limit=self.settings.message_max_chars,
        )
