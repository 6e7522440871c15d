"""models and how answers were made

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import hearth_reflex.db.base


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "house_choice",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_house_choice")),
    )
    op.create_table(
        "model_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("path", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("added_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_file")),
        sa.UniqueConstraint("path", name=op.f("uq_model_file_path")),
        sa.UniqueConstraint("uuid", name=op.f("uq_model_file_uuid")),
    )
    op.create_table(
        "model_pull",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("repo", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("file", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("revision", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("done_bytes", sa.BigInteger(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_pull")),
        sa.UniqueConstraint("uuid", name=op.f("uq_model_pull_uuid")),
    )
    with op.batch_alter_table("model_pull", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_pull_status"), ["status"], unique=False)

    op.create_table(
        "provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("base_url", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("context_tokens", sa.Integer(), nullable=False),
        sa.Column("sees", sa.Boolean(), nullable=False),
        sa.Column("checked_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("uuid", name=op.f("uq_provider_uuid")),
    )
    op.create_table(
        "message_metadata",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generation_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("begun", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("build", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("streams", sa.Integer(), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("leaves_house", sa.Boolean(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generation.id"],
            name=op.f("fk_message_metadata_generation_id_generation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_metadata_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_metadata")),
        sa.UniqueConstraint("generation_id", name=op.f("uq_message_metadata_generation_id")),
    )
    with op.batch_alter_table("message_metadata", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_metadata_message_id"), ["message_id"], unique=False)

    # No batch: it would make the tables anew, and take along what hangs on their rows.
    op.add_column("generation", sa.Column("shortened", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "room", sa.Column("model_ref", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False, server_default="")
    )


def downgrade() -> None:

    op.drop_column("room", "model_ref")
    op.drop_column("generation", "shortened")

    with op.batch_alter_table("message_metadata", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_metadata_message_id"))

    op.drop_table("message_metadata")
    op.drop_table("provider")
    with op.batch_alter_table("model_pull", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_pull_status"))

    op.drop_table("model_pull")
    op.drop_table("model_file")
    op.drop_table("house_choice")
