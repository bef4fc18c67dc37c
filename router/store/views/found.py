"""What pages show of what was found: the words of messages, customers with their addresses, their latest tickets."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store.schema import contact, identity, identity_link, message, ticket
from router.store.views.hits import Hit, brands_of
from router.store.views.lines import within

MERGES = 10  # of one contact into the next, before a chain is given up


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer of a list."""

    id: str
    brand_id: str
    name: str
    blocked: bool
    created_at: datetime
    addresses: tuple[tuple[str, str], ...] = ()  # (channel, address)
    tickets: int = 0
    open_tickets: int = 0


def said(db: Db, message_ids: Collection[str]) -> dict[str, Said]:
    """Return the words of messages that are already known to lie within the scope."""
    query = select(message.c.id, message.c.subject, message.c.text).where(message.c.id.in_(list(message_ids)))
    return {row.id: Said(row.subject, row.text) for row in db.execute(query)} if message_ids else {}


def customers(db: Db, scope: Scope, rows: Iterable[Hit], limit: int) -> list[CustomerLine]:
    """Return whom addresses and names that were found belong to now, in the order they were found."""
    rows = list(rows)
    owners = select(identity_link.c.identity_id, identity_link.c.contact_id)
    owned = identity_link.c.identity_id.in_([hit.identity_id for hit in rows if hit.identity_id])
    owner = {r[0]: r[1] for r in db.execute(owners.where(owned, identity_link.c.valid_to.is_(None)))} if rows else {}
    ids = [owner.get(hit.identity_id or "") or hit.contact_id for hit in rows]
    known = survivors(db, {one for one in ids if one})
    kept = list(dict.fromkeys(known[one] for one in ids if one and one in known))[:limit]
    by_id = {line.id: line for line in _told(db, _customers(db, scope).where(contact.c.id.in_(kept)))}
    return [by_id[one] for one in kept if one in by_id]


def customer_lines(db: Db, scope: Scope, ids: Sequence[str]) -> list[CustomerLine]:
    """Return customers by id, those within the scope, in no order."""
    return _told(db, _customers(db, scope).where(contact.c.id.in_(list(ids))))


def merged_among(db: Db, ticket_ids: Collection[str]) -> set[str]:
    """Return which of these tickets stand in another one now."""
    query = select(ticket.c.id).where(ticket.c.id.in_(list(ticket_ids)), ticket.c.merged_into.is_not(None))
    return set(db.execute(query).scalars())


def customer_page(db: Db, scope: Scope, before: str | None, limit: int) -> list[CustomerLine]:
    """Return customers, the newest first, older than one of them."""
    found: list[CustomerLine] = []
    for brand_id in brands_of(db, scope):
        query = _customers(db, scope).where(contact.c.brand_id == brand_id, contact.c.merged_into.is_(None))
        query = query if before is None else query.where(contact.c.id < before)
        found += _told(db, query.order_by(contact.c.id.desc()).limit(limit))
    return sorted(found, key=lambda line: line.id, reverse=True)[:limit]


def survivors(db: Db, ids: Collection[str]) -> dict[str, str]:
    """Return which contact each of these is now: itself, unless it was merged into another."""
    found = {one: one for one in ids}
    for _ in range(MERGES):
        query = select(contact.c.id, contact.c.merged_into).where(contact.c.id.in_(set(found.values())))
        moved = {r[0]: r[1] for r in db.execute(query.where(contact.c.merged_into.is_not(None)))} if found else {}
        if not moved:
            break
        found = {one: moved.get(now, now) for one, now in found.items()}
    return found


def latest_of(db: Db, scope: Scope, contact_ids: Sequence[str], limit: int) -> list[str]:
    """Return the latest tickets of contacts, without those that were merged."""
    theirs = ticket.c.contact_id.in_(list(contact_ids)) & ticket.c.merged_into.is_(None)
    query = select(ticket.c.id).where(theirs, within(scope)).order_by(ticket.c.id.desc()).limit(limit)
    return list(db.execute(query).scalars())


def _customers(db: Db, scope: Scope) -> Select[tuple[str, str, str, bool, datetime]]:
    columns = (contact.c.id, contact.c.brand_id, contact.c.name, contact.c.blocked, contact.c.created_at)
    return select(*columns).where(contact.c.brand_id.in_(brands_of(db, scope)))


def _told(db: Db, query: Select[tuple[str, str, str, bool, datetime]]) -> list[CustomerLine]:
    """Return customers with their addresses and how many tickets they have."""
    rows = db.execute(query).all()
    ids = [row.id for row in rows]
    if not ids:
        return []
    theirs = select(identity_link.c.contact_id, identity.c.channel, identity.c.address, identity.c.name)
    theirs = theirs.join(identity, identity.c.id == identity_link.c.identity_id)
    held = identity_link.c.contact_id.in_(ids) & identity_link.c.valid_to.is_(None)
    addresses: dict[str, list[Any]] = {}
    for row in db.execute(theirs.where(held).order_by(identity.c.created_at, identity.c.id)):
        addresses.setdefault(row.contact_id, []).append(row)
    counted = select(ticket.c.contact_id, ticket.c.state, func.count().label("n"))
    counted = counted.where(ticket.c.contact_id.in_(ids), ticket.c.merged_into.is_(None))
    every: dict[str, int] = {}
    undone: dict[str, int] = {}
    for row in db.execute(counted.group_by(ticket.c.contact_id, ticket.c.state)):
        every[row.contact_id] = every.get(row.contact_id, 0) + row.n
        if row.state not in ("resolved", "closed"):
            undone[row.contact_id] = undone.get(row.contact_id, 0) + row.n
    return [
        CustomerLine(
            row.id,
            row.brand_id,
            row.name or next((a.name for a in addresses.get(row.id, []) if a.name), ""),
            row.blocked,
            row.created_at,
            tuple((a.channel, a.address) for a in addresses.get(row.id, [])),
            every.get(row.id, 0),
            undone.get(row.id, 0),
        )
        for row in rows
    ]
