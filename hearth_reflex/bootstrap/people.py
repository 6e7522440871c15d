"""People: how they come in, the rooms they sit in, and what is told of them."""

from datetime import timedelta

from hearth_reflex.bootstrap.models import WithModels
from hearth_reflex.db.whereabouts import RedisBoard
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.services.accounts import Accounts
from hearth_reflex.services.api_tokens import ApiTokens
from hearth_reflex.services.direct import Directs
from hearth_reflex.services.hearth import Hearth
from hearth_reflex.services.history import History
from hearth_reflex.services.invites import Invites
from hearth_reflex.services.news import News
from hearth_reflex.services.order import Order
from hearth_reflex.services.presence import Presence
from hearth_reflex.services.profiles import Profiles
from hearth_reflex.services.reads import Reads
from hearth_reflex.services.rooms import Rooms
from hearth_reflex.services.sessions import Sessions
from hearth_reflex.services.usage import Usages


class WithPeople(WithModels):
    """Sessions, rooms, seats, presence and news."""

    def _open_people(self) -> None:
        settings = self.settings
        guest_life = timedelta(days=settings.guest_session_days)
        self.sessions = Sessions(
            **self.shared,
            key=settings.signing_key().encode(),
            lifetime=timedelta(days=settings.session_days),
            guest_lifetime=guest_life,
        )
        self.api_tokens = ApiTokens(database=self.database, clock=self.clock, hashed=self.sessions.hashed)
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
        self.profiles = Profiles(**self.shared, pace=Buckets(rate=1.0, burst=40))
        self.usages = Usages(database=self.database)
        self._rooms_pace = Buckets(rate=1 / 600, burst=settings.rooms_burst)
        self._seat_pace = Buckets(rate=1 / 10, burst=3 * settings.rooms_burst)
        self.rooms = Rooms(**self.shared, pace=self._rooms_pace, seat_pace=self._seat_pace)
        self.directs = Directs(**self.shared, pace=self._rooms_pace)
        self.order = Order(**self.shared)
        self.invites = Invites(
            **self.shared, pace=Buckets(rate=1 / 60, burst=2 * settings.rooms_burst), seat_pace=self._seat_pace
        )
        self.history = History(database=self.database)
        self.presence = Presence(
            **self.shared,
            pace=Buckets(rate=0.5, burst=3),
            board=RedisBoard(settings.redis_url, worker=self.worker) if settings.redis_url else None,
        )
        self.reads = Reads(**self.shared, pace=Buckets(rate=4.0, burst=20))
        self.news = News(**self.shared, presence=self.presence)
