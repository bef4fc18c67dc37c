"""Picks tickets by what they are: state, queue, agent, tag, lateness. A merged one counts as the one it is in.

Lists are read from the newest on. What is so rare that it takes long is looked for among the newest tickets alone.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store.schema import ticket, ticket_tag
from router.store.views.hits import Among, TooLong, brands_of, in_time
from router.store.views.lines import within

NEWEST = 5_000  # tickets that are looked through where no index helps
UNDONE = ("new", "waiting", "offered", "open", "pending", "snoozed")
MERGES = 10  # of one ticket into the next, before a chain is given up


@dataclass(frozen=True, slots=True)
class Picked:
    """What tickets must be; None asks nothing. `agents` may hold None: nobody has it."""

    now: datetime
    states: frozenset[str] | None = None
    brands: frozenset[str] | None = None
    queues: frozenset[str] | None = None
    agents: frozenset[str | None] | None = None
    channels: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    tags: frozenset[str] | None = None
    heat: int | None = None
    late: bool | None = None
    before: datetime | None = None
    after: datetime | None = None

    @property
    def is_impossible(self) -> bool:
        """Say whether no ticket can be so: what was asked goes by no name, or by two that exclude each other."""
        return frozenset() in (getattr(self, one.name) for one in fields(self))

    def and_(self, other: "Picked") -> "Picked":
        """Return what is as asked by both, of states, brands, queues and agents."""

        def both(mine: frozenset[Any] | None, theirs: frozenset[Any] | None) -> frozenset[Any] | None:
            return mine if theirs is None else theirs if mine is None else mine & theirs

        return replace(
            self,
            states=both(self.states, other.states),
            brands=both(self.brands, other.brands),
            queues=both(self.queues, other.queues),
            agents=both(self.agents, other.agents),
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """Ids of tickets, the newest first."""

    ids: tuple[str, ...]
    cut: bool = False  # only the newest tickets were looked through


def by_number(db: Db, scope: Scope, number: int) -> list[str]:
    """Return the tickets of this number: one in each brand at most."""
    query = select(ticket.c.id).where(ticket.c.number == number, ticket.c.brand_id.in_(brands_of(db, scope)))
    return list(db.execute(query).scalars())


def homes(db: Db, ids: Iterable[str]) -> dict[str, str]:
    """Return in which ticket each of these is shown now: itself, unless it was merged."""
    found = {one: one for one in ids}
    for _ in range(MERGES):
        asked = set(found.values())
        query = select(ticket.c.id, ticket.c.merged_into)
        moved = {r[0]: r[1] for r in db.execute(query.where(ticket.c.id.in_(asked), ticket.c.merged_into.is_not(None)))}
        if not moved:
            break
        found = {one: moved.get(home, home) for one, home in found.items()}
    return found


def with_merged(db: Db, ids: Collection[str]) -> list[str]:
    """Return these tickets and those that were merged into them."""
    known = dict.fromkeys(ids)
    above = list(known)
    for _ in range(MERGES):
        below = db.execute(select(ticket.c.id).where(ticket.c.merged_into.in_(above))).scalars() if above else ()
        above = [one for one in below if one not in known]
        known |= dict.fromkeys(above)
    return list(known)


def among(picked: Picked) -> Among:
    """Return the condition that a row of the index is of a ticket as asked, or of one that was merged into another."""

    def holds(ticket_id: ColumnElement[Any]) -> ColumnElement[bool]:
        is_so = or_(ticket.c.merged_into.is_not(None), and_(*_conditions(picked)))
        return exists().where(ticket.c.id == ticket_id, is_so)

    return holds


def passing(db: Db, scope: Scope, picked: Picked, ids: Collection[str]) -> set[str]:
    """Return which of these tickets are as asked."""
    query = select(ticket.c.id).where(ticket.c.id.in_(list(ids)), within(scope), *_conditions(picked))
    return set(db.execute(query).scalars())


def listed(db: Db, scope: Scope, picked: Picked, limit: int, *, before: str | None = None) -> Listed:
    """Return at most `limit` tickets that are as asked, older than one of them."""
    brands = _brands(db, scope, picked)
    try:
        with in_time(db):
            found: list[str] = []
            for one in brands:
                for part in _by_state(picked):
                    found += db.execute(_newest(one, part, limit, before)).scalars()
            return Listed(tuple(sorted(found, reverse=True)[:limit]))
    except TooLong:
        found = []
    for one in brands:
        near = select(ticket).where(ticket.c.brand_id == one)
        near = near if before is None else near.where(ticket.c.id < before)
        rows = near.order_by(ticket.c.id.desc()).limit(NEWEST // len(brands)).subquery("near")
        query = select(ticket.c.id).join(rows, rows.c.id == ticket.c.id).where(*_conditions(picked))
        found += db.execute(query.order_by(ticket.c.id.desc()).limit(limit)).scalars()
    return Listed(tuple(sorted(found, reverse=True)[:limit]), cut=True)


def count(db: Db, scope: Scope, picked: Picked, most: int) -> int | None:
    """Count tickets that are as asked, up to `most` + 1; None if that takes too long."""
    total = 0
    try:
        with in_time(db):
            for one in _brands(db, scope, picked):
                inner = _newest(one, picked, most + 1 - total, None).order_by(None).subquery()
                total += int(db.execute(select(func.count()).select_from(inner)).scalar_one())
                if total > most:
                    break
    except TooLong:
        return None
    return total


def _brands(db: Db, scope: Scope, picked: Picked) -> list[str]:
    return [one for one in brands_of(db, scope) if picked.brands is None or one in picked.brands]


def _by_state(picked: Picked) -> list[Picked]:
    """Return the same question for each state alone: an index holds the tickets of one in order of age."""
    states = sorted(picked.states or (UNDONE if picked.late else ()))
    return [replace(picked, states=frozenset({state})) for state in states] or [picked]


def _newest(brand_id: str, picked: Picked, limit: int, before: str | None) -> Select[Any]:
    query = select(ticket.c.id).where(ticket.c.brand_id == brand_id, *_conditions(picked))
    query = query if before is None else query.where(ticket.c.id < before)
    return query.order_by(ticket.c.id.desc()).limit(limit)


def _conditions(picked: Picked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [ticket.c.merged_into.is_(None)]
    simple = ((ticket.c.queue_id, picked.queues), (ticket.c.channel, picked.channels))
    for column, wanted in (*simple, (ticket.c.language, picked.languages), (ticket.c.brand_id, picked.brands)):
        if wanted is not None:
            found.append(column.in_(sorted(wanted)))
    if picked.states or picked.late:
        found.append(ticket.c.state.in_(sorted(picked.states or UNDONE)))
    if picked.agents is not None:
        named = ticket.c.agent_id.in_(sorted(one for one in picked.agents if one))
        found.append(or_(named, ticket.c.agent_id.is_(None)) if None in picked.agents else named)
    if picked.tags is not None:
        tagged = ticket_tag.c.tag.in_(sorted(picked.tags))
        found.append(exists().where(ticket_tag.c.ticket_id == ticket.c.id, tagged))
    if picked.heat is not None:
        found.append(ticket.c.heat >= picked.heat)
    if picked.late is not None:
        late = ticket.c.answer_by.is_not(None) & (ticket.c.answer_by < picked.now)
        found.append(late if picked.late else or_(ticket.c.answer_by.is_(None), ticket.c.answer_by >= picked.now))
    if picked.before is not None:
        found.append(ticket.c.created_at < picked.before)
    if picked.after is not None:
        found.append(ticket.c.created_at >= picked.after)
    return found
