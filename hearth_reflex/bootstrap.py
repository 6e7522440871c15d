"""The one place where real things are chosen: settings -> database, engine, bus, services.

Tests build a `House` with doubles of their own; the app builds one with `open_house`. Nothing is started here by
importing; `start` and `close` belong to the app's lifespan.
"""

import os
import secrets
import socket
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from hearth_reflex.db.database import Database
from hearth_reflex.db.whereabouts import RedisBoard
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.generation import Engine, Sampling
from hearth_reflex.jobs.care import CLEAN_SECONDS, Care
from hearth_reflex.llm.absent import AbsentEngine
from hearth_reflex.llm.config import EngineConfig, demo_model_file
from hearth_reflex.llm.fleet import Fleet
from hearth_reflex.llm.hub import Hub
from hearth_reflex.llm.remote import RemoteEngine, RemoteServer
from hearth_reflex.llm.shelf import Shelf
from hearth_reflex.logs import configure_logs
from hearth_reflex.media.darkroom import Darkroom
from hearth_reflex.media.store import FileStore
from hearth_reflex.services.accounts import Accounts
from hearth_reflex.services.attachments import Attachments
from hearth_reflex.services.avatars import Avatars
from hearth_reflex.services.batch import BatchWriter
from hearth_reflex.services.bus import FanOut
from hearth_reflex.services.callers import Callers
from hearth_reflex.services.clock import Clock, SystemClock
from hearth_reflex.services.credentials import Credentials
from hearth_reflex.services.direct import Directs
from hearth_reflex.services.edits import Edits
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.generations import Generations
from hearth_reflex.services.hearth import Hearth
from hearth_reflex.services.history import History
from hearth_reflex.services.invites import Invites
from hearth_reflex.services.manners import Manners
from hearth_reflex.services.messages import Messages
from hearth_reflex.services.metadata import Metadata
from hearth_reflex.services.models import Models
from hearth_reflex.services.news import News
from hearth_reflex.services.order import Order
from hearth_reflex.services.passwords import Passwords
from hearth_reflex.services.personas import Personas
from hearth_reflex.services.pins import Pins
from hearth_reflex.services.presence import Presence
from hearth_reflex.services.profiles import Profiles
from hearth_reflex.services.providers import Providers
from hearth_reflex.services.pulls import Pulls
from hearth_reflex.services.quotas import MB, FileLimits
from hearth_reflex.services.reactions import Reactions
from hearth_reflex.services.reads import Reads
from hearth_reflex.services.recall import Recall
from hearth_reflex.services.replays import Replays
from hearth_reflex.services.replies import Replies
from hearth_reflex.services.room_care import RoomCare
from hearth_reflex.services.rooms import Rooms
from hearth_reflex.services.sealing import Sealer
from hearth_reflex.services.search import Search
from hearth_reflex.services.search_index import SearchIndex
from hearth_reflex.services.seats import Seats
from hearth_reflex.services.sessions import Sessions
from hearth_reflex.services.speakers import Speakers
from hearth_reflex.services.stars import Stars
from hearth_reflex.services.usage import Usages
from hearth_reflex.settings import Settings, load_settings

log = structlog.get_logger(__name__)

INDEX_SECONDS = 0.5  # between two steps of bringing older messages into the index, until all are in
MODELS_SECONDS = 30.0  # between two looks into the folder of models
FILES_SECONDS = 3600.0  # between two rounds that remove what was brought and never sent


@dataclass
class House:
    """All services of one process, over one database, one engine and one bus.

    Without a `fleet` only `engine` speaks, and no other model of the house.
    """

    settings: Settings
    database: Database
    engine: Engine
    fleet: Fleet | None = None
    bus: FanOut = field(default_factory=FanOut)
    clock: Clock = field(default_factory=SystemClock)
    worker: str = field(default_factory=lambda: f"{socket.gethostname()[:20]}:{os.getpid()}:{secrets.token_hex(4)}")

    def __post_init__(self) -> None:
        settings, shared = self.settings, {"database": self.database, "bus": self.bus, "clock": self.clock}
        self.passwords = Passwords()
        sealer = Sealer(settings.signing_key().encode())
        self.providers = Providers(database=self.database, clock=self.clock, sealer=sealer, check=_try_server)
        self.speakers = Speakers(default=self.engine, database=self.database, providers=self.providers)
        self.engines = Engines(**shared, speakers=self.speakers)
        shelf = Shelf(settings.models_dir)
        self.models = Models(
            database=self.database,
            clock=self.clock,
            shelf=shelf,
            demo=demo_model_file(),
            own=settings.model_path,
            n_ctx=settings.n_ctx,
            n_batch=settings.n_batch,
            n_seq=settings.n_seq,
            fleet=self.fleet,
        )
        self.pulls = Pulls(
            database=self.database,
            clock=self.clock,
            shelf=shelf,
            models=self.models,
            hub=_hub(settings),
            worker=self.worker,
        )
        if self.fleet is not None:
            self.speakers.take(fleet=self.fleet, paths=self.models)
        guest_life = timedelta(days=settings.guest_session_days)
        self.sessions = Sessions(
            **shared,
            key=settings.signing_key().encode(),
            lifetime=timedelta(days=settings.session_days),
            guest_lifetime=guest_life,
        )
        self.accounts = Accounts(
            database=self.database,
            sessions=self.sessions,
            passwords=self.passwords,
            clock=self.clock,
            guest_life=guest_life,
        )
        self.hearth = Hearth(
            database=self.database,
            bus=self.bus,
            public_url=settings.public_url,
            host=settings.host,
            port=settings.port,
        )
        self.profiles = Profiles(database=self.database, bus=self.bus)
        self.credentials = Credentials(**shared, sessions=self.sessions, passwords=self.passwords)
        self.usages = Usages(database=self.database)
        rooms_pace = Buckets(rate=1 / 600, burst=settings.rooms_burst)
        self.rooms = Rooms(**shared, pace=rooms_pace)
        self.directs = Directs(**shared, pace=rooms_pace)
        self.seats = Seats(**shared)
        self.order = Order(**shared)
        self.invites = Invites(**shared)
        self.history = History(database=self.database)
        self.presence = Presence(
            **shared,
            pace=Buckets(rate=0.5, burst=3),
            board=RedisBoard(settings.redis_url, worker=self.worker) if settings.redis_url else None,
        )
        self.reads = Reads(**shared, pace=Buckets(rate=4.0, burst=20))
        self.news = News(**shared, presence=self.presence)
        self.personas = Personas(database=self.database)
        self.manners = Manners(database=self.database)
        self.generations = Generations(**shared, worker=self.worker, per_person=settings.answers_per_person)
        message_pace = Buckets(rate=settings.messages_per_second, burst=settings.messages_burst)
        self.replies = Replies(
            **shared,
            engines=self.engines,
            generations=self.generations,
            personas=self.personas,
            manners=self.manners,
            recall=Recall(database=self.database, engines=self.engines, turns=settings.reply_context_turns),
            news=self.news,
            sampling=Sampling(max_tokens=settings.reply_max_tokens, temperature=settings.reply_temperature),
            pace=message_pace,
        )
        self.metadata = Metadata(database=self.database)
        self.replays = Replays(
            database=self.database, engines=self.engines, clock=self.clock, pace=Buckets(rate=1 / 10, burst=5)
        )
        self.batch = BatchWriter(engines=self.engines)
        darkroom = Darkroom()
        self.avatars = Avatars(
            **shared,
            store=FileStore(settings.data_dir / "avatars"),
            darkroom=darkroom,
            pace=Buckets(rate=1 / 30, burst=10),
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
        self.messages = Messages(
            **shared,
            answers=self.replies,
            files=self.attachments,
            news=self.news,
            limit=settings.message_max_chars,
            pace=message_pace,
        )
        self.edits = Edits(
            **shared,
            files=self.attachments,
            generations=self.generations,
            answers=self.replies,
            limit=settings.message_max_chars,
            pace=message_pace,
        )
        self.reactions = Reactions(**shared, pace=message_pace)
        self.pins = Pins(**shared)
        self.stars = Stars(**shared)
        self.search = Search(database=self.database, clock=self.clock, pace=Buckets(rate=3.0, burst=20))
        self.search_index = SearchIndex(database=self.database)
        self.event_pace = Buckets(rate=settings.events_per_second, burst=settings.events_burst)
        self.callers = Callers(sessions=self.sessions, clock=self.clock, pace=self.event_pace)
        self.open_streams = Counter[str]()  # event streams, by person
        self.entry_pace = Buckets(rate=0.5, burst=30)  # an address: a whole family may come in behind one router
        self.login_pace = Buckets(rate=1 / 12, burst=10)  # a login name at an address
        self.room_care = RoomCare(
            **shared, keepers=[self.attachments], readers=[self.fleet] if self.fleet is not None else []
        )
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
        self.care.every(INDEX_SECONDS, "search", self.search_index.catch_up)
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
        await self.presence.close()
        await self.pulls.close()
        await self.models.close()
        await self.engines.close()
        self.passwords.close()
        await self.database.close()
        log.info("house.closed", worker=self.worker)


def open_house(settings: Settings | None = None) -> House:
    """A house as the settings (by default: the environment's) want it, not started yet."""
    settings = settings or load_settings()
    configure_logs(level=settings.log_level, for_people=settings.log_format == "console")
    settings.make_data_dir()
    database = Database(settings.async_database_url)
    if settings.skip_model_loading:
        return House(settings=settings, database=database, engine=AbsentEngine())
    fleet = Fleet(_engine_config(settings), most_loaded=settings.models_loaded)
    return House(settings=settings, database=database, engine=fleet.default, fleet=fleet)


def _hub(settings: Settings) -> Hub | None:
    return Hub(url=settings.hub_url, token=settings.hub_token.get_secret_value()) if settings.hub_enabled else None


async def _try_server(server: RemoteServer) -> None:
    await RemoteEngine(server).check()


def _engine_config(settings: Settings) -> EngineConfig:
    return EngineConfig(
        model_path=settings.model_path,
        data_dir=settings.data_dir,
        n_ctx=settings.n_ctx,
        n_batch=settings.n_batch,
        n_threads=settings.n_threads,
        n_seq=settings.n_seq,
        kv_disk_mb=settings.kv_disk_mb,
        idle_s=settings.model_idle_minutes * 60,
        mmproj_path=settings.mmproj_path,
        max_queue=settings.answers_waiting,
        n_gpu_layers=settings.n_gpu_layers,
        use_mmap=settings.use_mmap,
        use_mlock=settings.use_mlock,
        memory_limit_mb=settings.engine_memory_mb,
    )


_house: House | None = None


def use_house(house: House) -> None:
    """Makes `house` the one that this process's doors lead into."""
    global _house  # one house a process, chosen once
    _house = house


def chosen_house() -> House:
    """The house chosen for this process; when none was chosen yet, one as the environment wants it."""
    if _house is None:
        use_house(open_house())
    return house()


def house() -> House:
    if _house is None:
        raise RuntimeError("use_house() was not called: the app is not composed yet")
    return _house
