"""Rules: of which message an example was made, what was erased of a version, and who is at a back-test."""

import sqlalchemy as sa
from alembic import op

from router.store.schema import base

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "golden_ticket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_golden_ticket_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_ticket")),
    )
    with op.batch_alter_table("golden_ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_golden_ticket_brand_id"), ["brand_id"], unique=False)

    with op.batch_alter_table("rule_set_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("backtest", schema=None) as batch_op:
        batch_op.add_column(sa.Column("begun_at", base.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
