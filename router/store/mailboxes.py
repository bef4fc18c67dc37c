"""How far each mailbox has been read. Written in the same transaction as the mail it stands for."""

from datetime import datetime

from sqlalchemy import select, update

from channels.email.mailbox import Position
from router.store import bulk
from router.store.db import Connection
from router.store.schema import mailbox_position


def position(db: Connection, connection_id: str) -> Position | None:
    """Return up to where a mailbox was read, None if it never was."""
    table = mailbox_position
    row = db.execute(select(table.c.uidvalidity, table.c.uid).where(table.c.connection_id == connection_id)).first()
    return Position(row.uidvalidity, row.uid) if row else None


def put_position(db: Connection, connection_id: str, read: Position, now: datetime) -> None:
    """Let this be how far a mailbox was read; under one numbering it never goes back."""
    table = mailbox_position
    values = {"uidvalidity": read.uidvalidity, "uid": read.uid, "at": now}
    behind = (table.c.uidvalidity != read.uidvalidity) | (table.c.uid < read.uid)
    db.execute(update(table).where(table.c.connection_id == connection_id, behind).values(values))
    bulk.add_new(db, table, [{"connection_id": connection_id, **values}])
