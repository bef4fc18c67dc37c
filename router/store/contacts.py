"""Contacts and identities: one address on one channel of one brand, and whose it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from router.store import bulk, links, search
from router.store.blocks import is_blocked
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import contact, contact_fact, identity, identity_link, ticket


@dataclass(frozen=True, slots=True)
class Known:
    """An address that wrote before."""

    identity_id: str
    contact_id: str
    name: str
    blocked: bool  # by a person's word: what they write from now on is set aside
    origin: str = ""  # the contact it was of before contacts were merged into one person; empty: the same

    @property
    def own_contact(self) -> str:
        """Return the contact that keeps what is known through this address, whichever person it counts as."""
        return self.origin or self.contact_id


def known(db: Connection, brand_id: str, channel: str, addresses: Iterable[str]) -> dict[str, Known]:
    """Return what is known of addresses on one channel of one brand."""
    query = (
        select(identity.c.address, identity.c.id, contact.c.id, contact.c.name, contact.c.blocked | is_blocked())
        .join(identity_link, (identity_link.c.identity_id == identity.c.id) & identity_link.c.valid_to.is_(None))
        .join(contact, contact.c.id == identity_link.c.contact_id)
        .where(identity.c.brand_id == brand_id, identity.c.channel == channel, identity.c.address.in_(list(addresses)))
    )
    found = {row[0]: Known(*row[1:]) for row in db.execute(query)}
    members = links.family(db, {one.contact_id for one in found.values()})
    others = {member for member, contact_id in members.items() if member != contact_id}
    if not others:
        return found
    was = links.origins(db, [one.identity_id for one in found.values()], others)
    return {address: replace(one, origin=was.get(one.identity_id, one.contact_id)) for address, one in found.items()}


@dataclass(frozen=True, slots=True)
class Served:
    """Since when a contact is known, and who served them last."""

    since: datetime
    last_agent: str | None


def ensure(
    db: Connection, brand_id: str, channel: str, people: Mapping[str, str], evidence: str, now: datetime
) -> dict[str, Known]:
    """Return who addresses (address -> name) belong to; new ones become contacts, once, however many try at once."""
    made = {address: new_id() for address in people}
    rows = [
        {"id": made[a], "brand_id": brand_id, "channel": channel, "address": a, "name": name, "created_at": now}
        for a, name in sorted(people.items())  # in one order, so that two writers never wait for each other
    ]
    bulk.add_new(db, identity, rows)
    here = (identity.c.brand_id == brand_id) & (identity.c.channel == channel) & identity.c.address.in_(list(people))
    ours = [
        (address, i)
        for address, i in db.execute(select(identity.c.address, identity.c.id).where(here))
        if i == made[address]
    ]
    contacts = {address: new_id() for address, _ in ours}
    bulk.add_values(
        db,
        contact,
        [
            {"id": contacts[a], "brand_id": brand_id, "name": people[a], "blocked": False, "created_at": now}
            for a, _ in ours
        ],
    )
    links = [
        {
            "id": new_id(),
            "identity_id": identity_id,
            "contact_id": contacts[address],
            "evidence": evidence,
            "trust": "recorded",
            "by": "heed",
            "valid_from": now,
        }
        for address, identity_id in ours
    ]
    bulk.add_values(db, identity_link, links)
    search.add_identities(db, [(i, brand_id, address, people[address]) for address, i in ours], now)
    return known(db, brand_id, channel, people)


def owner_of(db: Connection, identity_id: str) -> str | None:
    """Return whose an address is."""
    now = (identity_link.c.identity_id == identity_id) & identity_link.c.valid_to.is_(None)
    return db.execute(select(identity_link.c.contact_id).where(now)).scalar()


def facts(db: Connection, contact_ids: Iterable[str], now: datetime) -> dict[str, dict[str, tuple[str, str]]]:
    """Return what is known about contacts: contact id -> name -> (value, trust); the newest of the highest trust.

    What is known of contacts merged into one of them is known of it.
    """
    table = contact_fact
    members = links.family(db, contact_ids)
    holds = table.c.expires_at.is_(None) | (table.c.expires_at > now)
    query = select(table.c.contact_id, table.c.name, table.c.value, table.c.trust)
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for row in db.execute(query.where(table.c.contact_id.in_(list(members)), holds).order_by(table.c.at)):
        mine = found.setdefault(members[row.contact_id], {})
        if row.name not in mine or _RANK[row.trust] >= _RANK[mine[row.name][1]]:
            mine[row.name] = (row.value, row.trust)
    return found


_RANK = {"visitor": 0, "inferred": 1, "agent": 2, "signed": 3, "recorded": 4}


def add_facts(db: Connection, rows: Iterable[tuple[str, str, str, str, str]], now: datetime) -> None:
    """Add facts (contact id, name, value, source, trust); nothing is overwritten."""
    bulk.add_values(
        db,
        contact_fact,
        [
            {"id": new_id(), "contact_id": c, "name": name, "value": value, "source": source, "trust": trust, "at": now}
            for c, name, value, source, trust in rows
        ],
    )


def ticket_counts(db: Connection, contact_ids: Iterable[str]) -> dict[str, int]:
    """Return how many tickets contacts have had, those of contacts merged into them included."""
    members = links.family(db, contact_ids)
    query = select(ticket.c.contact_id, func.count()).where(ticket.c.contact_id.in_(list(members)))
    found: dict[str, int] = {}
    for member, count in db.execute(query.group_by(ticket.c.contact_id)):
        found[members[member]] = found.get(members[member], 0) + count
    return found


def served(db: Connection, contact_ids: Iterable[str]) -> dict[str, Served]:
    """Return since when contacts are known and who served them last, merged ones included."""
    members = links.family(db, contact_ids)
    known = select(contact.c.id, contact.c.created_at).where(contact.c.id.in_(list(members)))
    since: dict[str, datetime] = {}
    for row in db.execute(known):
        since[members[row.id]] = min(row.created_at, since.get(members[row.id], row.created_at))
    had = ticket.c.contact_id.in_(list(members)) & ticket.c.last_agent_id.is_not(None)
    last = select(ticket.c.contact_id, ticket.c.last_agent_id).where(had).order_by(ticket.c.updated_at)
    agents = {members[row.contact_id]: row.last_agent_id for row in db.execute(last)}
    return {who: Served(at, agents.get(who)) for who, at in since.items()}
