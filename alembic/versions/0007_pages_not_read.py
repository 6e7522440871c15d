"""pages not read

Revision: 0007
After: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("unread", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False, server_default="")
        )


def downgrade() -> None:
    # Not in a batch: where that copies a table, what hangs on it goes with the old one.
    op.drop_column("document", "unread")
