"""The draft of a brand's rules: one row for what it was after each change, the last of them being what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.schema import brand, rule_draft

KEPT = 300  # revisions of one brand


@dataclass(frozen=True, slots=True)
class Revision:
    """A draft as it was after one change; fields are named like the columns."""

    brand_id: str
    revision: int
    source: str
    author: str  # agent id, or heed
    did: str
    rule: str
    at: datetime
    undone: bool = False


_COLUMNS = (
    rule_draft.c.brand_id, rule_draft.c.revision, rule_draft.c.source, rule_draft.c.author, rule_draft.c.did,
    rule_draft.c.rule, rule_draft.c.at, rule_draft.c.undone,
)  # fmt: skip


def lock(db: Connection, brand_id: str) -> None:
    """Let one change of a brand's rules come after the other; rows that only refer to the brand are not held up."""
    db.execute(select(brand.c.id).where(brand.c.id == brand_id).with_for_update(key_share=True))


def newest(db: Connection, brand_id: str) -> Revision | None:
    """Return the draft as it is, None if the live rules were never worked on."""
    return _first(db, brand_id, None)


def at(db: Connection, brand_id: str, revision: int) -> Revision | None:
    """Return the draft as it was, None if that is too long ago."""
    return _first(db, brand_id, revision)


def last(db: Connection, brand_id: str, limit: int = 20) -> list[Revision]:
    """Return the last changes, newest first."""
    query = select(*_COLUMNS).where(rule_draft.c.brand_id == brand_id)
    return [Revision(*row) for row in db.execute(query.order_by(rule_draft.c.revision.desc()).limit(limit))]


def add(db: Connection, rows: Sequence[Revision]) -> None:
    """Add revisions, and forget those that are older than anybody's window."""
    bulk.add(db, rule_draft, rows)
    newest_one = rows[-1]
    mine = rule_draft.c.brand_id == newest_one.brand_id
    db.execute(delete(rule_draft).where(mine, rule_draft.c.revision < newest_one.revision - KEPT))


def mark_undone(db: Connection, brand_id: str, revision: int) -> None:
    """Say that a change was taken back, so that the one before it is next."""
    one = (rule_draft.c.brand_id == brand_id) & (rule_draft.c.revision == revision)
    db.execute(update(rule_draft).where(one).values(undone=True))


def _first(db: Connection, brand_id: str, revision: int | None) -> Revision | None:
    query = select(*_COLUMNS).where(rule_draft.c.brand_id == brand_id)
    if revision is not None:
        query = query.where(rule_draft.c.revision == revision)
    row = db.execute(query.order_by(rule_draft.c.revision.desc()).limit(1)).first()
    return Revision(*row) if row else None
