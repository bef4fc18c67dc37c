"""Tells agents of answers that are due soon on the tickets they have open, once for each promise."""

from datetime import datetime, timedelta

from router import notices
from router.app import Heed
from router.store import promised

SHARE = 0.2  # of a promise's time that is left when its agent is told
SHORTEST, LONGEST = timedelta(minutes=2), timedelta(hours=1)  # but never less, or more


def warn(heed: Heed, now: datetime) -> int:
    """Tell whose promises are at risk and return how many were told."""
    with heed.database.read() as db:
        found = [one for one in promised.soon(db, now, now + LONGEST) if at_risk(one, now)]
    if not found:
        return 0
    with heed.database.write() as db:
        hints = [
            notices.tell(
                db, brand_id=one.brand_id, ticket_id=one.ticket_id, kind="promise", now=now, agent=one.agent_id,
                because="The answer you promised is due soon. Answer, or hand the ticket on.",
            )
            for one in found
        ]  # fmt: skip
    heed.notifier.publish(hints)
    return len(hints)


def at_risk(one: promised.Soon, now: datetime) -> bool:
    """Say whether so little of a promise's time is left that its agent should know."""
    ahead = min(max(timedelta(seconds=one.target_s * SHARE), SHORTEST), LONGEST)
    return one.due_at - now <= ahead
