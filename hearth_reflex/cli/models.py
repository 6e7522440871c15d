"""The operator's commands for model files: list, add a file, fetch one from the hub. Nothing of the house need run.

Works on the folder alone; a running house finds what is new there by itself. Prints to the terminal.
"""

import asyncio
import os
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hearth_reflex.errors import (
    ConflictError,
    EngineError,
    ForbiddenError,
    HearthError,
    HubError,
    InputError,
    ModelMissingError,
)
from hearth_reflex.i18n import say
from hearth_reflex.llm.config import demo_model_file
from hearth_reflex.llm.hub import Hub
from hearth_reflex.llm.model_facts import ModelFacts, available_memory, check_file, parts_of, ram_estimate, read_facts
from hearth_reflex.llm.shelf import FolderLock, Shelf, safe_name
from hearth_reflex.settings import Settings

SILENT = "model_kind"


@dataclass(frozen=True, slots=True)
class Line:
    """One model as a list on a terminal shows it. `trouble` says why it cannot be used, or is empty."""

    name: str
    words: str
    trouble: str


def found(settings: Settings) -> list[Line]:
    """The demo model, the file of the settings, and what lies in the folder."""
    own = [settings.model_path] if settings.model_path else []
    paths = [demo_model_file(), *own, *(one.path for one in Shelf(settings.models_dir).found())]
    return [asyncio.run(_line(path, settings)) for path in dict.fromkeys(paths)]


def add(settings: Settings, source: Path) -> list[str]:
    """Takes a file into the folder, with all parts of a split model: as a second name for the same bytes where that is
    possible, else as a copy. Returns the names it got.

    Raises:
        HearthError: it is no usable file, or its name is taken.
    """
    shelf = Shelf(settings.models_dir)
    _check(source)
    parts = parts_of(source)
    names = [safe_name(part.name) for part in parts]
    for name in names:
        shelf.check_free_name(name)
    for part, name in zip(parts, names, strict=True):
        partial = shelf.partial(name)
        try:
            _link_or_copy(part.resolve(), partial)
            shelf.place(partial, name)
        finally:
            partial.unlink(missing_ok=True)
    return names


def pull(settings: Settings, repo: str, file: str, revision: str, *, told: "Told") -> str:
    """Fetches a model from the hub, from where an earlier fetch ended. Returns the name it got.

    Raises:
        HearthError: `hub_off`, `pull_running`, and all that can go wrong on the way.
    """
    if not settings.hub_enabled:
        raise ForbiddenError("hub_off")
    shelf = Shelf(settings.models_dir)
    lock = FolderLock(shelf)
    if not lock.take():
        raise ConflictError("pull_running")
    try:
        return asyncio.run(_pull(settings, shelf, repo, file, revision, told))
    finally:
        lock.release()


def _check(source: Path) -> None:
    try:
        asyncio.run(read_facts(source))
    except ModelMissingError:
        raise
    except EngineError as error:
        raise InputError("model_file") from error


class Told:
    """Progress on a terminal: a line that is written over, at most once for each percent."""

    def __init__(self) -> None:
        self.total, self._shown = 0, -1

    def __call__(self, done: int) -> None:
        percent = 100 * done // self.total if self.total else 0
        if percent != self._shown:
            self._shown = percent
            self.show(f"\r{percent:3} %  {done / 1e6:,.0f} of {self.total / 1e6:,.0f} MB")

    def show(self, words: str) -> None:
        os.write(2, words.encode())


async def _pull(settings: Settings, shelf: Shelf, repo: str, file: str, revision: str, told: Told) -> str:
    hub = Hub(url=settings.hub_url, token=settings.hub_token.get_secret_value())
    folder, slash, last = file.rpartition("/")
    names = [part.name for part in parts_of(Path(safe_name(last)))]
    partials = list[Path]()
    for name in names:
        shelf.check_free_name(name)
        target = await hub.locate(repo, folder + slash + name, revision)
        partials.append(shelf.partial(name, target.sha256[:12]))
        if not shelf.room_for(target.size_bytes):
            raise HubError("hub_space")
        told.total = target.size_bytes
        await hub.fetch(target, partials[-1], told=told)
        await _check_fetched(partials[-1])
    for arrived, name in zip(partials, names, strict=True):
        shelf.place(arrived, name)
    return names[0]


async def _check_fetched(partial: Path) -> None:
    try:
        await check_file(partial)
    except EngineError as error:
        await asyncio.to_thread(partial.unlink)
        raise InputError("model_file") from error


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)  # another disk, or a file system without hard links


async def _line(path: Path, settings: Settings) -> Line:
    try:
        facts = await read_facts(path)
    except EngineError as error:
        return Line(path.name, "", in_words(error))
    if facts.kind != "speaks":
        return Line(path.name, facts.architecture, say("en", f"error.{SILENT}"))
    return Line(path.name, _words(facts, settings), "")


def _words(facts: ModelFacts, settings: Settings) -> str:
    free, estimate = available_memory(), partial(ram_estimate, facts, n_ctx=settings.n_ctx, n_batch=settings.n_batch)
    needed = estimate(n_seq=settings.n_seq, free_bytes=free)
    memory = f"about {needed / 1e9:.1f} GB of memory" + (", more than is free" if 0 < free < estimate() else "")
    size = f"{facts.parameters / 1e6:,.0f} M parameters"
    return " · ".join(word for word in (facts.name, facts.architecture, size, facts.quantisation, memory) if word)


def in_words(error: HearthError) -> str:
    """An error of the house for a person on a terminal."""
    return say("en", f"error.{error.code}", **error.params)
