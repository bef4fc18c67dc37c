"""Offers: where an offered ticket waited, how a queue offers, and when somebody may be asked again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("queue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("discipline", sa.Text(), server_default="best_suited", nullable=False))
        batch_op.add_column(sa.Column("offer_s", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("auto_accept", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lane_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_offer_lane_id"), ["lane_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_offer_lane_id"), "lane", ["lane_id"], ["id"])

    with op.batch_alter_table("pass_over", schema=None) as batch_op:
        batch_op.create_index("ix_pass_over_until", ["until"], unique=False)
