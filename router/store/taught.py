"""Versions of what a brand taught, and which of them held when. A version is of the kind intents or scale."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, func, insert, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import agent, brand, taught_live, taught_source, taught_version

Kind = Literal["intents", "scale"]
Made = Literal["ready", "worse", "failed"]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, without what triage loads."""

    id: str
    brand_id: str
    kind: str
    number: int
    state: str  # asked, ready, worse, failed, erased
    figures: Mapping[str, Any]
    examples: int
    author: str  # an agent's id, or heed
    by: str  # a name; empty for Heed itself
    asked_at: datetime
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A time in which one version held."""

    number: int | None  # None: as Heed came
    by: str  # a name; empty for Heed itself
    comment: str
    valid_from: datetime
    valid_to: datetime | None


def live(db: Connection, brand_id: str) -> dict[str, tuple[str, int]]:
    """Return id and number of the versions that hold for a brand, by kind."""
    table = taught_live
    query = select(table.c.kind, taught_version.c.id, taught_version.c.number)
    query = query.join(taught_version, taught_version.c.id == table.c.version_id)
    rows = db.execute(query.where(table.c.brand_id == brand_id, table.c.valid_to.is_(None)))
    return {row.kind: (row.id, row.number) for row in rows}


def payload(db: Connection, version_id: str) -> str | None:
    """Return what triage loads; None where it was erased."""
    return db.execute(select(taught_version.c.payload).where(taught_version.c.id == version_id)).scalar()


def lock(db: Connection, brand_id: str) -> None:
    """Let nobody else change until the end of the transaction what a brand teaches by."""
    db.execute(select(brand.c.id).where(brand.c.id == brand_id).with_for_update(key_share=True))


def ask(db: Connection, brand_id: str, kind: Kind, author: str, now: datetime) -> VersionRow:
    """Ask for a new version to be made."""
    table = taught_version
    lock(db, brand_id)  # one number at a time
    of_kind = (table.c.brand_id == brand_id) & (table.c.kind == kind)
    last = db.execute(select(func.max(table.c.number)).where(of_kind)).scalar() or 0
    row = VersionRow(new_id(), brand_id, kind, last + 1, "asked", {}, 0, author, "", now, None)
    db.execute(
        insert(table).values(
            id=row.id, brand_id=brand_id, kind=kind, number=row.number, state=row.state, payload=None, figures="{}",
            examples=0, author=author, asked_at=now, made_at=None,
        )
    )  # fmt: skip
    return row


def made(
    db: Connection,
    version_id: str,
    state: Made,
    now: datetime,
    *,
    loads: str | None,
    figures: Mapping[str, object],
    example_ids: Sequence[str] = (),
) -> bool:
    """Store what became of a version that was asked for. False: another worker was first."""
    table = taught_version
    asked = (table.c.id == version_id) & (table.c.state == "asked")
    values = {
        "state": state,
        "payload": loads,
        "figures": json.dumps(figures),
        "examples": len(example_ids),
        "made_at": now,
    }
    if not db.execute(update(table).where(asked).values(**values)).rowcount:
        return False
    bulk.add_values(db, taught_source, [{"version_id": version_id, "example_id": one} for one in example_ids])
    return True


def one(db: Connection, version_id: str) -> VersionRow | None:
    """Return one version."""
    row = db.execute(_versions().where(taught_version.c.id == version_id)).first()
    return None if row is None else _row(row)


def versions(db: Connection, brand_id: str, kind: Kind, limit: int = 20) -> list[VersionRow]:
    """Return the last versions of a brand, newest first."""
    table = taught_version
    query = _versions().where(table.c.brand_id == brand_id, table.c.kind == kind)
    return [_row(row) for row in db.execute(query.order_by(table.c.number.desc()).limit(limit))]


def forgotten(db: Connection, since: datetime, before: datetime) -> list[str]:
    """Return versions that were asked for between two moments and that nobody has made."""
    table = taught_version
    query = select(table.c.id).where(table.c.state == "asked", table.c.asked_at.between(since, before))
    return list(db.execute(query.order_by(table.c.asked_at)).scalars())


def sources(db: Connection, version_id: str) -> frozenset[str]:
    """Return the examples a version was made of, as far as they were not erased."""
    query = select(taught_source.c.example_id).where(taught_source.c.version_id == version_id)
    return frozenset(db.execute(query).scalars())


def hold(
    db: Connection, brand_id: str, kind: Kind, version_id: str | None, author: str, comment: str, now: datetime
) -> None:
    """Let a version hold from now on; None: triage reads as it came."""
    table = taught_live
    held = (table.c.brand_id == brand_id) & (table.c.kind == kind) & table.c.valid_to.is_(None)
    db.execute(update(table).where(held).values(valid_to=now))
    db.execute(
        insert(table).values(
            id=new_id(), brand_id=brand_id, kind=kind, version_id=version_id, author=author, comment=comment,
            valid_from=now, valid_to=None,
        )
    )  # fmt: skip


def before(db: Connection, brand_id: str, kind: Kind) -> tuple[str | None, str | None] | None:
    """Return (the version that holds, the one that held before it); None if none was ever published.

    What held before is the newest version older than the live one that held once and was not erased, so that undoing
    twice goes back two versions.
    """
    table, version = taught_live, taught_version
    of_kind = (table.c.brand_id == brand_id) & (table.c.kind == kind)
    now = db.execute(
        select(table.c.version_id, version.c.number)
        .outerjoin(version, version.c.id == table.c.version_id)
        .where(of_kind, table.c.valid_to.is_(None))
    ).first()
    if now is None:
        return None
    earlier = (
        select(version.c.id)
        .join(table, table.c.version_id == version.c.id)
        .where(of_kind, version.c.number < (now.number or 0), version.c.payload.is_not(None))
    )
    found = db.execute(earlier.order_by(version.c.number.desc()).limit(1)).scalar()
    return now.version_id, found


def history(db: Connection, brand_id: str, kind: Kind, limit: int = 50) -> list[HeldRow]:
    """Return which versions held when, newest first."""
    table = taught_live
    query = (
        select(taught_version.c.number, agent.c.name, table.c.comment, table.c.valid_from, table.c.valid_to)
        .outerjoin(taught_version, taught_version.c.id == table.c.version_id)
        .outerjoin(agent, agent.c.id == table.c.author)
        .where(table.c.brand_id == brand_id, table.c.kind == kind)
        .order_by(table.c.valid_from.desc(), table.c.id.desc())
        .limit(limit)
    )
    return [HeldRow(row[0], row[1] or "", *row[2:]) for row in db.execute(query)]


def drop_erased(db: Connection) -> list[str]:
    """Let go of what versions learned from examples that were erased; return the brands where one of them holds."""
    version, source = taught_version, taught_source
    left = select(func.count()).select_from(source).where(source.c.version_id == version.c.id).scalar_subquery()
    query = select(version.c.id, version.c.brand_id)
    rows = db.execute(query.where(version.c.payload.is_not(None), version.c.examples > left)).all()
    ids = [row.id for row in rows]
    db.execute(update(version).where(version.c.id.in_(ids)).values(payload=None, state="erased"))
    held = set(
        db.execute(
            select(taught_live.c.version_id).where(taught_live.c.valid_to.is_(None), taught_live.c.version_id.in_(ids))
        ).scalars()
    )
    return [row.brand_id for row in rows if row.id in held]


def _versions() -> Any:
    table = taught_version
    names = [name for name in VersionRow.__slots__ if name != "by"]
    columns = [agent.c.name.label("by") if name == "by" else table.c[name] for name in (*names, "by")]
    return select(*columns).outerjoin(agent, agent.c.id == table.c.author)


def _row(row: Row[Any]) -> VersionRow:
    values = dict(row._mapping)
    return VersionRow(**{**values, "figures": json.loads(values["figures"]), "by": values["by"] or ""})
