"""What a visitor of the chat page may read: the public messages of their own thread, and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.engine import Connection as Db

from router.store.schema import agent, attachment, message, ticket


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


def lines(db: Db, connection_id: str, thread: str, after: str | None, limit: int) -> list[VisitorLine]:
    """Return the visible messages of one thread, oldest first: those after one message, else the last ones.

    Only public messages of that connection's thread; a message taken back is not there.
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
