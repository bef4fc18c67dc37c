"""The audit trail as people read it: latest first, with names, and no more than the reader's brands."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.engine import Connection as Db

from router.model import Role, Scope
from router.store.schema import agent, agent_brand, audit_event, brand, calendar, connection, queue, skill, template
from router.store.schema import ticket as t


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines of the trail are wanted; empty: all."""

    act: str = ""
    actor: str = ""
    object: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None  # older than this line


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of the trail."""

    seq: int
    at: datetime
    actor_kind: str
    actor_id: str
    actor: str  # a name
    act: str
    object_id: str
    subject: str  # a name or number, empty for what is gone or has none
    brand: str
    change: Mapping[str, object]


def page(db: Db, scope: Scope, asked: Asked, most: int) -> list[TrailLine]:
    """Return lines of the trail, latest first."""
    row = audit_event.c
    query = select(audit_event).where(_seen(scope))
    for wanted, column in ((asked.act, row.act), (asked.actor, row.actor_id), (asked.object, row.object)):
        if wanted:
            query = query.where(column == wanted)
    if asked.since is not None:
        query = query.where(row.at >= asked.since)
    if asked.until is not None:
        query = query.where(row.at < asked.until)
    if asked.before is not None:
        query = query.where(row.seq < asked.before)
    rows = db.execute(query.order_by(row.seq.desc()).limit(most)).all()
    names = _names(db, scope, {r.actor_id for r in rows} | {r.object for r in rows})
    brands = {r.id: r.name for r in db.execute(select(brand.c.id, brand.c.name))}
    return [
        TrailLine(
            seq=r.seq,
            at=r.at,
            actor_kind=r.actor_kind,
            actor_id=r.actor_id,
            actor=names.get(r.actor_id, ""),
            act=r.act,
            object_id=r.object,
            subject=names.get(r.object, ""),
            brand=brands.get(r.brand_id, ""),
            change=json.loads(r.change),
        )
        for r in rows
    ]


def acts(db: Db, scope: Scope) -> list[str]:
    """Return the kinds of acts on the trail, by name."""
    return sorted(db.execute(select(audit_event.c.act).where(_seen(scope)).distinct()).scalars())


def _seen(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that keeps the trail inside the reader's brands.

    What belongs to no brand (people, sign-ins, tokens) is for admins, and only as far as it is about people of their
    brands, or was done by Heed or at the command line to something that is no person.
    """
    row = audit_event.c
    own = row.brand_id.in_(scope.brands) if scope.brands else false()
    if scope.role is not Role.ADMIN:
        return own
    colleagues = select(agent_brand.c.agent_id).where(agent_brand.c.brand_id.in_(scope.brands))
    about_nobody = row.actor_kind.in_(("command", "heed")) & ~exists().where(agent.c.id == row.object)
    return or_(
        own, row.brand_id.is_(None) & or_(row.object.in_(colleagues), row.actor_id.in_(colleagues), about_nobody)
    )


def _names(db: Db, scope: Scope, ids: Collection[str]) -> dict[str, str]:
    """Return what these ids are called; a skill's id is its key."""
    wanted = [one for one in ids if one]
    found: dict[str, str] = {}
    for table, name in ((agent, agent.c.name), (queue, queue.c.name), (brand, brand.c.name)):
        found |= {row[0]: row[1] for row in db.execute(select(table.c.id, name).where(table.c.id.in_(wanted)))}
    for table, name in ((calendar, calendar.c.name), (connection, connection.c.name), (template, template.c.name)):
        found |= {row[0]: row[1] for row in db.execute(select(table.c.id, name).where(table.c.id.in_(wanted)))}
    found |= {row[0]: row[1] for row in db.execute(select(skill.c.key, skill.c.label).where(skill.c.key.in_(wanted)))}
    tickets = select(t.c.id, t.c.number).where(t.c.id.in_(wanted), t.c.brand_id.in_(scope.brands))
    return found | {row.id: f"#{row.number}" for row in db.execute(tickets)}
