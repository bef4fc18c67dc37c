"""Tickets: load and lock, insert and save, their history, needs, tags and promises."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, and_, bindparam, delete, func, select, update

from router.model import Scope
from router.store import bulk
from router.store.db import Connection
from router.store.rows import Assignment, Event, Promise, Ticket
from router.store.schema import assignment, brand, promise, ticket, ticket_event, ticket_need, ticket_tag

_FIELDS = tuple(field.name for field in fields(Ticket))
_FIXED = frozenset({"id", "brand_id", "number", "created_at"})  # never changed


def _all() -> Select[Any]:
    return select(*[ticket.c[name] for name in _FIELDS])


def within(scope: Scope) -> object:
    """Return the condition that keeps a query inside the brands of a scope."""
    return True if scope.everything else ticket.c.brand_id.in_(scope.brands)


def load(db: Connection, scope: Scope, ids: Iterable[str], *, lock: bool = False) -> dict[str, Ticket]:
    """Return tickets by id; those of other brands are not there. `lock` holds them until the transaction ends."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = _all().where(ticket.c.id.in_(wanted)).order_by(ticket.c.id)
    if not scope.everything:
        query = query.where(ticket.c.brand_id.in_(scope.brands))
    if lock and db.dialect.name == "postgresql":
        query = query.with_for_update(key_share=True)
    return {row[0]: Ticket(*row) for row in db.execute(query)}


def insert(db: Connection, rows: Sequence[Ticket]) -> None:
    """Insert new tickets."""
    bulk.add(db, ticket, rows)


@cache
def _save() -> Update:
    changed: dict[str, Any] = {name: bindparam(f"v_{name}") for name in _FIELDS if name not in _FIXED}
    return update(ticket).where(ticket.c.id == bindparam("v_id")).values(changed)


def save(db: Connection, rows: Sequence[Ticket]) -> None:
    """Write back tickets that this transaction holds."""
    if rows:
        db.execute(
            _save(),
            [{f"v_{k}": v for k, v in bulk.values(row).items() if k == "id" or k not in _FIXED} for row in rows],
        )


def take_numbers(db: Connection, brand_id: str, count: int) -> int:
    """Reserve ticket numbers of a brand and return the first."""
    query = update(brand).where(brand.c.id == brand_id).values(next_ticket=brand.c.next_ticket + count)
    return int(db.execute(query.returning(brand.c.next_ticket)).scalar_one()) - count


def claim(db: Connection, ticket_id: str, lane_id: int, *, patient: bool = False) -> bool:
    """Hold a ticket that waits in a lane for this transaction. False: somebody else has it, or holds it just now.

    `patient`: wait for whoever holds it, to see whether they leave it where it was.
    """
    query = _claiming(db.dialect.name, patient)
    return db.execute(query, {"ticket": ticket_id, "lane": lane_id}).scalar() is not None


@cache
def _claiming(dialect: str, patient: bool) -> Select[tuple[str]]:
    query = select(ticket.c.id).where(
        ticket.c.id == bindparam("ticket"),
        ticket.c.lane_id == bindparam("lane"),
        ticket.c.state == "waiting",
        ticket.c.agent_id.is_(None),
    )
    return query.with_for_update(skip_locked=not patient, key_share=True) if dialect == "postgresql" else query


def add_events(db: Connection, rows: Sequence[Event]) -> None:
    """Add to the tickets' history."""
    bulk.add(db, ticket_event, rows)


def add_promises(db: Connection, rows: Sequence[Promise]) -> None:
    """Store new promises."""
    bulk.add(db, promise, rows)


def open_promises(db: Connection, ticket_ids: Iterable[str]) -> dict[str, list[Promise]]:
    """Return the promises of tickets that are neither met nor ended."""
    table = promise
    names = [field.name for field in fields(Promise)]
    held = and_(table.c.met_at.is_(None), table.c.ended_at.is_(None))
    query = select(*[table.c[name] for name in names]).where(table.c.ticket_id.in_(list(ticket_ids)), held)
    found: dict[str, list[Promise]] = {}
    for row in db.execute(query.order_by(table.c.due_at)):
        found.setdefault(row.ticket_id, []).append(Promise(*row))
    return found


def missed(db: Connection, ticket_ids: Iterable[str], now: datetime) -> dict[str, int]:
    """Return how many promises to the customer were broken, by ticket."""
    table = promise
    kept_until = func.coalesce(table.c.met_at, table.c.ended_at, bindparam("now", now, table.c.due_at.type))
    late = table.c.due_at < kept_until
    query = select(table.c.ticket_id, func.count()).where(table.c.ticket_id.in_(list(ticket_ids)), late)
    return {row[0]: row[1] for row in db.execute(query.group_by(table.c.ticket_id))}


def meet_promises(db: Connection, ticket_id: str, kinds: Sequence[str], now: datetime) -> None:
    """Mark promises of these kinds as met."""
    held = (promise.c.ticket_id == ticket_id) & promise.c.met_at.is_(None) & promise.c.ended_at.is_(None)
    db.execute(update(promise).where(held, promise.c.kind.in_(kinds)).values(met_at=now))


def meet(db: Connection, rows: Sequence[tuple[str, datetime]]) -> None:
    """Mark single promises as met: (promise id, moment)."""
    for promise_id, at in rows:
        db.execute(update(promise).where(promise.c.id == promise_id, promise.c.met_at.is_(None)).values(met_at=at))


def unmeet_promises(db: Connection, ticket_id: str, met_at: datetime) -> None:
    """Let promises count as open again that an answer of this moment had met."""
    met = (promise.c.ticket_id == ticket_id) & (promise.c.met_at == met_at)
    db.execute(update(promise).where(met).values(met_at=None))


def undrop_promises(db: Connection, ticket_id: str, ended_at: datetime) -> None:
    """Let promises hold again that were ended at this moment, as if the ticket had not come to rest."""
    ended = (promise.c.ticket_id == ticket_id) & (promise.c.ended_at == ended_at) & promise.c.met_at.is_(None)
    db.execute(update(promise).where(ended).values(ended_at=None))


def end_promises(db: Connection, ids: Sequence[str], now: datetime) -> None:
    """End promises that were replaced by another."""
    if ids:
        db.execute(update(promise).where(promise.c.id.in_(ids)).values(ended_at=now))


def transfers(db: Connection, ticket_ids: Iterable[str]) -> dict[str, int]:
    """Return how often people handed tickets on, by ticket."""
    table = ticket_event
    moved = table.c.ticket_id.in_(list(ticket_ids)) & (table.c.kind == "transferred")
    query = select(table.c.ticket_id, func.count()).where(moved).group_by(table.c.ticket_id)
    return {row[0]: row[1] for row in db.execute(query)}


def relaxed(db: Connection, ticket_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return what supervisors let tickets do without since they were last opened: skill -> up to which level."""
    table = ticket_event
    query = select(table.c.ticket_id, table.c.data).join(ticket, ticket.c.id == table.c.ticket_id)
    said = (table.c.kind == "relaxed") & (table.c.episode == ticket.c.episode)
    found: dict[str, dict[str, int]] = {}
    for row in db.execute(query.where(table.c.ticket_id.in_(list(ticket_ids)), said).order_by(table.c.seq)):
        found.setdefault(row.ticket_id, {}).update(json.loads(row.data).get("needs", {}))
    return found


def add_tags(db: Connection, rows: Sequence[tuple[str, str, str]]) -> None:
    """Tag tickets (ticket id, tag, by); a tag already there stays as it is."""
    bulk.add_new(db, ticket_tag, [{"ticket_id": t, "tag": tag, "by": by} for t, tag, by in rows])


def remove_tags(db: Connection, ticket_id: str, tags: Iterable[str]) -> None:
    """Take tags off a ticket."""
    if wanted := list(tags):
        db.execute(delete(ticket_tag).where(ticket_tag.c.ticket_id == ticket_id, ticket_tag.c.tag.in_(wanted)))


def tags(db: Connection, ticket_ids: Iterable[str]) -> dict[str, set[str]]:
    """Return the tags of tickets."""
    found: dict[str, set[str]] = {}
    query = select(ticket_tag.c.ticket_id, ticket_tag.c.tag).where(ticket_tag.c.ticket_id.in_(list(ticket_ids)))
    for ticket_id, tag in db.execute(query):
        found.setdefault(ticket_id, set()).add(tag)
    return found


def set_needs(db: Connection, needs: Mapping[str, Mapping[str, tuple[int, str]]]) -> None:
    """Replace the needs of tickets: ticket id -> skill -> (level, because)."""
    if not needs:
        return
    db.execute(delete(ticket_need).where(ticket_need.c.ticket_id.in_(list(needs))))
    rows = [
        {"ticket_id": ticket_id, "skill_key": skill, "level": level, "because": because}
        for ticket_id, skills in needs.items()
        for skill, (level, because) in skills.items()
    ]
    bulk.add_values(db, ticket_need, rows)


def needs(db: Connection, ticket_ids: Iterable[str]) -> dict[str, dict[str, tuple[int, str]]]:
    """Return what tickets need: ticket id -> skill -> (level, because)."""
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for row in db.execute(select(ticket_need).where(ticket_need.c.ticket_id.in_(list(ticket_ids)))):
        found.setdefault(row.ticket_id, {})[row.skill_key] = (row.level, row.because)
    return found


def assign(db: Connection, row: Assignment) -> None:
    """Record that an agent has a ticket from now on."""
    bulk.add(db, assignment, [row])


def note_over_capacity(db: Connection, ticket_id: str) -> None:
    """Record that the agent who has a ticket has it above their slots, by a person's own act."""
    held = (assignment.c.ticket_id == ticket_id) & assignment.c.valid_to.is_(None)
    db.execute(update(assignment).where(held).values(over_capacity=True))


def end_assignment(db: Connection, ticket_id: str, ended: str, now: datetime) -> None:
    """Record that the agent who has a ticket has it no longer."""
    held = (assignment.c.ticket_id == ticket_id) & assignment.c.valid_to.is_(None)
    db.execute(update(assignment).where(held).values(valid_to=now, ended=ended))


def held_by(db: Connection, agent_id: str, states: Sequence[str]) -> list[Ticket]:
    """Return the tickets an agent has in these states, oldest first."""
    query = _all().where(ticket.c.agent_id == agent_id, ticket.c.state.in_(states)).order_by(ticket.c.id)
    return [Ticket(*row) for row in db.execute(query)]


def reserved_for(db: Connection, agent_id: str) -> list[Ticket]:
    """Return the tickets that woke and wait for a slot of this agent, in order of place."""
    query = _all().where(ticket.c.reserved_for == agent_id).order_by(ticket.c.place, ticket.c.id)
    return [Ticket(*row) for row in db.execute(query)]


def was_with(db: Connection, ticket_id: str, agent_id: str) -> bool:
    """Say whether an agent has or had a ticket."""
    mine = (assignment.c.ticket_id == ticket_id) & (assignment.c.agent_id == agent_id)
    return db.execute(select(assignment.c.id).where(mine).limit(1)).first() is not None


def state_of(db: Connection, ticket_id: str) -> str | None:
    """Return the state a ticket has in the store."""
    return db.execute(select(ticket.c.state).where(ticket.c.id == ticket_id)).scalar()


def count_passed(db: Connection, first: Sequence[str], spared: Sequence[str]) -> None:
    """Count that tickets stood first and another was taken, and mark those an agent on a run passed over.

    A ticket that another hand holds at this moment is left out: it is about to be taken.
    """
    for ids, values in ((first, {"passed_over": ticket.c.passed_over + 1}), (spared, {"spared": True})):
        if not ids:
            continue
        free = select(ticket.c.id).where(ticket.c.id.in_(list(ids)), ticket.c.state == "waiting")
        if db.dialect.name == "postgresql":
            free = free.with_for_update(skip_locked=True, key_share=True)
        db.execute(update(ticket).where(ticket.c.id.in_(list(db.execute(free).scalars()))).values(values))


def drop_promises(db: Connection, ticket_id: str, now: datetime) -> None:
    """End the promises of a ticket that rests; those that were due already count as missed."""
    held = (promise.c.ticket_id == ticket_id) & promise.c.met_at.is_(None) & promise.c.ended_at.is_(None)
    db.execute(update(promise).where(held).values(ended_at=now))
