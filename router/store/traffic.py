"""How much comes on connections, counted by the hour: what a usual rhythm and a rate of errors are read from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.schema import connection_hour

KEPT = timedelta(weeks=6)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What came on a connection in a span of time."""

    events: int = 0
    not_understood: int = 0


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour a moment lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


def count(db: Connection, connection_id: str, at: datetime, events: int, not_understood: int) -> None:
    """Add to an hour's figures. Called by whoever holds the connection's lease, so that nobody else adds meanwhile."""
    table, hour = connection_hour, hour_of(at)
    here = (table.c.connection_id == connection_id) & (table.c.at == hour)
    more = {"events": table.c.events + events, "not_understood": table.c.not_understood + not_understood}
    if not db.execute(update(table).where(here).values(more)).rowcount:
        row = {"connection_id": connection_id, "at": hour, "events": events, "not_understood": not_understood}
        bulk.add_new(db, table, [row])


def since(db: Connection, ids: Collection[str], moment: datetime) -> dict[str, Traffic]:
    """Return what came on connections since the hour of a moment."""
    table = connection_hour
    query = select(table.c.connection_id, func.sum(table.c.events), func.sum(table.c.not_understood))
    query = query.where(table.c.connection_id.in_(list(ids)), table.c.at >= hour_of(moment))
    return {row[0]: Traffic(int(row[1]), int(row[2])) for row in db.execute(query.group_by(table.c.connection_id))}


def hours(db: Connection, connection_id: str, moment: datetime) -> dict[datetime, int]:
    """Return how many events came in each hour since a moment; hours without any are not there."""
    table = connection_hour
    query = select(table.c.at, table.c.events).where(table.c.connection_id == connection_id, table.c.at >= moment)
    return {row.at: row.events for row in db.execute(query)}
