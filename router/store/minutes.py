"""The record of every minute: what waited in each queue. Written by the clock, erased after 35 days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.engine import Connection as Db

from router.store import bulk
from router.store.schema import queue_minute


@dataclass(frozen=True, slots=True)
class QueueMinute:
    """One queue at one minute."""

    queue_id: str
    at: datetime
    waiting: int
    hot: int
    late: int
    oldest_s: int
    free_agents: int


def has(db: Db, at: datetime) -> bool:
    """Say whether a minute is written."""
    return bool(db.execute(select(exists().where(queue_minute.c.at == at))).scalar())


def add(db: Db, rows: Sequence[QueueMinute]) -> None:
    """Write a minute; what is there stays."""
    bulk.add_new(db, queue_minute, [bulk.values(row) for row in rows])


def first(db: Db) -> datetime | None:
    """Return the first minute that is kept."""
    found: datetime | None = db.execute(select(func.min(queue_minute.c.at))).scalar()
    return found


def drop_before(db: Db, at: datetime) -> int:
    """Erase the minutes before a moment; return how many rows those were."""
    return db.execute(delete(queue_minute).where(queue_minute.c.at < at)).rowcount
