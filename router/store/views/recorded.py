"""What the store recorded of a period: tickets, what happened to them, what rules saw, and who was here when.

Reads the whole desk, since agents of several brands hold tickets of all of them; only the back-test asks, and shows
figures of one brand. Tickets are read in pieces by the order of their ids, which is that of time, so that a long period
needs no more memory than a short one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.engine import Connection as Db

from router.store.schema import (
    agent,
    agent_brand,
    agent_channel,
    agent_skill,
    agent_slot,
    contact_fact,
    evaluation,
    message,
    message_rendition,
    presence,
    ticket,
    ticket_event,
    work_class,
)
from router.store.views.reports import SLACK, id_at

PIECE = 2_000  # tickets read at once
KINDS = (  # events that say where a ticket was; the others change nothing of that
    "waiting", "woke", "assigned", "replied", "quiet", "resolved", "closed", "snoozed", "transferred", "spam",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket, as far as a replay asks."""

    id: str
    brand_id: str
    channel: str
    work_class: str
    slot_key: str
    pace: str
    queue_id: str
    contact_id: str | None
    language: str
    intent: str
    intent_confidence: float
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened to a ticket."""

    kind: str
    at: datetime
    data: str  # JSON of ids and facts


@dataclass(frozen=True, slots=True)
class FactsRow:
    """What rules saw of a message: facts as JSON, without a customer's words and contact; and those words."""

    facts: str
    at: datetime
    proven: bool
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class KnownRow:
    """One thing known about a contact from a moment on."""

    name: str
    value: str
    trust: str
    at: datetime
    until: datetime | None


@dataclass(slots=True)
class Piece:
    """Some tickets with all that was recorded of them."""

    tickets: Sequence[TicketRow]
    events: Mapping[str, Sequence[EventRow]]  # by ticket, in order
    facts: Mapping[str, FactsRow]  # by evaluation
    known: Mapping[str, Sequence[KnownRow]]  # by contact, oldest first


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that held for an agent for a while."""

    agent_id: str
    kind: str  # presence, skill, slot, channel
    key: str
    value: str
    since: datetime
    until: datetime | None


def count(db: Db, start: datetime, end: datetime) -> int:
    """Return how many tickets were opened in a period."""
    return int(db.execute(select(func.count()).select_from(ticket).where(*_opened(start, end))).scalar_one())


def pieces(db: Db, start: datetime, end: datetime, *, words: bool) -> Iterator[Piece]:
    """Yield the tickets opened in a period, oldest first; spam and what was merged into another are left out.

    `words`: with what customers wrote, for rules that look at it.
    """
    columns = [ticket.c[name] for name in TicketRow.__slots__]
    after = ""
    while True:
        query = select(*columns).where(*_opened(start, end), ticket.c.id > after).order_by(ticket.c.id).limit(PIECE)
        rows = [TicketRow(*row) for row in db.execute(query).all()]
        if not rows:
            return
        first, after = rows[0].id, rows[-1].id
        yield Piece(rows, _events(db, first, after), _facts(db, first, after, words), _known(db, rows))
        if len(rows) < PIECE:
            return


def agents(db: Db) -> dict[str, tuple[str, frozenset[str]]]:
    """Return every agent there is or was: id -> name and brands."""
    brands: dict[str, set[str]] = {}
    for agent_id, brand_id in db.execute(select(agent_brand.c.agent_id, agent_brand.c.brand_id)):
        brands.setdefault(agent_id, set()).add(brand_id)
    rows = db.execute(select(agent.c.id, agent.c.name).order_by(agent.c.id))
    return {agent_id: (name, frozenset(brands.get(agent_id, ()))) for agent_id, name in rows}


def usual_slots(db: Db) -> dict[str, int]:
    """Return the slots of each work class that an agent has unless said otherwise."""
    query = select(work_class.c.key, work_class.c.slots).where(work_class.c.key == work_class.c.slot_key)
    return {row.key: row.slots for row in db.execute(query)}


def held(db: Db, start: datetime, end: datetime) -> list[Held]:
    """Return what held for agents at any moment of a period: presence, skills, slots, channels."""
    found: list[Held] = []
    for kind, table, key, value in (
        ("presence", presence, None, presence.c.status),
        ("skill", agent_skill, agent_skill.c.skill_key, agent_skill.c.level),
        ("slot", agent_slot, agent_slot.c.work_class, agent_slot.c.slots),
        ("channel", agent_channel, agent_channel.c.channel, None),
    ):
        columns: list[ColumnElement[object]] = [table.c.agent_id]
        columns += [column for column in (key, value) if column is not None]
        query = select(*columns, table.c.valid_from, table.c.valid_to).where(*_held_in(table, start, end))
        for row in db.execute(query.order_by(table.c.valid_from, table.c.id)):
            found.append(
                Held(
                    agent_id=row.agent_id,
                    kind=kind,
                    key="" if key is None else str(row[1]),
                    value="" if value is None else str(row[-3]),
                    since=row.valid_from,
                    until=row.valid_to,
                )
            )
    return found


def _opened(start: datetime, end: datetime) -> list[ColumnElement[bool]]:
    return [
        ticket.c.id >= id_at(start - SLACK),
        ticket.c.created_at >= start,
        ticket.c.created_at < end,
        ticket.c.merged_into.is_(None),
        ticket.c.spam.is_(False),
        ticket.c.kind == "conversation",
    ]


def _held_in(table: Table, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
    return [table.c.valid_from < end, table.c.valid_to.is_(None) | (table.c.valid_to > start)]


def _events(db: Db, first: str, last: str) -> dict[str, list[EventRow]]:
    e = ticket_event
    query = select(e.c.ticket_id, e.c.kind, e.c.at, e.c.data).where(
        e.c.ticket_id >= first, e.c.ticket_id <= last, e.c.kind.in_(KINDS)
    )
    found: dict[str, list[EventRow]] = {}
    for ticket_id, kind, at, data in db.execute(query.order_by(e.c.ticket_id, e.c.seq)).all():
        found.setdefault(ticket_id, []).append(EventRow(kind, at, data))
    return found


def _facts(db: Db, first: str, last: str, words: bool) -> dict[str, FactsRow]:
    e, m = evaluation, message
    said = [m.c.subject, m.c.text] if words else []
    query = select(e.c.id, e.c.facts, e.c.at, m.c.proven, m.c.id, *said).join(m, m.c.id == e.c.message_id, isouter=True)
    query = query.where(e.c.ticket_id >= first, e.c.ticket_id <= last, e.c.occasion == "message")
    own = _own_words(db, first, last) if words else {}
    return {
        evaluation_id: FactsRow(
            facts=facts,
            at=at,
            proven=bool(proven),
            subject=rest[0] or "" if words else "",
            text=own.get(said_id, rest[1] or "") if words else "",
        )
        for evaluation_id, facts, at, proven, said_id, *rest in db.execute(query).all()
    }


def _own_words(db: Db, first: str, last: str) -> dict[str, str]:
    """Return the new words of messages that quote others, by message."""
    r, m = message_rendition, message
    query = select(r.c.message_id, r.c.text).join(m, m.c.id == r.c.message_id)
    query = query.where(m.c.home_ticket_id >= first, m.c.home_ticket_id <= last, r.c.kind == "stripped")
    return {row.message_id: row.text for row in db.execute(query)}


def _known(db: Db, rows: Sequence[TicketRow]) -> dict[str, list[KnownRow]]:
    f = contact_fact
    contacts = sorted({row.contact_id for row in rows if row.contact_id})
    query = select(f.c.contact_id, f.c.name, f.c.value, f.c.trust, f.c.at, f.c.expires_at)
    found: dict[str, list[KnownRow]] = {}
    for contact_id, *rest in db.execute(query.where(f.c.contact_id.in_(contacts)).order_by(f.c.at, f.c.id)):
        found.setdefault(contact_id, []).append(KnownRow(*rest))
    return found
