"""What every act on a ticket shares: locks in one order, the right to act, one transaction, hints afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from router import dispatch, offering, placing
from router.app import Heed
from router.changes import Changes
from router.desk.errors import NotAllowed, NotFound, Refused
from router.desknow import DeskNow, desk_now
from router.giving import give, reserve
from router.model import NEXT, SYSTEM, Presence, Role, Scope, State
from router.notify import Change
from router.routing.lanes import free_slots
from router.store import offers, roster, tickets
from router.store.db import Connection
from router.store.rows import Promise, Ticket


@dataclass(slots=True)
class Act:
    """One ticket, held while a person acts on it."""

    db: Connection
    scope: Scope
    ticket: Ticket
    changes: Changes
    _desk: DeskNow | None = None

    @property
    def desk(self) -> DeskNow:
        """Return the desk as it is now; most acts decide nothing from it, so it is read when one does."""
        if self._desk is None:
            self._desk = desk_now(self.db, self.ticket.brand_id, self.changes.now)
        return self._desk

    @property
    def now(self) -> datetime:
        """Return the moment of the act."""
        return self.changes.now

    @property
    def agent(self) -> str:
        """Return who acts."""
        assert self.scope.agent is not None
        return self.scope.agent

    def become(self, state: State) -> None:
        """Move the ticket to a state. Raises Refused if the table of states does not allow it."""
        was = State(self.ticket.state)
        if state is not was and state not in NEXT[was]:
            raise Refused(f"A ticket that is {was} cannot become {state}.")
        self.ticket.state = state


@contextmanager
def acting(heed: Heed, scope: Scope, ticket_id: str, now: datetime, *others: str, own: bool = True) -> Iterator[Act]:
    """Hold a ticket and the agents concerned for one act, then write it and tell open pages.

    `own`: only whoever has the ticket, or a supervisor, may do it. Raises NotFound, NotAllowed, or Refused if another
    hand changed the ticket at the same moment.
    """
    with heed.database.write() as db:
        seen = tickets.load(db, scope, [ticket_id]).get(ticket_id)
        if seen is None:
            raise NotFound("There is no such ticket.")
        roster.lock(db, {a for a in (scope.agent, seen.agent_id, seen.reserved_for, *others) if a})
        ticket = tickets.load(db, scope, [ticket_id], lock=True)[ticket_id]
        if (ticket.agent_id, ticket.reserved_for) != (seen.agent_id, seen.reserved_for):
            raise Refused("The ticket changed hands at this moment. Look again.")
        if ticket.merged_into:
            raise Refused(f"Ticket {ticket.number} was merged into another one. Open that one.")
        if own:
            _may(scope, ticket)
        changes = Changes(now=now, by=scope.agent or "heed")
        changes.watch(ticket)
        if own and ticket.state == State.OFFERED:
            _settle_offer(heed, db, changes, ticket)
        yield Act(db, scope, ticket, changes)
        for agent_id in sorted({a for a in (seen.agent_id, scope.agent) if a}):
            refill(db, changes, agent_id)
        changes.write(db)
    tell(heed, changes)


def _settle_offer(heed: Heed, db: Connection, changes: Changes, ticket: Ticket) -> None:
    """Let an act on an offered ticket be its acceptance, or, of somebody else, the end of the offer."""
    view = roster.views(db, changes.now, ids={changes.by}).get(changes.by)
    if view is not None and ticket.agent_id == view.id:
        offering.accept(db, changes, ticket, view)
        return
    offer = offers.of_ticket(db, ticket.id)
    offering.take_back(db, heed.lanes, changes, ticket, offer.lane_id if offer else None)


def tell(heed: Heed, changes: Changes, *more: Change) -> None:
    """Tell open pages and workers what was committed, and hand out what it allows."""
    heed.background.deliver([o.message_id for o in changes.outgoing if o.due_at is None or o.due_at <= changes.now])
    if changes.rings:
        heed.background.enqueue("slow", "router.jobs.ask_due")
    heed.notifier.publish([*changes.hints(), *more])
    dispatch.after(heed, changes)


def refill(db: Connection, changes: Changes, agent_id: str) -> None:
    """Give an agent with a free slot the tickets that woke and wait for it, best place first.

    The agent is locked, and with them their tickets: whoever locks a ticket that has an agent locks the agent first.
    """
    waiting = [t for t in tickets.reserved_for(db, agent_id) if t.id not in changes.changed]
    view = roster.views(db, changes.now, ids={agent_id}).get(agent_id) if waiting else None
    if view is None or view.presence is not Presence.ONLINE:
        return
    room: dict[str, int] = {}
    for held in changes.changed.values():  # what this act frees or takes is not written yet
        was, is_now = changes.before.get(held.id), held.agent_id if held.state == State.OPEN else None
        room[held.slot_key] = room.get(held.slot_key, 0) + _freed(db, held, agent_id, was, is_now)
    held_now = tickets.load(db, SYSTEM, [ticket.id for ticket in waiting], lock=True)
    for ticket in (held_now[t.id] for t in waiting if t.id in held_now):
        free = free_slots(view, ticket.work_class) + room.get(ticket.slot_key, 0)  # type: ignore[arg-type]
        if free <= 0 or ticket.reserved_for != agent_id:
            continue
        changes.watch(ticket)
        changes.before[ticket.id] = agent_id
        give(db, changes, ticket, view, "woke")
        room[ticket.slot_key] = room.get(ticket.slot_key, 0) - 1


def _freed(db: Connection, ticket: Ticket, agent_id: str, was: str | None, is_now: str | None) -> int:
    """Return +1 if this act takes an open ticket from the agent, −1 if it gives one, 0 otherwise."""
    stored = tickets.state_of(db, ticket.id)
    held = was == agent_id and stored in ("open", "offered")
    return int(held) - int(is_now == agent_id)


def back_to_line(act: Act, *, queue_id: str | None = None, because: str) -> None:
    """Put the ticket back in line with the promise it has, so that it keeps its place."""
    ticket, desk = act.ticket, act.desk
    needs = tickets.needs(act.db, [ticket.id]).get(ticket.id, {})
    line = placing.line_now(ticket, act.changes.needs.get(ticket.id, needs), desk)
    if queue_id is not None:
        line = placing.moved(line, desk.queues[queue_id], desk)
    due = min((p.due_at for p in _answers(act)), default=None)
    ticket.answer_by, ticket.place = due, None
    ticket.waiting_since = ticket.waiting_since or ticket.last_customer_at or ticket.created_at
    act.become(State.WAITING)
    act.changes.lanes[ticket.id] = placing.enter(ticket, line, desk, act.now)
    act.changes.event(ticket, "waiting", queue=ticket.queue_id, because=because, answer_by=ticket.answer_by)


def hand_over(act: Act, agent_id: str, how: str, *, over: bool = False) -> None:
    """Give the ticket to an agent who is locked: at once if they have a free slot (or `over`), else when they have."""
    view = roster.views(act.db, act.now, ids={agent_id}).get(agent_id)
    if view is None or act.ticket.brand_id not in view.brands:
        raise Refused("This person does not work for the ticket's brand.")
    if act.ticket.agent_id == agent_id and act.ticket.state == State.OPEN:
        raise Refused(f"{view.name} has this ticket already.")
    free = free_slots(view, act.ticket.work_class)  # type: ignore[arg-type]
    if over or (free > 0 and view.presence is Presence.ONLINE):
        act.become(State.OPEN)
        give(act.db, act.changes, act.ticket, view, how, over=free <= 0)
        return
    reserve_for(act, agent_id, how)


def reserve_for(act: Act, agent_id: str, how: str) -> None:
    """Let the ticket wait, with its own place, for a slot of an agent."""
    back_to_line(act, because=how)
    act.changes.lanes.pop(act.ticket.id)
    tickets.end_assignment(act.db, act.ticket.id, how, act.now)
    reserve(act.ticket, agent_id, act.now)
    act.changes.event(act.ticket, "waits_for_slot", agent=agent_id, place=act.ticket.place)


def _answers(act: Act) -> list[Promise]:
    held = tickets.open_promises(act.db, [act.ticket.id]).get(act.ticket.id, [])
    return [promise for promise in held if promise.kind != "resolution"]


def _may(scope: Scope, ticket: Ticket) -> None:
    mine = scope.agent is not None and scope.agent in (ticket.agent_id, ticket.reserved_for)
    if ticket.state == State.RESOLVED and scope.agent == ticket.last_agent_id:
        mine = True
    if not mine and scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("This ticket is not yours. A supervisor can hand it to you.")
