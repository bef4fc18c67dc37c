"""What a brand taught: its own intents, examples of them, and the messages people said something about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select, update

from router.store import bulk
from router.store.corrections import said_in
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import (
    agent,
    correction,
    message,
    reading,
    reading_as_read,
    taught_example,
    taught_intent,
    ticket,
)

RECENT = 500  # of the messages people said something about, or that came lately


@dataclass(frozen=True, slots=True)
class IntentRow:
    """An intent that a brand made."""

    key: str
    label: str
    group: str
    description: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """One example of an intent; its text is the message's, where it comes from one."""

    id: str
    intent: str
    text: str
    message_id: str | None
    by: str  # a name, empty for whoever is gone
    at: datetime


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A message of which somebody said what its writer wants."""

    message_id: str
    ticket_id: str
    number: int  # of its ticket
    intent: str  # as they say
    was: str  # as it was read
    text: str
    at: datetime


def intents(db: Connection, brand_id: str) -> dict[str, IntentRow]:
    """Return a brand's own intents by key, in the order they were made."""
    table = taught_intent
    query = select(*[table.c[name] for name in IntentRow.__slots__])
    query = query.where(table.c.brand_id == brand_id, table.c.removed_at.is_(None))
    return {row.key: IntentRow(**row._mapping) for row in db.execute(query.order_by(table.c.created_at, table.c.id))}


def labels(db: Connection, brand_ids: Collection[str]) -> dict[str, str]:
    """Return what brands call their own intents, by key; also those that were removed, since tickets name them."""
    query = select(taught_intent.c.key, taught_intent.c.label).where(taught_intent.c.brand_id.in_(list(brand_ids)))
    return {row.key: row.label for row in db.execute(query.order_by(taught_intent.c.created_at))}


def put_intent(
    db: Connection, brand_id: str, key: str, label: str, group: str, description: str, author: str, now: datetime
) -> None:
    """Store an intent of a brand; one that was removed comes back under its key."""
    table = taught_intent
    values = {"label": label, "group": group, "description": description, "author": author, "removed_at": None}
    held = (table.c.brand_id == brand_id) & (table.c.key == key)
    if not db.execute(update(table).where(held).values(**values)).rowcount:
        db.execute(insert(table).values(id=new_id(), brand_id=brand_id, key=key, created_at=now, **values))


def remove_intent(db: Connection, brand_id: str, key: str, now: datetime) -> bool:
    """Remove an intent with its examples. False: there is none."""
    held = (taught_intent.c.brand_id == brand_id) & (taught_intent.c.key == key) & taught_intent.c.removed_at.is_(None)
    if not db.execute(update(taught_intent).where(held).values(removed_at=now)).rowcount:
        return False
    its = (taught_example.c.brand_id == brand_id) & (taught_example.c.intent == key)
    db.execute(update(taught_example).where(its, taught_example.c.removed_at.is_(None)).values(removed_at=now))
    return True


def examples(db: Connection, brand_id: str, intent: str | None = None) -> list[ExampleRow]:
    """Return the examples of a brand, or of one of its intents, oldest first."""
    table = taught_example
    query = (
        select(table.c.id, table.c.intent, table.c.text, table.c.message_id, agent.c.name, table.c.at)
        .outerjoin(agent, agent.c.id == table.c.author)
        .where(table.c.brand_id == brand_id, table.c.removed_at.is_(None))
        .order_by(table.c.at, table.c.id)
    )
    rows = db.execute(query if intent is None else query.where(table.c.intent == intent)).all()
    said = said_in(db, [row.message_id for row in rows if row.message_id])
    return [
        ExampleRow(r.id, r.intent, r.text or said.get(r.message_id, ""), r.message_id, r.name or "", r.at) for r in rows
    ]


def add_examples(
    db: Connection, brand_id: str, intent: str, texts: Sequence[str], author: str, now: datetime
) -> list[str]:
    """Store typed examples and return their ids."""
    return _add(db, brand_id, intent, [(text, None) for text in texts], author, now)


def add_messages(
    db: Connection, brand_id: str, intent: str, message_ids: Sequence[str], author: str, now: datetime
) -> list[str]:
    """Store messages as examples and return the ids of these; their text stays where it is."""
    return _add(db, brand_id, intent, [(None, message_id) for message_id in message_ids], author, now)


def _add(
    db: Connection,
    brand_id: str,
    intent: str,
    given: Sequence[tuple[str | None, str | None]],
    author: str,
    now: datetime,
) -> list[str]:
    rows: list[Mapping[str, object]] = [
        {"id": new_id(), "brand_id": brand_id, "intent": intent, "text": text, "message_id": message_id,
         "author": author, "at": now}
        for text, message_id in given
    ]  # fmt: skip
    bulk.add_values(db, taught_example, rows)
    return [str(row["id"]) for row in rows]


def remove_example(db: Connection, brand_id: str, example_id: str, now: datetime) -> str | None:
    """Remove an example and return its intent; None if there is none."""
    table = taught_example
    held = (table.c.id == example_id) & (table.c.brand_id == brand_id) & table.c.removed_at.is_(None)
    gone = db.execute(update(table).where(held).values(removed_at=now).returning(table.c.intent)).first()
    return gone.intent if gone else None


def labelled(db: Connection, brand_id: str) -> list[LabelRow]:
    """Return the newest messages of which somebody said what is wanted, that never were examples; newest first."""
    said, r = correction, reading_as_read
    query = (
        select(said.c.message_id, message.c.home_ticket_id, ticket.c.number, said.c.value, r.c.intent, said.c.at)
        .join(message, message.c.id == said.c.message_id)
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
        .join(r, r.c.message_id == said.c.message_id)
        .where(said.c.field == "intent", said.c.taken_back_at.is_(None), message.c.brand_id == brand_id)
        .where(~exists().where(taught_example.c.message_id == said.c.message_id))
        .order_by(said.c.at.desc(), said.c.id.desc())
        .limit(RECENT)
    )
    rows = db.execute(query).all()
    texts = said_in(db, [row.message_id for row in rows])
    return [LabelRow(*row[:5], texts[row.message_id], row.at) for row in rows]


def recent(db: Connection, brand_id: str, limit: int = RECENT) -> dict[str, str]:
    """Return the words of a brand's newest messages that were read and that nobody corrected, by id."""
    query = (
        select(message.c.id)
        .join(reading, reading.c.message_id == message.c.id)
        .where(message.c.brand_id == brand_id, message.c.direction == "inbound")
        .where(~exists().where(reading_as_read.c.message_id == message.c.id))
        .order_by(message.c.id.desc())
        .limit(limit)
    )
    return said_in(db, list(db.execute(query).scalars()))
