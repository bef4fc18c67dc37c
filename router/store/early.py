"""Edits, deletions and receipts that came before their message: kept until it is there, a few days at most."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import early_word

KEPT = timedelta(days=3)  # platforms repeat what we did not take for a day at most


@dataclass(frozen=True, slots=True)
class Early:
    """One of them, as it lies in the store."""

    external_id: str
    kind: str  # edit, deletion, or the state of a receipt
    text: str  # an edit's words, or why a message was not delivered
    html: str | None
    at: datetime


def keep(db: Connection, connection_id: str, words: Iterable[Early], now: datetime) -> None:
    """Keep what speaks of messages that are not there yet."""
    rows = [
        {
            "id": new_id(),
            "connection_id": connection_id,
            "external_id": one.external_id,
            "kind": one.kind,
            "text": one.text,
            "html": one.html,
            "at": one.at,
            "came_at": now,
        }
        for one in words
    ]
    bulk.add_values(db, early_word, rows)


def take(db: Connection, connection_id: str, external_id: str) -> list[Early]:
    """Return what was kept for a message, in the order of its moments, and keep it no longer."""
    mine = (early_word.c.connection_id == connection_id) & (early_word.c.external_id == external_id)
    columns = [early_word.c[name] for name in Early.__slots__]
    found = [Early(*row) for row in db.execute(select(*columns).where(mine).order_by(early_word.c.at, early_word.c.id))]
    if found:
        db.execute(delete(early_word).where(mine))
    return found


def waiting(db: Connection, connection_id: str, external_ids: Iterable[str]) -> set[str]:
    """Return for which of these messages something was kept."""
    mine = (early_word.c.connection_id == connection_id) & early_word.c.external_id.in_(list(external_ids))
    return set(db.execute(select(early_word.c.external_id).where(mine)).scalars())
