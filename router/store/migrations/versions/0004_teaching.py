"""Teaching: readings before they were corrected, a brand's own intents and examples, versions made of them."""

import sqlalchemy as sa
from alembic import op

from router.store.schema import base

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "reading_as_read",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("language_confidence", sa.Float(), nullable=False),
        sa.Column("sentiment", sa.Float(), nullable=False),
        sa.Column("frustration", sa.Integer(), nullable=False),
        sa.Column("calm_frustration", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("intent_confidence", sa.Float(), nullable=False),
        sa.Column("second_intent", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_reading_as_read_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_reading_as_read")),
    )
    op.create_table(
        "taught_intent",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", base.Utc(timezone=True), nullable=False),
        sa.Column("removed_at", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_taught_intent_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught_intent")),
        sa.UniqueConstraint("brand_id", "key", name=op.f("uq_taught_intent_brand_id_key")),
    )
    op.create_table(
        "taught_example",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.Column("removed_at", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_taught_example_brand_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_taught_example_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught_example")),
    )
    with op.batch_alter_table("taught_example", schema=None) as batch_op:
        batch_op.create_index("ix_taught_example_intent", ["brand_id", "intent"], unique=False)
        batch_op.create_index(batch_op.f("ix_taught_example_message_id"), ["message_id"], unique=False)

    op.create_table(
        "taught_version",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("asked_at", base.Utc(timezone=True), nullable=False),
        sa.Column("made_at", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_taught_version_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught_version")),
        sa.UniqueConstraint("brand_id", "kind", "number", name=op.f("uq_taught_version_brand_id_kind_number")),
    )
    with op.batch_alter_table("taught_version", schema=None) as batch_op:
        batch_op.create_index(
            "ix_taught_version_asked",
            ["asked_at"],
            unique=False,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "taught_source",
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("example_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["taught_version.id"], name=op.f("fk_taught_source_version_id")),
        sa.ForeignKeyConstraint(["example_id"], ["taught_example.id"], name=op.f("fk_taught_source_example_id")),
        sa.PrimaryKeyConstraint("version_id", "example_id", name=op.f("pk_taught_source")),
    )
    with op.batch_alter_table("taught_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taught_source_example_id"), ["example_id"], unique=False)

    op.create_table(
        "taught_live",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("valid_from", base.Utc(timezone=True), nullable=False),
        sa.Column("valid_to", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_taught_live_brand_id")),
        sa.ForeignKeyConstraint(["version_id"], ["taught_version.id"], name=op.f("fk_taught_live_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taught_live")),
    )
    with op.batch_alter_table("taught_live", schema=None) as batch_op:
        batch_op.create_index(
            "ix_taught_live_now",
            ["brand_id", "kind"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        )
        batch_op.create_index("ix_taught_live_since", ["brand_id", "kind", "valid_from"], unique=False)
        batch_op.create_index(batch_op.f("ix_taught_live_version_id"), ["version_id"], unique=False)

    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("figure", sa.Integer(), nullable=True))
