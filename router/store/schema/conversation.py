"""Conversations: tickets, their messages with everyone on them, files, and the history that is only ever added to."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from router.store.schema.base import ident, link, metadata, moment

ticket = Table(
    "ticket",
    metadata,
    ident(),
    link("brand_id", "brand.id", index=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),  # conversation, task, call
    Column("state", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("work_class", Text, nullable=False),
    Column("slot_key", Text, nullable=False),
    Column("pace", Text, nullable=False),
    link("connection_id", "connection.id", nullable=True),
    link("queue_id", "queue.id"),
    link("contact_id", "contact.id", nullable=True),
    link("agent_id", "agent.id", nullable=True, index=False),
    link("last_agent_id", "agent.id", nullable=True),
    link("reserved_for", "agent.id", nullable=True),  # woke while its agent had no free slot
    Column("subject", Text, nullable=False),
    Column("thread", Text, nullable=True),
    Column("language", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("intent_confidence", Float, nullable=False),
    Column("sentiment", Float, nullable=False),
    Column("frustration", Integer, nullable=False),  # the mood's level
    Column("frustration_before", Integer, nullable=True),
    Column("heat", Integer, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("mood_read", Boolean, nullable=False),  # False: shown as not read, never as calm
    link("lane_id", "lane.id", nullable=True, index=False),
    moment("place", nullable=True),  # null unless waiting
    moment("waiting_since", nullable=True),
    moment("answer_by", nullable=True),
    Column("head_start_extra_s", Integer, nullable=False),
    Column("passed_over", Integer, nullable=False),  # times, while it stood first
    Column("spared", Boolean, nullable=False),  # an agent on a run passed it over once in its life
    moment("step_down_at", nullable=True),
    moment("kept_until", nullable=True),  # nearly full agents leave it to those who know its topic
    moment("rules_due_at", nullable=True),  # when a fact that time moves can next change what its rules say
    moment("hold_until", nullable=True),
    Column("flag", Text, nullable=True),  # nobody on the desk may take it: what is missing
    Column("note", Text, nullable=True),  # a rule's word to the agent
    Column("automatic", Boolean, nullable=False),
    Column("spam", Boolean, nullable=False),
    Column("merged_into", Text, nullable=True),
    link("follows_ticket_id", "ticket.id", nullable=True),
    Column("episode", Integer, nullable=False),
    Column("event_seq", Integer, nullable=False),
    link("rules_version_id", "rule_set_version.id", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    moment("last_customer_at", nullable=True),
    moment("last_answer_at", nullable=True),
    moment("resolved_at", nullable=True),
    moment("purge_after", nullable=True),
    UniqueConstraint("brand_id", "number"),
)

ticket_tag = Table(
    "ticket_tag",
    metadata,
    link("ticket_id", "ticket.id", primary_key=True, index=False),
    Column("tag", Text, primary_key=True),
    Column("by", Text, nullable=False),  # agent id, or the rule's name
)

ticket_need = Table(
    "ticket_need",
    metadata,
    link("ticket_id", "ticket.id", primary_key=True, index=False),
    Column("skill_key", Text, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("because", Text, nullable=False),  # language, the rule's name, an agent's transfer
)

ticket_event = Table(
    "ticket_event",
    metadata,
    link("ticket_id", "ticket.id", primary_key=True, index=False),
    Column("seq", Integer, primary_key=True),
    Column("episode", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),  # agent id, or heed
    link("rules_version_id", "rule_set_version.id", nullable=True),
    moment("at"),
    Column("data", Text, nullable=False),  # JSON of ids and facts, no text of a customer's
)

promise = Table(
    "promise",
    metadata,
    ident(),
    link("ticket_id", "ticket.id"),
    Column("episode", Integer, nullable=False),
    Column("kind", Text, nullable=False),  # first_answer, next_answer, resolution
    Column("target_s", Integer, nullable=False),
    moment("starts_at"),
    moment("due_at"),
    moment("met_at", nullable=True),
    moment("ended_at", nullable=True),  # replaced or paused
    Column("because", Text, nullable=False),
)

message = Table(
    "message",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    link("home_ticket_id", "ticket.id", index=False),
    link("connection_id", "connection.id", nullable=True, index=False),
    link("identity_id", "identity.id", nullable=True),
    link("agent_id", "agent.id", nullable=True),
    Column("external_id", Text, nullable=True),
    Column("direction", Text, nullable=False),  # inbound, outbound, note, event
    Column("visibility", Text, nullable=False),  # public, direct, internal
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=True),
    Column("thread", Text, nullable=True),
    Column("state", Text, nullable=False),  # received; queued, sending, sent, delivered, read, failed, unknown
    Column("state_detail", Text, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("proven", Boolean, nullable=False),
    moment("at"),
    moment("sent_at", nullable=True),
    moment("edited_at", nullable=True),
    moment("deleted_at", nullable=True),
    UniqueConstraint("connection_id", "external_id"),
)

message_alias = Table(  # further ids of one message: the parts of a split reply
    "message_alias",
    metadata,
    link("connection_id", "connection.id", primary_key=True, index=False),
    Column("external_id", Text, primary_key=True),
    link("message_id", "message.id"),
)

message_party = Table(
    "message_party",
    metadata,
    link("message_id", "message.id", primary_key=True, index=False),
    Column("seq", Integer, primary_key=True),
    Column("role", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
)

message_rendition = Table(
    "message_rendition",
    metadata,
    ident(),
    link("message_id", "message.id"),
    Column("kind", Text, nullable=False),  # stripped, translation, transcript, masked, before_edit
    Column("language", Text, nullable=True),
    Column("by", Text, nullable=False),
    moment("at"),
    Column("text", Text, nullable=False),
)

reply_token = Table(
    "reply_token",
    metadata,
    Column("token", Text, primary_key=True),
    link("ticket_id", "ticket.id"),
    Column("kind", Text, nullable=False),  # ticket: the customer's; forward: a third party's
    link("message_id", "message.id", nullable=True),  # the forward it belongs to
    moment("created_at"),
)

attachment = Table(
    "attachment",
    metadata,
    ident(),
    link("message_id", "message.id"),
    Column("seq", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content_id", Text, nullable=True),
    Column("inline", Boolean, nullable=False),
    link("blob_id", "blob.id", nullable=True),
    Column("fetch", Text, nullable=True),  # what the adapter needs to get it
    Column("state", Text, nullable=False),  # stored, to_fetch, missing
    Column("error", Text, nullable=True),
    Column("attempts", Integer, nullable=False),
    moment("due_at", nullable=True),
)

blob = Table(
    "blob",
    metadata,
    ident(),
    link("brand_id", "brand.id", index=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("refs", Integer, nullable=False),
    moment("created_at"),
    UniqueConstraint("brand_id", "sha256"),
)

blob_chunk = Table(
    "blob_chunk",
    metadata,
    link("blob_id", "blob.id", primary_key=True, index=False),
    Column("seq", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    link("agent_id", "agent.id", primary_key=True, index=False),
    link("ticket_id", "ticket.id", primary_key=True),
    Column("text", Text, nullable=False),
    moment("at"),
    Column("kind", Text, nullable=False, server_default="reply"),  # reply, note
    Column("to", Text, nullable=True),  # as typed; null: the usual recipients
    Column("cc", Text, nullable=True),
    Column("key", Text, nullable=False, server_default=""),  # the idempotency key it will be sent under
)

ticket_seen = Table(
    "ticket_seen",
    metadata,
    link("agent_id", "agent.id", primary_key=True, index=False),
    link("ticket_id", "ticket.id", primary_key=True),
    Column("message_id", Text, nullable=False),
    moment("at"),
)

_waiting = text("place IS NOT NULL")
Index("ix_ticket_line", ticket.c.lane_id, ticket.c.place, ticket.c.id, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_ticket_agent_state", ticket.c.agent_id, ticket.c.state)
Index("ix_ticket_brand", ticket.c.brand_id, ticket.c.id)
Index("ix_ticket_brand_state", ticket.c.brand_id, ticket.c.state, ticket.c.id)
_waiting_state = text("state = 'waiting'")
Index(
    "ix_ticket_waiting",
    ticket.c.brand_id,
    ticket.c.place,
    ticket.c.id,
    sqlite_where=_waiting_state,
    postgresql_where=_waiting_state,
)
_held = text("hold_until IS NOT NULL")
Index("ix_ticket_hold", ticket.c.hold_until, sqlite_where=_held, postgresql_where=_held)
_merged = text("merged_into IS NOT NULL")
Index("ix_ticket_merged", ticket.c.merged_into, sqlite_where=_merged, postgresql_where=_merged)
_stepping = text("step_down_at IS NOT NULL")
_kept = text("kept_until IS NOT NULL")
Index("ix_ticket_kept", ticket.c.kept_until, sqlite_where=_kept, postgresql_where=_kept)
Index("ix_ticket_step_down", ticket.c.step_down_at, sqlite_where=_stepping, postgresql_where=_stepping)
_asking = text("rules_due_at IS NOT NULL")
Index("ix_ticket_rules_due", ticket.c.rules_due_at, sqlite_where=_asking, postgresql_where=_asking)
_purge = text("purge_after IS NOT NULL")
Index("ix_ticket_purge", ticket.c.purge_after, sqlite_where=_purge, postgresql_where=_purge)
Index("ix_ticket_thread", ticket.c.connection_id, ticket.c.thread)
Index("ix_message_ticket", message.c.home_ticket_id, message.c.at, message.c.id)
Index("ix_message_party_address", message_party.c.address)
_due = text("due_at IS NOT NULL")
Index("ix_attachment_due", attachment.c.due_at, sqlite_where=_due, postgresql_where=_due)
_promised = text("met_at IS NULL AND ended_at IS NULL")
Index("ix_promise_due", promise.c.due_at, sqlite_where=_promised, postgresql_where=_promised)
