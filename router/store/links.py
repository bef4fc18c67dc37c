"""Whose an address is: links from identities to contacts, closed and opened, never changed; and who is one person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from router.model import Scope
from router.store import bulk
from router.store.db import Connection
from router.store.schema import contact, identity, identity_link, merge, message, ticket


@dataclass(slots=True)
class Link:
    """An identity is a contact's, from one moment to another."""

    id: str
    identity_id: str
    contact_id: str
    evidence: str
    trust: str
    by: str
    valid_from: datetime
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as merging sees it."""

    id: str
    brand_id: str
    name: str
    merged_into: str | None


_LINK = tuple(identity_link.c[name] for name in Link.__slots__)


def persons(db: Connection, scope: Scope, ids: Collection[str], *, lock: bool = False) -> dict[str, Person]:
    """Return contacts by id; those of other brands are not there. `lock` holds them until the transaction ends."""
    query = select(contact.c.id, contact.c.brand_id, contact.c.name, contact.c.merged_into)
    query = query.where(contact.c.id.in_(list(ids))).order_by(contact.c.id)
    if not scope.everything:
        query = query.where(contact.c.brand_id.in_(scope.brands))
    if lock and db.dialect.name == "postgresql":
        query = query.with_for_update(key_share=True)
    return {row.id: Person(*row) for row in db.execute(query)}


def family(db: Connection, contact_ids: Iterable[str]) -> dict[str, str]:
    """Return who is one person with these contacts: member -> the contact that was asked for, itself included."""
    found = {contact_id: contact_id for contact_id in contact_ids}
    above = list(found)
    while above:
        query = select(merge.c.from_contact_id, merge.c.into_contact_id)
        live = merge.c.into_contact_id.in_(above) & merge.c.undone_at.is_(None)
        below = {row[0]: found[row[1]] for row in db.execute(query.where(live)) if row[0] not in found}
        found |= below
        above = list(below)
    return found


def open_links(db: Connection, contact_ids: Collection[str]) -> list[Link]:
    """Return the addresses that are these contacts' now."""
    now = identity_link.c.contact_id.in_(list(contact_ids)) & identity_link.c.valid_to.is_(None)
    return [Link(*row) for row in db.execute(select(*_LINK).where(now).order_by(identity_link.c.id))]


def of_identities(db: Connection, identity_ids: Collection[str]) -> dict[str, Link]:
    """Return whose these addresses are now."""
    now = identity_link.c.identity_id.in_(list(identity_ids)) & identity_link.c.valid_to.is_(None)
    return {row.identity_id: Link(*row) for row in db.execute(select(*_LINK).where(now))}


def origins(db: Connection, identity_ids: Collection[str], members: Collection[str]) -> dict[str, str]:
    """Return which contact each address was of before contacts became one person; only of those `members`."""
    was = identity_link.c.identity_id.in_(list(identity_ids)) & identity_link.c.contact_id.in_(list(members))
    query = select(identity_link.c.identity_id, identity_link.c.contact_id).where(was)
    found: dict[str, str] = {}
    for row in db.execute(query.order_by(identity_link.c.valid_from, identity_link.c.id)):
        found.setdefault(row.identity_id, row.contact_id)
    return found


def close(db: Connection, link_ids: Collection[str], now: datetime) -> None:
    """End links."""
    db.execute(update(identity_link).where(identity_link.c.id.in_(list(link_ids))).values(valid_to=now))


def add(db: Connection, rows: Sequence[Link]) -> None:
    """Open links."""
    bulk.add(db, identity_link, rows)


def add_contact(db: Connection, contact_id: str, brand_id: str, name: str, now: datetime) -> None:
    """Add a contact."""
    row = {"id": contact_id, "brand_id": brand_id, "name": name, "blocked": False, "created_at": now}
    bulk.add_values(db, contact, [row])


def names(db: Connection, identity_ids: Collection[str]) -> Mapping[str, str]:
    """Return the names that addresses go by."""
    query = select(identity.c.id, identity.c.name).where(identity.c.id.in_(list(identity_ids)))
    return {row.id: row.name for row in db.execute(query)}


def give_tickets(db: Connection, identity_id: str, members: Collection[str], to_contact: str) -> None:
    """Let the tickets that an address opened go with it to another contact."""
    first = (
        select(message.c.identity_id)
        .where(message.c.home_ticket_id == ticket.c.id, message.c.direction == "inbound")
        .order_by(message.c.at, message.c.id)
        .limit(1)
        .correlate(ticket)
        .scalar_subquery()
    )
    theirs = select(ticket.c.id).where(ticket.c.contact_id.in_(list(members)), first == identity_id)
    ids = list(db.execute(theirs).scalars())
    db.execute(update(ticket).where(ticket.c.id.in_(ids)).values(contact_id=to_contact))
