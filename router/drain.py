"""Reads stored deliveries of one connection in batches: read, decide, write, each in its beat.

The connection's lease makes one drain the only one at a time. If a write fails the batch is halved until the bad event
stands alone; an event that twice killed a worker that had nothing else is set aside, kept and visible, and replayed
after a fix.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from channels import adapter
from channels.errors import NotUnderstood
from channels.types import Adapter, Connection, Deletion, Delivery, Edit, InboundMessage, Parsed, Receipt, Unreadable
from router import afterwards, dispatch
from router.app import Heed
from router.arriving import Arriving, Stale
from router.changes import Changes
from router.desknow import desk_now
from router.holding import new_holder
from router.notify import Change
from router.store import connections, inbound, leases, traffic
from router.store.connections import ConnectionRow
from router.store.failures import CANNOT_STORE, for_anothers_sake, will_pass
from router.store.inbound import Stored
from router.working import Working, customer_of

log = logging.getLogger(__name__)

BATCH = 64  # events read, decided and written together
LEASE = timedelta(seconds=30)  # of a connection; a batch takes far less
STALE_TRIES = 5  # times a batch is decided again because an agent acted on one of its tickets meanwhile


def drain(heed: Heed, connection_id: str) -> int:
    """Read everything stored for a connection and return how many events were settled; 0 if another is at it."""
    holder, name = new_holder(), f"drain:{connection_id}"
    heed.background.answered(connection_id)
    total = 0
    while True:
        with heed.database.write() as db:
            if not leases.take(db, name, holder, _now(), LEASE):
                return total
        try:
            while settled := _batch(heed, connection_id, name, holder):
                total += settled
        finally:
            with heed.database.write() as db:
                leases.release(db, name, holder)
        with heed.database.read() as db:  # what came between the last look and the release
            if connection_id not in inbound.forgotten(db):
                return total


def _batch(heed: Heed, connection_id: str, name: str, holder: str) -> int:
    now = _now()
    with heed.database.write() as db:
        if not leases.take(db, name, holder, now, LEASE):
            return 0
        events = inbound.take(db, connection_id, BATCH)
        row = connections.by_id(db, heed.vault, connection_id) if events else None
        worn = [event for event in events if event.attempts >= inbound.CRASHES]
        settled = {event.id for event in worn}
        if worn:
            inbound.settle(db, connection_id, worn, "not_understood", "It ended its worker twice.", now)
            traffic.count(db, connection_id, now, len(worn), len(worn))
        hashes = [event.key_hash for event in events]
        again = inbound.repeated(db, connection_id, hashes) if events else set()
        repeats = [event for event in events if event.key_hash in again and event.id not in settled]
        inbound.settle(db, connection_id, repeats, "duplicate", "", now)
        settled |= {event.id for event in repeats}
    left = [event for event in events if event.id not in settled]
    if row is not None and left:
        _settle(heed, row, left)
    return len(events)


def _settle(heed: Heed, row: ConnectionRow, events: Sequence[Stored]) -> None:
    """Settle events together; halve them if that fails, until the bad one stands alone."""
    try:
        changes, hints = _write(heed, row, events)
    except Exception as error:
        if isinstance(error, Stale) or (will_pass(error) and (len(events) == 1 or not for_anothers_sake(error))):
            _put_back(heed, events)
            raise
        if len(events) > 1:
            middle = len(events) // 2
            _settle(heed, row, events[:middle])
            _settle(heed, row, events[middle:])
            return
        log.exception("an event could not be stored and is set aside: %s", type(error).__name__)
        why = f"It could not be stored ({type(error).__name__})."
        with heed.database.write() as db:
            inbound.settle(db, row.id, events, "not_understood", why, _now())
            traffic.count(db, row.id, _now(), len(events), len(events))
        return
    heed.notifier.publish(hints)
    dispatch.after(heed, changes)


def _put_back(heed: Heed, events: Sequence[Stored]) -> None:
    """Leave events for a later drain, as if it had not begun; if even that fails they come alone then."""
    try:
        with heed.database.write() as db:
            inbound.put_back(db, events)
    except CANNOT_STORE:
        log.warning("the database is away: %d events are read once it is back", len(events))


def _write(heed: Heed, row: ConnectionRow, events: Sequence[Stored]) -> tuple[Changes, list[Change]]:
    speaker = adapter(row.connection.channel)
    read = [(event, *_parsed(speaker, event.delivery, row.connection)) for event in events]
    for attempt in range(STALE_TRIES):
        now = _now()
        working = Working(row.brand_id, row.id, row.connection.channel, speaker.INFO.conversational, now)
        parts = [part for _, found, _ in read for part in found]
        said = [part for part in parts if isinstance(part, InboundMessage)]
        others = [part.external_id for part in parts if isinstance(part, Edit | Deletion | Receipt)]
        with heed.database.read() as db:
            working.read(db, said, others)
            desk = desk_now(db, row.brand_id, now)
        arriving = Arriving(row, speaker.INFO, working, desk)
        for event, found, _ in read:
            for part in found:
                arriving.take(part, event.delivery.received_at or now)
        try:
            with heed.database.write() as db:
                arriving.write(db)
                for state, error in {("done", "")} | {("not_understood", why) for _, _, why in read if why}:
                    those = [event for event, _, why in read if why == error]
                    inbound.settle(db, row.id, those, state, error, now)
                connections.note_event(db, row.id, now, len(read), sum(bool(why) for _, _, why in read))
            afterwards.bring_all_back(heed, arriving.lost, now)
            return arriving.changes, arriving.hints()
        except Stale:
            log.info("a ticket was changed while its message was read, attempt %d", attempt + 1)
    raise Stale


def _parsed(speaker: Adapter, delivery: Delivery, connection: Connection) -> tuple[list[Parsed], str]:
    """Return what a delivery says, and what was wrong with it, in words that hold nothing of it."""
    try:
        found = speaker.parse(delivery, connection)
    except NotUnderstood as error:
        return [], str(error)[:300]
    except Exception as error:  # a fault of ours: the delivery is kept and can be replayed
        log.exception("a delivery could not be read: %s", type(error).__name__)
        return [], f"Heed failed to read it ({type(error).__name__})."
    wrong = next((part.reason for part in found if isinstance(part, Unreadable)), "")
    nowhere = [part for part in found if isinstance(part, InboundMessage) and not customer_of(part).address]
    if nowhere:
        wrong = wrong or "An answer from the platform's own app names no customer."
    return [part for part in found if part not in nowhere], wrong[:300]


def _now() -> datetime:
    return datetime.now(UTC)
