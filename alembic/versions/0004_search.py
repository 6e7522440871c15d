"""search

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

from hearth_reflex.db.search import MAKE, UNMAKE


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_search_entry_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_search_entry")),
    )
    for statement in MAKE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNMAKE[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table("search_entry")
