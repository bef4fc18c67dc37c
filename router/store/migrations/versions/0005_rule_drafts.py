"""Rules: what a brand's draft was after each change, so that two people can edit it and take back what they did."""

import sqlalchemy as sa
from alembic import op

from router.store.schema import base

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "rule_draft",
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_rule_draft_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "revision", name=op.f("pk_rule_draft")),
    )
