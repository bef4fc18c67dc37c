"""Replies on their way: what is due, who works on it, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.rows import Outgoing
from router.store.schema import message, message_alias, outgoing


@dataclass(frozen=True, slots=True)
class Due:
    """A reply that may be sent now."""

    message_id: str
    connection_id: str
    attempts: int


def add(db: Connection, rows: Sequence[Outgoing]) -> None:
    """Queue replies."""
    bulk.add(db, outgoing, rows)


def due(db: Connection, now: datetime, limit: int = 200) -> list[Due]:
    """Return the replies that are due and nobody works on, oldest first."""
    table = outgoing
    free = table.c.lease_until.is_(None) | (table.c.lease_until < now)
    query = select(table.c.message_id, table.c.connection_id, table.c.attempts)
    query = query.where(table.c.due_at.is_not(None), table.c.due_at <= now, free)
    return [Due(*row) for row in db.execute(query.order_by(table.c.due_at, table.c.message_id).limit(limit))]


def next_due(db: Connection) -> datetime | None:
    """Return when the next reply is due."""
    query = select(outgoing.c.due_at).where(outgoing.c.due_at.is_not(None)).order_by(outgoing.c.due_at).limit(1)
    return db.execute(query).scalar()


def take(db: Connection, message_id: str, key: str, now: datetime, until: datetime) -> str | None:
    """Begin an attempt: returns the state the message was in, None if it is not due, or somebody else is at it.

    One conversation's replies leave in order: an earlier one that is not through yet goes first.
    """
    table = outgoing
    free = table.c.lease_until.is_(None) | (table.c.lease_until < now)
    earlier = table.alias()
    blocked = exists().where(
        earlier.c.ticket_id == table.c.ticket_id,
        earlier.c.due_at.is_not(None),
        earlier.c.message_id < table.c.message_id,
    )
    query = update(table).where(table.c.message_id == message_id, table.c.due_at <= now, free, ~blocked)
    values = {"attempts": table.c.attempts + 1, "attempt_key": key, "lease_until": until}
    if not db.execute(query.values(values)).rowcount:
        return None
    state: str = db.execute(select(message.c.state).where(message.c.id == message_id)).scalar_one()
    db.execute(update(message).where(message.c.id == message_id).values(state="sending", state_detail=""))
    return state


def settle(
    db: Connection,
    message_id: str,
    key: str,
    state: str,
    detail: str,
    *,
    due_at: datetime | None,
    sent_at: datetime | None,
) -> bool:
    """End an attempt: `due_at` says when the next one is, None that there is none. False: the lease had passed on."""
    table = outgoing
    mine = (table.c.message_id == message_id) & (table.c.attempt_key == key)
    ended = update(table).where(mine).values(due_at=due_at, lease_until=None, attempt_key=None)
    if not db.execute(ended).rowcount:
        return False
    values: dict[str, object] = {"state": state, "state_detail": detail}
    if sent_at is not None:
        values["sent_at"] = sent_at
    db.execute(update(message).where(message.c.id == message_id).values(values))
    return True


def name(db: Connection, message_id: str, connection_id: str, external_ids: Sequence[str]) -> None:
    """Record the ids a platform gave our message; a part of a split reply is an alias."""
    rows = [{"connection_id": connection_id, "external_id": e, "message_id": message_id} for e in external_ids]
    bulk.add_new(db, message_alias, rows)


def receipt(db: Connection, message_id: str, state: str, detail: str) -> bool:
    """Move a message of ours forward by what the platform says; never back."""
    order = {"queued": 0, "sending": 1, "unknown": 1, "sent": 2, "delivered": 3, "read": 4, "failed": 5}
    ours = (message.c.id == message_id) & (message.c.direction == "outbound")
    was = db.execute(select(message.c.state).where(ours)).scalar()
    if was is None or order.get(was, 9) >= order[state] or (state == "failed" and was in ("delivered", "read")):
        return False
    db.execute(update(message).where(message.c.id == message_id).values(state=state, state_detail=detail))
    return True
