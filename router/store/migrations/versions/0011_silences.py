"""Silences: how long a customer who was answered said nothing, kept with the reading of what they said then."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for table in ("reading", "reading_as_read"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("silence_s", sa.Integer(), nullable=True))
