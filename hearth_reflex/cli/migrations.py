"""The database's revisions, through Alembic. Which database is meant, `alembic/env.py` reads from the settings."""

from alembic import command
from alembic.config import Config

from hearth_reflex.settings import PROJECT_DIR


def upgrade() -> None:
    command.upgrade(Config(PROJECT_DIR / "alembic.ini"), "head")
