"""A contact as the desk knows them: addresses, facts with their source, tickets."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store.links import family
from router.store.schema import connection, contact, contact_fact, identity, identity_link, ticket

LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One customer of one brand."""

    id: str
    brand_id: str
    name: str
    zone: str | None
    created_at: datetime
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """One address on one channel."""

    id: str
    channel: str
    address: str
    name: str
    evidence: str
    trust: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """One thing known about a contact, and how far it is to be believed."""

    name: str
    value: str
    source: str
    trust: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionName:
    """A connection as pages name it, without its settings."""

    id: str
    brand_id: str
    channel: str
    name: str
    active: bool


def one(db: Db, scope: Scope, contact_id: str) -> ContactRow | None:
    """Return a contact, None if there is none within the scope."""
    inside = true() if scope.everything else contact.c.brand_id.in_(scope.brands)
    columns = [contact.c[name] for name in ContactRow.__slots__]
    row = db.execute(select(*columns).where(contact.c.id == contact_id, inside)).first()
    return None if row is None else ContactRow(*row)


def identities(db: Db, contact_ids: Collection[str]) -> dict[str, list[IdentityRow]]:
    """Return the addresses that are a contact's now."""
    query = (
        select(identity_link.c.contact_id, identity, identity_link.c.evidence, identity_link.c.trust)
        .join(identity, identity.c.id == identity_link.c.identity_id)
        .where(identity_link.c.contact_id.in_(list(contact_ids)), identity_link.c.valid_to.is_(None))
        .order_by(identity.c.created_at, identity.c.id)
    )
    found: dict[str, list[IdentityRow]] = {}
    for r in db.execute(query):
        row = IdentityRow(r.id, r.channel, r.address, r.name, r.evidence, r.trust)
        found.setdefault(r.contact_id, []).append(row)
    return found


def facts(db: Db, contact_id: str, now: datetime) -> list[FactRow]:
    """Return what is known of a contact, and of those merged into it, and has not expired, latest first of a name."""
    query = select(contact_fact).where(contact_fact.c.contact_id.in_(list(family(db, [contact_id]))))
    rows = db.execute(query.order_by(contact_fact.c.name, contact_fact.c.at.desc(), contact_fact.c.id.desc()))
    live = [r for r in rows if r.expires_at is None or r.expires_at > now]
    return [FactRow(r.name, r.value, r.source, r.trust, r.at) for r in live]


def ticket_counts(db: Db, contact_id: str) -> tuple[int, int]:
    """Return how many tickets a contact has in all, and how many of them are not done."""
    theirs = ticket.c.contact_id.in_(list(family(db, [contact_id])))
    query = select(ticket.c.state, func.count()).where(theirs, ticket.c.merged_into.is_(None)).group_by(ticket.c.state)
    by_state: dict[str, int] = {row[0]: row[1] for row in db.execute(query)}
    return sum(by_state.values()), sum(n for state, n in by_state.items() if state not in ("resolved", "closed"))


def connections(db: Db, scope: Scope) -> list[ConnectionName]:
    """Return the connections of the scope's brands by name."""
    inside = true() if scope.everything else connection.c.brand_id.in_(scope.brands)
    columns = [connection.c[name] for name in ConnectionName.__slots__]
    return [ConnectionName(*row) for row in db.execute(select(*columns).where(inside).order_by(connection.c.name))]


def beginning(db: Db, brand_id: str, channel: str, typed: str, limit: int) -> list[tuple[str, str]]:
    """Return (address, name) of a brand's customers on one channel whose address begins like what is typed."""
    low = typed.lower()
    of_channel = (identity.c.brand_id == brand_id) & (identity.c.channel == channel)
    begins = identity.c.address.startswith(low, autoescape=True)
    if db.dialect.name == "sqlite":  # compares bytes, and takes no index for LIKE
        begins &= (identity.c.address >= low) & (identity.c.address < low + LAST_CHARACTER)
    name = func.coalesce(func.nullif(contact.c.name, ""), identity.c.name)
    query = (
        select(identity.c.address, name)
        .outerjoin(identity_link, (identity_link.c.identity_id == identity.c.id) & identity_link.c.valid_to.is_(None))
        .outerjoin(contact, contact.c.id == identity_link.c.contact_id)
        .where(of_channel, begins)
    )
    return [(row[0], row[1] or "") for row in db.execute(query.order_by(identity.c.address).limit(limit))]
