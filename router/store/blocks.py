"""Blocked senders: rows with who decided it on which ticket, and when it ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, true, update
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store import bulk
from router.store.ids import new_id
from router.store.schema import agent, block, identity, message, ticket, ticket_event


@dataclass(frozen=True, slots=True)
class Block:
    """One address whose messages are set aside."""

    id: str
    brand_id: str
    identity_id: str
    ticket_id: str | None  # on which it was decided
    at: datetime
    channel: str
    address: str
    by: str  # the name of whoever decided it


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who wrote on a ticket from outside."""

    identity_id: str
    address: str
    name: str
    blocked: bool


def is_blocked() -> ColumnElement[bool]:
    """Return the condition, in a query over `identity`, that it is blocked now."""
    return exists().where(block.c.identity_id == identity.c.id, block.c.ended_at.is_(None)).correlate(identity)


def add(db: Db, brand_id: str, identity_id: str, agent_id: str, ticket_id: str, now: datetime) -> str | None:
    """Block an address and return the block's id; None if it is blocked already."""
    row = {"id": new_id(), "brand_id": brand_id, "identity_id": identity_id, "agent_id": agent_id,
           "ticket_id": ticket_id, "at": now}  # fmt: skip
    return str(row["id"]) if bulk.is_new(db, block, row) else None


def end(db: Db, block_id: str, agent_id: str | None, now: datetime) -> bool:
    """End a block. False: it had ended."""
    held = (block.c.id == block_id) & block.c.ended_at.is_(None)
    return db.execute(update(block).where(held).values(ended_at=now, ended_by=agent_id)).rowcount == 1


def one(db: Db, scope: Scope, block_id: str) -> Block | None:
    """Return a block that holds, None if there is none within the scope."""
    return next(iter(_held(db, scope, block.c.id == block_id)), None)


def decided_on(db: Db, scope: Scope, ticket_id: str) -> list[Block]:
    """Return the blocks that were decided on a ticket and hold."""
    return _held(db, scope, block.c.ticket_id == ticket_id)


def of_identities(db: Db, scope: Scope, identity_ids: Collection[str]) -> dict[str, Block]:
    """Return the blocks that hold, by identity."""
    found = _held(db, scope, block.c.identity_id.in_(list(identity_ids))) if identity_ids else []
    return {one.identity_id: one for one in found}


def senders(db: Db, ticket_id: str) -> list[Sender]:
    """Return who wrote on a ticket in the customer's name, the first to write first."""
    query = (
        select(identity.c.id, identity.c.address, identity.c.name, is_blocked())
        .join(message, message.c.identity_id == identity.c.id)
        .where(message.c.home_ticket_id == ticket_id, message.c.direction == "inbound")
        .where(message.c.visibility == "public")
        .order_by(message.c.at, message.c.id)
    )
    found: dict[str, Sender] = {}
    for row in db.execute(query):
        found.setdefault(row[0], Sender(row[0], row[1], row[2], bool(row[3])))
    return list(found.values())


def set_aside_by(db: Db, found: Block, limit: int) -> list[str]:
    """Return the tickets on which messages of a blocked sender were set aside, the oldest first."""
    told = exists().where(ticket_event.c.ticket_id == ticket.c.id, ticket_event.c.kind == "set_aside")
    here = (message.c.identity_id == found.identity_id) & (message.c.direction == "inbound")
    aside = ticket.c.spam & (ticket.c.state == "closed") & (ticket.c.created_at >= found.at)
    query = select(ticket.c.id).join(message, message.c.home_ticket_id == ticket.c.id).where(here, aside, told)
    return list(db.execute(query.distinct().order_by(ticket.c.id).limit(limit)).scalars())


def _held(db: Db, scope: Scope, wanted: ColumnElement[bool]) -> list[Block]:
    within = true() if scope.everything else block.c.brand_id.in_(scope.brands)
    query = (
        select(block.c.id, block.c.brand_id, block.c.identity_id, block.c.ticket_id, block.c.at, identity.c.channel,
               identity.c.address, agent.c.name)
        .join(identity, identity.c.id == block.c.identity_id)
        .join(agent, agent.c.id == block.c.agent_id)
        .where(block.c.ended_at.is_(None), within, wanted)
        .order_by(block.c.at.desc(), block.c.id)
    )  # fmt: skip
    return [Block(*row) for row in db.execute(query)]
