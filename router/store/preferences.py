"""How somebody likes their desk: one row for each setting that differs from its default."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection as Db

from router.store.schema import agent_setting


def of(db: Db, agent_id: str) -> dict[str, str]:
    """Return what a person has set, by name; what they left alone is missing."""
    mine = agent_setting.c.agent_id == agent_id
    return {row.name: row.value for row in db.execute(select(agent_setting).where(mine)).all()}


def put(db: Db, agent_id: str, given: Mapping[str, str | None]) -> None:
    """Keep these settings and leave the others alone; None takes a setting back to its default."""
    named = (agent_setting.c.agent_id == agent_id) & agent_setting.c.name.in_(sorted(given))
    db.execute(delete(agent_setting).where(named))
    for name, value in sorted(given.items()):
        if value is not None:
            db.execute(insert(agent_setting).values(agent_id=agent_id, name=name, value=value))
