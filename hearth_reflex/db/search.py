"""The full-text index of what was said: SQLite's FTS5, or an inverted (GIN) index of PostgreSQL, over the same rows.

`SearchEntry` holds the terms of a message, made in `domain/terms.py`; the databases take them apart at spaces and do
nothing else with them. On SQLite an external-content FTS5 table follows the rows by triggers; on PostgreSQL two indexes
over an expression do. Both are made with the table: by the migration, and wherever METADATA makes tables.
"""

from typing import Any

from sqlalchemy import DDL, event
from sqlmodel import Field, SQLModel, Text

from hearth_reflex.domain.terms import All, Expression, Term


class SearchEntry(SQLModel, table=True):
    """A message in the index. `terms` and those of the names of its `files` stand in a line, spaces between them.

    Of an older `version` it was made in another way, and is made again.
    """

    __tablename__ = "search_entry"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    message_id: int = Field(primary_key=True, foreign_key="message.id", ondelete="CASCADE")
    version: int
    terms: str = Field(sa_type=Text)
    files: str = Field(default="", sa_type=Text)
    embedded: str = Field(default="", max_length=80, index=True)  # the model whose vector stands in the index, if any


FTS_TABLE = "search_fts"  # FTS5 keeps tables of its own whose names begin with this
GIN_INDEXES = ("ix_search_entry_terms", "ix_search_entry_files")

# `ascii`: every sign beyond ASCII is part of a word, so that no term is taken apart. No places of words are kept: which
# words stand side by side is seen in the text itself.
_SQLITE = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(terms, files, content='search_entry', content_rowid='message_id',"
    " tokenize='ascii', detail='column', columnsize=0)",
    "CREATE VIRTUAL TABLE search_fts_words USING fts5vocab(search_fts, 'row')",
    "CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN"
    " INSERT INTO search_fts(rowid, terms, files) VALUES (new.message_id, new.terms, new.files); END",
    "CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN"
    " INSERT INTO search_fts(search_fts, rowid, terms, files)"
    " VALUES ('delete', old.message_id, old.terms, old.files); END",
    "CREATE TRIGGER search_entry_changed AFTER UPDATE OF terms, files ON search_entry BEGIN"
    " INSERT INTO search_fts(search_fts, rowid, terms, files)"
    " VALUES ('delete', old.message_id, old.terms, old.files);"
    " INSERT INTO search_fts(rowid, terms, files) VALUES (new.message_id, new.terms, new.files); END",
)


def _vector(column: str) -> str:
    return f"array_to_tsvector(string_to_array({column}, ' '))"


# Entries go into the index at once. PostgreSQL would gather them in a list of up to 4 MB, which every question reads
# through, or which makes the planner read the whole table: 150 ms in place of .01 with 20,000 messages.
_POSTGRES = tuple(
    f"CREATE INDEX ix_search_entry_{column} ON search_entry USING gin ({_vector(column)}) WITH (fastupdate = off)"
    for column in ("terms", "files")
)
MAKE: dict[str, tuple[str, ...]] = {"sqlite": _SQLITE, "postgresql": _POSTGRES}
# The virtual table is no table of METADATA, so it goes by hand; triggers and indexes go with their table.
UNMAKE: dict[str, tuple[str, ...]] = {
    "sqlite": ("DROP TABLE IF EXISTS search_fts_words", "DROP TABLE IF EXISTS search_fts"),
    "postgresql": (),
}


def _with_table(when: str, statements: dict[str, tuple[str, ...]]) -> None:
    table = SearchEntry.metadata.tables["search_entry"]
    for dialect, lines in statements.items():
        for line in lines:
            event.listen(table, when, DDL(line.replace("%", "%%")).execute_if(dialect=dialect))


_with_table("after_create", MAKE)
_with_table("before_drop", UNMAKE)


def in_metadata(_: Any, name: str | None, kind: str, *more: Any) -> bool:
    """For Alembic's `include_object`: what of the database METADATA answers for. The index makes its own tables."""
    if kind == "table":
        return not (name or "").startswith(FTS_TABLE)
    return not (kind == "index" and name in GIN_INDEXES)


def matching(column: str, *, sqlite: bool, parameter: str) -> str:
    """A SELECT of the `id` of entries that match the expression in `parameter`, for a larger statement.

    Args:
        column: `terms` or `files`; the expression names it again.
    """
    if sqlite:
        return f"SELECT rowid AS id FROM search_fts WHERE search_fts MATCH :{parameter}"  # noqa: S608 - names of ours
    return f"SELECT message_id AS id FROM {_entries(column, f':{parameter}')}"  # noqa: S608 - names of ours


def _entries(column: str, expression: str) -> str:
    """A part for FROM: the entries that match.

    `OFFSET 0` keeps it apart from what stands around it. Where the newest of many are asked for, PostgreSQL would else
    go through all from the newest on and take each apart: 250 ms in place of 9 with a hundred thousand messages.
    """
    # S608, here and below: names of ours and parameters, nothing that was typed.
    found = f"SELECT message_id, terms FROM search_entry WHERE {_vector(column)} @@ CAST({expression} AS tsquery)"  # noqa: S608
    return f"({found} OFFSET 0) AS entries"


def words_beginning(number: int, *, sqlite: bool) -> str:
    """A SELECT of the terms (`word`) of all messages from `:first` to just before `:past`, for a larger statement that
    numbers these two. On PostgreSQL they are those of the newest messages with such terms: it keeps no list of terms.
    """
    first, past = f":first{number}", f":past{number}"
    if sqlite:
        some = f"SELECT term FROM search_fts_words WHERE term >= {first} AND term < {past} LIMIT 3000"  # noqa: S608
        return f"SELECT term AS word FROM ({some}) AS w{number}"  # noqa: S608 - numbers and names of ours
    beginning = f"'''' || {first} || ''':*'"
    newest = f"SELECT terms FROM {_entries('terms', beginning)} ORDER BY message_id DESC LIMIT 2000"  # noqa: S608
    words = f"SELECT DISTINCT unnest(string_to_array(terms, ' ')) AS word FROM ({newest}) AS n{number}"  # noqa: S608
    return f'SELECT word FROM ({words}) AS w{number} WHERE word COLLATE "C" >= {first} AND word COLLATE "C" < {past}'  # noqa: S608


def written(expression: Expression, *, column: str, sqlite: bool) -> str:
    """The expression in the words of the database. Terms are letters and digits, so quoting them is safe."""
    return f"{column} : ({_fts5(expression)})" if sqlite else _tsquery(expression)


def _fts5(expression: Expression) -> str:
    if isinstance(expression, Term):
        return f'"{expression.text}"{" *" if expression.prefix else ""}'
    return f"({(' AND ' if isinstance(expression, All) else ' OR ').join(map(_fts5, expression.parts))})"


def _tsquery(expression: Expression) -> str:
    if isinstance(expression, Term):
        return f"'{expression.text}'{':*' if expression.prefix else ''}"
    return f"({(' & ' if isinstance(expression, All) else ' | ').join(map(_tsquery, expression.parts))})"
