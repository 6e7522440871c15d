"""The AI in the circle: who it is, when it speaks, what it has heard, and how an answer is made."""

from hearth_reflex.bootstrap.people import WithPeople
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.generation import Sampling
from hearth_reflex.domain.window import Windows
from hearth_reflex.services.ai_context import AiContexts
from hearth_reflex.services.ai_seats import AiSeats
from hearth_reflex.services.ai_settings import AiSettings
from hearth_reflex.services.batch import BatchWriter
from hearth_reflex.services.citations import Citations
from hearth_reflex.services.generations import Generations
from hearth_reflex.services.manners import Manners
from hearth_reflex.services.metadata import Metadata
from hearth_reflex.services.personas import Personas
from hearth_reflex.services.recall import Recall
from hearth_reflex.services.replays import Replays
from hearth_reflex.services.replies import Replies
from hearth_reflex.services.sights import Sights
from hearth_reflex.services.sources import Sources
from hearth_reflex.services.tempers import Tempers
from hearth_reflex.services.usage_days import UsageDays
from hearth_reflex.services.usage_reports import UsageReports
from hearth_reflex.services.utterances import Utterances


class WithAi(WithPeople):
    """Personas, manners, answers and what they use."""

    def _open_ai(self) -> None:
        settings = self.settings
        self.personas = Personas(**self.shared)
        self.ai_seats = AiSeats(**self.shared, personas=self.personas)
        self.manners = Manners(database=self.database)
        self.tempers = Tempers(database=self.database, bus=self.bus)
        self.usage_days = UsageDays(
            database=self.database,
            clock=self.clock,
            per_person=settings.tokens_a_day_person,
            per_room=settings.tokens_a_day_room,
        )
        self.usage_reports = UsageReports(database=self.database, clock=self.clock)
        self.generations = Generations(
            **self.shared, worker=self.worker, usage=self.usage_days, per_person=settings.answers_per_person
        )
        self._message_pace = Windows(rate=settings.messages_per_second, burst=settings.messages_burst)
        self.ai_settings = AiSettings(database=self.database, models=self.engines)
        recall = Recall(database=self.database, engines=self.engines, turns=settings.reply_context_turns)
        self._sampling = Sampling(max_tokens=settings.reply_max_tokens, temperature=settings.reply_temperature)
        self.sources = Sources(database=self.database, extracts=settings.cite_extracts)
        self.citations = Citations(database=self.database)
        self.replies = Replies(
            **self.shared,
            generations=self.generations,
            personas=self.personas,
            manners=self.manners,
            utterances=Utterances(engines=self.engines, recall=recall, sources=self.sources, sampling=self._sampling),
            news=self.news,
            pace=self._message_pace,
            usage=self.usage_days,
            settings=self.ai_settings,
        )
        self.sights = Sights(
            database=self.database,
            engines=self.engines,
            personas=self.personas,
            settings=self.ai_settings,
            recall=recall,
            sources=self.sources,
            sampling=self._sampling,
        )
        self.ai_contexts = AiContexts(
            database=self.database,
            engines=self.engines,
            settings=self.ai_settings,
            recall=recall,
            sources=self.sources,
            sampling=self._sampling,
        )
        self.metadata = Metadata(database=self.database)
        self.replays = Replays(
            database=self.database, engines=self.engines, clock=self.clock, pace=Buckets(rate=1 / 10, burst=5)
        )
        self.batch = BatchWriter(engines=self.engines)
