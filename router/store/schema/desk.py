"""The desk itself: brands, calendars, queues, skills, connections, templates, settings."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, false

from router.store.schema.base import ident, link, metadata, moment, since_until

brand = Table(
    "brand",
    metadata,
    ident(),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),  # BCP 47; what agents of the brand speak unless said
    Column("zone", Text, nullable=False),  # IANA
    Column("next_ticket", Integer, nullable=False),
    Column("mood_on", Boolean, nullable=False),
    Column("keep_days", Integer, nullable=True),  # resolved tickets are purged after this many days; null: kept
    moment("created_at"),
)

calendar = Table(
    "calendar",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("always_open", Boolean, nullable=False),
    Column("holidays", Text, nullable=True),  # region of the holiday library, such as PK or DE-BY
)

calendar_period = Table(
    "calendar_period",
    metadata,
    ident(),
    link("calendar_id", "calendar.id"),
    Column("weekday", Integer, nullable=False),  # 0 Monday … 6 Sunday
    Column("opens_s", Integer, nullable=False),  # seconds after local midnight
    Column("closes_s", Integer, nullable=False),
)

calendar_closed = Table(
    "calendar_closed",
    metadata,
    link("calendar_id", "calendar.id", primary_key=True),
    Column("day", Date, primary_key=True),
    Column("name", Text, nullable=False),
)

work_class = Table(
    "work_class",
    metadata,
    Column("key", Text, primary_key=True),  # live, messaging, mail, task, call
    Column("label", Text, nullable=False),
    Column("slot_key", Text, nullable=False),  # whose slots it uses: messaging uses those of live
    Column("share", Integer, nullable=False),  # percent of an agent one piece takes
    Column("interruptible", Boolean, nullable=False),
    Column("slots", Integer, nullable=False),  # of an agent, unless their own rows say otherwise
)

queue = Table(
    "queue",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("name", Text, nullable=False),
    Column("mode", Text, nullable=False),  # pull, push
    Column("topic", Text, nullable=True),  # skill key that suits this queue best
    link("calendar_id", "calendar.id", nullable=True),
    Column("answer_s", Integer, nullable=True),  # default target; null: the pace's
    Column("is_default", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False, default=False),
    Column("discipline", Text, nullable=False, server_default="best_suited"),  # a key of routing.disciplines
    Column("offer_s", Integer, nullable=True),  # how long a push queue offers a ticket; null: the kind of work's
    Column("auto_accept", Boolean, nullable=False, server_default=false()),  # a push queue opens tickets at once
    moment("created_at"),
    UniqueConstraint("brand_id", "name"),
)

queue_setting = Table(
    "queue_setting",
    metadata,
    ident(),
    link("queue_id", "queue.id"),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    *since_until(),
)

skill = Table(
    "skill",
    metadata,
    Column("key", Text, primary_key=True),  # billing, de-escalation, en
    Column("label", Text, nullable=False),
    Column("is_language", Boolean, nullable=False),
    moment("created_at"),
)

connection = Table(
    "connection",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("key", Text, nullable=False, unique=True),  # the unguessable part of /hooks/<key>
    Column("channel", Text, nullable=False),
    Column("name", Text, nullable=False),
    link("queue_id", "queue.id", nullable=True),  # where tickets go unless a rule says otherwise
    Column("active", Boolean, nullable=False),
    moment("created_at"),
    moment("last_event_at", nullable=True),
    moment("last_error_at", nullable=True),
    Column("last_error", Text, nullable=True),
    moment("backlog_since", nullable=True),
    moment("resumed_at", nullable=True),  # it was paused until then
    moment("silent_since", nullable=True),  # its last event, when it is unusually long ago and admins were told
)

connection_setting = Table(
    "connection_setting",
    metadata,
    ident(),
    link("connection_id", "connection.id"),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=True),
    Column("sealed", LargeBinary, nullable=True),  # the value encrypted, where the setting is secret
    Column("key_id", Text, nullable=True),
    *since_until(),
)

connection_secret = Table(
    "connection_secret",
    metadata,
    ident(),
    link("connection_id", "connection.id"),
    Column("sealed", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    moment("created_at"),
    moment("retired_at", nullable=True),
)

mailbox_position = Table(
    "mailbox_position",
    metadata,
    link("connection_id", "connection.id", primary_key=True, index=False),
    Column("uidvalidity", Integer, nullable=False),
    Column("uid", Integer, nullable=False),
    moment("at"),
)

template = Table(
    "template",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # saved, acknowledge, wait
    Column("language", Text, nullable=False),
    Column("body", Text, nullable=False),
    moment("created_at"),
    moment("changed_at", nullable=True),
    link("changed_by", "agent.id", nullable=True),
    UniqueConstraint("brand_id", "kind", "name", "language"),
)

brand_setting = Table(
    "brand_setting",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    *since_until(),
)

desk_setting = Table(
    "desk_setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    moment("until"),
)

Index("ix_connection_setting_now", connection_setting.c.connection_id, connection_setting.c.name)
