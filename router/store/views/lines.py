"""Tickets as lists show them: one row each, with the names a person reads and the customer's last words."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, text, true
from sqlalchemy.engine import Connection as Db

from router.model import Heat, Mood, Scope
from router.store.links import family
from router.store.schema import agent, brand, contact, identity, message, message_rendition, queue, ticket

SAID = 200  # characters of the customer's last words
KNOWN_BY = 6  # characters at the end of an id, enough to tell two people apart in a list
COUNTED = 1000  # counts stop here and are shown as 1,000+

NO_MOOD: dict[str, Any] = {  # what a line says where mood is switched off
    "sentiment": 0.0,
    "frustration": 0,
    "frustration_before": None,
    "heat": 0,
    "urgency": 0,
    "mood_read": False,
}
WAITING = text("ticket.state = 'waiting'")  # as a literal: SQLite uses a partial index only for its own words


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket of a list."""

    id: str
    brand_id: str
    brand: str
    number: int
    state: str
    channel: str
    connection_id: str | None
    subject: str
    queue_id: str
    queue: str
    contact_id: str | None
    contact: str
    agent_id: str | None
    agent: str
    reserved_for: str | None
    language: str
    intent: str
    intent_confidence: float
    sentiment: float
    frustration: int
    frustration_before: int | None
    heat: int
    urgency: int
    mood_read: bool
    lane_id: int | None
    place: datetime | None
    waiting_since: datetime | None
    answer_by: datetime | None
    hold_until: datetime | None
    flag: str | None
    spam: bool
    episode: int
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    said: str
    merged_into: str | None = None  # the ticket that shows it
    tags: tuple[str, ...] = ()
    known_by: str = ""  # the end of their id on the platform, of somebody without a name
    not_you: str = ""  # why it does not go to the reader, where that was asked
    mood_on: bool = True  # no: its brand switched mood off, and nothing is said of how they feel

    @property
    def trend(self) -> str:
        """Return rising, falling or steady."""
        return Mood(self.frustration, cast(Heat, self.heat), self.frustration_before).trend


def within(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that keeps tickets inside the brands of a scope."""
    if scope.everything:
        return true()
    return ticket.c.brand_id.in_(scope.brands) if scope.brands else false()


def of_agent(db: Db, scope: Scope, agent_id: str, states: Collection[str], limit: int = 200) -> list[TicketLine]:
    """Return the tickets an agent has in these states, by the moment an answer is due."""
    held = (ticket.c.agent_id == agent_id) & ticket.c.state.in_(list(states))
    due = func.coalesce(ticket.c.answer_by, ticket.c.updated_at)
    return _rows(db, _lines().where(held, within(scope)).order_by(due, ticket.c.id).limit(limit))


def reserved(db: Db, scope: Scope, agent_id: str) -> list[TicketLine]:
    """Return the tickets that woke and wait for a slot of this agent, in order of place."""
    query = _lines().where(ticket.c.reserved_for == agent_id, within(scope))
    return _rows(db, query.order_by(ticket.c.place, ticket.c.id))


def finished(db: Db, scope: Scope, agent_id: str, limit: int) -> list[TicketLine]:
    """Return what an agent had last among the resolved and closed, latest first."""
    had = or_(ticket.c.agent_id == agent_id, ticket.c.last_agent_id == agent_id)
    done = ticket.c.state.in_(("resolved", "closed")) & ticket.c.merged_into.is_(None)
    query = _lines().where(had, done, within(scope))
    return _rows(db, query.order_by(ticket.c.updated_at.desc(), ticket.c.id.desc()).limit(limit))


def waiting(db: Db, scope: Scope, after: tuple[datetime, str] | None, limit: int) -> list[TicketLine]:
    """Return waiting tickets in order of place, after one place and id."""
    query = _lines().where(WAITING, within(scope))
    if after is not None:
        place, ticket_id = after
        query = query.where(or_(ticket.c.place > place, and_(ticket.c.place == place, ticket.c.id > ticket_id)))
    return _rows(db, query.order_by(ticket.c.place, ticket.c.id).limit(limit))


def waiting_ids(db: Db, scope: Scope, limit: int) -> list[str]:
    """Return the ids of waiting tickets in order of place."""
    query = select(ticket.c.id).where(WAITING, within(scope)).order_by(ticket.c.place, ticket.c.id)
    return list(db.execute(query.limit(limit)).scalars())


def listed(
    db: Db,
    scope: Scope,
    *,
    state: str | None,
    queue_id: str | None,
    agent_id: str | None,
    before: str | None,
    limit: int,
) -> list[TicketLine]:
    """Return tickets by what is asked, newest first."""
    query = _lines().where(within(scope))
    if state:
        query = query.where(ticket.c.state == state)
    if queue_id:
        query = query.where(ticket.c.queue_id == queue_id)
    if agent_id:
        query = query.where(ticket.c.agent_id == agent_id)
    if before:
        query = query.where(ticket.c.id < before)
    return _rows(db, query.order_by(ticket.c.id.desc()).limit(limit))


def of_contact(db: Db, scope: Scope, contact_id: str, limit: int = 100) -> list[TicketLine]:
    """Return a contact's tickets, newest first."""
    query = _lines().where(ticket.c.contact_id.in_(list(family(db, [contact_id]))), within(scope))
    return _rows(db, query.order_by(ticket.c.id.desc()).limit(limit))


def of_ids(db: Db, scope: Scope, ids: Collection[str]) -> list[TicketLine]:
    """Return tickets by id, those within the scope, in no order."""
    return _rows(db, _lines().where(ticket.c.id.in_(list(ids)), within(scope))) if ids else []


def one(db: Db, scope: Scope, ticket_id: str) -> TicketLine | None:
    """Return one ticket, None if there is none within the scope."""
    return next(iter(_rows(db, _lines().where(ticket.c.id == ticket_id, within(scope)))), None)


def count_held(db: Db, scope: Scope, agent_id: str) -> dict[str, int]:
    """Return how many tickets an agent has, by state."""
    query = select(ticket.c.state, func.count()).where(ticket.c.agent_id == agent_id, within(scope))
    query = query.where(ticket.c.state.in_(("open", "offered", "pending", "snoozed")))
    return {row[0]: row[1] for row in db.execute(query.group_by(ticket.c.state))}


def count_waiting(db: Db, scope: Scope) -> int:
    """Count waiting tickets up to COUNTED + 1."""
    inner = select(ticket.c.id).where(WAITING, within(scope)).limit(COUNTED + 1)
    return int(db.execute(select(func.count()).select_from(inner.subquery())).scalar_one())


def _lines() -> Select[Any]:
    new_words = (  # without what they repeat of ours
        select(func.nullif(message_rendition.c.text, ""))
        .where(message_rendition.c.message_id == message.c.id, message_rendition.c.kind == "stripped")
        .where(message.c.edited_at.is_(None))
        .order_by(message_rendition.c.id.desc())
        .limit(1)
        .correlate(message)
        .scalar_subquery()
    )
    said = (
        select(func.substr(func.coalesce(new_words, message.c.text), 1, SAID))
        .where(message.c.home_ticket_id == ticket.c.id, message.c.direction == "inbound")
        .order_by(message.c.at.desc(), message.c.id.desc())
        .limit(1)
        .correlate(ticket)
        .scalar_subquery()
    )
    readable = or_(identity.c.address.contains("@"), identity.c.address.startswith("+"))
    address = (  # the name a contact without one goes by: of mail and telephone, for other ids say nothing
        select(func.coalesce(func.nullif(identity.c.name, ""), case((readable, identity.c.address), else_="")))
        .where(message.c.home_ticket_id == ticket.c.id, message.c.identity_id == identity.c.id)
        .order_by(message.c.at)
        .limit(1)
        .correlate(ticket)
        .scalar_subquery()
    )
    known_by = (
        select(func.substr(identity.c.address, func.length(identity.c.address) - KNOWN_BY + 1))
        .where(message.c.home_ticket_id == ticket.c.id, message.c.identity_id == identity.c.id)
        .order_by(message.c.at)
        .limit(1)
        .correlate(ticket)
        .scalar_subquery()
    )
    person = contact.alias("person")  # whom a merged contact is one with
    own = [ticket.c[name] for name in TicketLine.__slots__ if name in ticket.c and name != "contact_id"]
    return (
        select(
            *own,
            brand.c.name.label("brand"),
            brand.c.mood_on.label("mood_on"),
            queue.c.name.label("queue"),
            func.coalesce(contact.c.merged_into, ticket.c.contact_id).label("contact_id"),
            func.coalesce(*(func.nullif(c, "") for c in (person.c.name, contact.c.name)), address, "").label("contact"),
            func.coalesce(known_by, "").label("known_by"),
            func.coalesce(agent.c.name, "").label("agent"),
            func.coalesce(said, "").label("said"),
        )
        .select_from(ticket)
        .join(brand, brand.c.id == ticket.c.brand_id)
        .join(queue, queue.c.id == ticket.c.queue_id)
        .outerjoin(contact, contact.c.id == ticket.c.contact_id)
        .outerjoin(person, person.c.id == contact.c.merged_into)
        .outerjoin(agent, agent.c.id == ticket.c.agent_id)
    )


def _rows(db: Db, query: Select[Any]) -> list[TicketLine]:
    found = (TicketLine(**row._mapping) for row in db.execute(query))
    return [line if line.mood_on else replace(line, **NO_MOOD) for line in found]
