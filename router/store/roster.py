"""The agents as routing sees them at one moment, and the one row of each that is locked before work is handed out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Text, bindparam, func, literal_column, select, union_all, update
from sqlalchemy import cast as cast_sql

from channels.types import WorkClass
from router.model import Presence
from router.routing.lanes import AgentView
from router.routing.share import faded
from router.store.db import Connection
from router.store.schema import agent, agent_brand, agent_channel, agent_skill, agent_slot, presence, ticket, work_class


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
    known = _known(db, [row.id for row in rows])
    slots = {key: int(value) for key, value in known.get("", {}).get("class", {}).items()}
    return {row.id: _view(row, known.get(row.id, {}), slots, now) for row in rows}


def _view(row: Row[Any], known: Mapping[str, Mapping[str, str]], slots: Mapping[str, int], now: datetime) -> AgentView:
    capacity = {**slots, **{key: int(value) for key, value in known.get("slot", {}).items()}}
    load = {key: int(value) for key, value in known.get("load", {}).items()}
    return AgentView(
        id=row.id,
        name=row.name,
        brands=frozenset(known.get("brand", ())),
        skills={key: int(value) for key, value in known.get("skill", {}).items()},
        channels=frozenset(known["channel"]) if "channel" in known else None,
        presence=Presence(next(iter(known.get("presence", ())), Presence.OFFLINE)),
        capacity=cast(dict[WorkClass, int], capacity),
        load=cast(dict[WorkClass, int], load),
        last_assigned_at=row.last_assigned_at,
        run=row.run,
        ledger=decayed(row.hard_work, row.hard_work_at, now),
    )


def _known(db: Connection, agent_ids: Collection[str]) -> dict[str, dict[str, dict[str, str]]]:
    """Return what holds for agents now, by agent, kind and key, in one round trip; the work classes under none."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for owner, kind, key, value in db.execute(_KNOWN, {"agents": list(agent_ids)}):
        found.setdefault(owner, {}).setdefault(kind, {})[key] = value
    return found


def _part(owner: ColumnElement[str], kind: str, key: Any, value: Any, *where: ColumnElement[bool]) -> Select[Any]:
    wanted = owner.in_(bindparam("agents", expanding=True))
    return select(owner, literal_column(f"'{kind}'"), key, cast_sql(value, Text)).where(wanted, *where)


_BUSY = ticket.c.state.in_((literal_column("'open'"), literal_column("'offered'")))  # an offer holds its slot
_KNOWN = union_all(
    _part(agent_brand.c.agent_id, "brand", agent_brand.c.brand_id, literal_column("''")),
    _part(
        agent_channel.c.agent_id,
        "channel",
        agent_channel.c.channel,
        literal_column("''"),
        agent_channel.c.valid_to.is_(None),
    ),
    _part(
        agent_skill.c.agent_id, "skill", agent_skill.c.skill_key, agent_skill.c.level, agent_skill.c.valid_to.is_(None)
    ),
    _part(agent_slot.c.agent_id, "slot", agent_slot.c.work_class, agent_slot.c.slots, agent_slot.c.valid_to.is_(None)),
    _part(presence.c.agent_id, "presence", presence.c.status, literal_column("''"), presence.c.valid_to.is_(None)),
    _part(ticket.c.agent_id, "load", ticket.c.slot_key, func.count(), _BUSY).group_by(
        ticket.c.agent_id, ticket.c.slot_key
    ),
    select(literal_column("''"), literal_column("'class'"), work_class.c.key, cast_sql(work_class.c.slots, Text)).where(
        work_class.c.key == work_class.c.slot_key
    ),
)


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


def decayed(amount: float, at: datetime | None, now: datetime) -> float:
    """Return a ledger of hard work as of now: each hour halves it."""
    if at is None or not amount:
        return 0.0
    return faded(amount, (now - at).total_seconds())
