"""The next ticket for an agent who asks: exact capacity, one agent per ticket, and a record of why."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from router.app import Heed
from router.changes import Changes
from router.desk.acting import refill, tell
from router.desk.errors import NotAllowed, Refused
from router.giving import give
from router.model import SYSTEM, Decision, Heat, Presence, Scope
from router.routing.choose import Choice, Head, choose_ticket
from router.routing.lanes import AgentView, LaneSpec, free_slots, slots_taken
from router.routing.policy import SLOT_ORDER
from router.routing.record import Facts, assigned
from router.store import decisions, lanes, presences, roster, rulebook, tickets
from router.store.db import Connection
from router.store.lanes import HeadRow

HEADS = 24  # of the lanes open to an agent, in order of place; beyond the 15th no score can win


@dataclass(frozen=True, slots=True)
class Pulled:
    """The ticket an agent was given, and why."""

    ticket_id: str
    decision: Decision | None  # None: it was theirs and had waited for a slot


def pull(heed: Heed, scope: Scope, now: datetime) -> Pulled | None:
    """Give the caller their next ticket; None if nothing is waiting for them.

    Whoever asks while offline is here. Raises Refused, saying why, when they are away or have no free slot.
    """
    if scope.agent is None:
        raise NotAllowed("Only a person of the desk can take tickets.")
    with heed.database.write() as db:
        roster.lock(db, [scope.agent])
        view = _here(db, scope.agent, now)
        changes = Changes(now=now, by=scope.agent)
        refill(db, changes, scope.agent)
        if changes.changed:
            pulled: Pulled | None = Pulled(next(iter(changes.changed)), None)
        else:
            pulled = _next(heed, db, view, changes)
        changes.write(db)
    tell(heed, changes)
    return pulled


def _here(db: Connection, agent_id: str, now: datetime) -> AgentView:
    view = roster.views(db, now, ids={agent_id}).get(agent_id)
    if view is None:
        raise NotAllowed("Your account is switched off.")
    if view.presence is Presence.OFFLINE:
        presences.put(db, agent_id, Presence.ONLINE, now, reason="", source="pull")
        view = roster.views(db, now, ids={agent_id})[agent_id]
    if view.presence is not Presence.ONLINE:
        raise Refused(f"You are {view.presence.value.replace('_', ' ')}. Go online to take tickets.")
    classes = [slot for slot in SLOT_ORDER if view.capacity.get(slot, 0) > 0]
    if not any(free_slots(view, slot) > 0 for slot in classes):
        used = ", ".join(f"{slot} {slots_taken(view, slot)} of {view.capacity[slot]}" for slot in classes)
        raise Refused(f"All your slots are taken: {used}." if used else "You have no slots. A supervisor sets them.")
    return view


def _next(heed: Heed, db: Connection, view: AgentView, changes: Changes) -> Pulled | None:
    """Take the best head that nobody else holds; if all are held, wait for those who hold them, as most let go."""
    book = heed.lanes.read(db)
    for slot in SLOT_ORDER:
        if free_slots(view, slot) <= 0:
            continue
        open_to = book.open_to(view, slot)
        for patient in (False, True):
            tried: set[str] = set()  # tickets that others hold at this moment
            found = _heads(db, open_to, view, changes, tried, HEADS)
            while choice := choose_ticket([_head(row, book.spec(row.lane_id), view) for row in found], view):
                lane_id = next(row.lane_id for row in found if row.ticket_id == choice.ticket_id)
                if tickets.claim(db, choice.ticket_id, lane_id, patient=patient):
                    return _given(db, view, choice, changes)
                tried.add(choice.ticket_id)
                others = [row for row in found if row.lane_id != lane_id]
                found = others + _heads(db, [lane_id], view, changes, tried, 1)
            if not tried:
                break
    return None


def _heads(
    db: Connection, lane_ids: list[int], view: AgentView, changes: Changes, tried: set[str], most: int
) -> list[HeadRow]:
    return lanes.heads(db, lane_ids, view.id, changes.now, most, tried) if lane_ids else []


def _head(row: HeadRow, spec: LaneSpec, view: AgentView) -> Head:
    return Head(
        ticket_id=row.ticket_id,
        lane=spec,
        place=row.place,
        heat=cast(Heat, row.heat),
        topic_confidence=row.intent_confidence,
        same_agent=row.last_agent_id == view.id,
        passed=row.spared,
        passed_over_count=row.passed_over,
    )


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
