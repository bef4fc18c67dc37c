"""Keeps true what waiting tickets say is missing where nobody on the desk may take them.

A ticket is flagged when it comes to wait (`router.placing`). Who may take it changes also when people do: their skills,
brands and channels, who is new and who is switched off. Then every lane is looked at again.
"""

from datetime import datetime

from router.app import Heed
from router.notify import Change
from router.routing.eligibility import nobody
from router.store import lanes, roster


def renew(heed: Heed, now: datetime) -> int:
    """Let the tickets that wait say what is missing now, and return how many said something else."""
    with heed.database.read() as db:
        ids, agents = sorted(lanes.open_ids(db)), list(roster.views(db, now).values())
        book = heed.lanes.read(db)
        missing = {lane_id: nobody(book.spec(lane_id), agents) for lane_id in ids}
        stale = {lane_id: said for lane_id, said in missing.items() if lanes.says_other(db, lane_id, said)}
    count = 0
    for lane_id, said in stale.items():
        with heed.database.write() as db:
            count += lanes.put_flag(db, lane_id, said)
    heed.notifier.publish([Change("desk", brand=brand) for brand in {book.spec(lane_id).brand for lane_id in stale}])
    return count
