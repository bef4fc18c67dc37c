"""Visitors of web chats: the address their answers may follow them to, when they were here, what they have read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_, update

from router.store import bulk
from router.store.db import Connection
from router.store.rows import File
from router.store.schema import (
    address_confirmation,
    agent,
    attachment,
    blob,
    chat_visitor,
    connection,
    connection_setting,
    message,
    ticket,
)

MOST = 100  # visitors looked after at once
ON_ITS_WAY = ("queued", "sending", "sent", "delivered")  # states of an answer that its visitor can see, unread


@dataclass(frozen=True, slots=True)
class VisitorRow:
    """One visitor with an address."""

    connection_id: str
    thread: str
    email: str
    trust: str  # visitor, confirmed, signed
    language: str
    created_at: datetime
    seen_at: datetime
    mailed_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unread:
    """One answer that its visitor has not read."""

    message_id: str
    ticket_id: str
    agent: str
    text: str
    at: datetime


def load(db: Connection, connection_id: str, thread: str) -> VisitorRow | None:
    """Return a visitor who has an address."""
    row = db.execute(_rows().where(_is(connection_id, thread))).first()
    return VisitorRow(*row) if row else None


def due(db: Connection, now: datetime) -> list[VisitorRow]:
    """Return the visitors for whom a mail may have to be written, the longest due first."""
    query = _rows().where(chat_visitor.c.due_at.is_not(None), chat_visitor.c.due_at <= now)
    return [VisitorRow(*row) for row in db.execute(query.order_by(chat_visitor.c.due_at).limit(MOST))]


def hold(db: Connection, row: VisitorRow, due_at: datetime | None) -> bool:
    """Set when to look again. False: another process looks after this visitor, or the address has changed."""
    same = _is(row.connection_id, row.thread) & (chat_visitor.c.due_at == row.due_at)
    same &= (chat_visitor.c.email == row.email) & (chat_visitor.c.trust == row.trust)
    return bool(db.execute(update(chat_visitor).where(same).values(due_at=due_at)).rowcount)


def put(
    db: Connection, connection_id: str, thread: str, email: str, trust: str, language: str, now: datetime
) -> VisitorRow:
    """Keep a visitor's address and return what holds; what is known better is not replaced by what is typed.

    The same address typed again keeps what it was worth; another one must be confirmed anew.
    """
    row = {
        "connection_id": connection_id, "thread": thread, "email": email, "trust": trust, "language": language,
        "created_at": now, "seen_at": now, "mailed_at": None, "due_at": now,
    }  # fmt: skip
    if not bulk.is_new(db, chat_visitor, row):
        here = _is(connection_id, thread)
        db.execute(update(chat_visitor).where(here).values(seen_at=now, language=language))
        if trust == "visitor":
            here &= (chat_visitor.c.trust != "signed") & (chat_visitor.c.email != email)
        else:
            here &= or_(chat_visitor.c.trust != trust, chat_visitor.c.email != email)
        db.execute(update(chat_visitor).where(here).values(email=email, trust=trust, mailed_at=None, due_at=now))
    found = load(db, connection_id, thread)
    assert found is not None
    return found


def confirm(db: Connection, row: VisitorRow, now: datetime) -> bool:
    """Believe a typed address from now on. False: it is not the one that is kept any more."""
    same = _is(row.connection_id, row.thread) & (chat_visitor.c.email == row.email)
    same &= chat_visitor.c.trust == "visitor"
    values = {"trust": "confirmed", "mailed_at": None, "due_at": now}
    return bool(db.execute(update(chat_visitor).where(same).values(values)).rowcount)


def may_ask(db: Connection, brand_id: str, address: str, now: datetime, before: datetime) -> bool:
    """Take an address's one confirmation of the day. False: it was asked after `before`."""
    row = {"brand_id": brand_id, "address": address, "sent_at": now}
    if bulk.is_new(db, address_confirmation, row):
        return True
    same = (address_confirmation.c.brand_id == brand_id) & (address_confirmation.c.address == address)
    again = update(address_confirmation).where(same, address_confirmation.c.sent_at < before)
    return bool(db.execute(again.values(sent_at=now)).rowcount)


def mailed(db: Connection, row: VisitorRow, until: datetime) -> None:
    """Note that what was said until a moment went by mail."""
    db.execute(update(chat_visitor).where(_is(row.connection_id, row.thread)).values(mailed_at=until))


def owe(db: Connection, connection_id: str, thread: str, due_at: datetime) -> None:
    """Note that an answer was written, so that it is seen to whether it must follow by mail."""
    sooner = _is(connection_id, thread) & (chat_visitor.c.due_at.is_(None) | (chat_visitor.c.due_at > due_at))
    db.execute(update(chat_visitor).where(sooner).values(due_at=due_at))


def here(db: Connection, who: Collection[tuple[str, str]], now: datetime) -> None:
    """Note that pages of visitors (connection, thread) are open; those without an address need no note."""
    if who:
        those = tuple_(chat_visitor.c.connection_id, chat_visitor.c.thread).in_(sorted(who))
        db.execute(update(chat_visitor).where(those).values(seen_at=now))


def ticket_of(db: Connection, connection_id: str, thread: str) -> str | None:
    """Return the newest ticket of a visitor, or the one it was merged into."""
    query = select(func.coalesce(ticket.c.merged_into, ticket.c.id))
    query = query.where(ticket.c.connection_id == connection_id, ticket.c.thread == thread)
    return db.execute(query.order_by(ticket.c.created_at.desc(), ticket.c.id.desc()).limit(1)).scalar()


def unread(db: Connection, row: VisitorRow) -> list[Unread]:
    """Return people's answers that a visitor has neither read nor got by mail, oldest first."""
    query = (
        select(message.c.id, message.c.home_ticket_id, agent.c.name, message.c.text, message.c.at)
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
        .outerjoin(agent, agent.c.id == message.c.agent_id)
        .where(_answers(row.connection_id, row.thread), message.c.automatic.is_(False))
        .where(message.c.state.in_(ON_ITS_WAY), message.c.deleted_at.is_(None))
    )
    if row.mailed_at is not None:
        query = query.where(message.c.at > row.mailed_at)
    found = db.execute(query.order_by(message.c.at, message.c.id)).all()
    return [Unread(r.id, r.home_ticket_id, r.name or "", r.text, r.at) for r in found]


def read(db: Connection, connection_id: str, thread: str, message_id: str) -> tuple[list[str], bool]:
    """Mark a visitor's answers up to a message as read; return their tickets, and whether some are still on their way.

    Nothing for a message that is not of this thread.
    """
    mark = select(message.c.at).join(ticket, ticket.c.id == message.c.home_ticket_id)
    at = db.execute(mark.where(message.c.id == message_id, _answers(connection_id, thread))).scalar()
    if at is None:
        return [], False
    query = (
        select(message.c.id, message.c.home_ticket_id, message.c.state)
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
        .where(_answers(connection_id, thread), message.c.at <= at, message.c.state.in_(ON_ITS_WAY))
    )
    found = db.execute(query).all()
    ids = [row.id for row in found if row.state in ("sent", "delivered")]
    if ids:
        gone = message.c.id.in_(ids) & message.c.state.in_(("sent", "delivered"))
        db.execute(update(message).where(gone).values(state="read", state_detail=""))
    return list(dict.fromkeys(row.home_ticket_id for row in found if row.id in set(ids))), len(ids) < len(found)


def share_files(db: Connection, message_ids: Sequence[str], message_id: str) -> list[File]:
    """Return the stored files of messages as files of another one; their bytes are shared."""
    query = select(attachment).where(attachment.c.message_id.in_(list(message_ids)), attachment.c.blob_id.is_not(None))
    rows = db.execute(query.order_by(attachment.c.message_id, attachment.c.seq)).all()
    for row in rows:
        db.execute(update(blob).where(blob.c.id == row.blob_id).values(refs=blob.c.refs + 1))
    kept = ("name", "media_type", "size", "blob_id")
    return [
        File(message_id=message_id, seq=seq, state="stored", **{name: getattr(row, name) for name in kept})
        for seq, row in enumerate(rows)
    ]


def mail_of(db: Connection, message_id: str) -> tuple[str, datetime] | None:
    """Return which visitor a mail of ours is for, and when it was written."""
    row = db.execute(select(message.c.thread, message.c.at).where(message.c.id == message_id)).first()
    return (row.thread or "", row.at) if row else None


def mail_connection(db: Connection, brand_id: str) -> str | None:
    """Return the oldest mailbox of a brand that mail can be sent from."""
    query = select(connection.c.id).where(connection.c.brand_id == brand_id, connection.c.active)
    for name in ("smtp_host", "address"):
        has = connection_setting.alias()
        filled = (has.c.connection_id == connection.c.id) & (has.c.name == name) & (has.c.value != "")
        query = query.where(connection.c.channel == "email", exists().where(filled, has.c.valid_to.is_(None)))
    return db.execute(query.order_by(connection.c.created_at, connection.c.id).limit(1)).scalar()


def _rows() -> Select[Any]:
    return select(*[chat_visitor.c[name] for name in VisitorRow.__slots__])


def _is(connection_id: str, thread: str) -> ColumnElement[bool]:
    return and_(chat_visitor.c.connection_id == connection_id, chat_visitor.c.thread == thread)


def _answers(connection_id: str, thread: str) -> ColumnElement[bool]:
    """Return the condition on what we said on a visitor's chat, by their page and in public."""
    ours = (message.c.direction == "outbound") & (message.c.visibility == "public")
    by_page = message.c.connection_id == connection_id
    on_it = (ticket.c.connection_id == connection_id) & (ticket.c.thread == thread)
    inner = ticket.alias()
    merged = select(inner.c.merged_into).where(inner.c.connection_id == connection_id, inner.c.thread == thread)
    said_to = (message.c.thread == thread) & ticket.c.id.in_(merged.where(inner.c.merged_into.is_not(None)))
    return ours & by_page & or_(on_it, said_to)
