"""Takes back what somebody holds who is not here: chats soon, the rest after their shift, all at a supervisor's word.

Who is here is never robbed: whether they are is looked at again under their lock. What waits for an answer goes back to
its old place, what was answered rests; pending and snoozed tickets stay theirs, as at the end of a shift.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from router import placing, presence
from router.app import Heed
from router.changes import Changes
from router.desk import leaving
from router.desk.acting import tell
from router.desk.errors import NotAllowed, NotFound, Refused
from router.desknow import DeskNow, desk_now
from router.handover import is_off
from router.model import Presence, Role, Scope, State
from router.store import audit, due, roster, shifts, tickets
from router.store.audit import Actor
from router.store.db import Connection
from router.store.rows import Message, Ticket
from router.store.views import wallboard
from router.waking import each

LOST_FOR = timedelta(minutes=2)  # after that nobody is expected back whose customers wait
MAX_NOTE = 4000  # characters
LOST, SHIFT_OVER, BY_HAND = "connection lost", "shift over", "supervisor"  # why, in the ticket's history


def chats(heed: Heed, now: datetime) -> int:
    """Take open live tickets from agents whose connection has been lost for two minutes: customers wait there."""
    found = partial(_pull_back, because=LOST)
    return each(heed, now, lambda db, at: due.of_lost_agents(db, at - LOST_FOR), found)


def after_shifts(heed: Heed, now: datetime) -> int:
    """Take open tickets from agents who are not here and whose shift is over, unless they ended it themselves."""
    return each(heed, now, lambda db, at: due.left_open_by(db, _off(db, at)), partial(_pull_back, because=SHIFT_OVER))


def at_once(heed: Heed, scope: Scope, agent_id: str, now: datetime, *, note: str = "") -> list[str]:
    """Take a person's open tickets back by a supervisor's word; return their ids.

    Whoever gets one next sees the note. Raises NotAllowed, NotFound, or Refused for a person who is here.
    """
    if scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("Only a supervisor takes tickets back.")
    with heed.database.write() as db:
        roster.lock(db, [agent_id])
        view = roster.views(db, now, ids=[agent_id]).get(agent_id)
        if view is None or not view.brands & scope.brands:
            raise NotFound("There is no such person.")
        if presence.current(db, agent_id)[0] is not Presence.OFFLINE:
            raise Refused(f"{view.name} is here. Assign single tickets by hand, or ask them to hand over.")
        held = tickets.load(db, scope, [one.id for one in due.open_of(db, [agent_id])], lock=True)
        changes = Changes(now=now, by=scope.agent or "heed")
        for brand_id in sorted({ticket.brand_id for ticket in held.values()}):
            mine = [ticket for ticket in held.values() if ticket.brand_id == brand_id]
            _pull_back(db, changes, desk_now(db, brand_id, now), mine, because=BY_HAND, note=note.strip()[:MAX_NOTE])
        taken = sorted(changes.changed)
        if taken:
            actor = Actor("agent", scope.agent or "")
            audit.append(db, actor, "tickets taken back", agent_id, now, change={"tickets": len(taken)})
        changes.write(db)
    tell(heed, changes)
    return taken


def _off(db: Connection, now: datetime) -> list[str]:
    """Return the agents who hold open tickets, left two minutes ago or longer, and are not on shift."""
    gone = shifts.gone_holders(db, now - LOST_FOR, leaving.REASON)
    if not gone:
        return []
    planned, not_on_leave = wallboard.shifts(db, gone), wallboard.shifts(db, gone, now)
    known = {one.agent_id for one in planned}
    return [who for who in gone if who in known and is_off([s for s in not_on_leave if s.agent_id == who], now)]


def _pull_back(
    db: Connection, changes: Changes, desk: DeskNow, held: Sequence[Ticket], *, because: str, note: str = ""
) -> None:
    """Put tickets in line again; one that was answered rests, and wakes for whoever is there."""
    ids = [ticket.id for ticket in held]
    needs, promises = tickets.needs(db, ids), tickets.open_promises(db, ids)
    for ticket in held:
        if ticket.state != State.OPEN:
            continue
        changes.watch(ticket)
        tickets.end_assignment(db, ticket.id, "left", changes.now)
        word = _note(changes, ticket, note) if note else None
        changes.event(ticket, "pulled_back", agent=ticket.agent_id, because=because, note=word)
        promised = [p.due_at for p in promises.get(ticket.id, ()) if p.kind != "resolution"]
        if not promised:
            ticket.state = State.PENDING
            continue
        ticket.answer_by, ticket.place = min(promised), None
        line = placing.line_now(ticket, needs.get(ticket.id, {}), desk)
        changes.lanes[ticket.id] = placing.enter(ticket, line, desk, changes.now)
        changes.event(
            ticket, "waiting", queue=ticket.queue_id, because="its agent has left", answer_by=ticket.answer_by
        )


def _note(changes: Changes, ticket: Ticket, text: str) -> str:
    message = Message(
        brand_id=ticket.brand_id, home_ticket_id=ticket.id, direction="note", visibility="internal", text=text,
        at=changes.now, state="received", agent_id=changes.by,
    )  # fmt: skip
    changes.messages.append(message)
    changes.event(ticket, "noted", message=message.id)
    return message.id
