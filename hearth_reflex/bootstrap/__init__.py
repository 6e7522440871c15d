"""The one place where real things are chosen: settings -> database, engine, bus, services.

Tests build a `House` with doubles of their own; the app builds one with `open_house`. Nothing is started here by
importing; `start` and `close` belong to the app's lifespan.
"""

from hearth_reflex.bootstrap.house import House
from hearth_reflex.db.database import Database
from hearth_reflex.llm.absent import AbsentEngine
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.fleet import Fleet
from hearth_reflex.logs import configure_logs
from hearth_reflex.settings import Settings, load_settings

__all__ = ["House", "chosen_house", "house", "open_house", "use_house"]


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
