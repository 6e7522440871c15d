"""Documents: where they lie, who reads them, and what is done with them."""

from hearth_reflex.bootstrap.index import WithIndex
from hearth_reflex.bootstrap.pictures import WithPictures
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.reading import Reads
from hearth_reflex.media.darkroom import Darkroom
from hearth_reflex.media.store import FileStore
from hearth_reflex.rag.reader import Reader
from hearth_reflex.services.collections import Collections
from hearth_reflex.services.document_news import DocumentNews
from hearth_reflex.services.document_pages import DocumentPages
from hearth_reflex.services.document_work import DocumentWork
from hearth_reflex.services.documents import Documents
from hearth_reflex.services.quotas import MB, FileLimits


class WithDocuments(WithPictures, WithIndex):
    """Documents and collections; their pieces are embedded by `indexing`, their pictures looked at by `pictures`."""

    def _open_documents(self, reads: Reads) -> None:
        settings, kept = self.settings, self.document_bytes
        news = DocumentNews(database=self.database, bus=self.bus)
        self.document_work = DocumentWork(
            database=self.database,
            news=news,
            clock=self.clock,
            worker=self.worker,
            kept=kept,
            reads=reads,
            count=self._embedder.count_tokens,
            at_once=settings.documents_at_once,
            on_pieces=self.indexing.kick,
            on_picture=self.pictures.kick,
        )
        self.indexing.on_embedded = self.document_work.embedded
        self.documents = Documents(
            database=self.database,
            clock=self.clock,
            news=news,
            work=self.document_work,
            kept=kept,
            again_pace=Buckets(rate=1 / 10, burst=settings.documents_burst),
            darkroom=Darkroom(),
            limits=FileLimits(
                file=settings.document_max_mb * MB,
                person=settings.files_person_mb * MB,
                house=settings.files_house_mb * MB,
            ),
            sent=FileStore(settings.data_dir / "files"),
            pace=Buckets(rate=1 / 10, burst=settings.documents_burst),
        )
        self.document_pages = DocumentPages(database=self.database, kept=kept, reads=reads)
        self.collections = Collections(database=self.database, clock=self.clock)

    def _reader(self) -> Reads:
        return self.reader or Reader(places=self.settings.documents_at_once)
