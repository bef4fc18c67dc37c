"""What a visitor of the chat page may read: the public messages of their own thread, and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.engine import Connection as Db

from router.store.schema import agent, attachment, message, promise, ticket, ticket_seen

COUNTED = 1000  # tickets ahead; more are not told apart


@dataclass(frozen=True, slots=True)
class VisitorLine:
    """One message as the visitor sees it."""

    id: str
    external_id: str | None
    direction: str
    text: str
    state: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TicketNow:
    """How a visitor's newest ticket stands."""

    id: str
    brand_id: str
    state: str
    queue_id: str
    lane_id: int | None
    place: datetime | None
    agent: str


def ticket_now(db: Db, connection_id: str, thread: str) -> TicketNow | None:
    """Return a visitor's newest ticket, or the one it was merged into."""
    newest = select(func.coalesce(ticket.c.merged_into, ticket.c.id))
    newest = newest.where(ticket.c.connection_id == connection_id, ticket.c.thread == thread)
    newest = newest.order_by(ticket.c.created_at.desc(), ticket.c.id.desc()).limit(1)
    columns = (ticket.c.id, ticket.c.brand_id, ticket.c.state, ticket.c.queue_id, ticket.c.lane_id, ticket.c.place)
    query = select(*columns, func.coalesce(agent.c.name, "")).outerjoin(agent, agent.c.id == ticket.c.agent_id)
    row = db.execute(query.where(ticket.c.id == newest.scalar_subquery())).first()
    return TicketNow(*row) if row else None


def ahead(db: Db, one: TicketNow) -> int:
    """Return how many tickets of its lane stand before a waiting one; at most `COUNTED`."""
    before = tuple_(ticket.c.place, ticket.c.id) < tuple_(one.place, one.id)
    query = select(ticket.c.id).where(ticket.c.lane_id == one.lane_id, ticket.c.place.is_not(None), before)
    return db.execute(select(func.count()).select_from(query.limit(COUNTED).subquery())).scalar_one()


def answered_since(db: Db, queue_id: str, channel: str, since: datetime) -> int:
    """Return how many tickets of a queue and channel got their first answer since a moment."""
    query = select(func.count()).select_from(promise).join(ticket, ticket.c.id == promise.c.ticket_id)
    first = (promise.c.kind == "first_answer") & (promise.c.met_at >= since)
    return db.execute(query.where(first, ticket.c.queue_id == queue_id, ticket.c.channel == channel)).scalar_one()


def seen_until(db: Db, connection_id: str, thread: str) -> datetime | None:
    """Return up to when somebody at the desk has seen what a visitor wrote."""
    query = select(func.max(ticket_seen.c.at)).join(ticket, ticket.c.id == ticket_seen.c.ticket_id)
    of_thread = (ticket.c.connection_id == connection_id) & (ticket.c.thread == thread)
    found: datetime | None = db.execute(query.where(of_thread)).scalar()
    return found


def lines(db: Db, connection_id: str, thread: str, after: str | None, limit: int) -> list[VisitorLine]:
    """Return the visible messages of one thread, oldest first: those after one message, else the last ones.

    Only public messages of that connection's thread; a message taken back is not there, nor what we sent another way.
    """
    query = (
        select(
            message.c.id,
            message.c.external_id,
            message.c.direction,
            message.c.text,
            message.c.state,
            agent.c.name.label("agent"),
            message.c.at,
        )
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
        .outerjoin(agent, agent.c.id == message.c.agent_id)
        .where(
            _of_thread(connection_id, thread),
            message.c.visibility == "public",
            message.c.direction.in_(("inbound", "outbound")),
            message.c.deleted_at.is_(None),
            or_(message.c.direction == "inbound", message.c.connection_id == connection_id),
            or_(message.c.direction == "inbound", message.c.state.not_in(("failed", "scheduled", "withdrawn"))),
        )
    )
    if after:
        mark = db.execute(select(message.c.at).where(message.c.id == after)).scalar()
        if mark is not None:
            query = query.where(or_(message.c.at > mark, and_(message.c.at == mark, message.c.id > after)))
    rows = db.execute(query.order_by(message.c.at.desc(), message.c.id.desc()).limit(limit)).all()
    return [VisitorLine(r.id, r.external_id, r.direction, r.text, r.state, r.agent or "", r.at) for r in reversed(rows)]


def _of_thread(connection_id: str, thread: str) -> ColumnElement[bool]:
    """Return the condition on messages of a thread: those on its tickets, and those that came to one they went into."""
    own = (ticket.c.connection_id == connection_id) & (ticket.c.thread == thread)
    inner = ticket.alias()
    theirs = select(inner.c.merged_into).where(inner.c.connection_id == connection_id, inner.c.thread == thread)
    said = (message.c.connection_id == connection_id) & (message.c.thread == thread)
    return or_(own, ticket.c.id.in_(theirs.where(inner.c.merged_into.is_not(None))) & said)


def files(db: Db, message_ids: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Return (attachment id, name) of the stored files of messages."""
    query = select(attachment.c.message_id, attachment.c.id, attachment.c.name)
    query = query.where(attachment.c.message_id.in_(message_ids), attachment.c.state == "stored")
    found: dict[str, list[tuple[str, str]]] = {}
    for row in db.execute(query.order_by(attachment.c.message_id, attachment.c.seq)):
        found.setdefault(row.message_id, []).append((row.id, row.name))
    return found


def file(db: Db, connection_id: str, thread: str, attachment_id: str) -> tuple[str, str, str] | None:
    """Return (name, media type, blob id) of a stored file of one thread's public messages."""
    query = (
        select(attachment.c.name, attachment.c.media_type, attachment.c.blob_id)
        .join(message, message.c.id == attachment.c.message_id)
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
        .where(
            attachment.c.id == attachment_id,
            attachment.c.blob_id.is_not(None),
            _of_thread(connection_id, thread),
            message.c.visibility == "public",
        )
    )
    row = db.execute(query).first()
    return None if row is None else (row.name, row.media_type, row.blob_id)
