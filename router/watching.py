"""How connections fare: what came in a day, what was not understood, and whether one fell silent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from router import notices, rhythm
from router.app import Heed
from router.model import SYSTEM, Role
from router.notify import Change
from router.store import connections, traffic
from router.store.connections import ConnectionRow
from router.store.traffic import Traffic as Traffic

DAY = timedelta(hours=24)
KIND = "connection_silent"  # of the notice


def last_day(heed: Heed, rows: Sequence[ConnectionRow], now: datetime) -> dict[str, Traffic]:
    """Return what came on connections in the last 24 hours, and how much of it was not understood."""
    with heed.database.read() as db:
        found = traffic.since(db, [row.id for row in rows], now - DAY)
    return {row.id: found.get(row.id, Traffic()) for row in rows}


def tell_silence(heed: Heed, now: datetime) -> int:
    """Tell admins of connections that fell silent against their own rhythm, each once; return how many."""
    told: list[Change] = []
    with heed.database.read() as db:
        rows = [row for row in connections.seen_by(db, heed.vault, SYSTEM) if row.active and not row.silent_since]
    for row in rows:
        found = _silence(heed, row, now)
        if found is None or row.last_event_at is None:
            continue
        with heed.database.write() as db:
            if connections.note_silence(db, row.id, row.last_event_at):
                because = f"{row.connection.name}: {found} Test the connection; it may also be a holiday."
                told.append(
                    notices.tell(
                        db, brand_id=row.brand_id, ticket_id=None, kind=KIND, because=because, now=now,
                        role=Role.ADMIN.value,
                    )
                )  # fmt: skip
    heed.notifier.publish(told)
    return len(told)


def _silence(heed: Heed, row: ConnectionRow, now: datetime) -> rhythm.Silence | None:
    if row.last_event_at is None:
        return None
    with heed.database.read() as db:
        hours = traffic.hours(db, row.id, now - traffic.KEPT)
    since = max(row.last_event_at, row.resumed_at or row.last_event_at)
    return rhythm.silence(hours, min(hours, default=now), since, now)
