"""The lists of the inbox: mine, waiting (with why not you), snoozed, done; and any list the API asks for."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from router import finding
from router.app import Heed
from router.model import Scope, State
from router.routing.eligibility import explain_not_you
from router.store import roster
from router.store import tickets as ticket_rows
from router.store.db import Connection as Db
from router.store.views import conversation, lines, reasons
from router.store.views.lines import COUNTED, TicketLine
from router.store.views.picking import Picked

PAGE = 50
MOST = 200  # of one page, whatever is asked


@dataclass(frozen=True, slots=True)
class Page:
    """Some tickets, and where the next ones begin."""

    items: tuple[TicketLine, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What stands on the inbox's tabs."""

    mine: int
    waiting: int  # COUNTED + 1 means more
    snoozed: int

    @property
    def more_waiting(self) -> bool:
        """Say whether more wait than are counted."""
        return self.waiting > COUNTED


def tickets(
    heed: Heed,
    scope: Scope,
    *,
    state: str | None = None,
    queue: str | None = None,
    agent: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page:
    """Return tickets by what is asked, newest first; waiting ones alone come in order of place.

    A cursor that is not ours begins at the start.
    """
    limit = max(1, min(limit, MOST))
    if state == State.WAITING and not (queue or agent or q):
        return waiting(heed, scope, cursor, limit=limit)
    if q:
        return _found(heed, scope, q, state, queue, agent, cursor, limit)
    with heed.database.read() as db:
        before = _read(cursor).get("id")
        found = lines.listed(db, scope, state=state, queue_id=queue, agent_id=agent, before=before, limit=limit + 1)
        return _page(db, found, limit)


def waiting(
    heed: Heed, scope: Scope, cursor: str | None = None, *, limit: int = PAGE, now: datetime | None = None
) -> Page:
    """Return what waits in order of place; with `now`, each says why it does not go to whoever asks."""
    mark = _read(cursor)
    after = None
    try:
        after = (datetime.fromisoformat(mark["place"]), mark["id"])
    except (KeyError, ValueError):
        after = None
    with heed.database.read() as db:
        page = _page(db, lines.waiting(db, scope, after, limit + 1), limit)
        return page if now is None else replace(page, items=_with_why_not(db, scope, page.items, now))


def waiting_ids(heed: Heed, scope: Scope, limit: int) -> list[str]:
    """Return the ids of what waits, in order of place."""
    with heed.database.read() as db:
        return lines.waiting_ids(db, scope, limit)


def brand_of(heed: Heed, scope: Scope, ticket_id: str) -> str | None:
    """Return a ticket's brand, None if it is not within the scope."""
    with heed.database.read() as db:
        found = ticket_rows.load(db, scope, [ticket_id]).get(ticket_id)
        return found.brand_id if found else None


def chat_of(heed: Heed, scope: Scope, ticket_id: str) -> str:
    """Return the conversation whose customer may have its page open, as changes name it; empty if it is no chat."""
    with heed.database.read() as db:
        found = ticket_rows.load(db, scope, [ticket_id]).get(ticket_id)
    return f"{found.connection_id}:{found.thread}" if found and found.channel == "webchat" and found.thread else ""


def names_of(heed: Heed, agent_ids: Sequence[str]) -> dict[str, str]:
    """Return the names of people of the desk."""
    with heed.database.read() as db:
        return conversation.agent_names(db, agent_ids) if agent_ids else {}


def lines_of(heed: Heed, scope: Scope, ids: Sequence[str]) -> list[TicketLine]:
    """Return tickets by id as lists show them, in the order they are named; those out of scope are not there."""
    with heed.database.read() as db:
        found = {line.id: line for line in lines.of_ids(db, scope, ids)}
        return [found[ticket_id] for ticket_id in ids if ticket_id in found]


def mine(heed: Heed, scope: Scope) -> Page:
    """Return what the agent has: open, the customer's turn, and what waits for one of their slots."""
    if scope.agent is None:
        return Page(())
    with heed.database.read() as db:
        held = lines.of_agent(db, scope, scope.agent, (State.OPEN, State.OFFERED, State.PENDING))
        held.sort(key=lambda line: line.state == State.PENDING)  # stable: by due moment within
        woke = [line for line in lines.reserved(db, scope, scope.agent) if line.agent_id != scope.agent]
        return _page(db, [*woke, *held], MOST)


def snoozed(heed: Heed, scope: Scope) -> Page:
    """Return what the agent has put off, by when it wakes."""
    if scope.agent is None:
        return Page(())
    with heed.database.read() as db:
        found = lines.of_agent(db, scope, scope.agent, (State.SNOOZED,))
        found.sort(key=lambda line: (line.hold_until or line.updated_at, line.id))
        return _page(db, found, MOST)


def done(heed: Heed, scope: Scope, *, limit: int = PAGE) -> Page:
    """Return what the agent had last among the resolved, latest first."""
    if scope.agent is None:
        return Page(())
    with heed.database.read() as db:
        return replace(_page(db, lines.finished(db, scope, scope.agent, limit), limit), next=None)


def counts(heed: Heed, scope: Scope) -> Counts:
    """Return how many tickets stand behind each tab."""
    with heed.database.read() as db:
        held = lines.count_held(db, scope, scope.agent) if scope.agent else {}
        woke = len(lines.reserved(db, scope, scope.agent)) if scope.agent else 0
        own = sum(held.get(state, 0) for state in (State.OPEN, State.OFFERED, State.PENDING))
        return Counts(own + woke, lines.count_waiting(db, scope), held.get(State.SNOOZED, 0))


def _found(
    heed: Heed,
    scope: Scope,
    q: str,
    state: str | None,
    queue: str | None,
    agent: str | None,
    cursor: str | None,
    limit: int,
) -> Page:
    """Return what a question finds among tickets of a state, queue and agent; a number is that ticket and no other."""
    now = datetime.now(UTC)
    within = Picked(
        now=now,
        states=frozenset({state}) if state else None,
        queues=frozenset({queue}) if queue else None,
        agents=frozenset({agent}) if agent else None,
    )
    found = finding.find(heed, scope, q, now, cursor=cursor, limit=limit, within=within)
    numbered = [one.line for one in found.tickets if found.query.number in (one.line.number, one.merged)]
    if found.query.number is not None and numbered:
        return Page(tuple(numbered))
    return Page(tuple(one.line for one in found.tickets), found.next)


def _with_why_not(db: Db, scope: Scope, items: tuple[TicketLine, ...], now: datetime) -> tuple[TicketLine, ...]:
    reader = roster.views(db, now, ids=[scope.agent]).get(scope.agent) if scope.agent else None
    if reader is None:
        return items
    lanes = reasons.lanes(db, {line.lane_id for line in items if line.lane_id is not None})
    declined = reasons.passed(db, reader.id, [line.id for line in items], now)
    said = []
    for line in items:
        lane = lanes.get(line.lane_id or -1)
        words = explain_not_you(lane, reader, declined=line.id in declined) if lane else ""
        said.append(replace(line, not_you=words))
    return tuple(said)


def _page(db: Db, found: list[TicketLine], limit: int) -> Page:
    kept = found[:limit]
    tags = ticket_rows.tags(db, [line.id for line in kept])
    items = tuple(replace(line, tags=tuple(sorted(tags.get(line.id, ())))) for line in kept)
    return Page(items, _cursor(kept[-1]) if len(found) > limit else None)


def _cursor(line: TicketLine) -> str:
    mark = {"id": line.id, "place": line.place.isoformat() if line.place else ""}
    return base64.urlsafe_b64encode(json.dumps(mark).encode()).decode().rstrip("=")


def _read(cursor: str | None) -> dict[str, str]:
    """Return what a cursor says; nothing if it is not one of ours."""
    try:
        said = json.loads(base64.urlsafe_b64decode((cursor or "") + "=="))
    except (binascii.Error, ValueError):
        return {}
    return {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else {}
