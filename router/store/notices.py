"""Notices: what a person should know, such as a mention, a rule's alert or a reply that did not get through.

A notice is for one agent until they saw it, or for a role (and those above it) until one of them closed it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, true, union_all, update

from router.model import Role, Scope
from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import agent, notice, ticket

COUNTED = 100  # counts stop here


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice as its reader sees it."""

    id: str
    kind: str
    because: str
    at: datetime
    seen: bool
    for_role: str  # empty: for the reader alone
    ticket_id: str | None
    number: int | None  # of the ticket
    subject: str
    message_id: str | None
    by: str  # the name of who caused it, empty for Heed itself


def add(
    db: Connection,
    *,
    brand_id: str,
    ticket_id: str | None,
    kind: str,
    because: str,
    now: datetime,
    agent_id: str | None = None,
    role: str | None = None,
    message_id: str | None = None,
    by_agent_id: str | None = None,
) -> None:
    """Store a notice for one agent, or for everyone of a role. `because` holds no words of a customer's."""
    row = {
        "id": new_id(),
        "agent_id": agent_id,
        "role": role,
        "brand_id": brand_id,
        "ticket_id": ticket_id,
        "kind": kind,
        "because": because,
        "at": now,
        "closed": False,
        "message_id": message_id,
        "by_agent_id": by_agent_id,
    }
    bulk.add_values(db, notice, [row])


def listed(db: Connection, scope: Scope, before: tuple[datetime, str] | None, limit: int) -> list[NoticeRow]:
    """Return a person's notices, the newest first, or those before one (its moment and id)."""
    older: ColumnElement[bool] = true()
    if before is not None:
        at, notice_id = before
        older = or_(notice.c.at < at, and_(notice.c.at == at, notice.c.id < notice_id))
    newest = [
        select(notice.c.id).where(which, older).order_by(notice.c.at.desc(), notice.c.id.desc()).limit(limit).subquery()
        for which in _theirs(scope)
    ]
    rows = db.execute(
        select(
            notice, agent.c.name.label("by_name"), ticket.c.number.label("number"), ticket.c.subject.label("subject")
        )
        .outerjoin(ticket, ticket.c.id == notice.c.ticket_id)
        .outerjoin(agent, agent.c.id == notice.c.by_agent_id)
        .where(notice.c.id.in_(union_all(*[select(some.c.id) for some in newest])))
        .order_by(notice.c.at.desc(), notice.c.id.desc())
        .limit(limit)
    ).all()
    return [
        NoticeRow(
            id=r.id,
            kind=r.kind,
            because=r.because,
            at=r.at,
            seen=r.closed or r.seen_at is not None,
            for_role=r.role or "" if r.agent_id is None else "",
            ticket_id=r.ticket_id,
            number=r.number,
            subject=r.subject or "",
            message_id=r.message_id,
            by=r.by_name or "",
        )
        for r in rows
    ]


def count(db: Connection, scope: Scope) -> int:
    """Return how many notices a person has not seen, at most COUNTED."""
    few = [select(notice.c.id).where(which, _open()).limit(COUNTED).subquery() for which in _theirs(scope)]
    found = [db.execute(select(func.count()).select_from(some)).scalar_one() for some in few]
    return min(sum(found), COUNTED)


def see(db: Connection, scope: Scope, now: datetime, notice_id: str | None = None) -> int:
    """Let one notice of a person's be seen, or all but those of a role; return how many were new.

    One that is for a role is closed for all of them by this.
    """
    own, *_ = theirs = _theirs(scope)
    new = _open() & (and_(notice.c.id == notice_id, or_(*theirs)) if notice_id else own)
    return db.execute(update(notice).where(new).values(seen_at=now, closed=True)).rowcount


def one(db: Connection, scope: Scope, notice_id: str) -> tuple[str, str | None, str | None] | None:
    """Return a person's notice: its kind, and the ticket and message it is about. None if it is not theirs."""
    query = select(notice.c.kind, notice.c.ticket_id, notice.c.message_id)
    row = db.execute(query.where(notice.c.id == notice_id, or_(*_theirs(scope)))).first()
    return None if row is None else (row.kind, row.ticket_id, row.message_id)


def forget(db: Connection, before: datetime, unseen_before: datetime) -> int:
    """Delete what was seen and is from before a moment, and whatever is from before an earlier one."""
    old = or_(notice.c.closed & (notice.c.at < before), notice.c.at < unseen_before)
    return db.execute(delete(notice).where(old)).rowcount


def _theirs(scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions for what a person may see: their own, and those of their role or one below.

    The two are asked apart, each by the index on agent_id; the brand is looked at afterwards, not by its own index.
    """
    brand = func.coalesce(notice.c.brand_id, "")
    inside = true() if scope.everything else brand.in_(scope.brands) if scope.brands else false()
    roles = [role.value for role in Role if role.rank <= scope.role.rank]
    own = notice.c.agent_id == scope.agent if scope.agent else false()
    return own & inside, notice.c.agent_id.is_(None) & notice.c.role.in_(roles) & inside


def _open() -> ColumnElement[bool]:
    return notice.c.closed.is_(False) & notice.c.seen_at.is_(None)
