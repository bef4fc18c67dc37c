"""The ledger of hard work: what of it was handed to each agent. Only that agent ever reads their own entries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import agent, agent_brand, ledger_entry, ticket


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry of an agent's own ledger."""

    ticket_id: str
    number: int
    subject: str
    amount: float
    own_word: bool  # the agent said so; else by the mood
    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Where an agent's ledger stands."""

    hard_work: float  # as of `at`
    at: datetime | None
    run: int  # difficult tickets in a row


def held(db: Connection, agent_id: str) -> Held:
    """Return where an agent's ledger stands."""
    query = select(agent.c.hard_work, agent.c.hard_work_at, agent.c.run).where(agent.c.id == agent_id)
    row = db.execute(query).one()
    return Held(float(row.hard_work), row.hard_work_at, row.run)


def put(db: Connection, agent_id: str, hard_work: float, run: int, now: datetime) -> None:
    """Write where the ledger of an agent stands, who is locked."""
    db.execute(update(agent).where(agent.c.id == agent_id).values(hard_work=hard_work, hard_work_at=now, run=run))


def amounts(db: Connection, agent_id: str, ticket_id: str) -> dict[str, tuple[float, datetime]]:
    """Return what a ticket counts for an agent: source (mood or agent) -> amount and when it was written."""
    entry = ledger_entry
    query = select(entry.c.source, entry.c.amount, entry.c.at)
    rows = db.execute(query.where(entry.c.agent_id == agent_id, entry.c.ticket_id == ticket_id))
    return {row.source: (float(row.amount), row.at) for row in rows}


def write(db: Connection, agent_id: str, ticket_id: str, source: str, amount: float, now: datetime) -> None:
    """Write what a ticket counts by one source, in place of what was written before."""
    drop(db, agent_id, ticket_id, source)
    row = {
        "id": new_id(), "agent_id": agent_id, "ticket_id": ticket_id, "amount": amount, "source": source, "at": now,
    }  # fmt: skip
    bulk.add_values(db, ledger_entry, [row])


def drop(db: Connection, agent_id: str, ticket_id: str, source: str) -> None:
    """Take back what a ticket counts by one source."""
    entry = ledger_entry
    mine = (entry.c.agent_id == agent_id) & (entry.c.ticket_id == ticket_id) & (entry.c.source == source)
    db.execute(delete(entry).where(mine))


def entries(db: Connection, agent_id: str, limit: int = 50) -> list[EntryRow]:
    """Return the tickets that count something in an agent's own ledger, newest first."""
    entry = ledger_entry
    own_word = func.max(case((entry.c.source == "agent", 1), else_=0))
    last = func.max(entry.c.at)
    query = (
        select(entry.c.ticket_id, ticket.c.number, ticket.c.subject, func.max(entry.c.amount), own_word, last)
        .join(ticket, ticket.c.id == entry.c.ticket_id)
        .where(entry.c.agent_id == agent_id, entry.c.amount > 0)
        .group_by(entry.c.ticket_id, ticket.c.number, ticket.c.subject)
        .order_by(last.desc(), entry.c.ticket_id.desc())
        .limit(limit)
    )
    return [EntryRow(row[0], row[1], row[2] or "", float(row[3]), bool(row[4]), row[5]) for row in db.execute(query)]


def sums(db: Connection, brand_id: str, since: datetime) -> list[float]:
    """Return what each agent of a brand was handed since a moment, without saying whose it is, the least first.

    Agents with no entry at all in that time, calm ones included, did not work and are left out.
    """
    entry = ledger_entry
    each = (
        select(entry.c.agent_id, func.max(entry.c.amount).label("amount"))
        .join(agent_brand, agent_brand.c.agent_id == entry.c.agent_id)
        .where(agent_brand.c.brand_id == brand_id, entry.c.at >= since)
        .group_by(entry.c.agent_id, entry.c.ticket_id)
        .subquery()
    )
    query = select(func.sum(each.c.amount)).group_by(each.c.agent_id)
    return sorted(float(found) for found in db.execute(query).scalars())
