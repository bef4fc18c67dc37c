"""The next ticket for an agent who asks: exact capacity, one agent per ticket, and a record of why."""

from dataclasses import dataclass
from datetime import datetime

from router import choosing, offering
from router.app import Heed
from router.changes import Changes
from router.desk.acting import refill, tell
from router.desk.errors import NotAllowed, Refused
from router.giving import give
from router.model import SYSTEM, Decision, Presence, Scope
from router.routing.choose import Choice
from router.routing.lanes import AgentView, free_slots, slots_taken
from router.routing.policy import SLOT_ORDER
from router.routing.record import Facts, assigned
from router.store import decisions, offers, presences, roster, rulebook, tickets
from router.store.db import Connection


@dataclass(frozen=True, slots=True)
class Pulled:
    """The ticket an agent was given, and why."""

    ticket_id: str
    decision: Decision | None  # None: it was theirs and had waited for a slot


def pull(heed: Heed, scope: Scope, now: datetime) -> Pulled | None:
    """Give the caller their next ticket; None if nothing is waiting for them.

    What is offered to them is accepted by asking, and whoever asks while offline is here. Raises Refused, saying why,
    when they are away or have no free slot.
    """
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk can take tickets.")
    with heed.database.write() as db:
        roster.lock(db, [scope.agent])
        changes = Changes(now=now, by=scope.agent)
        pulled = _accepted(db, scope.agent, changes) or _pulled(heed, db, scope.agent, changes)
        changes.write(db)
    tell(heed, changes)
    return pulled


def _pulled(heed: Heed, db: Connection, agent_id: str, changes: Changes) -> Pulled | None:
    view = _here(db, agent_id, changes)
    refill(db, changes, agent_id)
    if changes.changed:
        return Pulled(next(iter(changes.changed)), None)
    claimed = choosing.claim_next(db, heed.lanes.read(db), view, changes.now)
    return _given(db, view, claimed.choice, changes) if claimed else None


def _here(db: Connection, agent_id: str, changes: Changes) -> AgentView:
    now = changes.now
    view = roster.views(db, now, ids={agent_id}).get(agent_id)
    if view is None:
        raise NotAllowed("Your account is switched off.")
    if view.presence is Presence.OFFLINE:
        presences.put(db, agent_id, Presence.ONLINE, now, reason="", source="pull")
        changes.freed.add(agent_id)
        view = roster.views(db, now, ids={agent_id})[agent_id]
    if view.presence is not Presence.ONLINE:
        raise Refused(f"You are {view.presence.value.replace('_', ' ')}. Go online to take tickets.")
    classes = [slot for slot in SLOT_ORDER if view.capacity.get(slot, 0) > 0]
    if not any(free_slots(view, slot) > 0 for slot in classes):
        used = ", ".join(f"{slot} {slots_taken(view, slot)} of {view.capacity[slot]}" for slot in classes)
        raise Refused(f"All your slots are taken: {used}." if used else "You have no slots. A supervisor sets them.")
    return view


def _accepted(db: Connection, agent_id: str, changes: Changes) -> Pulled | None:
    """Accept what is offered to the agent already: that is their next ticket."""
    offered = offers.of_agent(db, agent_id)
    view = roster.views(db, changes.now, ids={agent_id}).get(agent_id) if offered else None
    if view is None:
        return None
    ticket = tickets.load(db, SYSTEM, [offered[0].ticket_id], lock=True)[offered[0].ticket_id]
    offering.accept(db, changes, ticket, view)
    found = decisions.newest(db, ticket.id)
    return Pulled(ticket.id, found[0] if found else None)


def _given(db: Connection, view: AgentView, choice: Choice, changes: Changes) -> Pulled:
    ticket = changes.watch(tickets.load(db, SYSTEM, [choice.ticket_id], lock=True)[choice.ticket_id])
    facts = Facts(rules=rulebook.last_rules(db, ticket.id), answer_by=ticket.answer_by, now=changes.now)
    decision = assigned(choice, facts)
    version = ticket.rules_version_id
    decision_id = decisions.add(db, ticket.id, view.id, decision, version, changes.now)
    give(db, changes, ticket, view, "pulled")
    changes.event(ticket, "decided", decision=decision_id)
    tickets.count_passed(db, [choice.stood_first] if choice.stood_first else [], choice.spared)
    return Pulled(ticket.id, decision)
