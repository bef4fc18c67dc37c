"""What people taught: corrected readings as they were before, intents and examples of brands, versions of those.

The text of an example that comes from a message stays with the message, so that erasing it erases the example.
"""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from router.store.schema.base import ident, link, metadata, moment, since_until
from router.store.schema.work import reading_columns

reading_as_read = Table(  # what triage read in a message that people corrected; `reading` holds what counts
    "reading_as_read",
    metadata,
    link("message_id", "message.id", primary_key=True, index=False),
    *reading_columns(),
)

taught_intent = Table(  # an intent that a brand made beside those that come with Heed
    "taught_intent",
    metadata,
    ident(),
    link("brand_id", "brand.id", index=False),
    Column("key", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("author", Text, nullable=False),
    moment("created_at"),
    moment("removed_at", nullable=True),
    UniqueConstraint("brand_id", "key"),
)

taught_example = Table(
    "taught_example",
    metadata,
    ident(),
    link("brand_id", "brand.id", index=False),
    Column("intent", Text, nullable=False),  # a key of triage.intents or of taught_intent
    Column("text", Text, nullable=True),  # typed by ops; null: that of the message
    link("message_id", "message.id", nullable=True),
    Column("author", Text, nullable=False),
    moment("at"),
    moment("removed_at", nullable=True),
)

taught_version = Table(  # never changed once made, but for its payload, which goes when an example it knew is erased
    "taught_version",
    metadata,
    ident(),
    link("brand_id", "brand.id", index=False),
    Column("kind", Text, nullable=False),  # intents, scale
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),  # asked, ready, worse, failed, erased
    Column("payload", Text, nullable=True),  # what triage loads
    Column("figures", Text, nullable=False),  # JSON, to be shown
    Column("examples", Integer, nullable=False),  # it was made of; fewer in taught_source: some were erased
    Column("author", Text, nullable=False),
    moment("asked_at"),
    moment("made_at", nullable=True),
    UniqueConstraint("brand_id", "kind", "number"),
)

taught_source = Table(
    "taught_source",
    metadata,
    link("version_id", "taught_version.id", primary_key=True, index=False),
    link("example_id", "taught_example.id", primary_key=True),
)

taught_live = Table(  # which version held when; without one, triage reads as it came
    "taught_live",
    metadata,
    ident(),
    link("brand_id", "brand.id", index=False),
    Column("kind", Text, nullable=False),
    link("version_id", "taught_version.id", nullable=True),
    Column("author", Text, nullable=False),
    Column("comment", Text, nullable=False),
    *since_until(),
)

Index("ix_taught_example_intent", taught_example.c.brand_id, taught_example.c.intent)
Index("ix_taught_live_since", taught_live.c.brand_id, taught_live.c.kind, taught_live.c.valid_from)
_asked = text("state = 'asked'")
Index("ix_taught_version_asked", taught_version.c.asked_at, sqlite_where=_asked, postgresql_where=_asked)
_holding = text("valid_to IS NULL")
Index(
    "ix_taught_live_now",
    taught_live.c.brand_id,
    taught_live.c.kind,
    unique=True,
    sqlite_where=_holding,
    postgresql_where=_holding,
)
