"""Gets the files that messages named: one attempt at a time, no connection held over the network, size-capped."""

import logging
from datetime import UTC, datetime, timedelta

from channels import adapter
from channels.errors import DeliveryFailed, NotUnderstood
from channels.types import MAX_MAIL
from router.app import Heed
from router.notify import Change
from router.store import connections, fetches

log = logging.getLogger(__name__)

LASTS = timedelta(minutes=5)  # of an attempt; then it counts as cut off and is due again
BACKOFF_S = (30, 120, 600, 3600)  # before the second … fifth attempt
ATTEMPTS = 5
BACKLOG = 500  # jobs waiting for a worker; with more the sweep adds none
TOO_LARGE = f"It is larger than {MAX_MAIL // 2**20} MB."


def fetch(heed: Heed, attachment_id: str, now: datetime) -> None:
    """Make one attempt at a file, if it is due and no other hand is at it."""
    with heed.database.write() as db:
        found = fetches.take(db, attachment_id, now, now + LASTS)
    if found is None:
        return
    with heed.database.read() as db:
        row = connections.by_id(db, heed.vault, found.connection_id)
    data: bytes | None = None
    error, again = "Its connection is gone.", False
    wait_s = 0.0
    if row is not None:
        try:
            data = adapter(row.connection.channel).fetch(found.reference, row.connection).data
            error = TOO_LARGE if data is not None and len(data) > MAX_MAIL else "It came without its bytes."
        except NotUnderstood as refused:
            error = str(refused)
        except DeliveryFailed as failed:
            error, again, wait_s = failed.reason, not failed.permanent, failed.retry_after_s or 0.0
        except Exception as fault:
            log.exception("a file could not be fetched: %s", type(fault).__name__)
            error, again = f"Heed failed to fetch it ({type(fault).__name__}).", True
    after = datetime.now(UTC)
    with heed.database.write() as db:
        if data is not None and len(data) <= MAX_MAIL:
            fetches.store(db, found, data, after)
        else:
            pause = max(BACKOFF_S[min(found.attempts, len(BACKOFF_S)) - 1], wait_s)
            once_more = again and found.attempts < ATTEMPTS
            fetches.put_off(db, attachment_id, error, now + timedelta(seconds=pause) if once_more else None)
    thread = f"{found.connection_id}:{found.thread}" if found.thread else ""
    heed.notifier.publish([Change("ticket", found.brand_id, found.ticket_id, found.agent_id or "", thread=thread)])


def due(heed: Heed, now: datetime) -> list[str]:
    """Return the files that are to be fetched now."""
    with heed.database.read() as db:
        return fetches.due(db, now)


def fetch_due(heed: Heed, now: datetime) -> int:
    """Have the due files fetched by workers; return how many."""
    waiting = heed.background.waiting()
    if waiting is None or waiting["slow"] > BACKLOG:
        return 0
    found = due(heed, now)
    heed.background.enqueue("slow", "router.jobs.fetch", *found, one_each=True)
    return len(found)
