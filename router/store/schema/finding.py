"""Finding things again: the words of messages and addresses as an index reads them, and views that people keep.

On PostgreSQL `words` is a tsvector with an index of its own. On SQLite it is the same words by blanks, and the FTS5
table `search_index` follows it by triggers, which the migration makes; a row that is deleted leaves the index with it.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from router.store.schema.base import ident, link, metadata, moment

search_doc = Table(
    "search_doc",
    metadata,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    link("brand_id", "brand.id", index=False),
    link("ticket_id", "ticket.id", nullable=True),
    link("message_id", "message.id", nullable=True),  # the words are copied from it and erased with it
    link("identity_id", "identity.id", nullable=True),
    link("contact_id", "contact.id", nullable=True),
    moment("at"),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)

saved_view = Table(
    "saved_view",
    metadata,
    ident(),
    link("agent_id", "agent.id"),  # who made it
    link("brand_id", "brand.id", nullable=True),  # null: all that the reader may see
    Column("shared", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # as it is typed into the search field
    Column("position", Integer, nullable=False),
    moment("created_at"),
    moment("removed_at", nullable=True),
)

Index("ix_search_doc_brand", search_doc.c.brand_id, search_doc.c.n)
Index("ix_search_doc_words", search_doc.c.words, postgresql_using="gin").ddl_if(dialect="postgresql")
