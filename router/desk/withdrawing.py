"""Taking a reply back before it leaves: either it is undone, or it was sent, never both.

The words return to whoever wrote them, and the ticket to where it stood, unless others moved it on meanwhile.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.desk.acting import Act, acting
from router.desk.errors import NotAllowed, NotFound, Refused
from router.desk.resting import rest
from router.giving import give
from router.model import Role, Scope, State
from router.returning import give_back_words
from router.routing.lanes import free_slots
from router.store import held, roster, tickets
from router.store.drafts import Draft
from router.store.held import Held

KEPT = (State.OPEN, State.PENDING, State.SNOOZED, State.RESOLVED)  # whence a ticket came, it goes again
TOO_LATE = "It has left already. Write to the customer again if something was wrong."


@dataclass(frozen=True, slots=True)
class Undone:
    """A reply that was taken back."""

    ticket_id: str
    draft: Draft | None


def take_back(heed: Heed, scope: Scope, message_id: str, now: datetime) -> Undone:
    """Take a reply back that has not left, by whoever wrote it or a supervisor.

    Raises Refused if it has left; a reply that was taken back already is given back once more.
    """
    with heed.database.read() as db:
        found = held.one(db, scope, message_id)
    if found is None:
        raise NotFound("There is no such message.")
    if scope.agent != found.agent_id and scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("Only who wrote a message can take it back.")
    with acting(heed, scope, found.ticket_id, now, *([found.agent_id] if found.agent_id else []), own=False) as act:
        fresh = held.one(act.db, scope, message_id)
        if fresh is None or not held.withdraw(act.db, message_id):
            raise Refused(TOO_LATE)
        draft = give_back_words(act.db, fresh, now)
        if fresh.state == "scheduled":
            _stay(act)
        elif fresh.visibility == "public":
            _go_back(act, fresh)
        act.changes.event(act.ticket, "took_back", message=message_id, scheduled=fresh.state == "scheduled" or None)
    return Undone(found.ticket_id, draft)


def _stay(act: Act) -> None:
    """Let a ticket that slept until its reply was to leave be on the desk again."""
    if act.ticket.state == State.SNOOZED and not held.scheduled(act.db, [act.ticket.id]):
        _open(act)


def _go_back(act: Act, message: Held) -> None:
    """Let the ticket stand as before the answer: what it promised is open again, its slot is taken."""
    ticket = act.ticket
    told = json.loads(held.told(act.db, ticket.id, "replied", message.at) or "{}")
    was = told.get("was") if told.get("message") == message.message_id else None
    if not isinstance(was, dict) or ticket.last_answer_at != message.at:
        return  # somebody answered since, or it cannot be known any more
    tickets.unmeet_promises(act.db, ticket.id, message.at)
    resolved = ticket.state == State.RESOLVED and ticket.resolved_at == message.at
    if resolved:
        tickets.undrop_promises(act.db, ticket.id, message.at)
    ticket.last_answer_at = _moment(was, "last_answer_at")
    ticket.waiting_since = ticket.waiting_since or _moment(was, "waiting_since")
    rested = resolved or (ticket.state in (State.OPEN, State.PENDING) and ticket.agent_id == message.agent_id)
    if rested:
        _as_it_was(act, was)
    promised = [
        p.due_at for p in tickets.open_promises(act.db, [ticket.id]).get(ticket.id, ()) if p.kind != "resolution"
    ]
    if ticket.state != State.RESOLVED:
        ticket.answer_by = min(promised, default=ticket.answer_by)


def _as_it_was(act: Act, was: dict[str, object]) -> None:
    ticket = act.ticket
    state = State(str(was.get("state")))
    state = state if state in KEPT else State.OPEN
    ticket.step_down_at = None
    ticket.resolved_at = ticket.purge_after = None
    if state is State.OPEN:
        if ticket.state != State.OPEN:
            _open(act)
    elif state is State.RESOLVED:
        rest(act, "took back")
        ticket.resolved_at, ticket.purge_after = _moment(was, "resolved_at"), _moment(was, "purge_after")
        ticket.state = state
    else:
        ticket.hold_until = _moment(was, "hold_until") if state is State.SNOOZED else None
        ticket.state = state


def _open(act: Act) -> None:
    """Open the ticket with whoever had it, above their capacity if another took the slot meanwhile; it is recorded."""
    ticket = act.ticket
    owner = ticket.agent_id or act.agent
    view = roster.views(act.db, act.now, ids={owner})[owner]
    over = free_slots(view, ticket.work_class) <= 0  # type: ignore[arg-type]
    if over or ticket.agent_id is None:
        give(act.db, act.changes, ticket, view, "took back", over=over)
        return
    ticket.state, ticket.hold_until = State.OPEN, None


def _moment(was: dict[str, object], name: str) -> datetime | None:
    found = was.get(name)
    return datetime.fromisoformat(found) if isinstance(found, str) else None
