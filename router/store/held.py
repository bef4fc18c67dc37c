"""Replies of ours that have not left: taken back, left for later, or to be sent once more by a person's word.

Each change is one conditional update of the row a sender takes, so that a reply is either taken back or sent.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from router.model import Scope
from router.store.db import Connection
from router.store.rows import File
from router.store.schema import attachment, blob, message, outgoing, ticket, ticket_event
from router.store.views.lines import within

_FILE = ("name", "media_type", "size", "content_id", "inline", "blob_id")


@dataclass(frozen=True, slots=True)
class Held:
    """A reply of ours with what is planned for it."""

    message_id: str
    ticket_id: str
    agent_id: str | None  # who wrote it
    state: str
    visibility: str
    text: str
    at: datetime
    due_at: datetime | None
    attempts: int


_COLUMNS = (
    message.c.id, message.c.home_ticket_id, message.c.agent_id, message.c.state, message.c.visibility, message.c.text,
    message.c.at, outgoing.c.due_at, outgoing.c.attempts,
)  # fmt: skip
_BOTH = message.join(outgoing, outgoing.c.message_id == message.c.id)


def one(db: Connection, scope: Scope, message_id: str) -> Held | None:
    """Return one reply, None if there is none within the scope."""
    query = select(*_COLUMNS).select_from(_BOTH.join(ticket, ticket.c.id == message.c.home_ticket_id))
    row = db.execute(query.where(message.c.id == message_id, within(scope))).first()
    return Held(*row) if row else None


def planned(db: Connection, message_ids: Collection[str]) -> dict[str, datetime]:
    """Return when those of these replies leave that wait for their moment."""
    waiting = outgoing.c.due_at.is_not(None) & outgoing.c.lease_until.is_(None)
    query = select(outgoing.c.message_id, outgoing.c.due_at)
    rows = db.execute(query.where(outgoing.c.message_id.in_(list(message_ids)), waiting))
    return {row.message_id: row.due_at for row in rows}


def scheduled(db: Connection, ticket_ids: Iterable[str]) -> list[Held]:
    """Return the replies of tickets that were left for later, in the order they leave."""
    query = select(*_COLUMNS).select_from(_BOTH).where(outgoing.c.ticket_id.in_(list(ticket_ids)))
    query = query.where(outgoing.c.due_at.is_not(None), message.c.state == "scheduled")
    return [Held(*row) for row in db.execute(query.order_by(outgoing.c.due_at, message.c.id))]


def scheduled_due(db: Connection, now: datetime, most: int = 200) -> list[Held]:
    """Return the replies left for later whose moment has come."""
    query = select(*_COLUMNS).select_from(_BOTH).where(outgoing.c.due_at <= now, message.c.state == "scheduled")
    return [Held(*row) for row in db.execute(query.order_by(outgoing.c.due_at, message.c.id).limit(most))]


def withdraw(db: Connection, message_id: str) -> bool:
    """Take a reply back that no sender has taken. False: it is on its way, or has left.

    It is nobody's any more but the history's: no list, thread or customer sees it.
    """
    free = (outgoing.c.message_id == message_id) & outgoing.c.due_at.is_not(None) & outgoing.c.lease_until.is_(None)
    unsent = select(message.c.id).where(message.c.id == message_id, message.c.state.in_(("queued", "scheduled")))
    if not db.execute(update(outgoing).where(free, unsent.exists()).values(due_at=None)).rowcount:
        return False
    gone = {"state": "withdrawn", "visibility": "internal", "state_detail": ""}
    db.execute(update(message).where(message.c.id == message_id).values(gone))
    return True


def release(db: Connection, message_id: str, now: datetime) -> bool:
    """Let a reply that was left for later leave now, as written now. False: another hand was first."""
    waits = (message.c.id == message_id) & (message.c.state == "scheduled")
    if not db.execute(update(message).where(waits).values(state="queued", at=now)).rowcount:
        return False
    db.execute(update(outgoing).where(outgoing.c.message_id == message_id).values(due_at=now, created_at=now))
    return True


def send_again(db: Connection, message_id: str, now: datetime) -> bool:
    """Queue a reply anew that was given up, or may not have arrived. False: another hand was first."""
    ended = (message.c.id == message_id) & message.c.state.in_(("failed", "unknown"))
    if not db.execute(update(message).where(ended).values(state="queued", state_detail="")).rowcount:
        return False
    anew = {"due_at": now, "created_at": now, "attempts": 0, "lease_until": None, "attempt_key": None}
    db.execute(update(outgoing).where(outgoing.c.message_id == message_id).values(anew))
    return True


def is_withdrawn(db: Connection, message_id: str) -> bool:
    """Say whether a message was taken back."""
    return db.execute(select(message.c.state).where(message.c.id == message_id)).scalar() == "withdrawn"


def told(db: Connection, ticket_id: str, kind: str, at: datetime) -> str | None:
    """Return what the history says of one kind of event at one moment, as JSON."""
    same = (ticket_event.c.ticket_id == ticket_id) & (ticket_event.c.kind == kind) & (ticket_event.c.at == at)
    return db.execute(select(ticket_event.c.data).where(same).order_by(ticket_event.c.seq.desc()).limit(1)).scalar()


def files_of(db: Connection, agent_id: str, message_id: str) -> list[tuple[str, str, int]]:
    """Return (id, name, bytes) of the stored files of a message that its writer took back."""
    theirs = (message.c.id == message_id) & (message.c.agent_id == agent_id) & (message.c.state == "withdrawn")
    query = select(attachment.c.id, attachment.c.name, attachment.c.size)
    query = query.join(message, message.c.id == attachment.c.message_id).where(
        theirs, attachment.c.blob_id.is_not(None)
    )
    return [(row.id, row.name, row.size) for row in db.execute(query.order_by(attachment.c.seq))]


def files_taken_back(db: Connection, ticket_id: str, agent_id: str, ids: Sequence[str], message_id: str) -> list[File]:
    """Return files of messages that somebody took back on a ticket, as files of another one; their bytes are shared."""
    theirs = (message.c.agent_id == agent_id) & (message.c.home_ticket_id == ticket_id)
    query = select(attachment).join(message, message.c.id == attachment.c.message_id)
    query = query.where(attachment.c.id.in_(list(ids)), theirs, message.c.state == "withdrawn")
    rows = db.execute(query.where(attachment.c.blob_id.is_not(None)).order_by(attachment.c.seq)).all()
    for row in rows:
        db.execute(blob.update().where(blob.c.id == row.blob_id).values(refs=blob.c.refs + 1))
    return [
        File(message_id=message_id, seq=seq, state="stored", **{name: getattr(row, name) for name in _FILE})
        for seq, row in enumerate(rows)
    ]
