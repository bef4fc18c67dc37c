"""One customer over all channels: messages in the order of time, addresses and facts with where they come from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store.schema import agent, block, contact_fact, identity, identity_link, message, ticket
from router.store.views.lines import within

SAID = 400  # characters of each message
ADDRESSES = 200  # of one customer, the oldest links first


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a customer's, or one of ours to them."""

    id: str
    ticket_id: str
    number: int
    channel: str
    direction: str
    visibility: str
    agent: str  # a name, empty for the customer and for Heed itself
    text: str
    automatic: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One address, and why it is thought to be this customer's."""

    id: str
    link_id: str
    contact_id: str
    channel: str
    address: str
    name: str
    evidence: str
    trust: str
    by: str  # a name, empty for Heed itself
    since: datetime
    blocked: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known, by whom, how far it is to be believed, and until when."""

    name: str
    value: str
    source: str
    trust: str
    at: datetime
    expires_at: datetime | None


def lines(
    db: Db, scope: Scope, contact_ids: Collection[str], before: tuple[datetime, str] | None, limit: int
) -> list[Line]:
    """Return the messages on the tickets of contacts, the newest first; with `before`, older than one of them."""
    query: Select[Any] = (
        select(
            message.c.id,
            message.c.home_ticket_id,
            ticket.c.number,
            ticket.c.channel,
            message.c.direction,
            message.c.visibility,
            func.coalesce(agent.c.name, ""),
            func.substr(message.c.text, 1, SAID),
            message.c.automatic,
            message.c.at,
        )
        .join(ticket, ticket.c.id == message.c.home_ticket_id)
        .outerjoin(agent, agent.c.id == message.c.agent_id)
        .where(ticket.c.contact_id.in_(list(contact_ids)), within(scope), message.c.deleted_at.is_(None))
    )
    if before is not None:
        at, message_id = before
        query = query.where(or_(message.c.at < at, and_(message.c.at == at, message.c.id < message_id)))
    return [Line(*row) for row in db.execute(query.order_by(message.c.at.desc(), message.c.id.desc()).limit(limit))]


def moment_of(db: Db, scope: Scope, message_id: str) -> tuple[datetime, str] | None:
    """Return where a message stands in time, None if it is not within the scope."""
    query = select(message.c.at, message.c.id).join(ticket, ticket.c.id == message.c.home_ticket_id)
    row = db.execute(query.where(message.c.id == message_id, within(scope))).first()
    return None if row is None else (row.at, row.id)


def addresses(db: Db, contact_ids: Collection[str]) -> list[Address]:
    """Return the addresses that are these contacts' now."""
    is_blocked = and_(block.c.identity_id == identity.c.id, block.c.ended_at.is_(None))
    query = (
        select(
            identity.c.id,
            identity_link.c.id,
            identity_link.c.contact_id,
            identity.c.channel,
            identity.c.address,
            identity.c.name,
            identity_link.c.evidence,
            identity_link.c.trust,
            func.coalesce(agent.c.name, ""),
            identity_link.c.valid_from,
            block.c.id.is_not(None),
        )
        .join(identity_link, identity_link.c.identity_id == identity.c.id)
        .outerjoin(agent, agent.c.id == identity_link.c.by)
        .outerjoin(block, is_blocked)
        .where(identity_link.c.contact_id.in_(list(contact_ids)), identity_link.c.valid_to.is_(None))
    )
    return [
        Address(*row) for row in db.execute(query.order_by(identity_link.c.valid_from, identity.c.id).limit(ADDRESSES))
    ]


def facts(db: Db, contact_ids: Collection[str], now: datetime) -> list[Fact]:
    """Return what is known of contacts and has not expired, by name, the latest first."""
    table = contact_fact
    holds = table.c.expires_at.is_(None) | (table.c.expires_at > now)
    columns = [table.c[name] for name in Fact.__slots__]
    query = select(*columns).where(table.c.contact_id.in_(list(contact_ids)), holds)
    return [Fact(*row) for row in db.execute(query.order_by(table.c.name, table.c.at.desc(), table.c.id.desc()))]
