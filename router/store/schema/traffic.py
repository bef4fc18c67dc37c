"""What comes and goes on connections: how much by the hour, how fast we may send, and words that came too early."""

from sqlalchemy import Column, Index, Integer, Table, Text

from router.store.schema.base import Utc, ident, link, metadata, moment

connection_hour = Table(  # how much came; a connection's usual rhythm is read from it
    "connection_hour",
    metadata,
    link("connection_id", "connection.id", primary_key=True, index=False),
    Column("at", Utc, primary_key=True),  # the hour begins
    Column("events", Integer, nullable=False),
    Column("not_understood", Integer, nullable=False),
)

send_pace = Table(  # when the next message may leave; past ones are deleted
    "send_pace",
    metadata,
    link("connection_id", "connection.id", primary_key=True, index=False),
    Column("chat", Text, primary_key=True),  # hash of the conversation; empty: the whole connection
    moment("next_at"),  # the first moment that nobody has yet
    moment("paused_until", nullable=True),  # the platform asked us to wait
)

early_word = Table(  # an edit, a deletion or a receipt that came before its message; kept for days
    "early_word",
    metadata,
    ident(),
    link("connection_id", "connection.id", index=False),
    Column("external_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # edit, deletion, or the state of a receipt
    Column("text", Text, nullable=False),  # an edit's words, or why it was not delivered
    Column("html", Text, nullable=True),
    moment("at"),
    moment("came_at"),
)

Index("ix_early_word_message", early_word.c.connection_id, early_word.c.external_id)
