"""What was measured of the desk as a whole, for the wallboard and reports: nothing of a named person."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from router.store.schema.base import ident, link, metadata, moment
from router.store.schema.conversation import promise, ticket, ticket_event

queue_minute = Table(  # one queue at one minute, written by the clock
    "queue_minute",
    metadata,
    link("queue_id", "queue.id", primary_key=True, index=False),
    Column("at", moment("at").type, primary_key=True),
    Column("waiting", Integer, nullable=False),
    Column("hot", Integer, nullable=False),  # of those, with heat 2 or 3
    Column("late", Integer, nullable=False),  # of those, past their promise
    Column("oldest_s", Integer, nullable=False),
    Column("free_agents", Integer, nullable=False),
)

survey = Table(  # one question to the customer after an episode was resolved
    "survey",
    metadata,
    ident(),
    link("brand_id", "brand.id"),
    link("ticket_id", "ticket.id"),
    Column("episode", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    link("message_id", "message.id", nullable=True),  # that asked
    moment("due_at", nullable=True),  # to be asked then; null once asked or dropped
    moment("asked_at", nullable=True),
    moment("answered_at", nullable=True),
    Column("score", Integer, nullable=True),  # 1 … 5
    Column("comment", Text, nullable=True),
)

Index("ix_queue_minute_at", queue_minute.c.at)
Index("ix_survey_episode", survey.c.ticket_id, survey.c.episode, unique=True)
_asking = text("due_at IS NOT NULL")
Index("ix_survey_due", survey.c.due_at, sqlite_where=_asking, postgresql_where=_asking)
_met = text("met_at IS NOT NULL")
Index("ix_promise_met", promise.c.met_at, sqlite_where=_met, postgresql_where=_met)
_done = text("resolved_at IS NOT NULL")
Index("ix_ticket_resolved", ticket.c.resolved_at, sqlite_where=_done, postgresql_where=_done)
_reopened = text("kind IN ('reopened', 'transferred')")
Index("ix_ticket_event_again", ticket_event.c.at, sqlite_where=_reopened, postgresql_where=_reopened)
_aside = text("spam")
Index("ix_ticket_aside", ticket.c.brand_id, ticket.c.id, sqlite_where=_aside, postgresql_where=_aside)
