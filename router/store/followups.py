"""Follow-ups: somebody comes back to a ticket at a moment; where that was asked, only if the customer stays silent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, select, true, update
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store.ids import new_id
from router.store.schema import agent, agent_brand, follow_up, ticket

MOST = 100  # told at once; the next look takes the others


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One moment at which somebody comes back to a ticket."""

    id: str
    ticket_id: str
    brand_id: str
    agent_id: str
    agent: str
    due_at: datetime
    only_if_silent: bool
    note: str
    created_at: datetime
    heard_at: datetime | None  # when the customer wrote last
    spam: bool
    merged_into: str | None
    works_here: bool  # the agent is active and works for the ticket's brand

    @property
    def is_answered(self) -> bool:
        """Say whether the customer broke the silence it was to watch."""
        return self.only_if_silent and self.heard_at is not None and self.heard_at > self.created_at


def add(
    db: Db, ticket_id: str, agent_id: str, due_at: datetime, note: str, now: datetime, *, only_if_silent: bool
) -> str:
    """Store a follow-up and return its id."""
    row_id = new_id()
    row = {"id": row_id, "ticket_id": ticket_id, "agent_id": agent_id, "due_at": due_at, "note": note,
           "only_if_silent": only_if_silent, "created_at": now}  # fmt: skip
    db.execute(insert(follow_up).values(row))
    return row_id


def due(db: Db, now: datetime) -> list[FollowUp]:
    """Return those whose moment has come, the longest due first."""
    return _found(db, follow_up.c.due_at <= now, limit=MOST)


def of_ticket(db: Db, scope: Scope, ticket_id: str) -> list[FollowUp]:
    """Return what is still to come on a ticket, the next first."""
    found = _found(db, and_(follow_up.c.ticket_id == ticket_id, _within(scope)), limit=MOST)
    return [one for one in found if not one.is_answered]


def one(db: Db, scope: Scope, follow_up_id: str) -> FollowUp | None:
    """Return a follow-up that is still to come, None if there is none within the scope."""
    return next(iter(_found(db, and_(follow_up.c.id == follow_up_id, _within(scope)), limit=1)), None)


def end(db: Db, follow_up_id: str, ended: str, now: datetime) -> bool:
    """End a follow-up: told, answered or dropped. False: it had ended."""
    held = (follow_up.c.id == follow_up_id) & follow_up.c.ended_at.is_(None)
    return db.execute(update(follow_up).where(held).values(ended_at=now, ended=ended)).rowcount == 1


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else ticket.c.brand_id.in_(scope.brands)


def _found(db: Db, wanted: ColumnElement[bool], limit: int) -> list[FollowUp]:
    works = select(agent_brand.c.agent_id).where(
        agent_brand.c.agent_id == follow_up.c.agent_id, agent_brand.c.brand_id == ticket.c.brand_id
    )
    query = (
        select(
            follow_up.c.id, follow_up.c.ticket_id, ticket.c.brand_id, follow_up.c.agent_id, agent.c.name,
            follow_up.c.due_at, follow_up.c.only_if_silent, follow_up.c.note, follow_up.c.created_at,
            ticket.c.last_customer_at, ticket.c.spam, ticket.c.merged_into,
            and_(agent.c.active, works.correlate(follow_up, ticket).exists()),
        )
        .join(ticket, ticket.c.id == follow_up.c.ticket_id)
        .join(agent, agent.c.id == follow_up.c.agent_id)
        .where(follow_up.c.ended_at.is_(None), wanted)
        .order_by(follow_up.c.due_at, follow_up.c.id)
    )  # fmt: skip
    return [FollowUp(*tuple(row)) for row in db.execute(query.limit(limit))]
