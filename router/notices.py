"""The bell: what a person should know, told in the transaction that causes it, seen one by one or all at once."""

from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.desk.errors import NotFound
from router.model import Scope
from router.notify import Change
from router.store import notices
from router.store.db import Connection
from router.store.notices import COUNTED as COUNTED
from router.store.notices import NoticeRow as NoticeRow

PAGE = 50  # notices at once


@dataclass(frozen=True, slots=True)
class Notices:
    """Some of a person's notices, newest first, and where those before them begin."""

    items: tuple[NoticeRow, ...]
    unseen: int  # of all, at most COUNTED
    next: str | None


def tell(
    db: Connection,
    *,
    brand_id: str,
    ticket_id: str | None,
    kind: str,
    because: str,
    now: datetime,
    agent: str | None = None,
    role: str | None = None,
    message: str | None = None,
    by: str | None = None,
) -> Change:
    """Store a notice for an agent, or for everyone of a role, and return the hint to publish after the commit.

    `because` is a sentence without any word of a customer's; `message` must be stored already; `by` is who caused it.
    """
    notices.add(
        db, brand_id=brand_id, ticket_id=ticket_id, kind=kind, because=because, now=now, agent_id=agent, role=role,
        message_id=message, by_agent_id=by,
    )  # fmt: skip
    return Change("notice", brand_id, ticket_id or "", agent or "")


def bell(heed: Heed, scope: Scope, cursor: str | None = None) -> Notices:
    """Return a person's notices, or those after a cursor. A cursor that is none begins anew."""
    with heed.database.read() as db:
        rows = notices.listed(db, scope, _mark(cursor), PAGE + 1)
        shown = rows[:PAGE]
        more = f"{shown[-1].at.isoformat()}~{shown[-1].id}" if len(rows) > PAGE else None
        return Notices(tuple(shown), notices.count(db, scope), more)


def unseen(heed: Heed, scope: Scope) -> int:
    """Return how many notices a person has not seen, at most COUNTED."""
    with heed.database.read() as db:
        return notices.count(db, scope)


def look_at(heed: Heed, scope: Scope, notice_id: str, now: datetime) -> tuple[str, str | None, str | None]:
    """Let a notice be seen and return its kind, and the ticket and message it is about. Raises NotFound."""
    with heed.database.write() as db:
        found = notices.one(db, scope, notice_id)
        if found is None:
            raise NotFound("There is no such notice.")
        notices.see(db, scope, now, notice_id)
    heed.notifier.publish([Change("notice", agent=scope.agent or "")])
    return found


def see_all(heed: Heed, scope: Scope, now: datetime) -> int:
    """Let all notices that are for this person alone be seen; those of a role stay until somebody opens them."""
    with heed.database.write() as db:
        seen = notices.see(db, scope, now)
    heed.notifier.publish([Change("notice", agent=scope.agent or "")])
    return seen


def _mark(cursor: str | None) -> tuple[datetime, str] | None:
    at, found, notice_id = (cursor or "").partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, notice_id) if found and moment.tzinfo else None
