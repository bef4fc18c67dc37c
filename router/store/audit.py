"""The trail of who did what: rows that are only ever added, each bound to the one before by its hash."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Row, insert, select, text
from sqlalchemy.engine import Connection as Db

from router.store.schema import audit_event

FIRST = "0" * 64  # what the first row is bound to
PAGE = 500  # rows read at once

ActorKind = Literal["agent", "token", "command", "heed"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, and by which session or token."""

    kind: ActorKind
    id: str = ""
    through: str = ""


COMMAND = Actor("command")  # someone with a shell on the host


def append(
    db: Db,
    actor: Actor,
    act: str,
    object_id: str,
    now: datetime,
    *,
    brand_id: str | None = None,
    change: Mapping[str, object] | None = None,
) -> None:
    """Add one line to the trail, in the transaction of what it records.

    `change` holds ids and names of fields, before and after; never a secret, a text of a customer's or an address.
    """
    if db.dialect.name == "postgresql":  # SQLite has one writer anyway
        db.execute(text("SELECT pg_advisory_xact_lock(4713001)"))
    last = db.execute(select(audit_event.c.seq, audit_event.c.hash).order_by(audit_event.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last is not None else (1, FIRST)
    values: dict[str, object] = {
        "seq": seq,
        "previous_hash": previous,
        "at": now.astimezone(UTC),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "through": actor.through,
        "brand_id": brand_id,
        "act": act,
        "object": object_id,
        "change": json.dumps(change or {}, sort_keys=True, ensure_ascii=False),
    }
    db.execute(insert(audit_event).values(**values, hash=_hash(values)))


def first_broken(db: Db) -> int | None:
    """Return the number of the first line that was changed, or that misses the one before; None: the trail is whole."""
    previous, expected = FIRST, 1
    for row in _lines(db):
        values = {name: value for name, value in row._mapping.items() if name != "hash"}
        if row.seq != expected or row.previous_hash != previous or row.hash != _hash(values):
            return int(row.seq)
        previous, expected = row.hash, row.seq + 1
    return None


def acts(db: Db) -> list[tuple[str, str, str]]:
    """Return (actor id, act, object) of the whole trail, the oldest first."""
    return [(row.actor_id, row.act, row.object) for row in _lines(db)]


def _lines(db: Db) -> Iterator[Row[tuple[object, ...]]]:
    after = 0
    while True:
        page = db.execute(
            select(audit_event).where(audit_event.c.seq > after).order_by(audit_event.c.seq).limit(PAGE)
        ).all()
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].seq


def _hash(values: Mapping[str, object]) -> str:
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
    return sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
