"""What every channel needs: pace of sending, early words, hours counted, chat visitors; all added, nothing changed."""

import sqlalchemy as sa
from alembic import op

from router.store.schema import base

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "connection_hour",
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("not_understood", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_connection_hour_connection_id")),
        sa.PrimaryKeyConstraint("connection_id", "at", name=op.f("pk_connection_hour")),
    )
    op.create_table(
        "send_pace",
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("next_at", base.Utc(timezone=True), nullable=False),
        sa.Column("paused_until", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_send_pace_connection_id")),
        sa.PrimaryKeyConstraint("connection_id", "chat", name=op.f("pk_send_pace")),
    )
    op.create_table(
        "early_word",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.Column("came_at", base.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_early_word_connection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_word")),
    )
    with op.batch_alter_table("early_word", schema=None) as batch_op:
        batch_op.create_index("ix_early_word_message", ["connection_id", "external_id"], unique=False)

    op.create_table(
        "chat_visitor",
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("trust", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", base.Utc(timezone=True), nullable=False),
        sa.Column("seen_at", base.Utc(timezone=True), nullable=False),
        sa.Column("mailed_at", base.Utc(timezone=True), nullable=True),
        sa.Column("due_at", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_chat_visitor_connection_id")),
        sa.PrimaryKeyConstraint("connection_id", "thread", name=op.f("pk_chat_visitor")),
    )
    with op.batch_alter_table("chat_visitor", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chat_visitor_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )

    op.create_table(
        "address_confirmation",
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("sent_at", base.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_address_confirmation_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "address", name=op.f("pk_address_confirmation")),
    )

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_brand", ["brand_id", "id"], unique=False)

    with op.batch_alter_table("connection", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resumed_at", base.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("silent_since", base.Utc(timezone=True), nullable=True))

    with op.batch_alter_table("inbound_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbound_event_odd",
            ["connection_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'not_understood'"),
            postgresql_where=sa.text("state = 'not_understood'"),
        )

    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slot_at", base.Utc(timezone=True), nullable=True))
