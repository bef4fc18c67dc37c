"""What people said about readings, and readings as they were before.

The table `reading` always holds what counts, so whoever reads it reads the corrected one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from router.model import Reading
from router.store.db import Connection
from router.store.ids import new_id
from router.store.messages import READING, cues
from router.store.schema import (
    agent,
    correction,
    message,
    message_rendition,
    reading,
    reading_as_read,
    ticket_event,
)


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction that holds."""

    message_id: str
    field: str
    value: str
    figure: int | None
    by: str  # a name
    at: datetime


def holding(db: Connection, message_ids: Collection[str]) -> list[CorrectionRow]:
    """Return the corrections of messages that nobody took back, oldest first."""
    table = correction
    query = (
        select(table.c.message_id, table.c.field, table.c.value, table.c.figure, agent.c.name, table.c.at)
        .join(agent, agent.c.id == table.c.agent_id)
        .where(table.c.message_id.in_(list(message_ids)), table.c.taken_back_at.is_(None))
    )
    return [CorrectionRow(*row) for row in db.execute(query.order_by(table.c.at, table.c.id))]


def put(
    db: Connection, message_id: str, field: str, value: str, figure: int | None, agent_id: str, now: datetime
) -> None:
    """Let this be what is said about a field of a reading; an earlier word about it is taken back."""
    take_back(db, message_id, field, now)
    row = {"id": new_id(), "message_id": message_id, "field": field, "value": value, "figure": figure}
    db.execute(insert(correction).values(**row, agent_id=agent_id, at=now, taken_back_at=None))


def take_back(db: Connection, message_id: str, field: str, now: datetime) -> bool:
    """Take back what was said about a field of a reading. False: nothing was."""
    table = correction
    held = (table.c.message_id == message_id) & (table.c.field == field) & table.c.taken_back_at.is_(None)
    return bool(db.execute(update(table).where(held).values(taken_back_at=now)).rowcount)


def as_read(db: Connection, message_id: str) -> Reading | None:
    """Return what triage read in a message, whatever people said since, with cues; None if it has no reading."""
    for table in (reading_as_read, reading):
        row = db.execute(select(*[table.c[name] for name in READING]).where(table.c.message_id == message_id)).first()
        if row is not None:
            return Reading(**row._mapping, cues=cues(db, [message_id]).get(message_id, ()))
    return None


def put_reading(db: Connection, message_id: str, now_reads: Reading) -> None:
    """Let a reading be what people say; what triage read is kept beside it."""
    if (
        db.execute(select(reading_as_read.c.message_id).where(reading_as_read.c.message_id == message_id)).first()
        is None
    ):
        names = ["message_id", *READING]
        was = select(*[reading.c[name] for name in names]).where(reading.c.message_id == message_id)
        db.execute(insert(reading_as_read).from_select(names, was))
    values = {name: getattr(now_reads, name) for name in READING}
    db.execute(update(reading).where(reading.c.message_id == message_id).values(**values))


def stripped(db: Connection, message_id: str) -> str | None:
    """Return the new words of a message without quotes and signature, None where nothing was cut."""
    table = message_rendition
    cut = select(table.c.text).where(table.c.message_id == message_id, table.c.kind == "stripped")
    return db.execute(cut.order_by(table.c.at.desc(), table.c.id.desc()).limit(1)).scalar()


def said_in(db: Connection, message_ids: Collection[str]) -> dict[str, str]:
    """Return the words of messages as triage read them: without quotes and signature where those were cut."""
    table = message_rendition
    found = dict(db.execute(select(message.c.id, message.c.text).where(message.c.id.in_(list(message_ids)))).all())
    cut = select(table.c.message_id, table.c.text).where(table.c.kind == "stripped")
    for message_id, text in db.execute(cut.where(table.c.message_id.in_(list(message_ids))).order_by(table.c.at)):
        found[message_id] = text
    return {message_id: str(text) for message_id, text in found.items()}


def first_of(db: Connection, ticket_id: str) -> str | None:
    """Return the customer's first message on a ticket."""
    said = (message.c.home_ticket_id == ticket_id) & (message.c.direction == "inbound")
    query = select(message.c.id).where(said, message.c.visibility == "public")
    found: str | None = db.execute(query.order_by(message.c.at, message.c.id).limit(1)).scalar()
    return found


def was_transferred(db: Connection, ticket_id: str, episode: int) -> bool:
    """Say whether somebody, or a rule that escalates, moved a ticket to another queue since it was opened."""
    table = ticket_event
    moved = (
        (table.c.ticket_id == ticket_id) & (table.c.episode == episode) & table.c.kind.in_(("transferred", "escalated"))
    )
    return db.execute(select(table.c.seq).where(moved).limit(1)).first() is not None
