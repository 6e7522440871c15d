"""The house: all services of one process, and its opening and closing."""

from collections import Counter
from dataclasses import dataclass

import structlog

from hearth_reflex.bootstrap.knowing import WithKnowing
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.jobs.care import CLEAN_SECONDS, Care
from hearth_reflex.services.callers import Callers
from hearth_reflex.services.room_care import RoomCare
from hearth_reflex.services.seats import Seats

log = structlog.get_logger(__name__)

INDEX_SECONDS = 0.5  # between two steps of bringing older messages into the index, until all are in
MODELS_SECONDS = 30.0  # between two looks into the folder of models
PICTURES_SECONDS = 1.0  # between two rounds of looking at pictures, if there are any
DOCUMENTS_SECONDS = 2.0  # between two looks for documents that wait to be read
FILES_SECONDS = 3600.0  # between two rounds that remove what was brought and never sent


@dataclass
class House(WithKnowing):
    """All services of one process, over one database, one engine and one bus.

    Without a `fleet` only `engine` speaks, and no other model of the house.
    """

    def __post_init__(self) -> None:
        self._open_models()
        self._open_people()
        self._open_ai()
        self._open_talk()
        self._open_knowing()
        self._open_doors()

    def _open_doors(self) -> None:
        settings = self.settings
        self.event_pace = Buckets(rate=settings.events_per_second, burst=settings.events_burst)
        self.callers = Callers(sessions=self.sessions, tokens=self.api_tokens, clock=self.clock, pace=self.event_pace)
        self.open_streams = Counter[str]()  # event streams, by person
        self.entry_pace = Buckets(rate=0.5, burst=30)  # an address: a whole family may come in behind one router
        self.login_pace = Buckets(rate=1 / 12, burst=10)  # a login name at an address
        self.room_care = RoomCare(
            **self.shared,
            keepers=[self.attachments, self.documents],
            readers=[self.fleet] if self.fleet is not None else [],
        )
        self.seats = Seats(**self.shared, care=self.room_care, pace=self._seat_pace)
        self.care = Care(
            sessions=self.sessions,
            generations=self.generations,
            rooms=self.room_care,
            alone=not settings.redis_url,
        )

    async def start(self) -> None:
        """Ready for people. The model gets ready in the background; nobody waits for it."""
        await self.rooms.ensure_living_room()
        await self.personas.ensure_default()
        await self.care.begin()
        await self.models.scan(patience=0)
        self.care.every(MODELS_SECONDS, "models", self.models.scan)
        self.care.every(CLEAN_SECONDS, "avatars", self.avatars.clean)
        self.care.every(FILES_SECONDS, "files", self.attachments.clean)
        self.care.every(FILES_SECONDS, "receipts", self.search_logs.clean)
        self.care.every(FILES_SECONDS, "document bytes", self.documents.clean)
        self.care.every(DOCUMENTS_SECONDS, "documents", self.document_work.round)
        self.care.every(INDEX_SECONDS, "search", self.search_index.catch_up)
        self.care.every(PICTURES_SECONDS, "pictures", self.pictures.round)
        self.indexing.start()
        await self.engines.start()
        log.info("house.open", worker=self.worker)

    async def database_answers(self) -> bool:
        try:
            await self.database.ping()
        except Exception:
            log.exception("house.database_silent")
            return False
        return True

    async def close(self) -> None:
        await self.replies.close()
        await self.replays.close()
        await self.care.end()
        await self.document_work.close()
        await self._close_index()
        await self.presence.close()
        await self.pulls.close()
        await self.models.close()
        await self.engines.close()
        self.passwords.close()
        await self.database.close()
        log.info("house.closed", worker=self.worker)
