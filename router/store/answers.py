"""What an answer is made from: who wrote last and to whom, what is newest, and which keys were used."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import select, tuple_

from channels.types import Party, PartyRole
from router.store import bulk
from router.store.db import Connection
from router.store.merges import shown
from router.store.schema import idempotency_key, identity, message, message_party


def newest_inbound(db: Connection, ticket_id: str) -> str | None:
    """Return the newest message that came in on a ticket."""
    query = select(message.c.id).where(shown(db, ticket_id).lies, message.c.direction == "inbound")
    return db.execute(query.order_by(message.c.at.desc(), message.c.id.desc()).limit(1)).scalar()


def newest_inbound_at(db: Connection, ticket_id: str) -> datetime | None:
    """Return when the newest message came in on a ticket."""
    query = select(message.c.at).where(shown(db, ticket_id).lies, message.c.direction == "inbound")
    return db.execute(query.order_by(message.c.at.desc()).limit(1)).scalar()


def came_after(db: Connection, ticket_id: str, newest: str, seen: str) -> bool:
    """Say whether a message came after one that was seen; one that is not of this ticket counts as never seen."""
    order = tuple_(message.c.at, message.c.id)
    last = select(message.c.at, message.c.id).where(message.c.id == seen, shown(db, ticket_id).lies)
    row = db.execute(last).first()
    if row is None:
        return True
    query = select(message.c.id).where(message.c.id == newest, order > tuple_(row.at, row.id))
    return db.execute(query).scalar() is not None


def last_from_customer(db: Connection, ticket_id: str) -> tuple[Party, list[Party]] | None:
    """Return who wrote the last public message that came in, and everyone who was on it.

    Of a ticket that others were merged into only its own messages count: their people are asked to be added.
    """
    where = shown(db, ticket_id)
    own = (message.c.home_ticket_id == ticket_id) | message.c.id.in_(where.messages)
    said = (own if where.messages else message.c.home_ticket_id == ticket_id) & (message.c.direction == "inbound")
    query = (
        select(message.c.id, identity.c.address, identity.c.name)
        .join(identity, identity.c.id == message.c.identity_id)
        .where(said, message.c.visibility == "public")
    )
    row = db.execute(query.order_by(message.c.at.desc(), message.c.id.desc()).limit(1)).first()
    return (Party("to", row.address, row.name), parties(db, row.id)) if row else None


def first_sent(db: Connection, ticket_id: str) -> list[Party]:
    """Return everyone on the first message we wrote on a ticket."""
    query = select(message.c.id).where(message.c.home_ticket_id == ticket_id, message.c.direction == "outbound")
    first = db.execute(query.order_by(message.c.at, message.c.id).limit(1)).scalar()
    return parties(db, first) if first else []


def parties(db: Connection, message_id: str) -> list[Party]:
    """Return everyone on a message, in the order they stood."""
    table = message_party
    query = select(table.c.role, table.c.address, table.c.name).where(table.c.message_id == message_id)
    return [Party(cast(PartyRole, r.role), r.address, r.name) for r in db.execute(query.order_by(table.c.seq))]


def by_key(db: Connection, agent_id: str, key: str) -> tuple[str, str] | None:
    """Return the message an idempotency key stands for, and the digest of what was sent with it."""
    same = (idempotency_key.c.agent_id == agent_id) & (idempotency_key.c.key == key)
    row = db.execute(select(idempotency_key.c.message_id, idempotency_key.c.body_hash).where(same)).first()
    return (row.message_id, row.body_hash) if row else None


def ticket_of(db: Connection, message_id: str) -> str:
    """Return the ticket a message was written on."""
    return str(db.execute(select(message.c.home_ticket_id).where(message.c.id == message_id)).scalar_one())


def add_keys(db: Connection, rows: Sequence[tuple[str, str, str, str]], now: datetime) -> None:
    """Remember keys: (agent id, key, digest of what was sent, message id)."""
    names = ("agent_id", "key", "body_hash", "message_id")
    bulk.add_values(db, idempotency_key, [{**dict(zip(names, row, strict=True)), "at": now} for row in rows])
