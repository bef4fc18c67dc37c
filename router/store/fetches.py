"""Files that a message named and that are still to be fetched from the platform."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from router.store import blobs
from router.store.db import Connection
from router.store.schema import attachment, message, ticket

MOST = 200  # files of one look


@dataclass(frozen=True, slots=True)
class ToFetch:
    """One file: what its adapter needs to get it, and where it belongs."""

    attachment_id: str
    reference: str
    attempts: int  # this one included
    connection_id: str
    brand_id: str
    ticket_id: str
    agent_id: str | None
    thread: str | None


def due(db: Connection, now: datetime) -> list[str]:
    """Return the files that are to be fetched now, the longest due first."""
    table = attachment
    query = select(table.c.id).where(table.c.due_at.is_not(None), table.c.due_at <= now)
    return list(db.execute(query.order_by(table.c.due_at).limit(MOST)).scalars())


def take(db: Connection, attachment_id: str, now: datetime, until: datetime) -> ToFetch | None:
    """Begin an attempt, due again at `until` if nobody ends it; None if it is not due or somebody else is at it."""
    table = attachment
    free = (table.c.id == attachment_id) & (table.c.due_at <= now) & (table.c.state == "to_fetch")
    if not db.execute(update(table).where(free).values(attempts=table.c.attempts + 1, due_at=until)).rowcount:
        return None
    query = (
        select(table.c.fetch, table.c.attempts, message.c.connection_id, message.c.brand_id, message.c.home_ticket_id)
        .add_columns(ticket.c.agent_id, ticket.c.thread)
        .join(message, message.c.id == table.c.message_id)
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
        .where(table.c.id == attachment_id)
    )
    row = db.execute(query).one()
    return ToFetch(attachment_id, row[0] or "", *row[1:])


def store(db: Connection, found: ToFetch, data: bytes, now: datetime) -> bool:
    """Keep the bytes of a file. False: it was erased meanwhile."""
    waiting = (attachment.c.id == found.attachment_id) & (attachment.c.state == "to_fetch")
    if db.execute(select(attachment.c.id).where(waiting).with_for_update()).scalar() is None:
        return False
    blob_id = blobs.put(db, found.brand_id, data, now)
    stored = {"state": "stored", "size": len(data), "blob_id": blob_id, "error": None, "due_at": None, "fetch": None}
    db.execute(update(attachment).where(waiting).values(stored))
    return True


def put_off(db: Connection, attachment_id: str, error: str, due_at: datetime | None) -> None:
    """Record why a file could not be fetched, and when to try again; None: it stays missing."""
    waiting = (attachment.c.id == attachment_id) & (attachment.c.state == "to_fetch")
    state = "to_fetch" if due_at is not None else "missing"
    db.execute(update(attachment).where(waiting).values(error=error, due_at=due_at, state=state))
