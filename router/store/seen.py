"""What an agent has seen of a ticket: up to which message, never less than before."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, or_, select

from router.model import Scope
from router.store import bulk
from router.store.checking import checked
from router.store.db import Connection
from router.store.schema import message, ticket, ticket_seen


def moment_of(db: Connection, scope: Scope, ticket_id: str, message_id: str) -> datetime | None:
    """Return when a message came, None if it is not within the scope; the ticket's latest counts as its newest word."""
    query = (
        select(message.c.at, ticket.c.last_customer_at)
        .select_from(message)
        .join(ticket, ticket.c.id == ticket_id)
        .where(message.c.id == message_id, message.c.brand_id == ticket.c.brand_id)
    )
    if not scope.everything:
        query = query.where(ticket.c.brand_id.in_(scope.brands))
    row = db.execute(query).first()
    if row is None:
        return None
    newest = select(message.c.id).where(message.c.home_ticket_id == ticket_id, message.c.direction == "inbound")
    last = db.execute(newest.order_by(message.c.at.desc(), message.c.id.desc()).limit(1)).scalar()
    at: datetime = max(row.at, row.last_customer_at or row.at) if last == message_id else row.at
    return at


def see(db: Connection, agent_id: str, ticket_id: str, message_id: str, at: datetime) -> bool:
    """Note a message as seen; return False if a later one was already."""
    mine = and_(ticket_seen.c.agent_id == agent_id, ticket_seen.c.ticket_id == ticket_id)
    later = ticket_seen.update().where(mine, ticket_seen.c.at < at).values(message_id=message_id, at=at)
    if db.execute(later).rowcount:
        return True
    row = {"agent_id": agent_id, "ticket_id": ticket_id, "message_id": message_id, "at": at}
    return bulk.is_new(db, ticket_seen, row)


def unread(db: Connection, scope: Scope, agent_id: str, states: Collection[str]) -> list[tuple[str, int, str]]:
    """Return the tickets an agent has that hold words they have not seen: id, number, channel."""
    query = (
        select(ticket.c.id, ticket.c.number, ticket.c.channel)
        .outerjoin(ticket_seen, and_(ticket_seen.c.ticket_id == ticket.c.id, ticket_seen.c.agent_id == agent_id))
        .where(
            ticket.c.agent_id == agent_id,
            ticket.c.state.in_(list(states)),
            ticket.c.last_customer_at.is_not(None),
            or_(ticket_seen.c.at.is_(None), ticket_seen.c.at < ticket.c.last_customer_at),
        )
        .order_by(ticket.c.id)
    )
    if not scope.everything:
        query = query.where(checked(ticket.c.brand_id).in_(scope.brands))
    return [(row.id, row.number, row.channel) for row in db.execute(query)]
