"""Schemas of a PostgreSQL for tests, used one after the other: fifty new tables take longer than most tests."""

import secrets

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from hearth_reflex.db.tables import METADATA


class Schemas:
    """Schemas with all tables and no rows. Whoever takes one gives it back when its connections are closed."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url.replace("postgresql://", "postgresql+psycopg://", 1))
        self._admin = create_engine(self._url)
        self._made: list[str] = []
        self._free: list[str] = []

    def take(self) -> str:
        return self._free.pop() if self._free else self._new()

    def give_back(self, schema: str) -> None:
        try:
            with self._admin.begin() as connection:
                _empty(connection, schema)
        except OperationalError:  # something holds on to it still: nobody gets it again
            return
        self._free.append(schema)

    def url(self, schema: str) -> str:
        narrowed = self._url.update_query_dict({"options": f"-csearch_path={schema}"})
        return narrowed.render_as_string(hide_password=False)

    def close(self) -> None:
        with self._admin.begin() as connection:
            for schema in self._made:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        self._admin.dispose()

    def _new(self) -> str:
        schema = f"test_{secrets.token_hex(6)}"
        with self._admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        self._made.append(schema)
        engine: Engine = create_engine(self.url(schema))
        METADATA.create_all(engine)
        engine.dispose()
        return schema


def _empty(connection: Connection, schema: str) -> None:
    """Takes all rows out, and has the numbers of rows begin at one again."""
    connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    connection.execute(text(f"SET LOCAL search_path = {schema}"))
    deletes = "; ".join(str(table.delete()) for table in reversed(METADATA.sorted_tables))
    connection.exec_driver_sql(deletes)
    restart = text(
        "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
        " WHERE schemaname = :schema AND last_value IS NOT NULL"
    )
    connection.execute(restart, {"schema": schema})
