"""What is said and brought: messages, files, marks, searches, and talks with an AI beside a room."""

from hearth_reflex.bootstrap.ai import WithAi
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.media.darkroom import Darkroom
from hearth_reflex.media.store import FileStore
from hearth_reflex.services.ai_sessions import AiSessions
from hearth_reflex.services.alone import Alone
from hearth_reflex.services.answers import Answers
from hearth_reflex.services.attachments import Attachments
from hearth_reflex.services.avatars import Avatars
from hearth_reflex.services.cards import Cards
from hearth_reflex.services.credentials import Credentials
from hearth_reflex.services.document_bytes import DocumentBytes, PageCache
from hearth_reflex.services.edits import Edits
from hearth_reflex.services.follow_ups import FollowUps
from hearth_reflex.services.generating import Generating
from hearth_reflex.services.messages import Messages
from hearth_reflex.services.opinions import Opinions
from hearth_reflex.services.persona_pictures import PersonaPictures
from hearth_reflex.services.pins import Pins
from hearth_reflex.services.quotas import MB, FileLimits
from hearth_reflex.services.ratings import Ratings
from hearth_reflex.services.reactions import Reactions
from hearth_reflex.services.saved_prompts import SavedPrompts
from hearth_reflex.services.search_index import SearchIndex
from hearth_reflex.services.stars import Stars


class WithTalk(WithAi):
    """Messages and all that belongs to them."""

    def _open_talk(self) -> None:
        settings = self.settings
        darkroom = Darkroom()
        self.avatars = Avatars(
            **self.shared,
            store=FileStore(settings.data_dir / "avatars"),
            darkroom=darkroom,
            pace=Buckets(rate=1 / 30, burst=10),
        )
        self.persona_pictures = PersonaPictures(database=self.database, bus=self.bus, avatars=self.avatars)
        self.cards = Cards(
            personas=self.personas, avatars=self.avatars, clock=self.clock, pace=Buckets(rate=1 / 10, burst=20)
        )
        self.attachments = Attachments(
            database=self.database,
            clock=self.clock,
            store=FileStore(settings.data_dir / "files"),
            darkroom=darkroom,
            limits=FileLimits(
                file=settings.file_max_mb * MB, person=settings.files_person_mb * MB, house=settings.files_house_mb * MB
            ),
            pace=Buckets(rate=1 / 3, burst=settings.files_burst),
        )
        self.document_bytes = DocumentBytes(
            FileStore(settings.data_dir / "documents"), PageCache(settings.data_dir / "documents" / "pages")
        )
        self.credentials = Credentials(
            **self.shared,
            sessions=self.sessions,
            passwords=self.passwords,
            files=self.attachments,
            faces=self.avatars,
            books=self.document_bytes,
        )
        self.messages = Messages(
            **self.shared,
            answers=self.replies,
            files=self.attachments,
            news=self.news,
            limit=settings.message_max_chars,
            pace=self._message_pace,
        )
        self.edits = Edits(
            **self.shared,
            files=self.attachments,
            answers=self.replies,
            limit=settings.message_max_chars,
            pace=self._message_pace,
        )
        self.answers = Answers(
            **self.shared, personas=self.personas, replies=self.replies, edits=self.edits, pace=self._message_pace
        )
        self.ratings = Ratings(**self.shared)
        self.opinions = Opinions(database=self.database)
        self.follow_ups = FollowUps(database=self.database)
        self.saved_prompts = SavedPrompts(database=self.database, clock=self.clock)
        self.ai_sessions = AiSessions(
            **self.shared,
            personas=self.personas,
            settings=self.ai_settings,
            models=self.engines,
            pace=Buckets(rate=1 / 60, burst=2 * settings.rooms_burst),
        )
        self.alone = Alone(**self.shared, personas=self.personas, pace=self._rooms_pace)
        self.generating = Generating(
            database=self.database,
            clock=self.clock,
            engines=self.engines,
            settings=self.ai_settings,
            usage=self.usage_days,
            per_person=settings.answers_per_person,
            sampling=self._sampling,
            limit=settings.message_max_chars,
            pace=self._message_pace,
        )
        self.reactions = Reactions(**self.shared, pace=self._message_pace)
        self.pins = Pins(**self.shared)
        self.stars = Stars(**self.shared)
        self.search_index = SearchIndex(database=self.database)
