"""How frustrated messages were read, as triage read them, and what agents said of it: what a scale is fitted to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from router.store.db import Connection
from router.store.schema import correction, message, reading, reading_as_read, taught_version, ticket

MOST = 20_000  # rows looked at


@dataclass(frozen=True, slots=True)
class FeltRow:
    """One message as it was read, before anybody corrected it."""

    pace: str
    language: str
    calm: int  # 0 … 100, without shouting
    version: str
    said: str = ""  # right, dismissed or angrier, if somebody said it


def recent(db: Connection, brand_id: str, since: datetime) -> list[FeltRow]:
    """Return a brand's first messages since a moment that were read, the newest first."""
    said = message.alias()
    first = (
        select(func.min(said.c.id)).where(said.c.home_ticket_id == ticket.c.id, said.c.direction == "inbound")
    ).scalar_subquery()
    was = reading_as_read
    calm = func.coalesce(was.c.calm_frustration, reading.c.calm_frustration)
    query = (
        select(ticket.c.pace, func.coalesce(was.c.language, reading.c.language), calm, reading.c.version)
        .select_from(ticket)
        .join(message, message.c.id == first)
        .join(reading, reading.c.message_id == message.c.id)
        .outerjoin(was, was.c.message_id == message.c.id)
        .where(ticket.c.brand_id == brand_id, ticket.c.created_at >= since, ticket.c.spam.is_(False))
        .where(func.coalesce(was.c.read, reading.c.read))
        .order_by(ticket.c.id.desc())
        .limit(MOST)
    )
    return [FeltRow(*row) for row in db.execute(query)]


def clicks(db: Connection, brand_id: str) -> list[FeltRow]:
    """Return what agents said of frustration that was read in a brand's messages, the newest first."""
    was = reading_as_read
    query = (
        select(ticket.c.pace, was.c.language, was.c.calm_frustration, was.c.version, correction.c.value)
        .select_from(correction)
        .join(was, was.c.message_id == correction.c.message_id)
        .join(message, message.c.id == correction.c.message_id)
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
        .where(correction.c.field == "frustration", correction.c.taken_back_at.is_(None), was.c.read)
        .where(ticket.c.brand_id == brand_id)
        .order_by(correction.c.at.desc(), correction.c.id.desc())
        .limit(MOST)
    )
    return [FeltRow(*row) for row in db.execute(query)]


def scales(db: Connection, brand_id: str) -> list[str]:
    """Return every scale that was made for a brand, as it is loaded."""
    table = taught_version
    query = select(table.c.payload).where(table.c.brand_id == brand_id, table.c.kind == "scale")
    return list(db.execute(query.where(table.c.payload.is_not(None))).scalars())
