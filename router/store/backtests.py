"""Back-tests that were asked for, and what they found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import backtest, rule_set_version


@dataclass(frozen=True, slots=True)
class BacktestRow:
    """One back-test; neither found nor error: it is not done yet."""

    brand_id: str
    author: str
    source: str
    digest: str
    days: int
    seed: int
    asked_at: datetime
    id: str
    done_at: datetime | None = None
    error: str | None = None
    found: str | None = None


_COLUMNS = [backtest.c[name] for name in BacktestRow.__slots__]


def add(
    db: Connection, brand_id: str, author: str, source: str, digest: str, days: int, seed: int, now: datetime
) -> str:
    """Store that a back-test is asked for, and return its id."""
    row = BacktestRow(brand_id, author, source, digest, days, seed, now, new_id())
    bulk.add(db, backtest, [row])
    return row.id


def one(db: Connection, backtest_id: str) -> BacktestRow | None:
    """Return a back-test."""
    row = db.execute(select(*_COLUMNS).where(backtest.c.id == backtest_id)).first()
    return BacktestRow(*row) if row else None


def newest(db: Connection, brand_id: str, limit: int) -> list[BacktestRow]:
    """Return the back-tests of a brand, newest first."""
    query = select(*_COLUMNS).where(backtest.c.brand_id == brand_id).order_by(backtest.c.id.desc()).limit(limit)
    return [BacktestRow(*row) for row in db.execute(query)]


def of_rules(db: Connection, brand_id: str, digest: str, before: datetime) -> BacktestRow | None:
    """Return the last back-test of these rules that was done before a moment and found something."""
    b = backtest
    query = select(*_COLUMNS).where(b.c.brand_id == brand_id, b.c.digest == digest, b.c.asked_at <= before)
    row = db.execute(query.where(b.c.found.is_not(None)).order_by(b.c.id.desc()).limit(1)).first()
    return BacktestRow(*row) if row else None


def begin(db: Connection, backtest_id: str, now: datetime, lost: datetime) -> bool:
    """Take a back-test. False: it is done, or somebody who may still be at it began after `lost`."""
    b = backtest
    free = (b.c.id == backtest_id) & b.c.done_at.is_(None) & (b.c.begun_at.is_(None) | (b.c.begun_at < lost))
    return db.execute(update(b).where(free).values(begun_at=now, attempts=b.c.attempts + 1)).rowcount == 1


def left(db: Connection, asked: datetime, lost: datetime) -> list[tuple[str, int]]:
    """Return back-tests that nobody is at, and how often each was begun.

    They were asked for before `asked` and never begun, or begun before `lost` and not done.
    """
    b = backtest
    nobody = (b.c.begun_at.is_(None) & (b.c.asked_at < asked)) | (b.c.begun_at < lost)
    query = select(b.c.id, b.c.attempts).where(b.c.done_at.is_(None), nobody).order_by(b.c.id)
    return [(row.id, row.attempts) for row in db.execute(query)]


def done(
    db: Connection, backtest_id: str, now: datetime, *, found: str | None = None, error: str | None = None
) -> None:
    """Store what came of a back-test; the first to be done counts."""
    open_still = (backtest.c.id == backtest_id) & backtest.c.done_at.is_(None)
    db.execute(update(backtest).where(open_still).values(found=found, error=error, done_at=now))


def held_from(db: Connection, brand_id: str) -> list[tuple[int, str, datetime]]:
    """Return the versions of a brand's rules, oldest first: number, YAML, and since when each held."""
    v = rule_set_version
    query = select(v.c.number, v.c.source, v.c.published_at).where(v.c.brand_id == brand_id).order_by(v.c.number)
    return [(row.number, row.source, row.published_at) for row in db.execute(query)]
