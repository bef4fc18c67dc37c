"""What was set aside: spam by a person's word or a rule's, and what blocked senders wrote. The newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, text
from sqlalchemy.engine import Connection as Db

from router.model import Scope
from router.store import blocks
from router.store.blocks import Block
from router.store.schema import agent, message, ticket, ticket_event
from router.store.views.lines import COUNTED, TicketLine, of_ids, within

ASIDE = text("ticket.spam")  # as a literal: SQLite uses a partial index only for its own words
WHY = ("spam", "set_aside", "closed")  # kinds of events that set a ticket aside


@dataclass(frozen=True, slots=True)
class AsideLine:
    """One ticket that was set aside."""

    line: TicketLine
    why: str  # spam: a person said so; set_aside: its sender is blocked; closed: a rule
    by: str  # who said so, empty for Heed itself
    at: datetime
    block: Block | None  # its first sender is blocked


def lines(db: Db, scope: Scope, before: str | None, limit: int) -> list[AsideLine]:
    """Return tickets that are set aside, the newest first, before one id."""
    query = select(ticket.c.id).where(ASIDE, ticket.c.state == "closed", within(scope))
    if before:
        query = query.where(ticket.c.id < before)
    ids = list(db.execute(query.order_by(ticket.c.id.desc()).limit(limit)).scalars())
    by_id = {line.id: line for line in of_ids(db, scope, ids)}
    said = _said(db, ids)
    wrote = _first_senders(db, ids)
    held = blocks.of_identities(db, scope, set(wrote.values()))
    found = []
    for ticket_id in ids:
        why, by, at = said.get(ticket_id, ("spam", "", by_id[ticket_id].updated_at))
        found.append(AsideLine(by_id[ticket_id], why, by, at, held.get(wrote.get(ticket_id, ""))))
    return found


def count(db: Db, scope: Scope) -> int:
    """Count what is set aside, up to COUNTED + 1."""
    inner = select(ticket.c.id).where(ASIDE, ticket.c.state == "closed", within(scope)).limit(COUNTED + 1)
    return int(db.execute(select(func.count()).select_from(inner.subquery())).scalar_one())


def ids(db: Db, scope: Scope, limit: int) -> list[str]:
    """Return the ids of what is set aside, the newest first."""
    query = select(ticket.c.id).where(ASIDE, ticket.c.state == "closed", within(scope))
    return list(db.execute(query.order_by(ticket.c.id.desc()).limit(limit)).scalars())


def _said(db: Db, ticket_ids: list[str]) -> dict[str, tuple[str, str, datetime]]:
    """Return what set tickets aside last, by whom and when."""
    query = (
        select(ticket_event.c.ticket_id, ticket_event.c.kind, func.coalesce(agent.c.name, ""), ticket_event.c.at)
        .outerjoin(agent, agent.c.id == ticket_event.c.by)
        .where(ticket_event.c.ticket_id.in_(ticket_ids), ticket_event.c.kind.in_(WHY))
        .order_by(ticket_event.c.seq)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in db.execute(query)}


def _first_senders(db: Db, ticket_ids: list[str]) -> dict[str, str]:
    """Return the identity that wrote first on each ticket."""
    inbound = and_(message.c.home_ticket_id.in_(ticket_ids), message.c.direction == "inbound")
    query = select(message.c.home_ticket_id, message.c.identity_id).where(inbound, message.c.identity_id.is_not(None))
    found: dict[str, str] = {}
    for row in db.execute(query.order_by(message.c.at, message.c.id)):
        found.setdefault(row[0], row[1])
    return found
