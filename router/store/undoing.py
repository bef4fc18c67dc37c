"""What can be taken back for a while: an act, the tickets it was done to, and how each of them stood before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store import bulk
from router.store.schema import agent, promise, ticket, ticket_event, undoable, undoable_row

TO_DO, DONE, UNDONE = "to do", "done", "undone"  # results; any other is the reason why not


@dataclass(frozen=True, slots=True)
class Undoable:
    """One act on one or many tickets."""

    id: str
    act: str  # its kind, a blank, and what it was given, such as an agent's id
    agent_id: str
    agent: str  # the name of whoever did it
    at: datetime
    until: datetime
    count: int
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of an act."""

    ticket_id: str
    before: str  # JSON of the ticket as it stood; empty until it is done
    event_seq: int  # of the ticket after the act
    result: str


@dataclass(frozen=True, slots=True)
class Told:
    """One ticket of an act, as people see it."""

    ticket_id: str
    number: int
    subject: str
    result: str


def begin(
    db: Db, undoable_id: str, act: str, agent_id: str, ticket_ids: Sequence[str], now: datetime, until: datetime
) -> bool:
    """Store an act that is about to be done. False: there is one of that id already."""
    row = {"id": undoable_id, "act": act, "agent_id": agent_id, "at": now, "until": until, "count": len(ticket_ids)}
    if not bulk.is_new(db, undoable, row):
        return False
    rows = [
        {"undoable_id": undoable_id, "ticket_id": t, "before": "", "event_seq": 0, "result": TO_DO} for t in ticket_ids
    ]
    bulk.add_values(db, undoable_row, rows)
    return True


def settle(
    db: Db, undoable_id: str, ticket_id: str, was: str, result: str, *, before: str | None = None, event_seq: int = 0
) -> bool:
    """Write what became of one ticket, if its result still is `was`. False: another hand was first."""
    here = (undoable_row.c.undoable_id == undoable_id) & (undoable_row.c.ticket_id == ticket_id)
    values: dict[str, object] = {"result": result}
    if before is not None:
        values |= {"before": before, "event_seq": event_seq}
    return db.execute(update(undoable_row).where(here, undoable_row.c.result == was).values(values)).rowcount == 1


def take_back(db: Db, undoable_id: str, agent_id: str | None, now: datetime) -> bool:
    """Say that an act is to be undone; what was not done yet never is. False: it was said before."""
    here = (undoable.c.id == undoable_id) & undoable.c.undone_at.is_(None)
    first = db.execute(update(undoable).where(here).values(undone_at=now, undone_by=agent_id)).rowcount == 1
    rest = (undoable_row.c.undoable_id == undoable_id) & (undoable_row.c.result == TO_DO)
    db.execute(update(undoable_row).where(rest).values(result="It was taken back before its turn came."))
    return first


def one(db: Db, undoable_id: str) -> Undoable | None:
    """Return one act."""
    row = db.execute(_acts().where(undoable.c.id == undoable_id)).first()
    return None if row is None else Undoable(**row._mapping)


def is_within(db: Db, scope: Scope, undoable_id: str) -> bool:
    """Say whether every ticket of an act lies within a scope, and at least one is left."""
    brands = select(ticket.c.brand_id).join(undoable_row, undoable_row.c.ticket_id == ticket.c.id)
    found = set(db.execute(brands.where(undoable_row.c.undoable_id == undoable_id).distinct()).scalars())
    return bool(found) and all(scope.sees(brand_id) for brand_id in found)


def of_agent(db: Db, agent_id: str, now: datetime, limit: int = 20) -> list[Undoable]:
    """Return what an agent did that can still be taken back, the latest first."""
    held = (undoable.c.agent_id == agent_id) & (undoable.c.until > now)
    rows = db.execute(_acts().where(held).order_by(undoable.c.at.desc(), undoable.c.id).limit(limit))
    return [Undoable(**row._mapping) for row in rows]


def last_of(db: Db, ticket_id: str, kind: str, now: datetime) -> Undoable | None:
    """Return the latest act of a kind on a ticket that was done and can still be taken back."""
    mine = (undoable_row.c.ticket_id == ticket_id) & (undoable_row.c.result == DONE)
    held = (undoable.c.act == kind) | undoable.c.act.startswith(f"{kind} ", autoescape=True)
    query = _acts().join(undoable_row, undoable_row.c.undoable_id == undoable.c.id)
    row = db.execute(query.where(mine, held, undoable.c.until > now).order_by(undoable.c.at.desc()).limit(1)).first()
    return None if row is None else Undoable(**row._mapping)


def rows(db: Db, undoable_id: str, result: str, limit: int) -> list[Row]:
    """Return tickets of an act with one result, in the order of their ids."""
    table = undoable_row
    query = select(table.c.ticket_id, table.c.before, table.c.event_seq, table.c.result)
    query = query.where(table.c.undoable_id == undoable_id, table.c.result == result).order_by(table.c.ticket_id)
    return [Row(*row) for row in db.execute(query.limit(limit))]


def results(db: Db, undoable_id: str) -> Mapping[str, int]:
    """Return how many tickets have which result."""
    query = select(undoable_row.c.result, func.count()).where(undoable_row.c.undoable_id == undoable_id)
    return {row[0]: row[1] for row in db.execute(query.group_by(undoable_row.c.result))}


def told(db: Db, scope: Scope, undoable_id: str, limit: int) -> list[Told]:
    """Return the tickets of an act that a scope sees, by their numbers."""
    query = (
        select(ticket.c.id, ticket.c.number, ticket.c.subject, undoable_row.c.result)
        .join(undoable_row, undoable_row.c.ticket_id == ticket.c.id)
        .where(undoable_row.c.undoable_id == undoable_id)
    )
    if not scope.everything:
        query = query.where(ticket.c.brand_id.in_(scope.brands))
    return [Told(*row) for row in db.execute(query.order_by(ticket.c.number, ticket.c.id).limit(limit))]


def changed_since(db: Db, ticket_id: str, event_seq: int, harmless: Sequence[str]) -> str | None:
    """Return who changed a ticket after an act: a name, the customer, or Heed; None if nobody did.

    Events of `harmless` kinds change nothing that an undo puts back.
    """
    later = (ticket_event.c.ticket_id == ticket_id) & (ticket_event.c.seq > event_seq)
    query = (
        select(ticket_event.c.kind, agent.c.name)
        .outerjoin(agent, agent.c.id == ticket_event.c.by)
        .where(later, ticket_event.c.kind.not_in(list(harmless)))
        .order_by(ticket_event.c.seq.desc())
    )
    rows = db.execute(query).all()
    if not rows:
        return None
    wrote = any(row.kind == "message" for row in rows)
    return next((str(row.name) for row in rows if row.name), "the customer" if wrote else "Heed")


def reopen_promises(db: Db, promise_ids: Sequence[str]) -> None:
    """Let promises count as open again that an act had met or ended."""
    if promise_ids:
        db.execute(update(promise).where(promise.c.id.in_(list(promise_ids))).values(met_at=None, ended_at=None))


def promises_set_aside(db: Db, ticket_id: str) -> list[str]:
    """Return the promises that ended when a ticket was last set aside."""
    told = (ticket_event.c.ticket_id == ticket_id) & ticket_event.c.kind.in_(("spam", "set_aside", "put_back"))
    at = select(func.max(ticket_event.c.at)).where(told).scalar_subquery()
    ended = (promise.c.ticket_id == ticket_id) & promise.c.met_at.is_(None) & (promise.c.ended_at == at)
    return list(db.execute(select(promise.c.id).where(ended)).scalars())


def _acts() -> Select[Any]:
    table = undoable
    columns = (table.c.id, table.c.act, table.c.agent_id, agent.c.name.label("agent"), table.c.at, table.c.until)
    query = select(*columns, table.c.count, table.c.undone_at, table.c.undone_by)
    return query.join(agent, agent.c.id == table.c.agent_id)
