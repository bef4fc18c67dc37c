"""Messages: everyone on them, their renditions, readings and files, and how an answer finds its ticket."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, union_all, update

from router.model import Evidence, Reading
from router.store import bulk, search
from router.store.db import Connection
from router.store.ids import new_id
from router.store.rows import File, Message, ReadingRow
from router.store.schema import (
    attachment,
    message,
    message_alias,
    message_party,
    message_rendition,
    reading,
    reading_evidence,
    reply_token,
    ticket,
)

NO_CUE = "words"  # marks words that no cue covers
ALONE: Mapping[str, str] = {}  # no ticket shows another's messages
READING = tuple(field.name for field in fields(ReadingRow))[1:]  # columns of a reading, in order


def insert(db: Connection, rows: Sequence[Message]) -> None:
    """Insert messages."""
    bulk.add(db, message, rows)


def add_parties(db: Connection, rows: Sequence[tuple[str, int, str, str, str]]) -> None:
    """Store everyone on messages: (message id, seq, role, address, name)."""
    names = ("message_id", "seq", "role", "address", "name")
    bulk.add_values(db, message_party, [dict(zip(names, row, strict=True)) for row in rows])


def add_renditions(db: Connection, rows: Sequence[tuple[str, str, str, str]], now: datetime) -> None:
    """Store further readings of a text: (message id, kind, by, text)."""
    bulk.add_values(
        db,
        message_rendition,
        [
            {"id": new_id(), "message_id": m, "kind": kind, "language": None, "by": by, "at": now, "text": text}
            for m, kind, by, text in rows
        ],
    )


def add_files(db: Connection, rows: Sequence[File]) -> None:
    """Store the files of messages."""
    bulk.add(db, attachment, rows)


def add_readings(db: Connection, rows: Sequence[tuple[str, Reading]]) -> None:
    """Store what triage made of messages, with its evidence."""
    bulk.add_values(db, reading, [{"message_id": m, **{n: getattr(r, n) for n in READING}} for m, r in rows])
    spans = [
        {"message_id": m, "seq": seq, "start": span.start, "end": span.end, "cue": span.cue}
        for m, r in rows
        for seq, span in enumerate(r.evidence)
    ]
    bulk.add_values(db, reading_evidence, spans)


def readings(db: Connection, ticket_ids: Iterable[str], into: Mapping[str, str] = ALONE) -> dict[str, list[Reading]]:
    """Return the readings of the customers' messages by ticket, oldest first, with cues and without evidence.

    `into` says which ticket shows those of another.
    """
    query = (
        select(message.c.home_ticket_id, message.c.id, *[reading.c[name] for name in READING])
        .join(reading, reading.c.message_id == message.c.id)
        .where(message.c.home_ticket_id.in_(list(ticket_ids)), message.c.direction == "inbound")
        .order_by(message.c.at, message.c.id)
    )
    rows = db.execute(query).all()
    said = cues(db, [row[1] for row in rows])
    found: dict[str, list[Reading]] = {}
    for row in rows:
        found.setdefault(into.get(row[0], row[0]), []).append(_reading(row[2:], said.get(row[1], ())))
    return found


def readings_of(db: Connection, message_ids: Iterable[str]) -> list[Reading]:
    """Return what triage made of messages, with cues and without evidence."""
    return list(readings_by_id(db, message_ids).values())


def readings_by_id(db: Connection, message_ids: Iterable[str]) -> dict[str, Reading]:
    """Return what triage made of messages by their ids, with cues and without evidence."""
    wanted = list(message_ids)
    if not wanted:
        return {}
    columns = [reading.c[name] for name in READING]
    rows = db.execute(select(reading.c.message_id, *columns).where(reading.c.message_id.in_(wanted))).all()
    said = cues(db, wanted)
    return {row[0]: _reading(row[1:], said.get(row[0], ())) for row in rows}


def cues(db: Connection, message_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return what was said outright in messages, as far as it is marked in them."""
    marked = reading_evidence.c.message_id.in_(message_ids) & (reading_evidence.c.cue != NO_CUE)
    query = select(reading_evidence.c.message_id, reading_evidence.c.cue).where(marked)
    found: dict[str, dict[str, None]] = {}
    for message_id, cue in db.execute(query.order_by(reading_evidence.c.seq)) if message_ids else ():
        found.setdefault(message_id, {})[cue] = None
    return {message_id: tuple(said) for message_id, said in found.items()}


def put_evidence(db: Connection, message_id: str, spans: Sequence[Evidence]) -> None:
    """Let these be the spans that a reading rests on."""
    db.execute(delete(reading_evidence).where(reading_evidence.c.message_id == message_id))
    rows = [
        {"message_id": message_id, "seq": seq, "start": span.start, "end": span.end, "cue": span.cue}
        for seq, span in enumerate(spans)
    ]
    bulk.add_values(db, reading_evidence, rows)


def _reading(values: Sequence[Any], said: tuple[str, ...]) -> Reading:
    return Reading(**dict(zip(READING, values, strict=True)), cues=said)


def evidence(db: Connection, message_ids: Iterable[str]) -> dict[str, list[Evidence]]:
    """Return the spans that readings rest on, by message."""
    found: dict[str, list[Evidence]] = {}
    query = select(reading_evidence).where(reading_evidence.c.message_id.in_(list(message_ids)))
    for row in db.execute(query.order_by(reading_evidence.c.seq)):
        found.setdefault(row.message_id, []).append(Evidence(row.start, row.end, row.cue))
    return found


def seen(db: Connection, connection_id: str, external_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return which external ids are there already: external id -> (message id, ticket id)."""
    wanted = list(external_ids)
    if not wanted:
        return {}
    own = select(message.c.external_id, message.c.id, message.c.home_ticket_id).where(
        message.c.connection_id == connection_id, message.c.external_id.in_(wanted)
    )
    alias = (
        select(message_alias.c.external_id, message.c.id, message.c.home_ticket_id)
        .join(message, message.c.id == message_alias.c.message_id)
        .where(message_alias.c.connection_id == connection_id, message_alias.c.external_id.in_(wanted))
    )
    return {row[0]: (row[1], row[2]) for row in db.execute(union_all(own, alias))}


def sent(db: Connection, message_ids: Iterable[str]) -> set[str]:
    """Return which of these messages are ours."""
    here = message.c.id.in_(list(message_ids))
    return set(db.execute(select(message.c.id).where(here, message.c.direction == "outbound")).scalars())


def tokens(db: Connection, brand_id: str, wanted: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return what reply tokens of a brand open: token -> (ticket id, kind)."""
    query = (
        select(reply_token.c.token, reply_token.c.ticket_id, reply_token.c.kind)
        .join(ticket, ticket.c.id == reply_token.c.ticket_id)
        .where(reply_token.c.token.in_(list(wanted)), ticket.c.brand_id == brand_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.execute(query)}


def add_token(db: Connection, token: str, ticket_id: str, kind: str, message_id: str | None, now: datetime) -> None:
    """Store the token that brings the answer to a message back to its ticket."""
    row = {"token": token, "ticket_id": ticket_id, "kind": kind, "message_id": message_id, "created_at": now}
    bulk.add_values(db, reply_token, [row])


def token_of(db: Connection, ticket_id: str) -> str | None:
    """Return a ticket's own reply token."""
    query = select(reply_token.c.token).where(reply_token.c.ticket_id == ticket_id, reply_token.c.kind == "ticket")
    return db.execute(query.limit(1)).scalar()


def participants(db: Connection, ticket_ids: Iterable[str], into: Mapping[str, str] = ALONE) -> dict[str, set[str]]:
    """Return the addresses on the public messages of tickets; `into` says which ticket shows those of another."""
    found: dict[str, set[str]] = {}
    query = (
        select(message.c.home_ticket_id, message_party.c.address)
        .join(message_party, message_party.c.message_id == message.c.id)
        .where(message.c.home_ticket_id.in_(list(ticket_ids)), message.c.visibility == "public")
    )
    for ticket_id, address in db.execute(query):
        found.setdefault(into.get(ticket_id, ticket_id), set()).add(address)
    return found


def threads(db: Connection, connection_id: str, wanted: Iterable[str], *, aside: bool = False) -> dict[str, str]:
    """Return the newest ticket of each thread on a connection, or that was set aside: thread -> ticket id."""
    query = select(ticket.c.thread, ticket.c.id).where(
        ticket.c.connection_id == connection_id, ticket.c.thread.in_(list(wanted)), ticket.c.spam.is_(aside)
    )
    return {row[0]: row[1] for row in db.execute(query.order_by(ticket.c.id))}


def heard(db: Connection, ticket_ids: Iterable[str]) -> dict[str, datetime]:
    """Return when the customers of tickets wrote last, by their own platforms' word."""
    table = message
    said = (table.c.direction == "inbound") & (table.c.visibility == "public")
    query = select(table.c.home_ticket_id, func.max(func.coalesce(table.c.sent_at, table.c.at)))
    query = query.where(table.c.home_ticket_id.in_(list(ticket_ids)), said).group_by(table.c.home_ticket_id)
    return {row[0]: row[1] for row in db.execute(query)}


def heard_on(db: Connection, connection_id: str, thread: str) -> datetime | None:
    """Return when the customer wrote last in a thread of a connection, on whichever ticket."""
    table = message
    said = (table.c.direction == "inbound") & (table.c.visibility == "public")
    query = select(func.max(func.coalesce(table.c.sent_at, table.c.at))).join(
        ticket, ticket.c.id == table.c.home_ticket_id
    )
    here = (ticket.c.connection_id == connection_id) & (ticket.c.thread == thread)
    return db.execute(query.where(here, said, table.c.connection_id == connection_id)).scalar()


def heard_by(db: Connection, ticket_id: str) -> tuple[datetime | None, str]:
    """Return when the customer of a ticket wrote last on its thread, on whichever ticket, and the thread if any."""
    row = db.execute(select(ticket.c.connection_id, ticket.c.thread).where(ticket.c.id == ticket_id)).first()
    if row is None or not row.connection_id or not row.thread:
        return None, ""
    return heard_on(db, row.connection_id, row.thread), row.thread


def counts(db: Connection, ticket_ids: Iterable[str], into: Mapping[str, str] = ALONE) -> dict[str, int]:
    """Return how many messages customers wrote, by ticket; `into` says which ticket shows those of another."""
    query = select(message.c.home_ticket_id).where(
        message.c.home_ticket_id.in_(list(ticket_ids)), message.c.direction == "inbound"
    )
    found: dict[str, int] = {}
    for home in db.execute(query).scalars():
        ticket_id = into.get(home, home)
        found[ticket_id] = found.get(ticket_id, 0) + 1
    return found


def change(db: Connection, message_id: str, text: str, html: str | None, at: datetime) -> None:
    """Store the new words of an edited message; the old ones become a rendition.

    An edit that is overtaken by a later one, or by the message being taken back, is history at once; one that changes
    nothing is nothing.
    """
    table = message
    query = select(table.c.text, table.c.html, table.c.edited_at, table.c.deleted_at).where(table.c.id == message_id)
    old = db.execute(query).one()
    if (old.text, old.html) == (text, html):
        return
    late = old.deleted_at is not None or (old.edited_at is not None and at < old.edited_at)
    add_renditions(db, [(message_id, "before_edit", "sender", text if late else old.text)], at)
    if not late:
        db.execute(update(table).where(table.c.id == message_id).values(text=text, html=html, edited_at=at))
        search.change_message(db, message_id)


def take_back(db: Connection, message_id: str, at: datetime) -> None:
    """Mark a message as deleted by its sender; its words stay for the desk, but are found no longer."""
    search.drop_message(db, message_id)
    there = (message.c.id == message_id) & message.c.deleted_at.is_(None)
    db.execute(update(message).where(there).values(deleted_at=at))
