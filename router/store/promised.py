"""Answers that are promised: soon due on tickets somebody has open, or late on those that wait."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, text

from router.store.db import Connection
from router.store.schema import notice, promise, ticket

MOST = 200  # at one look; the next one finds the others
OPEN = text("promise.met_at IS NULL AND promise.ended_at IS NULL")  # as the index on due_at says it


@dataclass(frozen=True, slots=True)
class Soon:
    """One promise that ends before long."""

    ticket_id: str
    brand_id: str
    agent_id: str
    target_s: int
    due_at: datetime


def soon(db: Connection, now: datetime, until: datetime) -> list[Soon]:
    """Return the promised answers due between two moments of which the ticket's agent was not told, soonest first."""
    was_told = exists().where(
        notice.c.ticket_id == ticket.c.id,
        notice.c.kind == "promise",
        notice.c.agent_id == ticket.c.agent_id,
        notice.c.at >= promise.c.starts_at,
    )
    query = (
        select(ticket.c.id, ticket.c.brand_id, ticket.c.agent_id, promise.c.target_s, promise.c.due_at)
        .join(ticket, ticket.c.id == promise.c.ticket_id)
        .where(OPEN, promise.c.due_at > now, promise.c.due_at <= until, promise.c.kind != "resolution")
        .where(ticket.c.agent_id.is_not(None), ticket.c.state == "open", ~was_told)
        .order_by(promise.c.due_at)
        .limit(MOST)
    )
    return [Soon(*row) for row in db.execute(query)]


@dataclass(frozen=True, slots=True)
class Late:
    """A calm ticket that waits past its promise."""

    ticket_id: str
    queue_id: str
    target_s: int
    due_at: datetime


def latest_calm(db: Connection, brand_id: str, now: datetime) -> Late | None:
    """Return the calm waiting ticket of a brand that is past its promise since longest, None if none is late."""
    query = (
        select(ticket.c.id, ticket.c.queue_id, promise.c.target_s, promise.c.due_at)
        .join(ticket, ticket.c.id == promise.c.ticket_id)
        .where(OPEN, promise.c.due_at <= now, promise.c.kind != "resolution")
        .where(ticket.c.brand_id == brand_id, ticket.c.state == "waiting", ticket.c.heat == 0)
        .order_by(promise.c.due_at)
        .limit(1)
    )
    row = db.execute(query).first()
    return Late(*row) if row else None


def waiting(db: Connection, brand_id: str) -> list[str]:
    """Return the waiting tickets of a brand that stand in a lane, in order of place."""
    t = ticket.c
    query = select(t.id).where(t.brand_id == brand_id, t.state == "waiting", t.place.is_not(None))
    return list(db.execute(query.order_by(t.place, t.id)).scalars())
