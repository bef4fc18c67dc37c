"""The agents as routing sees them at one moment, and the one row of each that is locked before work is handed out."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Text,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy import cast as cast_sql

from channels.types import WorkClass
from router.model import Presence
from router.routing.lanes import AgentView
from router.routing.share import faded
from router.routing.words import SITE
from router.store.db import Connection
from router.store.schema import (
    agent,
    agent_brand,
    agent_channel,
    agent_site,
    agent_skill,
    agent_slot,
    presence,
    site,
    ticket,
    work_class,
)


def views(
    db: Connection, now: datetime, *, brand_id: str | None = None, ids: Collection[str] | None = None
) -> dict[str, AgentView]:
    """Return the active agents of a brand, or of `ids`, with all that routing asks of them."""
    values: dict[str, object] = {} if brand_id is None else {"brand": brand_id}
    if ids is not None:
        values["agents"] = list(ids)
    rows = db.execute(_active(brand_id is not None, ids is not None), values).all()
    known = _known(db, [row.id for row in rows])
    slots = {key: int(value) for key, value in known.get("", {}).get("class", {}).items()}
    return {row.id: _view(row, known.get(row.id, {}), slots, now) for row in rows}


@cache
def _active(of_brand: bool, of_ids: bool) -> Select[Any]:
    query = select(agent).where(agent.c.active)
    if of_brand:
        query = query.join(agent_brand, agent_brand.c.agent_id == agent.c.id)
        query = query.where(agent_brand.c.brand_id == bindparam("brand"))
    if of_ids:
        query = query.where(agent.c.id.in_(bindparam("agents", expanding=True)))
    return query.order_by(agent.c.id)


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
    one, dialect = len(agent_ids) == 1, db.dialect.name
    several = list(agent_ids) if dialect == "postgresql" else json.dumps(list(agent_ids))
    given: dict[str, object] = {"agent": next(iter(agent_ids))} if one else {"agents": several}
    for owner, kind, key, value in db.execute(_known_of(one, dialect), given).all():
        found.setdefault(owner, {}).setdefault(kind, {})[key] = value
    return found


_BUSY = ticket.c.state.in_((literal_column("'open'"), literal_column("'offered'")))  # an offer holds its slot
_NOTHING: ColumnElement[str] = literal_column("''")


@cache
def _known_of(one: bool, dialect: str) -> CompoundSelect[Any]:
    """Return the statement for one agent, whose id is `agent`, or for several in `agents`.

    Several are one parameter, an array or JSON, so that the statement is the same for any number of them.
    """

    def among(owner: ColumnElement[str]) -> ColumnElement[bool]:
        if one:
            return owner == bindparam("agent")
        if dialect == "postgresql":
            return owner == any_(bindparam("agents", type_=ARRAY(Text)))
        return owner.in_(select(func.json_each(bindparam("agents")).table_valued("value").c.value))

    def part(owner: ColumnElement[str], kind: str, key: Any, value: Any, *where: ColumnElement[bool]) -> Select[Any]:
        wanted = among(owner)
        return select(owner, literal_column(f"'{kind}'"), key, cast_sql(value, Text)).where(wanted, *where)

    brand, channel, skill, slots, here = agent_brand.c, agent_channel.c, agent_skill.c, agent_slot.c, presence.c
    classes = select(_NOTHING, literal_column("'class'"), work_class.c.key, cast_sql(work_class.c.slots, Text))
    at_site = part(agent_site.c.agent_id, "skill", literal(SITE) + site.c.name, literal_column("1"))
    return union_all(
        part(brand.agent_id, "brand", brand.brand_id, _NOTHING),
        part(channel.agent_id, "channel", channel.channel, _NOTHING, channel.valid_to.is_(None)),
        part(skill.agent_id, "skill", skill.skill_key, skill.level, skill.valid_to.is_(None)),
        at_site.where(agent_site.c.valid_to.is_(None), agent_site.c.site_id == site.c.id),
        part(slots.agent_id, "slot", slots.work_class, slots.slots, slots.valid_to.is_(None)),
        part(here.agent_id, "presence", here.status, _NOTHING, here.valid_to.is_(None)),
        part(ticket.c.agent_id, "load", ticket.c.slot_key, func.count(), _BUSY).group_by(
            ticket.c.agent_id, ticket.c.slot_key
        ),
        classes.where(work_class.c.key == work_class.c.slot_key),
    )


def lock(db: Connection, agent_ids: Iterable[str]) -> None:
    """Hold agents for this transaction, in one order; whoever counts their slots under it counts exactly."""
    wanted = sorted(set(agent_ids))
    if not wanted:
        return
    db.execute(_locking(db.dialect.name), {"agents": wanted}).all()


@cache
def _locking(dialect: str) -> Select[Any]:
    query = select(agent.c.id).where(agent.c.id.in_(bindparam("agents", expanding=True))).order_by(agent.c.id)
    if dialect == "postgresql":
        query = query.with_for_update(key_share=True)  # rows that only refer to an agent are not held up
    return query


def note_assigned(db: Connection, agent_id: str, now: datetime) -> None:
    """Record when an agent was last given a ticket."""
    db.execute(update(agent).where(agent.c.id == agent_id).values(last_assigned_at=now))


def present(db: Connection, agent_ids: Collection[str]) -> dict[str, tuple[Presence, str]]:
    """Return the presence of agents with its reason; one who never said anything is not there."""
    held = presence.c.agent_id.in_(list(agent_ids)) & presence.c.valid_to.is_(None)
    query = select(presence.c.agent_id, presence.c.status, presence.c.reason).where(held)
    return {row.agent_id: (Presence(row.status), row.reason) for row in db.execute(query)}


def decayed(amount: float, at: datetime | None, now: datetime) -> float:
    """Return a ledger of hard work as of now: it fades by half in a shift."""
    if at is None or not amount:
        return 0.0
    return faded(amount, (now - at).total_seconds())
