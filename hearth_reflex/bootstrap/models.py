"""Who can speak in the house: its models, servers outside, and what they cost."""

from hearth_reflex.bootstrap.ground import Ground
from hearth_reflex.llm.config import demo_model_file
from hearth_reflex.llm.hub import Hub
from hearth_reflex.llm.remote import RemoteEngine, RemoteServer
from hearth_reflex.llm.shelf import Shelf
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.models import Models
from hearth_reflex.services.passwords import Passwords
from hearth_reflex.services.prices import Prices
from hearth_reflex.services.providers import Providers
from hearth_reflex.services.pulls import Pulls
from hearth_reflex.services.sealing import Sealer
from hearth_reflex.services.speakers import Speakers
from hearth_reflex.settings import Settings


class WithModels(Ground):
    """Models, providers, and what is pulled from a hub."""

    def _open_models(self) -> None:
        settings = self.settings
        self.passwords = Passwords()
        sealer = Sealer(settings.signing_key().encode())
        self.providers = Providers(database=self.database, clock=self.clock, sealer=sealer, check=_try_server)
        self.prices = Prices(database=self.database)
        self.speakers = Speakers(default=self.engine, database=self.database, providers=self.providers)
        self.engines = Engines(**self.shared, speakers=self.speakers)
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


def _hub(settings: Settings) -> Hub | None:
    return Hub(url=settings.hub_url, token=settings.hub_token.get_secret_value()) if settings.hub_enabled else None


async def _try_server(server: RemoteServer) -> None:
    await RemoteEngine(server).check()
