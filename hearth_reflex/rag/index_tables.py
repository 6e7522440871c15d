"""How a table of the index looks: its columns, its indexes, and entries as rows of it; and how often a change of one is
tried."""

import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from hearth_reflex.domain.passages import Entry

MARK, MODEL, SOURCE = b"hearth.mark", b"hearth.model", b"hearth.source"  # what a table says of itself
FAULTS = (RuntimeError, ValueError, OSError)  # as the store tells that something went wrong
EMBEDDED = "vector IS NOT NULL"
_TRIES = 3


async def make_table(connection: Any, name: str, dimension: int, *, about: Mapping[bytes, str]) -> Any:
    """A new table with all of its indexes: full text refuses to be asked without one, empty or not."""
    kinds = importlib.import_module("lancedb.index")
    table = await connection.create_table(name, schema=_schema(dimension, about))
    await table.set_unenforced_primary_key("id")  # without it two writers of one row make two rows
    words = kinds.FTS(
        base_tokenizer="whitespace", lower_case=False, stem=False, remove_stop_words=False, ascii_folding=False
    )
    indexes = (("id", kinds.BTree()), ("scope", kinds.BTree()), ("parent", kinds.BTree()), ("kind", kinds.Bitmap()))
    for column, config in (*indexes, ("words", words)):
        await table.create_index(column, config=config)
    return table


def rows_of(entries: Sequence[Entry], vectors: Sequence[Sequence[float]], words: Sequence[str], dimension: int) -> Any:
    """An Arrow table of these entries."""
    pa = importlib.import_module("pyarrow")
    rows = [
        {
            "id": entry.key,
            "scope": entry.scope,
            "kind": entry.kind.value,
            "parent": entry.parent,
            "at": entry.at,
            "words": said,
            "vector": list(vector) or None,
        }
        for entry, vector, said in zip(entries, vectors, words, strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=_schema(dimension))


def _schema(dimension: int, about: Mapping[bytes, str] | None = None) -> Any:
    pa = importlib.import_module("pyarrow")
    columns = [
        pa.field("id", pa.string(), nullable=False),
        pa.field("scope", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("parent", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("ms", tz="UTC"), nullable=False),
        pa.field("words", pa.string(), nullable=False),
        pa.field("vector", pa.list_(pa.float32(), dimension), nullable=True),
    ]
    return pa.schema(columns, metadata=dict(about) if about else None)


async def table_names(connection: Any, *families: str) -> list[str]:
    """Those of the tables whose names begin so."""
    return [name for name in (await connection.list_tables()).tables if name.startswith(families)]


async def table_facts(connection: Any, name: str) -> tuple[int, int, str, str]:
    """(entries with a vector, entries, model, source). Raises FAULTS, and KeyError for a table that does not say."""
    table = await connection.open_table(name)
    about: dict[bytes, bytes] = (await table.schema()).metadata or {}
    embedded, rows = await table.count_rows(EMBEDDED), await table.count_rows()
    return int(embedded), int(rows), about[MODEL].decode(), about[SOURCE].decode()


async def index_vectors(table: Any) -> None:
    """Gives the vectors an index of their own."""
    config = importlib.import_module("lancedb.index").IvfRq(distance_type="cosine")
    await table.create_index("vector", config=config)


async def tried(work: Callable[[], Awaitable[Any]]) -> None:
    """Once more where tidying came between: either of two changes of the same rows has to begin again. Raises
    FAULTS."""
    for left in reversed(range(_TRIES)):
        try:
            await work()
            return
        except FAULTS:
            if not left:
                raise
