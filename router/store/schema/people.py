"""The people of the desk: agents, what they can do, when they are here, how they sign in."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, Table, Text

from router.store.schema.base import ident, link, metadata, moment, since_until

site = Table(
    "site",
    metadata,
    ident(),
    Column("name", Text, nullable=False, unique=True),
    Column("zone", Text, nullable=False),
)

agent = Table(
    "agent",
    metadata,
    ident(),
    Column("email", Text, nullable=False, unique=True),  # lower case
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("locale", Text, nullable=False),  # of the interface
    Column("active", Boolean, nullable=False),
    moment("last_assigned_at", nullable=True),
    Column("run", Integer, nullable=False),  # difficult tickets in a row
    Column("hard_work", Float, nullable=False),  # the ledger's E, as of hard_work_at; seen by this agent alone
    moment("hard_work_at", nullable=True),
    moment("created_at"),
)

agent_setting = Table(  # how somebody likes their desk: sound, notifications, keys, theme
    "agent_setting",
    metadata,
    link("agent_id", "agent.id", primary_key=True, index=False),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

agent_brand = Table(
    "agent_brand",
    metadata,
    link("agent_id", "agent.id", primary_key=True, index=False),
    link("brand_id", "brand.id", primary_key=True),
)

agent_site = Table(
    "agent_site", metadata, ident(), link("agent_id", "agent.id"), link("site_id", "site.id"), *since_until()
)

agent_skill = Table(
    "agent_skill",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    link("skill_key", "skill.key"),
    Column("level", Integer, nullable=False),  # 1 … 5
    *since_until(),
)

agent_slot = Table(
    "agent_slot",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    link("work_class", "work_class.key"),
    Column("slots", Integer, nullable=False),
    *since_until(),
)

agent_channel = Table(  # an agent without a row here may work on every channel
    "agent_channel",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    Column("channel", Text, nullable=False),
    *since_until(),
)

presence = Table(
    "presence",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),  # agent, stream, lost, missed offers
    *since_until(),
)

stream = Table(  # one open event stream of one tab
    "stream",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    Column("process", Text, nullable=False),
    moment("opened_at"),
    moment("seen_at"),
    moment("closed_at", nullable=True),
)

shift = Table(
    "shift",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    Column("zone", Text, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("starts_s", Integer, nullable=False),
    Column("ends_s", Integer, nullable=False),  # may pass midnight: over 86,400
    Column("kind", Text, nullable=False),  # work, break
    *since_until(),
)

leave = Table(
    "leave",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    moment("starts_at"),
    moment("ends_at"),
    Column("reason", Text, nullable=False, server_default=""),
)

credential = Table(
    "credential",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    Column("kind", Text, nullable=False),  # password, totp, passkey, oidc
    Column("data", Text, nullable=False),  # argon2 hash, or what the kind needs
    Column("sealed", LargeBinary, nullable=True),
    Column("key_id", Text, nullable=True),
    moment("created_at"),
    moment("retired_at", nullable=True),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("hash", Text, primary_key=True),
    link("agent_id", "agent.id"),
    moment("created_at"),
    moment("until"),
    moment("used_at", nullable=True),
)

session = Table(
    "session",
    metadata,
    Column("hash", Text, primary_key=True),
    link("agent_id", "agent.id"),
    moment("created_at"),
    moment("seen_at"),
    moment("ends_at"),
    moment("ended_at", nullable=True),
    Column("browser", Text, nullable=False),
)

api_token = Table(
    "api_token",
    metadata,
    ident(),
    link("agent_id", "agent.id"),
    Column("hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # by blanks
    Column("brands", Text, nullable=False),  # ids by blanks; empty: all of the owner's
    moment("created_at"),
    moment("until", nullable=True),
    moment("used_at", nullable=True),
    moment("ended_at", nullable=True),
)

Index(
    "ix_presence_now",
    presence.c.agent_id,
    unique=True,
    sqlite_where=presence.c.valid_to.is_(None),
    postgresql_where=presence.c.valid_to.is_(None),
)
Index(
    "ix_agent_skill_now",
    agent_skill.c.agent_id,
    agent_skill.c.skill_key,
    unique=True,
    sqlite_where=agent_skill.c.valid_to.is_(None),
    postgresql_where=agent_skill.c.valid_to.is_(None),
)
