"""Kept: until when agents who are nearly full leave a ticket to those who know its topic, and the lanes of such tickets."""

import sqlalchemy as sa
from alembic import op

from router.store.schema import base

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("lane", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kept_until", base.Utc(timezone=True), nullable=True))
    kept = sa.text("kept_until IS NOT NULL")
    op.create_index("ix_ticket_kept", "ticket", ["kept_until"], sqlite_where=kept, postgresql_where=kept)
