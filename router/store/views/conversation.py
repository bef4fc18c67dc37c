"""A ticket's conversation: messages with everyone and everything on them, and what happened in between."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store.merges import Shown
from router.store.rows import Event, File, Message, ReadingRow
from router.store.schema import (
    agent,
    attachment,
    message,
    message_party,
    message_rendition,
    reading,
    ticket,
    ticket_event,
)
from router.store.views.lines import within


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One person on one message."""

    message_id: str
    role: str
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class RenditionRow:
    """Another reading of a message's text."""

    message_id: str
    kind: str
    at: datetime
    text: str


def page(
    db: Db, scope: Scope, shown: Shown, before: tuple[datetime, str] | None, limit: int
) -> tuple[list[Message], bool]:
    """Return the last messages of a ticket (or those before one), oldest first, and whether there are earlier ones."""
    columns = [message.c[name] for name in Message.__slots__]
    query = select(*columns).join(ticket, ticket.c.id == message.c.home_ticket_id)
    query = query.where(shown.lies, message.c.state != "withdrawn", within(scope))
    if before is not None:
        at, message_id = before
        query = query.where(or_(message.c.at < at, and_(message.c.at == at, message.c.id < message_id)))
    rows = db.execute(query.order_by(message.c.at.desc(), message.c.id.desc()).limit(limit + 1)).all()
    return [Message(**row._mapping) for row in rows[limit - 1 :: -1]] if rows[:limit] else [], len(rows) > limit


def one(db: Db, scope: Scope, message_id: str) -> Message | None:
    """Return one message, None if there is none within the scope."""
    columns = [message.c[name] for name in Message.__slots__]
    query = select(*columns).join(ticket, ticket.c.id == message.c.home_ticket_id)
    row = db.execute(query.where(message.c.id == message_id, within(scope))).first()
    return None if row is None else Message(**row._mapping)


def last_id(db: Db, shown: Shown) -> str | None:
    """Return the latest message of a ticket that came from outside."""
    query = select(message.c.id).where(shown.lies, message.c.direction == "inbound")
    found: str | None = db.execute(query.order_by(message.c.at.desc(), message.c.id.desc()).limit(1)).scalar()
    return found


def parties(db: Db, message_ids: Collection[str]) -> dict[str, list[PartyRow]]:
    """Return everyone on messages, in their order."""
    query = select(message_party.c.message_id, message_party.c.role, message_party.c.address, message_party.c.name)
    query = query.where(message_party.c.message_id.in_(list(message_ids)))
    found: dict[str, list[PartyRow]] = {}
    for row in db.execute(query.order_by(message_party.c.message_id, message_party.c.seq)):
        found.setdefault(row.message_id, []).append(PartyRow(*row))
    return found


def addresses(db: Db, shown: Shown) -> set[str]:
    """Return every address that was on any message of a ticket."""
    query = select(message_party.c.address).join(message, message.c.id == message_party.c.message_id)
    return set(db.execute(query.where(shown.lies).distinct()).scalars())


def files(db: Db, message_ids: Collection[str]) -> dict[str, list[File]]:
    """Return the attachments of messages."""
    query = select(*[attachment.c[name] for name in File.__slots__])
    query = query.where(attachment.c.message_id.in_(list(message_ids)))
    found: dict[str, list[File]] = {}
    for row in db.execute(query.order_by(attachment.c.message_id, attachment.c.seq)):
        found.setdefault(row.message_id, []).append(File(**row._mapping))
    return found


def file(db: Db, scope: Scope, attachment_id: str) -> File | None:
    """Return one attachment, None unless its ticket is within the scope."""
    query = (
        select(*[attachment.c[name] for name in File.__slots__])
        .join(message, message.c.id == attachment.c.message_id)
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
    )
    row = db.execute(query.where(attachment.c.id == attachment_id, within(scope))).first()
    return None if row is None else File(**row._mapping)


def readings(db: Db, message_ids: Collection[str]) -> dict[str, ReadingRow]:
    """Return what triage made of messages."""
    query = select(*[reading.c[name] for name in ReadingRow.__slots__])
    rows = db.execute(query.where(reading.c.message_id.in_(list(message_ids))))
    return {row.message_id: ReadingRow(**row._mapping) for row in rows}


def moods(db: Db, shown: Shown, limit: int = 60) -> list[tuple[datetime, int]]:
    """Return when the customer wrote and how frustrated, oldest first, of the messages that were read."""
    query = select(message.c.at, reading.c.frustration).join(reading, reading.c.message_id == message.c.id)
    query = query.where(shown.lies, message.c.direction == "inbound", reading.c.read)
    rows = db.execute(query.order_by(message.c.at.desc(), message.c.id.desc()).limit(limit)).all()
    return [(row.at, row.frustration) for row in reversed(rows)]


def renditions(db: Db, message_ids: Collection[str]) -> dict[str, list[RenditionRow]]:
    """Return the other readings of messages' texts, oldest first."""
    columns = [message_rendition.c[name] for name in RenditionRow.__slots__]
    query = select(*columns).where(message_rendition.c.message_id.in_(list(message_ids)))
    found: dict[str, list[RenditionRow]] = {}
    for row in db.execute(query.order_by(message_rendition.c.at, message_rendition.c.id)):
        found.setdefault(row.message_id, []).append(RenditionRow(*row))
    return found


def events(db: Db, shown: Shown, since: datetime | None, until: datetime | None, limit: int = 200) -> list[Event]:
    """Return what happened to a ticket, and to those in it, between two moments (the last `limit`), in order."""
    query = select(*[ticket_event.c[name] for name in Event.__slots__]).where(shown.happened)
    if since is not None:
        query = query.where(ticket_event.c.at >= since)
    if until is not None:
        query = query.where(ticket_event.c.at < until)
    at = () if len(shown.homes) == 1 else (ticket_event.c.at.desc(),)  # one ticket's own numbers are in order of time
    rows = db.execute(query.order_by(*at, ticket_event.c.seq.desc()).limit(limit)).all()
    return [Event(**row._mapping) for row in reversed(rows)]


def agent_names(db: Db, ids: Collection[str]) -> dict[str, str]:
    """Return the names of agents."""
    rows = db.execute(select(agent.c.id, agent.c.name).where(agent.c.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def count(db: Db, shown: Shown) -> int:
    """Return how many messages a ticket has."""
    query = select(func.count()).select_from(message).where(shown.lies)
    return int(db.execute(query).scalar_one())
