"""Leases: who alone may act for a while, such as the one clock or the drain of one connection."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.schema import lease


def take(db: Connection, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Take or renew a lease. False: somebody else holds it."""
    until = now + lasts
    free = or_(lease.c.holder == holder, lease.c.until < now)
    if db.execute(update(lease).where(lease.c.name == name, free).values(holder=holder, until=until)).rowcount:
        return True
    bulk.add_new(db, lease, [{"name": name, "holder": holder, "until": until}])
    return db.execute(select(lease.c.holder).where(lease.c.name == name)).scalar() == holder


def release(db: Connection, name: str, holder: str) -> None:
    """Give a lease back before its end."""
    db.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))


def release_all_of(db: Connection, holders: str) -> int:
    """Give back every lease of the holders whose names begin like this, and return how many there were."""
    return db.execute(delete(lease).where(lease.c.holder.startswith(holders, autoescape=True))).rowcount


def holder(db: Connection, name: str, now: datetime) -> str | None:
    """Return who holds a lease now."""
    return db.execute(select(lease.c.holder).where(lease.c.name == name, lease.c.until >= now)).scalar()
