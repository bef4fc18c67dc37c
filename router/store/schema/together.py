"""Working together: what was merged, set aside, done to many at once and can be undone; what somebody comes back to."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text

from router.store.schema.base import ident, link, metadata, moment

merge = Table(  # tickets or contacts of one brand; un-merge opens and closes links, no message moves
    "merge",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("kind", Text, nullable=False),  # ticket, contact
    link("from_ticket_id", "ticket.id", nullable=True),
    link("into_ticket_id", "ticket.id", nullable=True),
    link("from_contact_id", "contact.id", nullable=True),
    link("into_contact_id", "contact.id", nullable=True),
    Column("evidence", Text, nullable=False),
    link("by_agent_id", "agent.id", nullable=True),  # null: Heed itself
    moment("at"),
    Column("before", Text, nullable=False),  # JSON: the rows it touched as they were, ids and facts, no text
    moment("undone_at", nullable=True),
    link("undone_by", "agent.id", nullable=True),
)

undoable = Table(  # one act on one or many tickets that can be taken back for a while
    "undoable",
    metadata,
    ident(),
    Column("act", Text, nullable=False),  # spam, block, assign, transfer, tag, resolve …
    link("agent_id", "agent.id"),
    moment("at"),
    moment("until"),
    Column("count", Integer, nullable=False),
    moment("undone_at", nullable=True),
    link("undone_by", "agent.id", nullable=True),
)

undoable_row = Table(
    "undoable_row",
    metadata,
    link("undoable_id", "undoable.id", primary_key=True, index=False),
    link("ticket_id", "ticket.id", primary_key=True),
    Column("before", Text, nullable=False),  # JSON of the ticket's own columns, ids and facts
    Column("event_seq", Integer, nullable=False),  # of the ticket after the act
    Column("result", Text, nullable=False),  # done, or why not
)

block = Table(  # the later messages of this identity are set aside and listed, never deleted
    "block",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    link("identity_id", "identity.id"),
    link("agent_id", "agent.id"),
    link("ticket_id", "ticket.id", nullable=True),  # on which it was decided
    moment("at"),
    moment("ended_at", nullable=True),
    link("ended_by", "agent.id", nullable=True),
)

follow_up = Table(  # somebody comes back to a ticket; a customer's answer ends it where that was asked
    "follow_up",
    metadata,
    ident(),
    link("ticket_id", "ticket.id"),
    link("agent_id", "agent.id"),
    moment("due_at"),
    Column("only_if_silent", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    moment("created_at"),
    moment("ended_at", nullable=True),
    Column("ended", Text, nullable=True),  # told, answered, dropped
)

_now = text("ended_at IS NULL")
Index("ix_block_now", block.c.identity_id, unique=True, sqlite_where=_now, postgresql_where=_now)
Index("ix_follow_up_due", follow_up.c.due_at, sqlite_where=_now, postgresql_where=_now)
