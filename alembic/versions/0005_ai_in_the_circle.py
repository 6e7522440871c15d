"""the AI in the circle

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import hearth_reflex.db.base


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("hint", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_api_token_uuid")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "saved_prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_prompt_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_prompt")),
        sa.UniqueConstraint("uuid", name=op.f("uq_saved_prompt_uuid")),
    )
    with op.batch_alter_table("saved_prompt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_prompt_user_id"), ["user_id"], unique=False)

    op.create_table(
        "usage_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cpu_ms", sa.Float(), nullable=False),
        sa.Column("price_micro", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_usage_day_room_id_room"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_usage_day_user_id_user_account"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_day")),
        sa.UniqueConstraint("day", "user_id", "room_id", "model", name=op.f("uq_usage_day_day_user_id_room_id_model")),
    )
    with op.batch_alter_table("usage_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usage_day_room_id"), ["room_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_usage_day_user_id"), ["user_id"], unique=False)

    op.create_table(
        "ai_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=True),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_activity", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["user_account.id"], name=op.f("fk_ai_session_by_user_id_user_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["persona.id"], name=op.f("fk_ai_session_persona_id_persona"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_ai_session_room_id_room"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["talk_id"], ["room.id"], name=op.f("fk_ai_session_talk_id_room"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_session")),
        sa.UniqueConstraint("talk_id", name=op.f("uq_ai_session_talk_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_ai_session_uuid")),
    )
    with op.batch_alter_table("ai_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ai_session_room_id"), ["room_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Integer(), nullable=False),
        sa.Column("look", sa.Integer(), nullable=False),
        sa.Column("since_seq", sa.Integer(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["user_account.id"], name=op.f("fk_seat_by_user_id_user_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["persona.id"], name=op.f("fk_seat_persona_id_persona"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_seat_room_id_room"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("room_id", "persona_id", name=op.f("uq_seat_room_id_persona_id")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_persona_id"), ["persona_id"], unique=False)

    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_rating_message_id_message"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_rating_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("message_id", "user_id", "version", name=op.f("uq_rating_message_id_user_id_version")),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_user_id"), ["user_id"], unique=False)

    op.create_table(
        "session_config",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ai_session_id", sa.Integer(), nullable=False),
        sa.Column("temperature", sa.Float(), nullable=True),
        sa.Column("top_p", sa.Float(), nullable=True),
        sa.Column("max_tokens", sa.Integer(), nullable=True),
        sa.Column("system_prompt", sa.Text(), nullable=False),
        sa.Column("context_turns", sa.Integer(), nullable=True),
        sa.Column("do_sample", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ai_session_id"],
            ["ai_session.id"],
            name=op.f("fk_session_config_ai_session_id_ai_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_config")),
        sa.UniqueConstraint("ai_session_id", name=op.f("uq_session_config_ai_session_id")),
    )
    op.create_table(
        "answer_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("generation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generation.id"],
            name=op.f("fk_answer_version_generation_id_generation"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_answer_version_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_version")),
        sa.UniqueConstraint("message_id", "number", name=op.f("uq_answer_version_message_id_number")),
    )
    with op.batch_alter_table("generation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "reason", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False, server_default=sa.text("''")
            )
        )
        batch_op.add_column(sa.Column("cpu_ms", sa.Float(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column("price_micro", sa.Integer(), nullable=False, server_default=sa.text("0")))

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moves", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")))
        batch_op.add_column(sa.Column("versions", sa.Integer(), nullable=False, server_default=sa.text("1")))

    with op.batch_alter_table("persona", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_user_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "about", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False, server_default=sa.text("''")
            )
        )
        batch_op.add_column(
            sa.Column(
                "greeting", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False, server_default=sa.text("''")
            )
        )
        batch_op.add_column(
            sa.Column(
                "voice", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False, server_default=sa.text("''")
            )
        )
        batch_op.add_column(
            sa.Column(
                "avatar", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False, server_default=sa.text("''")
            )
        )
        batch_op.add_column(sa.Column("config", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))
        batch_op.add_column(
            sa.Column(
                "reading_ko", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False, server_default=sa.text("''")
            )
        )
        batch_op.add_column(
            sa.Column(
                "reading_en", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False, server_default=sa.text("''")
            )
        )
        batch_op.add_column(sa.Column("deleted_at", hearth_reflex.db.base.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_persona_owner_user_id"), ["owner_user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_persona_reading_ko"), ["reading_ko"], unique=False)
        batch_op.create_index(batch_op.f("ix_persona_reading_en"), ["reading_en"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_persona_owner_user_id_user_account"),
            "user_account",
            ["owner_user_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "temper", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False, server_default=sa.text("'asked'")
            )
        )
        batch_op.add_column(sa.Column("talkative", sa.Integer(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_room_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_room_parent_id_room"), "room", ["parent_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ai_config", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("ai_config")

    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_room_parent_id_room"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_room_parent_id"))
        batch_op.drop_column("parent_id")
        batch_op.drop_column("talkative")
        batch_op.drop_column("temper")

    with op.batch_alter_table("persona", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_persona_owner_user_id_user_account"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_persona_reading_en"))
        batch_op.drop_index(batch_op.f("ix_persona_reading_ko"))
        batch_op.drop_index(batch_op.f("ix_persona_owner_user_id"))
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("reading_en")
        batch_op.drop_column("reading_ko")
        batch_op.drop_column("config")
        batch_op.drop_column("avatar")
        batch_op.drop_column("voice")
        batch_op.drop_column("greeting")
        batch_op.drop_column("about")
        batch_op.drop_column("owner_user_id")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("versions")
        batch_op.drop_column("version")

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_column("moves")

    with op.batch_alter_table("generation", schema=None) as batch_op:
        batch_op.drop_column("price_micro")
        batch_op.drop_column("cpu_ms")
        batch_op.drop_column("reason")

    op.drop_table("answer_version")
    op.drop_table("session_config")
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_user_id"))

    op.drop_table("rating")
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_persona_id"))

    op.drop_table("seat")
    with op.batch_alter_table("ai_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ai_session_room_id"))

    op.drop_table("ai_session")
    with op.batch_alter_table("usage_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usage_day_user_id"))
        batch_op.drop_index(batch_op.f("ix_usage_day_room_id"))

    op.drop_table("usage_day")
    with op.batch_alter_table("saved_prompt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_prompt_user_id"))

    op.drop_table("saved_prompt")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_user_id"))

    op.drop_table("api_token")
