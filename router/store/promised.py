"""Answers that are promised on tickets somebody has open, and of which they have not been told."""

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
