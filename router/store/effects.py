"""The effects that rules asked for: who takes one, does it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from router.store.db import Connection
from router.store.schema import rule_effect


def hold(db: Connection, effect_id: str) -> bool:
    """Hold an effect for this transaction. False: it was done already."""
    due = (rule_effect.c.id == effect_id) & rule_effect.c.due_at.is_not(None)
    return db.execute(select(rule_effect.c.id).where(due).with_for_update()).scalar() is not None


def due_of_kind(db: Connection, kind: str, now: datetime, limit: int) -> list[Mapping[str, object]]:
    """Return the effects of one kind that are to be done, the longest due first."""
    query = select(rule_effect).where(rule_effect.c.kind == kind, rule_effect.c.due_at <= now)
    return [dict(row._mapping) for row in db.execute(query.order_by(rule_effect.c.due_at).limit(limit))]


def try_later(db: Connection, effect_id: str, due_at: datetime, now: datetime, why: str | None = None) -> bool:
    """Count an attempt and let the next be at a moment. False: another took it, or it was done already."""
    due = (rule_effect.c.id == effect_id) & (rule_effect.c.due_at <= now)
    tried = {"attempts": rule_effect.c.attempts + 1, "due_at": due_at, "result": why}
    return bool(db.execute(update(rule_effect).where(due).values(tried)).rowcount)


def note(db: Connection, effect_id: str, why: str) -> None:
    """Keep why the last attempt failed."""
    db.execute(update(rule_effect).where(rule_effect.c.id == effect_id).values(result=why))
