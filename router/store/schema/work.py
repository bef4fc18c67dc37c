"""Handing out work: lanes, offers, assignments, decisions, the ledger of hard work, readings, replies on their way."""

from typing import Any

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, false, text

from router.store.schema.base import ident, link, metadata, moment

lane = Table(  # what a lane is never changes; only whether anything may be waiting in it
    "lane",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    link("brand_id", "brand.id"),
    link("queue_id", "queue.id"),
    Column("channel", Text, nullable=False),
    Column("work_class", Text, nullable=False),
    Column("slot_key", Text, nullable=False),
    Column("topic", Text, nullable=True),
    Column("kept", Boolean, nullable=False, server_default=false()),
    Column("open", Boolean, nullable=False),
    moment("created_at"),
)

lane_need = Table(
    "lane_need",
    metadata,
    link("lane_id", "lane.id", primary_key=True, index=False),
    Column("skill_key", Text, primary_key=True),
    Column("level", Integer, nullable=False),
)

pass_over = Table(  # this ticket does not go to this agent just now
    "pass_over",
    metadata,
    link("agent_id", "agent.id", primary_key=True, index=False),
    link("ticket_id", "ticket.id", primary_key=True),
    Column("reason", Text, nullable=False),
    moment("until"),
)

offer = Table(
    "offer",
    metadata,
    ident(),
    link("ticket_id", "ticket.id"),
    link("agent_id", "agent.id"),
    link("lane_id", "lane.id", nullable=True),  # where the ticket waited, and goes back to with its old place
    Column("state", Text, nullable=False),  # open, accepted, declined, lapsed, released
    Column("reason", Text, nullable=False),
    moment("at"),
    moment("until"),
    moment("ended_at", nullable=True),
)

assignment = Table(
    "assignment",
    metadata,
    ident(),
    link("ticket_id", "ticket.id"),
    link("agent_id", "agent.id"),
    Column("how", Text, nullable=False),  # pulled, offered, by hand, woke, answered
    Column("over_capacity", Boolean, nullable=False),
    moment("valid_from"),
    moment("valid_to", nullable=True),
    Column("ended", Text, nullable=True),  # resolved, returned, transferred, left
)

decision = Table(
    "decision",
    metadata,
    ident(),
    link("ticket_id", "ticket.id"),
    link("agent_id", "agent.id", nullable=True),
    Column("kind", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("inputs", Text, nullable=False),  # JSON, at most 4 KB: all that the choice depended on
    Column("policy", Text, nullable=False),
    link("rules_version_id", "rule_set_version.id", nullable=True),
    moment("at"),
)

ledger_entry = Table(  # seen by its agent alone; deleted after 30 days
    "ledger_entry",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    link("ticket_id", "ticket.id"),
    Column("amount", Float, nullable=False),
    Column("source", Text, nullable=False),  # mood, agent
    moment("at"),
)


def reading_columns() -> tuple[Column[Any], ...]:
    """Return the columns of what triage made of a message, for each table that keeps it."""
    return (
        Column("language", Text, nullable=False),
        Column("language_confidence", Float, nullable=False),
        Column("sentiment", Float, nullable=False),
        Column("frustration", Integer, nullable=False),
        Column("calm_frustration", Integer, nullable=False),
        Column("urgency", Integer, nullable=False),
        Column("intent", Text, nullable=False),
        Column("intent_confidence", Float, nullable=False),
        Column("second_intent", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("read", Boolean, nullable=False),
        Column("version", Text, nullable=False),
        Column("silence_s", Integer, nullable=True),  # between our last answer and the message
    )


reading = Table(
    "reading",
    metadata,
    link("message_id", "message.id", primary_key=True, index=False),
    *reading_columns(),
)

reading_evidence = Table(
    "reading_evidence",
    metadata,
    link("message_id", "message.id", primary_key=True, index=False),
    Column("seq", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("cue", Text, nullable=False),
)

correction = Table(
    "correction",
    metadata,
    ident(),
    link("message_id", "message.id"),
    Column("field", Text, nullable=False),  # intent, language, frustration
    Column("value", Text, nullable=False),  # of frustration: right, dismissed, angrier
    Column("figure", Integer, nullable=True),  # frustration from then on, 0 … 100
    link("agent_id", "agent.id"),
    moment("at"),
    moment("taken_back_at", nullable=True),
)

outgoing = Table(  # a reply on its way; the message's own state is what people see
    "outgoing",
    metadata,
    link("message_id", "message.id", primary_key=True, index=False),
    link("ticket_id", "ticket.id"),
    link("connection_id", "connection.id"),
    Column("attempts", Integer, nullable=False),
    Column("attempt_key", Text, nullable=True),  # of the attempt under way
    moment("due_at", nullable=True),  # null: nothing more to do
    moment("lease_until", nullable=True),
    moment("created_at"),
    moment("slot_at", nullable=True),  # its turn, where a platform takes only so many messages at once
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    link("agent_id", "agent.id", primary_key=True, index=False),
    Column("key", Text, primary_key=True),
    Column("body_hash", Text, nullable=False),
    link("message_id", "message.id"),
    moment("at"),
)

inbound_event = Table(
    "inbound_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    link("connection_id", "connection.id", index=False),
    Column("key_hash", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("headers", Text, nullable=False),  # JSON, only what parsing needs; erased with the body
    Column("body", LargeBinary, nullable=True),  # null when erased, or when it lies in the blob
    link("blob_id", "blob.id", nullable=True),
    Column("state", Text, nullable=False),  # stored, done, duplicate, not_understood
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=True),
    moment("received_at"),
    moment("done_at", nullable=True),
    UniqueConstraint("connection_id", "key_hash"),
)

delivery_key = Table(  # outlives the body: an old capture of a platform's request stays a repeat
    "delivery_key",
    metadata,
    link("connection_id", "connection.id", primary_key=True, index=False),
    Column("key_hash", Text, primary_key=True),
    moment("at"),
)

_stored = text("state = 'stored'")
Index(
    "ix_inbound_event_todo",
    inbound_event.c.connection_id,
    inbound_event.c.id,
    sqlite_where=_stored,
    postgresql_where=_stored,
)
_odd = text("state = 'not_understood'")
Index(
    "ix_inbound_event_odd",
    inbound_event.c.connection_id,
    inbound_event.c.id,
    sqlite_where=_odd,
    postgresql_where=_odd,
)
Index("ix_inbound_event_received", inbound_event.c.received_at)
_due = text("due_at IS NOT NULL")
Index("ix_outgoing_due", outgoing.c.due_at, sqlite_where=_due, postgresql_where=_due)
_offered = text("state = 'open'")
Index("ix_offer_one", offer.c.ticket_id, unique=True, sqlite_where=_offered, postgresql_where=_offered)
Index("ix_offer_until", offer.c.until, sqlite_where=_offered, postgresql_where=_offered)
Index("ix_pass_over_until", pass_over.c.until)
_holding = text("valid_to IS NULL")
Index("ix_assignment_now", assignment.c.ticket_id, unique=True, sqlite_where=_holding, postgresql_where=_holding)
