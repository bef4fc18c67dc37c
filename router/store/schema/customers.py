"""Customers: contacts, the addresses that are theirs, and what is known about them with its source."""

from sqlalchemy import Boolean, Column, Index, Table, Text, UniqueConstraint

from router.store.schema.base import ident, link, metadata, moment

contact = Table(
    "contact",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=True),
    Column("merged_into", Text, nullable=True),
    Column("blocked", Boolean, nullable=False),
    moment("created_at"),
    moment("purge_after", nullable=True),
)

Index("ix_contact_brand", contact.c.brand_id, contact.c.id)

identity = Table(
    "identity",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    moment("created_at"),
    UniqueConstraint("brand_id", "channel", "address"),
)

identity_link = Table(
    "identity_link",
    metadata,
    ident(),
    link("identity_id", "identity.id"),
    link("contact_id", "contact.id"),
    Column("evidence", Text, nullable=False),
    Column("trust", Text, nullable=False),
    Column("by", Text, nullable=False),  # agent id, or heed
    moment("valid_from"),
    moment("valid_to", nullable=True),
)

contact_fact = Table(
    "contact_fact",
    metadata,
    ident(),
    link("contact_id", "contact.id"),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("trust", Text, nullable=False),  # recorded, signed, agent, inferred, visitor
    moment("at"),
    moment("expires_at", nullable=True),
)

Index(
    "ix_identity_link_now",
    identity_link.c.identity_id,
    unique=True,
    sqlite_where=identity_link.c.valid_to.is_(None),
    postgresql_where=identity_link.c.valid_to.is_(None),
)
