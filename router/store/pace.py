"""How fast connections and their conversations may be written to, shared by every process that sends."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import select, update

from router.pacing import Pace
from router.store import bulk
from router.store.db import Connection
from router.store.schema import send_pace

ALL = ""  # the whole connection, where a conversation's mark would stand


def mark(thread: str) -> str:
    """Return what a conversation is kept as; its own name may be somebody's number."""
    return sha256(thread.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def read(db: Connection, connection_id: str, chat: str, now: datetime, *, hold: bool) -> dict[str, Pace]:
    """Return the pace of a connection and of one conversation on it, as far as they have one.

    `hold`: give both one, and let nobody else read them until the transaction ends.
    """
    table = send_pace
    if hold:
        rows = [{"connection_id": connection_id, "chat": c, "next_at": now, "paused_until": None} for c in (ALL, chat)]
        bulk.add_new(db, table, rows)
    query = select(table.c.chat, table.c.next_at, table.c.paused_until)
    query = query.where(table.c.connection_id == connection_id, table.c.chat.in_([ALL, chat])).order_by(table.c.chat)
    if hold and db.dialect.name == "postgresql":
        query = query.with_for_update()
    return {row.chat: Pace(row.next_at, row.paused_until) for row in db.execute(query)}


def step(db: Connection, connection_id: str, chat: str, next_at: datetime) -> None:
    """Set the next moment of a connection or conversation that is held."""
    here = (send_pace.c.connection_id == connection_id) & (send_pace.c.chat == chat)
    db.execute(update(send_pace).where(here).values(next_at=next_at))


def pause(db: Connection, connection_id: str, chat: str, now: datetime, until: datetime) -> None:
    """Let nothing leave on a connection or in a conversation before a moment; a longer pause stays."""
    bulk.add_new(db, send_pace, [{"connection_id": connection_id, "chat": chat, "next_at": now, "paused_until": None}])
    here = (send_pace.c.connection_id == connection_id) & (send_pace.c.chat == chat)
    shorter = send_pace.c.paused_until.is_(None) | (send_pace.c.paused_until < until)
    db.execute(update(send_pace).where(here, shorter).values(paused_until=until))
