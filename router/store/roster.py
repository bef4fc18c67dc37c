"""The agents as routing sees them at one moment, and the one row of each that is locked before work is handed out."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import select, update

from channels.types import WorkClass
from router.model import Presence
from router.routing.lanes import AgentView
from router.store import tickets
from router.store.db import Connection
from router.store.schema import agent, agent_brand, agent_channel, agent_skill, agent_slot, presence, work_class

HALF_LIFE_S = 3600.0  # of the ledger of hard work


def views(
    db: Connection, now: datetime, *, brand_id: str | None = None, ids: Collection[str] | None = None
) -> dict[str, AgentView]:
    """Return the active agents of a brand, or of `ids`, with all that routing asks of them."""
    query = select(agent).where(agent.c.active)
    if brand_id is not None:
        query = query.join(agent_brand, agent_brand.c.agent_id == agent.c.id).where(agent_brand.c.brand_id == brand_id)
    if ids is not None:
        query = query.where(agent.c.id.in_(list(ids)))
    rows = db.execute(query.order_by(agent.c.id)).all()
    wanted = [row.id for row in rows]
    brands = _grouped(db, agent_brand.c.agent_id, agent_brand.c.brand_id, agent_brand.c.agent_id.in_(wanted))
    right = agent_channel.c.agent_id.in_(wanted) & agent_channel.c.valid_to.is_(None)
    channels = _grouped(db, agent_channel.c.agent_id, agent_channel.c.channel, right)
    skills: dict[str, dict[str, int]] = {}
    held = agent_skill.c.agent_id.in_(wanted) & agent_skill.c.valid_to.is_(None)
    for row in db.execute(select(agent_skill.c.agent_id, agent_skill.c.skill_key, agent_skill.c.level).where(held)):
        skills.setdefault(row.agent_id, {})[row.skill_key] = row.level
    capacity = _capacity(db, wanted)
    load = tickets.load_of(db, wanted)
    here = present(db, wanted)
    return {
        row.id: AgentView(
            id=row.id,
            name=row.name,
            brands=frozenset(brands.get(row.id, ())),
            skills=skills.get(row.id, {}),
            channels=frozenset(channels[row.id]) if row.id in channels else None,
            presence=here.get(row.id, (Presence.OFFLINE, ""))[0],
            capacity=capacity[row.id],
            load=cast(dict[WorkClass, int], load.get(row.id, {})),
            last_assigned_at=row.last_assigned_at,
            run=row.run,
            ledger=_decayed(row.hard_work, row.hard_work_at, now),
        )
        for row in rows
    }


def lock(db: Connection, agent_ids: Iterable[str]) -> None:
    """Hold agents for this transaction, in one order; whoever counts their slots under it counts exactly."""
    wanted = sorted(set(agent_ids))
    if not wanted:
        return
    query = select(agent.c.id).where(agent.c.id.in_(wanted)).order_by(agent.c.id)
    if db.dialect.name == "postgresql":
        query = query.with_for_update(key_share=True)  # rows that only refer to an agent are not held up
    db.execute(query).all()


def note_assigned(db: Connection, agent_id: str, now: datetime) -> None:
    """Record when an agent was last given a ticket."""
    db.execute(update(agent).where(agent.c.id == agent_id).values(last_assigned_at=now))


def present(db: Connection, agent_ids: Collection[str]) -> dict[str, tuple[Presence, str]]:
    """Return the presence of agents with its reason; one who never said anything is not there."""
    held = presence.c.agent_id.in_(list(agent_ids)) & presence.c.valid_to.is_(None)
    query = select(presence.c.agent_id, presence.c.status, presence.c.reason).where(held)
    return {row.agent_id: (Presence(row.status), row.reason) for row in db.execute(query)}


def _capacity(db: Connection, agent_ids: Collection[str]) -> dict[str, dict[WorkClass, int]]:
    slots = {row.key: row.slots for row in db.execute(select(work_class)) if row.key == row.slot_key}
    found = {agent_id: cast(dict[WorkClass, int], dict(slots)) for agent_id in agent_ids}
    own = agent_slot.c.agent_id.in_(list(agent_ids)) & agent_slot.c.valid_to.is_(None)
    for row in db.execute(select(agent_slot).where(own)):
        found[row.agent_id][cast(WorkClass, row.work_class)] = row.slots
    return found


def _grouped(db: Connection, key: object, value: object, where: object) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for owner, item in db.execute(select(key, value).where(where)):  # type: ignore[call-overload]
        found.setdefault(owner, set()).add(item)
    return found


def _decayed(amount: float, at: datetime | None, now: datetime) -> float:
    if at is None or not amount:
        return 0.0
    return float(amount * 2.0 ** (-max(0.0, (now - at).total_seconds()) / HALF_LIFE_S))
