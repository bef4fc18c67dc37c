"""The people of the desk: who they are, which brands and channels they serve, what they can do and how much at once.

What decisions read (skills, slots, channels) is never overwritten: a row ends and another begins.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Table, delete, func, insert, select, true, update
from sqlalchemy.engine import Connection as Db

from router.model import Role, Scope
from router.store.ids import new_id
from router.store.schema import agent, agent_brand, agent_channel, agent_skill, agent_slot


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One person of the desk."""

    id: str
    email: str  # lower case
    name: str
    role: Role
    zone: str  # IANA
    locale: str  # of the interface
    active: bool
    created_at: datetime


def add(db: Db, *, email: str, name: str, role: Role, zone: str, locale: str, now: datetime) -> str:
    """Store a person and return their id; `email` is lower case and not taken."""
    agent_id = new_id()
    db.execute(
        insert(agent).values(
            id=agent_id,
            email=email,
            name=name,
            role=role.value,
            zone=zone,
            locale=locale,
            active=True,
            run=0,
            hard_work=0.0,
            created_at=now,
        )
    )
    return agent_id


def by_id(db: Db, agent_id: str) -> AgentRow | None:
    """Return one person."""
    row = db.execute(select(agent).where(agent.c.id == agent_id)).first()
    return None if row is None else as_agent(row)


def by_email(db: Db, email: str) -> AgentRow | None:
    """Return the person who signs in with this address; capitals make no difference."""
    row = db.execute(select(agent).where(agent.c.email == email.strip().lower())).first()
    return None if row is None else as_agent(row)


def everyone(db: Db) -> list[AgentRow]:
    """Return every person of the desk, by name."""
    return [as_agent(row) for row in db.execute(select(agent).order_by(agent.c.name, agent.c.id)).all()]


def seen_by(db: Db, scope: Scope) -> list[AgentRow]:
    """Return the people who share a brand with the scope, by name."""
    if scope.everything:
        return everyone(db)
    shared = select(agent_brand.c.agent_id).where(agent_brand.c.brand_id.in_(scope.brands))
    rows = db.execute(select(agent).where(agent.c.id.in_(shared)).order_by(agent.c.name, agent.c.id)).all()
    return [as_agent(row) for row in rows]


def count_admins(db: Db) -> int:
    """Return how many admins may sign in."""
    wanted = agent.c.active & (agent.c.role == Role.ADMIN.value)
    return db.execute(select(func.count()).select_from(agent).where(wanted)).scalar() or 0


def set_role(db: Db, agent_id: str, role: Role) -> None:
    """Give a person another role."""
    db.execute(update(agent).where(agent.c.id == agent_id).values(role=role.value))


def set_active(db: Db, agent_id: str, active: bool) -> None:
    """Switch a person off, or on again."""
    db.execute(update(agent).where(agent.c.id == agent_id).values(active=active))


def change(db: Db, agent_id: str, *, name: str, zone: str, locale: str) -> None:
    """Change how a person is called, their time zone and the language of their pages."""
    db.execute(update(agent).where(agent.c.id == agent_id).values(name=name, zone=zone, locale=locale))


def brands_of(db: Db, agent_id: str) -> frozenset[str]:
    """Return the ids of the brands a person works for."""
    return frozenset(db.execute(select(agent_brand.c.brand_id).where(agent_brand.c.agent_id == agent_id)).scalars())


def all_brands(db: Db) -> dict[str, frozenset[str]]:
    """Return the brand ids of everyone."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in db.execute(select(agent_brand)).all():
        found[row.agent_id].add(row.brand_id)
    return {agent_id: frozenset(brands) for agent_id, brands in found.items()}


def grant_brands(db: Db, agent_id: str, brand_ids: Collection[str]) -> None:
    """Let a person work for exactly these brands."""
    db.execute(delete(agent_brand).where(agent_brand.c.agent_id == agent_id))
    for brand_id in sorted(set(brand_ids)):
        db.execute(insert(agent_brand).values(agent_id=agent_id, brand_id=brand_id))


def skills(db: Db, agent_id: str | None = None) -> dict[str, dict[str, int]]:
    """Return the skills held now, by agent id: skill key to level; of one person or of all."""
    return _held(db, agent_skill, "skill_key", "level", agent_id)


def put_skills(db: Db, agent_id: str, levels: Mapping[str, int], now: datetime) -> None:
    """Let these levels hold from now on; 0 takes a skill away, skills not named stay."""
    _put(db, agent_skill, "skill_key", "level", agent_id, levels, now)


def slots(db: Db, agent_id: str | None = None) -> dict[str, dict[str, int]]:
    """Return the slots that differ from their work class's, by agent id: work class to slots."""
    return _held(db, agent_slot, "work_class", "slots", agent_id)


def put_slots(db: Db, agent_id: str, by_class: Mapping[str, int | None], now: datetime) -> None:
    """Let a person have so many slots from now on; None: as many as the work class says, 0: none."""
    _put(db, agent_slot, "work_class", "slots", agent_id, {k: -1 if v is None else v for k, v in by_class.items()}, now)


def channels(db: Db, agent_id: str | None = None) -> dict[str, frozenset[str]]:
    """Return the channels people are bound to, by agent id; whoever is missing may work on every channel."""
    table = agent_channel
    found: dict[str, set[str]] = defaultdict(set)
    wanted = table.c.valid_to.is_(None) & (true() if agent_id is None else table.c.agent_id == agent_id)
    for row in db.execute(select(table).where(wanted)).all():
        found[row.agent_id].add(row.channel)
    return {key: frozenset(names) for key, names in found.items()}


def put_channels(db: Db, agent_id: str, names: Collection[str], now: datetime) -> None:
    """Bind a person to these channels from now on; none: every channel."""
    table = agent_channel
    held = channels(db, agent_id).get(agent_id, frozenset())
    ended = table.c.valid_to.is_(None) & (table.c.agent_id == agent_id) & table.c.channel.in_(held - set(names))
    db.execute(update(table).where(ended).values(valid_to=now))
    for name in sorted(set(names) - held):
        db.execute(insert(table).values(id=new_id(), agent_id=agent_id, channel=name, valid_from=now, valid_to=None))


def as_agent(row: Row[tuple[object, ...]]) -> AgentRow:
    """Return a row of `agent` as a value."""
    return AgentRow(row.id, row.email, row.name, Role(row.role), row.zone, row.locale, row.active, row.created_at)


def _held(db: Db, table: Table, key: str, value: str, agent_id: str | None) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    wanted = table.c.valid_to.is_(None) & (true() if agent_id is None else table.c.agent_id == agent_id)
    for row in db.execute(select(table.c.agent_id, table.c[key], table.c[value]).where(wanted)).all():
        found[row[0]][row[1]] = row[2]
    return dict(found)


def _put(db: Db, table: Table, key: str, value: str, agent_id: str, new: Mapping[str, int], now: datetime) -> None:
    """End the rows that differ and begin the new ones. For levels 0 ends a row, for slots -1 does."""
    ends = 0 if table is agent_skill else -1
    held = _held(db, table, key, value, agent_id).get(agent_id, {})
    for name, number in sorted(new.items()):
        if held.get(name, ends) == number:
            continue
        current = (table.c.agent_id == agent_id) & (table.c[key] == name) & table.c.valid_to.is_(None)
        db.execute(update(table).where(current).values(valid_to=now))
        if number != ends:
            begin = {"id": new_id(), "agent_id": agent_id, key: name, value: number, "valid_from": now}
            db.execute(insert(table).values(**begin, valid_to=None))
