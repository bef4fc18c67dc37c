"""What the clock writes down every minute: how much waits in each queue and how it stands. Nothing of a person."""

from datetime import datetime, timedelta

from router.app import Heed
from router.lineup import QueueLine, lineup
from router.model import SYSTEM
from router.store import desk as desk_rows
from router.store import minutes, roster
from router.store.minutes import QueueMinute

LOOKED_AT = 5000  # tickets of a brand; beyond, frustrated and late ones are counted among the first in line
KEPT = timedelta(days=35)  # five weeks: each weekday has been there before


def measure(heed: Heed, now: datetime) -> bool:
    """Write the minute that it is, unless it is written. Say whether it was new."""
    at = now.replace(second=0, microsecond=0)
    with heed.database.read() as db:
        if minutes.has(db, at):
            return False
        queues = desk_rows.queues(db)
        agents = list(roster.views(db, now).values())
        found = lineup(db, heed.lanes, SYSTEM, queues, agents, now, LOOKED_AT, apart=False)
    with heed.database.write() as db:
        minutes.add(db, [_row(line, at, now) for line in found.queues])
        if at.minute == 0:
            minutes.drop_before(db, at - KEPT)
    return True


def _row(line: QueueLine, at: datetime, now: datetime) -> QueueMinute:
    oldest_s = max(0, int((now - line.oldest).total_seconds())) if line.oldest else 0
    return QueueMinute(line.id, at, line.waiting, line.hot, line.late, oldest_s, line.free)
