"""Tickets as rules were last asked about them: the recorded facts, the message, who wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from router.model import Scope, State
from router.store import corrections
from router.store.db import Connection
from router.store.schema import evaluation, message, message_party, ticket


@dataclass(frozen=True, slots=True)
class Asked:
    """One ticket, and its last evaluation that had a message."""

    ticket_id: str
    message_id: str
    number: int
    brand_id: str
    queue_id: str
    contact_id: str | None
    subject: str
    text: str
    proven: bool
    waiting_since: datetime | None
    facts: str  # JSON, without texts


def waiting(db: Connection, scope: Scope, brand_id: str, limit: int) -> list[Asked]:
    """Return the waiting tickets of a brand in order of place."""
    if not scope.sees(brand_id):
        return []
    found = select(ticket.c.id).where(
        ticket.c.brand_id == brand_id,
        ticket.c.place.is_not(None),
        ticket.c.state.in_((State.NEW.value, State.WAITING.value)),
    )
    return _asked(db, db.execute(found.order_by(ticket.c.place, ticket.c.id).limit(limit)).scalars().all())


def one(db: Connection, scope: Scope, ticket_id: str) -> Asked | None:
    """Return one ticket as it was last asked about; None for another brand's, or one that never was."""
    found = next(iter(_asked(db, [ticket_id])), None)
    return found if found is not None and scope.sees(found.brand_id) else None


def names(db: Connection, ticket_id: str) -> list[str]:
    """Return the names of those who take part in a ticket."""
    query = select(message_party.c.name).join(message, message.c.id == message_party.c.message_id)
    return list(db.execute(query.where(message.c.home_ticket_id == ticket_id).distinct()).scalars())


def _asked(db: Connection, ticket_ids: Sequence[str]) -> list[Asked]:
    newest = (
        select(evaluation.c.ticket_id, func.max(evaluation.c.id).label("id"))
        .where(evaluation.c.ticket_id.in_(list(ticket_ids)), evaluation.c.message_id.is_not(None))
        .group_by(evaluation.c.ticket_id)
        .subquery()
    )
    columns = (
        ticket.c.id, ticket.c.number, ticket.c.brand_id, ticket.c.queue_id, ticket.c.contact_id, ticket.c.subject,
        ticket.c.waiting_since, message.c.id.label("message_id"), message.c.text, message.c.proven, evaluation.c.facts,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(newest, newest.c.ticket_id == ticket.c.id)
        .join(evaluation, evaluation.c.id == newest.c.id)
        .join(message, message.c.id == evaluation.c.message_id)
    )
    rows = {row.id: row for row in db.execute(query)}
    said: Mapping[str, str] = corrections.said_in(db, [row.message_id for row in rows.values()])
    return [
        Asked(
            row.id, row.message_id, row.number, row.brand_id, row.queue_id, row.contact_id, row.subject,
            said.get(row.message_id, row.text), row.proven, row.waiting_since, row.facts,
        )
        for row in (rows[ticket_id] for ticket_id in ticket_ids if ticket_id in rows)
    ]  # fmt: skip
