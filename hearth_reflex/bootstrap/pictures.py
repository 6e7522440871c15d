"""What the house knows of pictures: how they look, what is said of them, which are alike."""

from collections.abc import Callable

from hearth_reflex.bootstrap.talk import WithTalk
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.media.store import FileStore
from hearth_reflex.rag.looks import PictureLooker
from hearth_reflex.rag.reader import Reader, can_read_pictures
from hearth_reflex.services.document_news import DocumentNews
from hearth_reflex.services.more_like import MoreLike
from hearth_reflex.services.picture_about import PictureAbouts
from hearth_reflex.services.picture_captions import PictureCaptions
from hearth_reflex.services.picture_finding import PictureFinding
from hearth_reflex.services.pictures import Pictures, Places
from hearth_reflex.services.shelved_pictures import ShelvedPictures


class WithPictures(WithTalk):
    """Notes of pictures, and what is made of them."""

    def _open_pictures(
        self, *, on_change: Callable[[], None] | None = None, looks: PictureFinding | None = None
    ) -> None:
        """Args:
        on_change: told when there is something new to be found.
        looks: who finds pictures by how they look to a model.
        """
        settings = self.settings
        files, documents = FileStore(settings.data_dir / "files"), FileStore(settings.data_dir / "documents")
        news = DocumentNews(database=self.database, bus=self.bus)
        captions = PictureCaptions(
            database=self.database,
            bus=self.bus,
            engines=self.engines,
            writer=self.batch,
            files=files.path,
            documents=documents.path,
            language=settings.default_locale,
            on_change=on_change,
            news=news,
        )
        self.pictures = Pictures(
            database=self.database,
            places=Places(small=lambda uuid: files.path(uuid, small=True), whole=files.path, document=documents.path),
            looker=PictureLooker(),
            # Not the one that reads documents: nobody who brought a book waits for old pictures.
            reader=self.reader or (Reader() if can_read_pictures() else None),
            captions=captions if settings.caption_pictures else None,
            on_change=on_change,
        )
        self.attachments.when_sent(self.pictures.kick)
        pace = Buckets(rate=1.0, burst=settings.messages_burst * 3)
        self.picture_abouts = PictureAbouts(**self.shared, pace=pace, on_change=on_change)
        self.shelved_pictures = ShelvedPictures(
            database=self.database, clock=self.clock, pace=pace, news=news, on_change=on_change
        )
        self.more_like = MoreLike(database=self.database, looks=looks)
