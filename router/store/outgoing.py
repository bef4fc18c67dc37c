"""Replies on their way: what is due, who works on it, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, tuple_, update

from router.store import bulk
from router.store.db import Connection
from router.store.rows import Outgoing
from router.store.schema import (
    attachment,
    connection,
    identity,
    message,
    message_party,
    outgoing,
    reply_token,
    ticket,
)

THREAD = 100  # ids of a conversation that go with a reply, the newest


@dataclass(frozen=True, slots=True)
class Due:
    """A reply that may be sent now."""

    message_id: str
    connection_id: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A reply as it lies in the store, with what its conversation adds."""

    message_id: str
    brand_id: str
    ticket_id: str
    connection_id: str
    external_id: str | None  # of mail: its Message-ID, fixed before the first attempt
    visibility: str
    subject: str
    text: str
    thread: str | None
    automatic: bool
    agent_id: str | None  # who wrote it
    holder_id: str | None  # who has the ticket
    at: datetime
    attempts: int  # the one under way included
    queued_at: datetime
    channel: str
    slot_at: datetime | None  # its turn, where it had to wait for one


@dataclass(frozen=True, slots=True)
class Opening:
    """Who wrote the first message of a ticket."""

    address: str
    name: str
    proven: bool
    automatic: bool


@dataclass(frozen=True, slots=True)
class OurFile:
    """One file of a message of ours, and how far the message is."""

    name: str
    media_type: str
    blob_id: str
    state: str
    sent_at: datetime | None


def add(db: Connection, rows: Sequence[Outgoing]) -> None:
    """Queue replies."""
    bulk.add(db, outgoing, rows)


def due(db: Connection, now: datetime, limit: int = 200) -> list[Due]:
    """Return the replies that are due and nobody works on, oldest first."""
    table = outgoing
    free = table.c.lease_until.is_(None) | (table.c.lease_until < now)
    query = select(table.c.message_id, table.c.connection_id, table.c.attempts)
    query = query.join(message, message.c.id == table.c.message_id).where(message.c.state != "scheduled")
    query = query.where(table.c.due_at.is_not(None), table.c.due_at <= now, free)
    return [Due(*row) for row in db.execute(query.order_by(table.c.due_at, table.c.message_id).limit(limit))]


def next_due(db: Connection) -> datetime | None:
    """Return when the next reply is due."""
    query = select(outgoing.c.due_at).where(outgoing.c.due_at.is_not(None)).order_by(outgoing.c.due_at).limit(1)
    return db.execute(query).scalar()


def take(db: Connection, message_id: str, key: str, now: datetime, until: datetime) -> str | None:
    """Begin an attempt: returns the state the message was in, None if it is not due, or somebody else is at it.

    One conversation's replies leave in order: an earlier one on the same connection that is not through goes first.
    """
    table = outgoing
    free = table.c.lease_until.is_(None) | (table.c.lease_until < now)
    left_for_later = exists().where(message.c.id == table.c.message_id, message.c.state == "scheduled")
    earlier = table.alias()
    blocked = exists().where(
        earlier.c.ticket_id == table.c.ticket_id,
        earlier.c.connection_id == table.c.connection_id,
        earlier.c.due_at.is_not(None),
        tuple_(earlier.c.created_at, earlier.c.message_id) < tuple_(table.c.created_at, table.c.message_id),
    )
    due = (table.c.message_id == message_id) & (table.c.due_at <= now)
    query = update(table).where(due, free, ~blocked, ~left_for_later)
    values = {"attempts": table.c.attempts + 1, "attempt_key": key, "lease_until": until}
    if not db.execute(query.values(values)).rowcount:
        return None
    state: str = db.execute(select(message.c.state).where(message.c.id == message_id)).scalar_one()
    db.execute(update(message).where(message.c.id == message_id).values(state="sending", state_detail=""))
    return state


def put_off(db: Connection, message_id: str, state: str, due_at: datetime, slot_at: datetime | None) -> None:
    """Take an attempt back that was begun in this transaction: it is not the reply's turn before `due_at`."""
    table = outgoing
    later = {"attempts": table.c.attempts - 1, "attempt_key": None, "lease_until": None, "due_at": due_at}
    db.execute(update(table).where(table.c.message_id == message_id).values({**later, "slot_at": slot_at}))
    db.execute(update(message).where(message.c.id == message_id).values(state=state))


def settle(
    db: Connection,
    message_id: str,
    key: str,
    state: str,
    detail: str,
    *,
    due_at: datetime | None,
    sent_at: datetime | None,
) -> bool:
    """End an attempt: `due_at` says when the next one is, None that there is none. False: the lease had passed on."""
    table = outgoing
    mine = (table.c.message_id == message_id) & (table.c.attempt_key == key)
    ended = update(table).where(mine).values(due_at=due_at, lease_until=None, attempt_key=None, slot_at=None)
    if not db.execute(ended).rowcount:
        return False
    here = message.c.id == message_id
    if sent_at is not None:
        db.execute(update(message).where(here).values(sent_at=sent_at))
    under_way = message.c.state.in_(("queued", "sending", "unknown"))  # a receipt that was faster knows more
    db.execute(update(message).where(here, under_way).values(state=state, state_detail=detail))
    return True


def load(db: Connection, message_id: str) -> Parcel | None:
    """Return a reply that is on its way; None if it was erased."""
    m, o, t = message, outgoing, ticket
    thread = func.coalesce(m.c.thread, t.c.thread)
    columns = (
        m.c.id, m.c.brand_id, t.c.id, o.c.connection_id, m.c.external_id, m.c.visibility, m.c.subject, m.c.text, thread,
        m.c.automatic, m.c.agent_id, t.c.agent_id, m.c.at, o.c.attempts, o.c.created_at, connection.c.channel,
        o.c.slot_at,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(o, o.c.message_id == m.c.id)
        .join(t, t.c.id == m.c.home_ticket_id)
        .join(connection, connection.c.id == o.c.connection_id)
        .where(m.c.id == message_id)
    )
    row = db.execute(query).first()
    return Parcel(*tuple(row)) if row else None


def has_files(db: Connection, message_id: str) -> bool:
    """Say whether a message carries files."""
    return db.execute(select(attachment.c.id).where(attachment.c.message_id == message_id)).first() is not None


def files(db: Connection, message_id: str) -> list[tuple[str, str, str, str | None]]:
    """Return a message's files in order: id, name, media type, blob id."""
    table = attachment
    query = select(table.c.id, table.c.name, table.c.media_type, table.c.blob_id)
    return [tuple(row) for row in db.execute(query.where(table.c.message_id == message_id).order_by(table.c.seq))]


def file(db: Connection, attachment_id: str) -> OurFile | None:
    """Return one file of a message of ours; None if it is not there, no longer there, or came from outside."""
    a, m = attachment.c, message.c
    query = select(a.name, a.media_type, a.blob_id, m.state, m.sent_at).join(message, m.id == a.message_id)
    ours = (m.direction == "outbound") & m.deleted_at.is_(None) & a.blob_id.is_not(None)
    row = db.execute(query.where(a.id == attachment_id, ours)).first()
    return OurFile(*row) if row else None


def thread_ids(db: Connection, parcel: Parcel) -> list[str]:
    """Return the external ids of the public messages before a reply, oldest first, the one it answers last."""
    before = tuple_(message.c.at, message.c.id) < tuple_(parcel.at, parcel.message_id)
    ours = (message.c.home_ticket_id == parcel.ticket_id) & (message.c.connection_id == parcel.connection_id)
    query = (
        select(message.c.external_id, message.c.direction)
        .where(ours, before, message.c.visibility == "public", message.c.external_id.is_not(None))
        .order_by(message.c.at.desc(), message.c.id.desc())
        .limit(THREAD)
    )
    newest_first = [(row.external_id, row.direction) for row in db.execute(query)]
    answered = next((external_id for external_id, direction in newest_first if direction == "inbound"), None)
    ids = [external_id for external_id, _ in reversed(newest_first) if external_id != answered]
    return [*ids, answered] if answered is not None else ids


def writer(db: Connection, parcel: Parcel) -> tuple[str, str] | None:
    """Return address and name of whoever last wrote publicly on a reply's ticket."""
    said = (message.c.home_ticket_id == parcel.ticket_id) & (message.c.direction == "inbound")
    query = (
        select(identity.c.address, identity.c.name)
        .join(message, message.c.identity_id == identity.c.id)
        .where(said, message.c.visibility == "public")
        .order_by(message.c.at.desc(), message.c.id.desc())
        .limit(1)
    )
    row = db.execute(query).first()
    return (row.address, row.name) if row else None


def forward_token(db: Connection, message_id: str) -> str | None:
    """Return the token that brings the answer to one forward back."""
    query = select(reply_token.c.token).where(reply_token.c.message_id == message_id, reply_token.c.kind == "forward")
    return db.execute(query.limit(1)).scalar()


def arrived_late(db: Connection, message_id: str, sent_at: datetime) -> bool:
    """Mark a reply as sent whose attempt had been given up as unknown, when its answer comes after all."""
    given_up = (message.c.id == message_id) & (message.c.state == "unknown")
    query = update(message).where(given_up).values(state="sent", state_detail="", sent_at=sent_at)
    return bool(db.execute(query).rowcount)


def next_of(db: Connection, ticket_id: str, now: datetime) -> str | None:
    """Return the next reply of a conversation that is due and free."""
    table = outgoing
    free = table.c.lease_until.is_(None) | (table.c.lease_until < now)
    query = select(table.c.message_id).join(message, message.c.id == table.c.message_id)
    query = query.where(table.c.ticket_id == ticket_id, table.c.due_at <= now, free, message.c.state != "scheduled")
    return db.execute(query.order_by(table.c.created_at, table.c.message_id).limit(1)).scalar()


def opening(db: Connection, ticket_id: str) -> Opening | None:
    """Return who wrote a ticket's first public message."""
    said = (message.c.home_ticket_id == ticket_id) & (message.c.direction == "inbound")
    query = (
        select(identity.c.address, identity.c.name, message.c.proven, message.c.automatic)
        .join(identity, identity.c.id == message.c.identity_id)
        .where(said, message.c.visibility == "public")
        .order_by(message.c.at, message.c.id)
        .limit(1)
    )
    row = db.execute(query).first()
    return Opening(*row) if row else None


def acknowledged_since(db: Connection, brand_id: str, address: str, since: datetime) -> bool:
    """Say whether an automatic answer went to an address of a brand since a moment."""
    query = (
        select(message.c.id)
        .join(message_party, message_party.c.message_id == message.c.id)
        .where(message_party.c.address == address, message_party.c.role == "to", message.c.brand_id == brand_id)
        .where(message.c.direction == "outbound", message.c.automatic, message.c.at > since)
    )
    return db.execute(query.limit(1)).scalar() is not None
