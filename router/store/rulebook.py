"""Rule set versions, what they made of tickets, and the effects they asked for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import evaluation, evaluation_rule, rule_effect, rule_set, rule_set_version


def live(db: Connection, brand_id: str) -> tuple[str, str] | None:
    """Return the live version of a brand's rules: its id and YAML; None if none was published."""
    query = (
        select(rule_set_version.c.id, rule_set_version.c.source)
        .join(rule_set, rule_set.c.live_id == rule_set_version.c.id)
        .where(rule_set.c.brand_id == brand_id)
    )
    row = db.execute(query).first()
    return (row.id, row.source) if row else None


def live_id(db: Connection, brand_id: str) -> str | None:
    """Return the id of the live version."""
    return db.execute(select(rule_set.c.live_id).where(rule_set.c.brand_id == brand_id)).scalar()


def number_of(db: Connection, version_id: str) -> int:
    """Return the number of a version."""
    query = select(rule_set_version.c.number).where(rule_set_version.c.id == version_id)
    return int(db.execute(query).scalar_one())


def versions(db: Connection, brand_id: str, limit: int = 100) -> list[Mapping[str, object]]:
    """Return the versions of a brand's rules, newest first, without their YAML."""
    table = rule_set_version
    columns = (table.c[name] for name in ("id", "number", "format", "author", "comment", "published_at", "erased"))
    query = select(*columns).where(table.c.brand_id == brand_id).order_by(table.c.number.desc()).limit(limit)
    return [dict(row._mapping) for row in db.execute(query)]


def version(db: Connection, brand_id: str, number: int) -> tuple[str, str] | None:
    """Return one version of a brand's rules by number: its id and YAML."""
    table = rule_set_version
    query = select(table.c.id, table.c.source).where(table.c.brand_id == brand_id, table.c.number == number)
    row = db.execute(query).first()
    return (row.id, row.source) if row else None


def publish(
    db: Connection, brand_id: str, source: str, format_number: int, author: str, comment: str, now: datetime
) -> tuple[str, int]:
    """Store a new version and make it the live one; return its id and number."""
    table = rule_set_version
    last = db.execute(select(func.max(table.c.number)).where(table.c.brand_id == brand_id)).scalar() or 0
    row = {
        "id": new_id(),
        "brand_id": brand_id,
        "number": last + 1,
        "format": format_number,
        "source": source,
        "author": author,
        "comment": comment,
        "published_at": now,
    }
    bulk.add_values(db, table, [row])
    held = update(rule_set).where(rule_set.c.brand_id == brand_id)
    if not db.execute(held.values(live_id=row["id"])).rowcount:
        bulk.add_values(db, rule_set, [{"brand_id": brand_id, "live_id": row["id"]}])
    return str(row["id"]), last + 1


def add_evaluations(
    db: Connection, rows: Sequence[Mapping[str, object]], matched: Sequence[tuple[str, str, str | None]]
) -> None:
    """Store evaluations, and which rules acted in them: (evaluation id, rule, the evaluation it holds since)."""
    bulk.add_values(db, evaluation, rows)
    bulk.add_values(db, evaluation_rule, [{"evaluation_id": e, "rule": rule, "since": s} for e, rule, s in matched])


def held(db: Connection, ticket_ids: Iterable[str]) -> dict[str, dict[str, str | None]]:
    """Return the rules that held when they were last asked: ticket -> rule -> the evaluation it holds since.

    None: it held before that was kept.
    """
    about = evaluation.c.ticket_id.in_(list(ticket_ids))
    newest = select(func.max(evaluation.c.id).label("id")).where(about).group_by(evaluation.c.ticket_id).subquery()
    query = (
        select(evaluation.c.ticket_id, evaluation_rule.c.rule, evaluation_rule.c.since)
        .join(evaluation_rule, evaluation_rule.c.evaluation_id == evaluation.c.id)
        .where(evaluation.c.id.in_(select(newest.c.id)))
    )
    found: dict[str, dict[str, str | None]] = {}
    for row in db.execute(query):
        found.setdefault(row.ticket_id, {})[row.rule] = row.since
    return found


def add_effects(db: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Store effects to be done after the commit; one that was asked for on the same occasion changes nothing."""
    bulk.add_new(db, rule_effect, rows)


def due_effects(
    db: Connection, now: datetime, limit: int = 100, *, but: Sequence[str] = ()
) -> list[Mapping[str, object]]:
    """Return the effects that are to be done, those of some kinds left out."""
    query = select(rule_effect).where(rule_effect.c.due_at.is_not(None), rule_effect.c.due_at <= now)
    query = query.where(rule_effect.c.kind.not_in(but))
    return [dict(row._mapping) for row in db.execute(query.order_by(rule_effect.c.due_at).limit(limit))]


def settle_effect(db: Connection, effect_id: str, result: str, now: datetime) -> None:
    """Record that an effect was done, or why it never will be."""
    query = update(rule_effect).where(rule_effect.c.id == effect_id)
    db.execute(query.values(due_at=None, done_at=now, result=result))


def last_rules(db: Connection, ticket_id: str) -> tuple[str, ...]:
    """Return the names of the rules that acted when a ticket was last evaluated."""
    newest = (
        select(evaluation.c.id).where(evaluation.c.ticket_id == ticket_id).order_by(evaluation.c.id.desc()).limit(1)
    )
    query = select(evaluation_rule.c.rule).where(evaluation_rule.c.evaluation_id == newest.scalar_subquery())
    return tuple(db.execute(query).scalars())
