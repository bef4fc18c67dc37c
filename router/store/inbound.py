"""Deliveries as they were accepted: the durable queue between the webhook and the drain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Boolean, ColumnElement, func, literal_column, select, update

from channels.types import Delivery
from router.store import blobs, bulk
from router.store.db import Connection
from router.store.schema import connection, delivery_key, inbound_event

STORED: ColumnElement[str] = literal_column("'stored'")  # a literal, or the partial index is not used
_ODD: ColumnElement[bool] = literal_column("state = 'not_understood'", Boolean)  # likewise
_KEPT = inbound_event.c.body.is_not(None) | inbound_event.c.blob_id.is_not(None)
INLINE = 256 * 1024  # bytes; a larger body lies in chunks
IN_A_BATCH = 1  # what the first attempt at an event counts that has neighbours; one that is alone counts one more
CRASHES = 3  # attempts from which on an event is set aside: it was alone in two workers that ended


@dataclass(frozen=True, slots=True)
class Arrived:
    """A verified delivery, to be stored."""

    connection_id: str
    brand_id: str
    delivery: Delivery
    at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """A delivery as it lies in the store."""

    id: int
    attempts: int
    key_hash: str
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Odd:
    """A delivery that was not understood, and why."""

    id: int
    reason: str
    received_at: datetime


def add(db: Connection, arrived: Sequence[Arrived]) -> None:
    """Store deliveries; one that came before changes nothing."""
    small = [one for one in arrived if len(one.delivery.body) <= INLINE]
    bulk.add_new(db, inbound_event, [_row(one, one.delivery.body, None) for one in small])
    for one in arrived:
        if len(one.delivery.body) > INLINE:
            blob_id = blobs.put(db, one.brand_id, one.delivery.body, one.at)
            if not bulk.is_new(db, inbound_event, _row(one, None, blob_id)):
                blobs.drop(db, blob_id)  # came before: nothing refers to these bytes a second time


def _row(one: Arrived, body: bytes | None, blob_id: str | None) -> dict[str, object]:
    return {
        "connection_id": one.connection_id,
        "key_hash": hash_key(one.delivery.key),
        "url": one.delivery.url,
        "headers": json.dumps(dict(one.delivery.headers)),
        "body": body,
        "blob_id": blob_id,
        "state": "stored",
        "attempts": 0,
        "received_at": one.at,
    }


def hash_key(key: str) -> str:
    """Return what a delivery key is kept as; it may hold an address."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def take(db: Connection, connection_id: str, most: int) -> list[Stored]:
    """Return the oldest stored events of a connection and count the attempt at them.

    An event that was tried before comes alone, so that one which kills its worker takes no other down with it. One that
    was in a batch whose worker ended is no more to blame than its neighbours: that attempt counts less.
    """
    table = inbound_event
    query = (
        select(table)
        .where(table.c.connection_id == connection_id, table.c.state == STORED)
        .order_by(table.c.id)
        .limit(most)
    )
    rows = db.execute(query).all()
    tried = next((i for i, row in enumerate(rows) if row.attempts), None)
    if tried is not None:
        rows = rows[:1] if tried == 0 else rows[:tried]
    if rows:
        counts = max(rows[0].attempts, IN_A_BATCH) + 1 if len(rows) == 1 else IN_A_BATCH
        db.execute(update(table).where(table.c.id.in_([r.id for r in rows])).values(attempts=counts))
    return [
        Stored(
            id=row.id,
            attempts=row.attempts,
            key_hash=row.key_hash,
            delivery=_delivery(db, row),
        )
        for row in rows
    ]


def put_back(db: Connection, events: Sequence[Stored]) -> None:
    """Take the attempt at events back: it was the database that failed, not they."""
    table = inbound_event
    for before in {one.attempts for one in events}:
        ids = [one.id for one in events if one.attempts == before]
        db.execute(update(table).where(table.c.id.in_(ids), table.c.state == STORED).values(attempts=before))


def settle(db: Connection, connection_id: str, done: Sequence[Stored], state: str, error: str, now: datetime) -> None:
    """Record what became of events: done, duplicate or not_understood (kept, with what was wrong)."""
    if not done:
        return
    table = inbound_event
    query = update(table).where(table.c.id.in_([one.id for one in done]))
    db.execute(query.values(state=state, error=error or None, done_at=now))
    keys = [{"connection_id": connection_id, "key_hash": one.key_hash, "at": now} for one in done]
    bulk.add_new(db, delivery_key, keys)


def repeated(db: Connection, connection_id: str, hashes: Sequence[str]) -> set[str]:
    """Return which of these keys were seen before, also if their body has been erased since."""
    table = delivery_key
    query = select(table.c.key_hash).where(table.c.connection_id == connection_id, table.c.key_hash.in_(hashes))
    return set(db.execute(query).scalars())


def forgotten(db: Connection) -> list[str]:
    """Return the connections that have stored events; the sweep rings for each."""
    return list(
        db.execute(select(inbound_event.c.connection_id).where(inbound_event.c.state == STORED).distinct()).scalars()
    )


def set_aside(db: Connection, limit: int = 50) -> list[tuple[int, str, str, datetime]]:
    """Return events not understood, newest first: id, connection, what was wrong, when they came."""
    table = inbound_event
    query = select(table.c.id, table.c.connection_id, table.c.error, table.c.received_at)
    rows = db.execute(query.where(_ODD).order_by(table.c.id.desc()).limit(limit))
    return [(row.id, row.connection_id, row.error or "", row.received_at) for row in rows]


def odd(db: Connection, connection_id: str, limit: int, before: int | None = None) -> list[Odd]:
    """Return events of a connection that were not understood, newest first, those before one if it is named."""
    table = inbound_event
    query = select(table.c.id, table.c.error, table.c.received_at).where(table.c.connection_id == connection_id, _ODD)
    if before is not None:
        query = query.where(table.c.id < before)
    rows = db.execute(query.order_by(table.c.id.desc()).limit(limit))
    return [Odd(row.id, row.error or "", row.received_at) for row in rows]


def count_odd(db: Connection, connection_id: str) -> int:
    """Return how many events of a connection were not understood."""
    query = select(func.count()).select_from(inbound_event)
    return int(db.execute(query.where(inbound_event.c.connection_id == connection_id, _ODD)).scalar_one())


def raw(db: Connection, connection_id: str, event_id: int) -> tuple[Odd, Delivery] | None:
    """Return an event that was not understood as it came, None if there is none or its body is erased."""
    table = inbound_event
    query = select(table).where(table.c.id == event_id, table.c.connection_id == connection_id, _ODD, _KEPT)
    row = db.execute(query).first()
    return (Odd(row.id, row.error or "", row.received_at), _delivery(db, row)) if row else None


def replay(db: Connection, event_id: int, connection_id: str | None = None) -> bool:
    """Have an event read again, as after a fix. False: there is no such event, or its body is erased."""
    table = inbound_event
    query = update(table).where(table.c.id == event_id, _ODD, _KEPT)
    if connection_id is not None:
        query = query.where(table.c.connection_id == connection_id)
    again = query.values(state="stored", attempts=0, error=None, done_at=None)
    row = db.execute(again.returning(table.c.connection_id, table.c.key_hash)).first()
    if row is None:
        return False
    same = (delivery_key.c.connection_id == row.connection_id) & (delivery_key.c.key_hash == row.key_hash)
    db.execute(delivery_key.delete().where(same))  # or it would be taken for its own repeat
    return True


def _delivery(db: Connection, row: Any) -> Delivery:
    body = blobs.read(db, row.blob_id) if row.blob_id else row.body or b""
    return Delivery(key="", url=row.url, headers=json.loads(row.headers), body=body, received_at=row.received_at)


def erase(db: Connection, before: datetime, most: int = 1000, *, brand_id: str | None = None) -> int:
    """Erase events that were read before a moment, of one brand or all; their keys stay. Return how many."""
    table = inbound_event
    old = (table.c.received_at < before) & table.c.state.in_(("done", "duplicate"))
    if brand_id is not None:
        old &= table.c.connection_id.in_(select(connection.c.id).where(connection.c.brand_id == brand_id))
    rows = db.execute(select(table.c.id, table.c.blob_id).where(old).limit(most)).all()
    ids = [row.id for row in rows]
    db.execute(table.delete().where(table.c.id.in_(ids)))
    for row in rows:
        if row.blob_id:
            blobs.drop(db, row.blob_id)
    return len(ids)


def waiting(db: Connection) -> int:
    """Return how many events wait to be read."""
    query = select(func.count()).select_from(inbound_event).where(inbound_event.c.state == STORED)
    return int(db.execute(query).scalar_one())
