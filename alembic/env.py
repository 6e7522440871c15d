"""Runs migrations on the database of the settings, or on the one a caller hands over."""

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from hearth_reflex.db.search import in_metadata
from hearth_reflex.db.tables import METADATA
from hearth_reflex.settings import Settings


def _run(connection: Connection) -> None:
    # SQLite cannot alter columns: batch mode copies the table instead.
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_object=in_metadata,
    )
    with context.begin_transaction():
        context.run_migrations()


def _url() -> str:
    return context.config.get_main_option("sqlalchemy.url") or Settings().sync_database_url


if context.is_offline_mode():
    context.configure(url=_url(), target_metadata=METADATA, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        _run(connection)
