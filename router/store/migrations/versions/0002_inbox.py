"""What the inbox needs: finding, merging, undoing, coming back, measuring; all of it is added, nothing is changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from router.store.schema import base

revision = "0002"
down_revision = "0001"

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5(brand_id, words, content='search_doc', content_rowid='n', "
    "prefix='2 3', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER search_doc_insert AFTER INSERT ON search_doc BEGIN "
    "INSERT INTO search_index(rowid, brand_id, words) VALUES (new.n, new.brand_id, new.words); END",
    "CREATE TRIGGER search_doc_delete AFTER DELETE ON search_doc BEGIN "
    "INSERT INTO search_index(search_index, rowid, brand_id, words) "
    "VALUES ('delete', old.n, old.brand_id, old.words); END",
    "CREATE TRIGGER search_doc_update AFTER UPDATE ON search_doc BEGIN "
    "INSERT INTO search_index(search_index, rowid, brand_id, words) "
    "VALUES ('delete', old.n, old.brand_id, old.words); "
    "INSERT INTO search_index(rowid, brand_id, words) VALUES (new.n, new.brand_id, new.words); END",
)


def upgrade() -> None:
    op.create_table(
        "agent_setting",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_agent_setting_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", "name", name=op.f("pk_agent_setting")),
    )
    op.create_table(
        "brand_setting",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", base.Utc(timezone=True), nullable=False),
        sa.Column("valid_to", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_brand_setting_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_setting")),
    )
    with op.batch_alter_table("brand_setting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brand_setting_brand_id"), ["brand_id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Utc(timezone=True), nullable=False),
        sa.Column("removed_at", base.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_saved_view_agent_id")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_saved_view_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_view_brand_id"), ["brand_id"], unique=False)

    op.create_table(
        "undoable",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.Column("until", base.Utc(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("undone_at", base.Utc(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_undoable_agent_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["agent.id"], name=op.f("fk_undoable_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undoable")),
    )
    with op.batch_alter_table("undoable", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_undoable_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_undoable_undone_by"), ["undone_by"], unique=False)

    op.create_table(
        "queue_minute",
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("hot", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("oldest_s", sa.Integer(), nullable=False),
        sa.Column("free_agents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_queue_minute_queue_id")),
        sa.PrimaryKeyConstraint("queue_id", "at", name=op.f("pk_queue_minute")),
    )
    with op.batch_alter_table("queue_minute", schema=None) as batch_op:
        batch_op.create_index("ix_queue_minute_at", ["at"], unique=False)

    op.create_table(
        "block",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("identity_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=True),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.Column("ended_at", base.Utc(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_block_agent_id")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_block_brand_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["agent.id"], name=op.f("fk_block_ended_by")),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_block_identity_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_block_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
    )
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_block_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_block_brand_id"), ["brand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_block_ended_by"), ["ended_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_block_identity_id"), ["identity_id"], unique=False)
        batch_op.create_index(
            "ix_block_now",
            ["identity_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_block_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("due_at", base.Utc(timezone=True), nullable=False),
        sa.Column("only_if_silent", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", base.Utc(timezone=True), nullable=False),
        sa.Column("ended_at", base.Utc(timezone=True), nullable=True),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_follow_up_agent_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_follow_up_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(
            "ix_follow_up_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_follow_up_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "merge",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_ticket_id", sa.Text(), nullable=True),
        sa.Column("into_ticket_id", sa.Text(), nullable=True),
        sa.Column("from_contact_id", sa.Text(), nullable=True),
        sa.Column("into_contact_id", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("by_agent_id", sa.Text(), nullable=True),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("undone_at", base.Utc(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_merge_brand_id")),
        sa.ForeignKeyConstraint(["by_agent_id"], ["agent.id"], name=op.f("fk_merge_by_agent_id")),
        sa.ForeignKeyConstraint(["from_contact_id"], ["contact.id"], name=op.f("fk_merge_from_contact_id")),
        sa.ForeignKeyConstraint(["from_ticket_id"], ["ticket.id"], name=op.f("fk_merge_from_ticket_id")),
        sa.ForeignKeyConstraint(["into_contact_id"], ["contact.id"], name=op.f("fk_merge_into_contact_id")),
        sa.ForeignKeyConstraint(["into_ticket_id"], ["ticket.id"], name=op.f("fk_merge_into_ticket_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["agent.id"], name=op.f("fk_merge_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merge_brand_id"), ["brand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_by_agent_id"), ["by_agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_from_contact_id"), ["from_contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_from_ticket_id"), ["from_ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_into_contact_id"), ["into_contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_into_ticket_id"), ["into_ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_undone_by"), ["undone_by"], unique=False)

    op.create_table(
        "undoable_row",
        sa.Column("undoable_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_undoable_row_ticket_id")),
        sa.ForeignKeyConstraint(["undoable_id"], ["undoable.id"], name=op.f("fk_undoable_row_undoable_id")),
        sa.PrimaryKeyConstraint("undoable_id", "ticket_id", name=op.f("pk_undoable_row")),
    )
    with op.batch_alter_table("undoable_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_undoable_row_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "search_doc",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("identity_id", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("at", base.Utc(timezone=True), nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_search_doc_brand_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_search_doc_contact_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], name=op.f("fk_search_doc_identity_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_search_doc_message_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_search_doc_ticket_id")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_search_doc")),
    )
    with op.batch_alter_table("search_doc", schema=None) as batch_op:
        batch_op.create_index("ix_search_doc_brand", ["brand_id", "n"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_doc_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_doc_identity_id"), ["identity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_doc_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_doc_ticket_id"), ["ticket_id"], unique=False)
    _index_words()

    op.create_table(
        "survey",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("due_at", base.Utc(timezone=True), nullable=True),
        sa.Column("asked_at", base.Utc(timezone=True), nullable=True),
        sa.Column("answered_at", base.Utc(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_survey_brand_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_survey_message_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_survey_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_survey_token_hash")),
    )
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_brand_id"), ["brand_id"], unique=False)
        batch_op.create_index(
            "ix_survey_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_survey_episode", ["ticket_id", "episode"], unique=True)
        batch_op.create_index(batch_op.f("ix_survey_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_ticket_id"), ["ticket_id"], unique=False)

    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), server_default="reply", nullable=False))
        batch_op.add_column(sa.Column("to", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("cc", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("key", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("by_agent_id", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_notice_by_agent_id"), ["by_agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_message_id"), ["message_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_notice_message_id"), "message", ["message_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_notice_by_agent_id"), "agent", ["by_agent_id"], ["id"])

    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(
            "ix_promise_met",
            ["met_at"],
            unique=False,
            sqlite_where=sa.text("met_at IS NOT NULL"),
            postgresql_where=sa.text("met_at IS NOT NULL"),
        )

    with op.batch_alter_table("template", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", base.Utc(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("changed_by", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_template_changed_by"), ["changed_by"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_template_changed_by"), "agent", ["changed_by"], ["id"])

    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_aside",
            ["brand_id", "id"],
            unique=False,
            sqlite_where=sa.text("spam"),
            postgresql_where=sa.text("spam"),
        )
        batch_op.create_index(
            "ix_ticket_resolved",
            ["resolved_at"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NOT NULL"),
            postgresql_where=sa.text("resolved_at IS NOT NULL"),
        )

    with op.batch_alter_table("ticket_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_event_again",
            ["at"],
            unique=False,
            sqlite_where=sa.text("kind IN ('reopened', 'transferred')"),
            postgresql_where=sa.text("kind IN ('reopened', 'transferred')"),
        )


def _index_words() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_search_doc_words", "search_doc", ["words"], postgresql_using="gin")
        return
    for statement in SQLITE_INDEX:
        op.execute(statement)
