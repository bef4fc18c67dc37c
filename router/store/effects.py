"""The effects that rules asked for: who takes one, does it."""

from sqlalchemy import select

from router.store.db import Connection
from router.store.schema import rule_effect


def hold(db: Connection, effect_id: str) -> bool:
    """Hold an effect for this transaction. False: it was done already."""
    due = (rule_effect.c.id == effect_id) & rule_effect.c.due_at.is_not(None)
    return db.execute(select(rule_effect.c.id).where(due).with_for_update()).scalar() is not None
