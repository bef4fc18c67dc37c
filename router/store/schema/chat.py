"""Visitors of a web chat whose mail address is known, so that answers can follow them when they have left."""

from sqlalchemy import Column, Index, Table, Text, text

from router.store.schema.base import link, metadata, moment

chat_visitor = Table(
    "chat_visitor",
    metadata,
    link("connection_id", "connection.id", primary_key=True, index=False),
    Column("thread", Text, primary_key=True),  # the visitor
    Column("email", Text, nullable=False),
    Column("trust", Text, nullable=False),  # visitor: as typed; confirmed: by a link in a mail; signed: by their site
    Column("language", Text, nullable=False),  # of their page
    moment("created_at"),
    moment("seen_at"),  # their page was last open
    moment("mailed_at", nullable=True),  # answers until then went by mail; as typed: they were asked to confirm it
    moment("due_at", nullable=True),  # when to see whether a mail must follow
)

address_confirmation = Table(  # an address is asked at most once a day, whoever typed it
    "address_confirmation",
    metadata,
    link("brand_id", "brand.id", primary_key=True, index=False),
    Column("address", Text, primary_key=True),
    moment("sent_at"),
)

_due = text("due_at IS NOT NULL")
Index("ix_chat_visitor_due", chat_visitor.c.due_at, sqlite_where=_due, postgresql_where=_due)
