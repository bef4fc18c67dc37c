"""Deliveries that were not understood: kept, listed with what was wrong, and read again after a fix."""

from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.desk.errors import NotAllowed, NotFound
from router.model import Role, Scope
from router.store import audit, connections, inbound
from router.store.audit import Actor
from router.store.connections import ConnectionRow
from router.store.db import Connection
from router.store.inbound import Odd as Odd

PAGE = 20
AT_ONCE = 500  # read again by one word
MOST_SHOWN = 100_000  # bytes of a body


@dataclass(frozen=True, slots=True)
class Raw:
    """A delivery as it came."""

    id: int
    reason: str
    url: str
    headers: dict[str, str]
    body: str  # what is no text is shown as such
    size: int  # bytes of the whole body
    received_at: datetime


def listed(heed: Heed, scope: Scope, connection_id: str, before: int | None = None) -> tuple[list[Odd], int]:
    """Return deliveries of a connection that were not understood, newest first, and how many there are in all.

    Raises NotFound for a connection of another brand.
    """
    with heed.database.read() as db:
        _seen(heed, db, scope, connection_id)
        return inbound.odd(db, connection_id, PAGE, before), inbound.count_odd(db, connection_id)


def replay(
    heed: Heed, actor: Actor, scope: Scope, connection_id: str, now: datetime, event_id: int | None = None
) -> int:
    """Have one such delivery read again, or all; return how many. What they say twice stays one message."""
    with heed.database.write() as db:
        row = _seen(heed, db, scope, connection_id)
        ids = [event_id] if event_id is not None else [one.id for one in inbound.odd(db, connection_id, AT_ONCE)]
        done = sum(inbound.replay(db, one, connection_id) for one in reversed(ids))
        if done:
            change = {"count": done}
            audit.append(db, actor, "events read again", connection_id, now, brand_id=row.brand_id, change=change)
    if done:
        heed.background.ring(connection_id)
    return done


def raw(heed: Heed, actor: Actor, scope: Scope, connection_id: str, event_id: int, now: datetime) -> Raw:
    """Return a delivery that was not understood as it came; for admins alone, and each look is on the trail.

    Raises NotAllowed, and NotFound if there is none or its body is erased.
    """
    if scope.role is not Role.ADMIN:
        raise NotAllowed("Only admins see deliveries as they came.")
    with heed.database.write() as db:
        row = _seen(heed, db, scope, connection_id)
        found = inbound.raw(db, connection_id, event_id)
        if found is None:
            raise NotFound("There is no such delivery, or it was read or erased meanwhile.")
        audit.append(db, actor, "raw event read", connection_id, now, brand_id=row.brand_id, change={"event": event_id})
    odd, delivery = found
    body = delivery.body[:MOST_SHOWN].decode("utf-8", "backslashreplace").replace("\0", "\\0")
    headers = dict(delivery.headers)
    return Raw(odd.id, odd.reason, delivery.url, headers, body, len(delivery.body), odd.received_at)


def _seen(heed: Heed, db: Connection, scope: Scope, connection_id: str) -> ConnectionRow:
    row = connections.by_id(db, heed.vault, connection_id)
    if row is None or not scope.sees(row.brand_id):
        raise NotFound("There is no such connection.")
    return row
