"""Gives tickets to agents: opened where they have a free slot, else kept for that slot, or left in line."""

from datetime import datetime, timedelta

from router import placing
from router.changes import Changes
from router.model import Presence, State
from router.routing.lanes import AgentView, free_slots, standing_reasons
from router.store import roster, tickets
from router.store.db import Connection
from router.store.rows import Assignment, Ticket

RESERVED_SHARE = 0.5  # of its promise that a ticket waits for its agent's slot before it joins its lane


def wake(db: Connection, changes: Changes, woken: list[tuple[Ticket, str]]) -> None:
    """Give woken tickets back to their agents who are here with a free slot, best place first.

    The others wait for that slot with their own place, or stand in their lane if the agent has gone. Their agents are
    locked; a ticket that ends in its lane is in `changes.lanes` already.
    """
    views = roster.views(db, changes.now, ids={agent for _, agent in woken if agent})
    taken: dict[tuple[str, str], int] = {}
    for ticket, agent_id in sorted(woken, key=lambda pair: (pair[0].place or changes.now, pair[0].id)):
        view = views.get(agent_id)
        spec = changes.lanes.get(ticket.id)
        if view is None or spec is None or view.presence is Presence.OFFLINE or standing_reasons(spec, view):
            tickets.end_assignment(db, ticket.id, "left", changes.now)
            continue
        changes.lanes.pop(ticket.id)
        key = (agent_id, ticket.slot_key)
        if view.presence is Presence.ONLINE and free_slots(view, spec.work_class) - taken.get(key, 0) > 0:
            taken[key] = taken.get(key, 0) + 1
            give(db, changes, ticket, view, "woke")
        else:
            tickets.end_assignment(db, ticket.id, "waits for a slot", changes.now)
            reserve(ticket, agent_id, changes.now)
            changes.event(ticket, "waits_for_slot", agent=agent_id, place=ticket.place)


def give(db: Connection, changes: Changes, ticket: Ticket, view: AgentView, how: str, *, over: bool = False) -> None:
    """Open a ticket with an agent whose row is locked."""
    placing.leave(ticket)
    ticket.state = State.OPEN
    ticket.agent_id = ticket.last_agent_id = view.id
    ticket.hold_until = None
    ticket.flag = None
    tickets.end_assignment(db, ticket.id, "handed on", changes.now)
    tickets.assign(db, Assignment(ticket.id, view.id, how, over, changes.now))
    roster.note_assigned(db, view.id, changes.now)
    changes.event(ticket, "assigned", agent=view.id, how=how, over_capacity=over or None)


def reserve(ticket: Ticket, agent_id: str, now: datetime) -> None:
    """Let a ticket wait for its own agent's slot until half of its promise has gone."""
    ticket.state = State.WAITING
    ticket.agent_id = None
    ticket.lane_id = None
    ticket.reserved_for = agent_id
    left = (ticket.answer_by - now) if ticket.answer_by else timedelta(0)
    ticket.hold_until = now + max(left * RESERVED_SHARE, timedelta(0))
