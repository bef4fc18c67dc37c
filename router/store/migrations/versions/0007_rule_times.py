"""Rules in time: when they are asked again, since when each holds, what waits for a publish, where webhooks go."""

import sqlalchemy as sa
from alembic import op

from router.store.schema import base

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rules_due_at", base.Utc(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_ticket_rules_due",
            ["rules_due_at"],
            unique=False,
            sqlite_where=sa.text("rules_due_at IS NOT NULL"),
            postgresql_where=sa.text("rules_due_at IS NOT NULL"),
        )

    with op.batch_alter_table("evaluation_rule", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.Text(), nullable=True))

    with op.batch_alter_table("rule_set", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_id", sa.Text(), nullable=True))

    with op.batch_alter_table("rule_effect", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))

    op.create_table(
        "destination",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("created_at", base.Utc(timezone=True), nullable=False),
        sa.Column("removed_at", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_destination_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
    )
    with op.batch_alter_table("destination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_destination_brand_id"), ["brand_id"], unique=False)
        batch_op.create_index(
            "ix_destination_name",
            ["brand_id", "name"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )
