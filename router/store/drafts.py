"""Words that were not sent yet: one draft for each agent and ticket; of two the newer one is kept."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select

from router.store.db import Connection
from router.store.schema import draft, idempotency_key


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote on a ticket and has not sent; fields are named like the columns."""

    agent_id: str
    ticket_id: str
    text: str
    at: datetime  # of the last key that was pressed
    kind: str = "reply"  # reply, note
    to: str | None = None  # as typed; None: the usual recipients
    cc: str | None = None  # as typed; a second line holds the Bcc
    key: str = ""  # the idempotency key it will be sent under


_FIELDS = tuple(field.name for field in fields(Draft))


def of(db: Connection, agent_id: str, ticket_id: str) -> Draft | None:
    """Return somebody's draft on a ticket."""
    row = db.execute(select(*[draft.c[name] for name in _FIELDS]).where(_mine(agent_id, ticket_id))).first()
    return Draft(*row) if row else None


def tickets(db: Connection, agent_id: str, among: Collection[str] | None = None) -> set[str]:
    """Return the tickets on which somebody has a draft."""
    query = select(draft.c.ticket_id).where(draft.c.agent_id == agent_id)
    if among is not None:
        query = query.where(draft.c.ticket_id.in_(list(among)))
    return set(db.execute(query).scalars())


def put(db: Connection, row: Draft) -> None:
    """Keep a draft in place of what was there. The agent is locked: two of their windows come one after the other."""
    values = {name: getattr(row, name) for name in _FIELDS}
    mine = _mine(row.agent_id, row.ticket_id)
    if not db.execute(draft.update().where(mine).values(values)).rowcount:
        db.execute(draft.insert().values(values))


def drop(db: Connection, agent_id: str, ticket_id: str, *, key: str = "", text: str | None = None) -> None:
    """Forget a draft; with `key` and `text`, only the one that became this message, never other words."""
    gone = delete(draft).where(_mine(agent_id, ticket_id))
    if text is not None:
        same = draft.c.text == text
        gone = gone.where(or_(same, draft.c.key == key) if key else same)
    db.execute(gone)


def sent_as(db: Connection, agent_id: str, key: str) -> str | None:
    """Return the message that was sent under a key."""
    same = (idempotency_key.c.agent_id == agent_id) & (idempotency_key.c.key == key)
    return db.execute(select(idempotency_key.c.message_id).where(same)).scalar() if key else None


def _mine(agent_id: str, ticket_id: str) -> ColumnElement[bool]:
    return and_(draft.c.agent_id == agent_id, draft.c.ticket_id == ticket_id)
