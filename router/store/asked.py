"""Tickets whose rules are to be asked again: because their moment has come, or because new rules are live."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update

from router.store.db import Connection
from router.store.rows import Message
from router.store.schema import message, message_rendition, rule_effect, rule_set, rule_set_version, ticket

LIVE = ("new", "waiting", "offered", "open", "pending", "snoozed")
COUNTED = 1000  # waiting tickets are counted up to here
MOST_SAID = 20  # messages of one ticket that are asked about again


@dataclass(frozen=True, slots=True)
class Due:
    """A ticket whose moment has come, and whom it concerns."""

    id: str
    brand_id: str
    agent_id: str | None
    reserved_for: str | None


def due(db: Connection, now: datetime, limit: int) -> list[Due]:
    """Return the tickets whose rules are to be asked again, the longest due first."""
    t = ticket.c
    query = select(t.id, t.brand_id, t.agent_id, t.reserved_for).where(t.rules_due_at <= now)
    return [Due(*row) for row in db.execute(query.order_by(t.rules_due_at, t.id).limit(limit))]


def is_due(db: Connection, now: datetime) -> bool:
    """Say whether any ticket's rules are to be asked again."""
    return db.execute(select(ticket.c.id).where(ticket.c.rules_due_at <= now).limit(1)).first() is not None


def put_due(db: Connection, ticket_ids: Collection[str], at: datetime | None) -> None:
    """Let the rules of tickets be asked again at a moment, or not for time's sake."""
    db.execute(update(ticket).where(ticket.c.id.in_(list(ticket_ids))).values(rules_due_at=at))


def mark_due(db: Connection, brand_id: str, queue_id: str, now: datetime) -> None:
    """Let the rules of a queue's tickets that are not done be asked again now."""
    here = (ticket.c.brand_id == brand_id) & ticket.c.state.in_(LIVE) & (ticket.c.queue_id == queue_id)
    db.execute(update(ticket).where(here).values(rules_due_at=now))


def mark_held(db: Connection, agent_ids: Collection[str], now: datetime) -> None:
    """Let the rules of the tickets that agents have be asked again now."""
    held = ticket.c.agent_id.in_(list(agent_ids)) & ticket.c.state.in_(LIVE)
    db.execute(update(ticket).where(held).values(rules_due_at=now))


def not_asked(db: Connection, brand_id: str, version_id: str, limit: int) -> list[Due]:
    """Return the waiting tickets that other rules than this version placed, in order of place."""
    t = ticket.c
    old = or_(t.rules_version_id.is_(None), t.rules_version_id != version_id)
    query = select(t.id, t.brand_id, t.agent_id, t.reserved_for)
    query = query.where(t.brand_id == brand_id, t.state == "waiting", old)
    return [Due(*row) for row in db.execute(query.order_by(t.place, t.id).limit(limit))]


def pass_by(db: Connection, ticket_id: str, brand_id: str) -> None:
    """Count a ticket as asked about with the live rules, though it could not be."""
    live = select(rule_set.c.live_id).where(rule_set.c.brand_id == brand_id).scalar_subquery()
    db.execute(update(ticket).where(ticket.c.id == ticket_id).values(rules_version_id=live, rules_due_at=None))


def unsettled(db: Connection) -> dict[str, tuple[str, datetime]]:
    """Return the brands whose waiting tickets were not all asked about: id -> live version, published at."""
    version = rule_set_version.c
    query = select(rule_set.c.brand_id, version.id, version.published_at)
    query = query.join(rule_set_version, version.id == rule_set.c.live_id)
    open_ = or_(rule_set.c.settled_id.is_(None), rule_set.c.settled_id != rule_set.c.live_id)
    return {row[0]: (row[1], row[2]) for row in db.execute(query.where(open_))}


def settle(db: Connection, brand_id: str, version_id: str) -> None:
    """Remember that every waiting ticket was asked about with a version."""
    same = (rule_set.c.brand_id == brand_id) & (rule_set.c.live_id == version_id)
    db.execute(update(rule_set).where(same).values(settled_id=version_id))


def said(db: Connection, homes: Mapping[str, str]) -> dict[str, list[Message]]:
    """Return the last messages of the customers, oldest first, by the ticket that shows them (home -> ticket)."""
    columns = [message.c[name] for name in Message.__slots__]
    theirs = (message.c.direction == "inbound") & (message.c.visibility == "public")
    query = select(*columns).where(message.c.home_ticket_id.in_(list(homes)), theirs)
    found: dict[str, list[Message]] = {}
    for row in db.execute(query.order_by(message.c.at, message.c.id)):
        found.setdefault(homes[row.home_ticket_id], []).append(Message(**row._mapping))
    return found


def stripped(db: Connection, message_ids: Iterable[str]) -> dict[str, str]:
    """Return the new words of those messages of which something was cut."""
    table = message_rendition
    cut = table.c.message_id.in_(list(message_ids)) & (table.c.kind == "stripped")
    query = select(table.c.message_id, table.c.text).where(cut).order_by(table.c.at, table.c.id)
    return {row.message_id: row.text for row in db.execute(query)}


def done(db: Connection, ticket_ids: Collection[str]) -> dict[str, set[tuple[str, str]]]:
    """Return what rules asked for before: ticket -> (rule, kind)."""
    table = rule_effect
    found: dict[str, set[tuple[str, str]]] = {}
    query = select(table.c.ticket_id, table.c.rule, table.c.kind).where(table.c.ticket_id.in_(list(ticket_ids)))
    for row in db.execute(query):
        found.setdefault(row.ticket_id, set()).add((row.rule, row.kind))
    return found


def waiting(db: Connection, brand_id: str, queue_ids: Iterable[str]) -> dict[str, int]:
    """Return how many tickets wait in each queue of a brand, at most COUNTED each."""
    found = {}
    for queue_id in queue_ids:
        waits = (ticket.c.brand_id == brand_id) & (ticket.c.state == "waiting") & (ticket.c.queue_id == queue_id)
        some = select(ticket.c.id).where(waits).limit(COUNTED).subquery()
        found[queue_id] = int(db.execute(select(func.count()).select_from(some)).scalar_one())
    return found
