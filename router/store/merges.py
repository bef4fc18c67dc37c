"""Merges: which tickets are shown as one, which contacts are one person, and the rows as they were before.

`merged_into` of a ticket or contact always names the last of a chain, so that one look finds all that belong together;
the merges that are not undone say how the chain came about.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from router.model import Scope
from router.store import bulk
from router.store.db import Connection
from router.store.rows import Promise
from router.store.schema import (
    assignment,
    contact,
    draft,
    merge,
    message,
    promise,
    ticket,
    ticket_event,
    ticket_tag,
)

NAMES_FILES = "again-"  # begins the key of a draft that was a message with files; any other is made anew
SPLIT = "split_from"  # the event on a ticket that was started from one message of another


@dataclass(slots=True)
class MergeRow:
    """One merge of two tickets, or of two contacts; `before` is JSON."""

    id: str
    brand_id: str
    kind: str
    evidence: str
    by_agent_id: str | None
    at: datetime
    before: str
    from_ticket_id: str | None = None
    into_ticket_id: str | None = None
    from_contact_id: str | None = None
    into_contact_id: str | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Where the messages lie that are shown in one ticket."""

    ticket_id: str
    homes: tuple[str, ...]  # the ticket itself, and those merged into it
    messages: tuple[str, ...] = ()  # that it was started from; they lie in another ticket and stay there

    @property
    def lies(self) -> ColumnElement[bool]:
        """Return the condition on messages that are shown."""
        inside = _one_of(message.c.home_ticket_id, self.homes)
        return inside | message.c.id.in_(self.messages) if self.messages else inside

    @property
    def happened(self) -> ColumnElement[bool]:
        """Return the condition on events that are shown."""
        return _one_of(ticket_event.c.ticket_id, self.homes)


def _one_of(column: ColumnElement[str], wanted: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that a column is one of several; a single one goes straight down its index."""
    return column == wanted[0] if len(wanted) == 1 else column.in_(wanted)


_COLUMNS = tuple(merge.c[name] for name in MergeRow.__slots__)
_LIVE = merge.c.undone_at.is_(None)


def add(db: Connection, row: MergeRow) -> None:
    """Record a merge."""
    bulk.add(db, merge, [row])


def keep_image(db: Connection, merge_id: str, before: str) -> None:
    """Replace what a merge remembers."""
    db.execute(update(merge).where(merge.c.id == merge_id).values(before=before))


def undo(db: Connection, merge_id: str, by: str | None, now: datetime) -> None:
    """Record that a merge was taken back."""
    db.execute(update(merge).where(merge.c.id == merge_id).values(undone_at=now, undone_by=by))


def under_ticket(db: Connection, root_id: str) -> list[MergeRow]:
    """Return every merge by which tickets are in this one, in the order they were made."""
    inside = select(ticket.c.id).where(ticket.c.merged_into == root_id)
    rows = db.execute(select(*_COLUMNS).where(merge.c.from_ticket_id.in_(inside), _LIVE))
    return sorted((MergeRow(*row) for row in rows), key=lambda row: (row.at, row.id))


def under_contact(db: Connection, root_id: str) -> list[MergeRow]:
    """Return every merge by which contacts are in this one, in the order they were made."""
    found: list[MergeRow] = []
    above = [root_id]
    while above:
        rows = db.execute(select(*_COLUMNS).where(merge.c.into_contact_id.in_(above), _LIVE))
        below = [MergeRow(*row) for row in rows]
        found += below
        above = [str(row.from_contact_id) for row in below]
    return sorted(found, key=lambda row: (row.at, row.id))


def homes(db: Connection, ticket_ids: Collection[str]) -> dict[str, str]:
    """Return where messages of these tickets lie: home ticket -> the ticket that shows them, itself included."""
    found = dict.fromkeys(ticket_ids, "")
    for ticket_id in found:
        found[ticket_id] = ticket_id
    query = select(ticket.c.id, ticket.c.merged_into).where(ticket.c.merged_into.in_(list(ticket_ids)))
    return found | {row.id: row.merged_into for row in db.execute(query)}


def shown(db: Connection, ticket_id: str) -> Shown:
    """Return where the messages lie that are shown in a ticket."""
    found = tuple(sorted(homes(db, [ticket_id])))
    return Shown(ticket_id, found, tuple(_started_from(db, found)))


def _started_from(db: Connection, ticket_ids: Collection[str]) -> list[str]:
    split = select(ticket_event.c.data).join(ticket, ticket.c.id == ticket_event.c.ticket_id)
    split = split.where(ticket.c.follows_ticket_id.is_not(None), ticket.c.id.in_(list(ticket_ids)))
    said = db.execute(split.where(ticket_event.c.kind == SPLIT)).scalars()
    return [str(json.loads(data)["message"]) for data in said]


def started_by(db: Connection, ticket_id: str, message_id: str) -> bool:
    """Say whether a ticket was started from one message of another."""
    after = select(ticket.c.id).where(ticket.c.follows_ticket_id == ticket_id)
    return message_id in _started_from(db, list(db.execute(after).scalars()))


def numbers(db: Connection, ticket_ids: Collection[str]) -> dict[str, int]:
    """Return the numbers of tickets."""
    query = select(ticket.c.id, ticket.c.number).where(ticket.c.id.in_(list(ticket_ids)))
    return {row.id: row.number for row in db.execute(query)}


def shown_in(db: Connection, ticket_id: str) -> str:
    """Return the ticket that shows this one: the one it was merged into, else itself."""
    into = db.execute(select(ticket.c.merged_into).where(ticket.c.id == ticket_id)).scalar()
    return into or ticket_id


def by_number(db: Connection, scope: Scope, brand_id: str, number: int) -> str | None:
    """Return the ticket of a brand that has a number; None if there is none within the scope."""
    if not scope.sees(brand_id):
        return None
    query = select(ticket.c.id).where(ticket.c.brand_id == brand_id, ticket.c.number == number)
    return db.execute(query).scalar()


def point_tickets(db: Connection, ids: Collection[str], into: str | None) -> None:
    """Let tickets be shown in another one."""
    if ids:
        db.execute(update(ticket).where(ticket.c.id.in_(list(ids))).values(merged_into=into))


def point_contacts(db: Connection, ids: Collection[str], into: str | None) -> None:
    """Let contacts be one person with another one."""
    if ids:
        db.execute(update(contact).where(contact.c.id.in_(list(ids))).values(merged_into=into))


def tags_with_by(db: Connection, ticket_id: str) -> dict[str, str]:
    """Return a ticket's tags and whose they are."""
    rows = db.execute(select(ticket_tag.c.tag, ticket_tag.c.by).where(ticket_tag.c.ticket_id == ticket_id))
    return {row.tag: row.by for row in rows}


def reopen_promise(db: Connection, like: Promise) -> bool:
    """Let an ended promise of a ticket hold again that says the same. False: there is none."""
    table = promise
    same = (table.c.due_at == like.due_at) & (table.c.starts_at == like.starts_at) & (table.c.because == like.because)
    ended = (table.c.ticket_id == like.ticket_id) & table.c.met_at.is_(None) & table.c.ended_at.is_not(None)
    query = select(table.c.id).where(ended, same, table.c.kind == like.kind)
    found = db.execute(query.order_by(table.c.id).limit(1)).scalar()
    if found is not None:
        db.execute(update(table).where(table.c.id == found).values(ended_at=None))
    return found is not None


def holder(db: Connection, ticket_id: str) -> str | None:
    """Return the agent an open assignment of a ticket names."""
    query = select(assignment.c.agent_id).where(assignment.c.ticket_id == ticket_id, assignment.c.valid_to.is_(None))
    return db.execute(query).scalar()


def came_since(db: Connection, ticket_ids: Collection[str], at: datetime) -> int:
    """Count the messages that came in on tickets after a moment."""
    query = select(func.count()).select_from(message).where(message.c.home_ticket_id.in_(list(ticket_ids)))
    return int(db.execute(query.where(message.c.direction == "inbound", message.c.at > at)).scalar_one())


def copy_drafts(db: Connection, from_id: str, into_id: str) -> None:
    """Let everybody's unsent words on one ticket be found on another where they have none; both keep theirs."""
    names = [column.name for column in draft.c if column.name != "ticket_id"]
    rows = db.execute(select(*[draft.c[name] for name in names]).where(draft.c.ticket_id == from_id)).mappings()
    copies = [
        {**row, "ticket_id": into_id, "key": row["key"] if row["key"].startswith(NAMES_FILES) else ""}
        for row in rows
        if row["text"].strip()
    ]
    bulk.add_new(db, draft, copies)


def owners(db: Connection, contact_ids: Iterable[str]) -> Mapping[str, str]:
    """Return which contact each of these is one person with: itself, or the one it was merged into."""
    query = select(contact.c.id, func.coalesce(contact.c.merged_into, contact.c.id))
    return {row[0]: row[1] for row in db.execute(query.where(contact.c.id.in_(list(contact_ids))))}
