"""Holds the tickets of a merge and the agents concerned, and writes how a ticket stands after it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

from channels.types import Pace, WorkClass
from router import placing, triage
from router.changes import Changes
from router.desk.errors import NotAllowed, Refused
from router.desknow import DeskNow
from router.merging.facts import MOOD
from router.merging.images import Facts
from router.model import SYSTEM, Presence, Role, Scope, State
from router.routing.eligibility import nobody
from router.routing.lanes import LaneSpec, free_slots
from router.store import lanes, merges, messages, roster, tickets
from router.store.db import Connection
from router.store.rows import Assignment, Ticket

MOVED = "A ticket changed hands at this moment. Look again."


def hold(db: Connection, seen: Sequence[Ticket], agents: Collection[str | None]) -> dict[str, Ticket]:
    """Lock agents, then tickets, and return the tickets as they are. Raises Refused if one changed hands meanwhile."""
    known = {ticket.id: _whose(ticket) for ticket in seen}
    own = {agent for ticket in seen for agent in (ticket.agent_id, ticket.last_agent_id, ticket.reserved_for)}
    roster.lock(db, {agent for agent in {*own, *agents} if agent})
    held = tickets.load(db, SYSTEM, known, lock=True)
    if any(_whose(ticket) != known[ticket.id] for ticket in held.values()) or len(held) != len(known):
        raise Refused(MOVED)
    return held


def may_take(scope: Scope, source: Ticket, into: Ticket) -> None:
    """Raise NotAllowed unless one of two tickets is the asker's and nobody else's is taken away, or they supervise."""
    if scope.role.rank >= Role.SUPERVISOR.rank:
        return
    holder = source.agent_id or source.reserved_for
    if holder not in (None, scope.agent) and source.state not in (State.RESOLVED, State.CLOSED):
        raise NotAllowed("A colleague has this ticket. They or a supervisor can merge it.")
    if not {mine for ticket in (source, into) for mine in (ticket.agent_id, ticket.reserved_for)} & {scope.agent}:
        raise NotAllowed("Neither ticket is yours. Take one of them first, or ask a supervisor.")


def read_mood(db: Connection, ticket: Ticket, desk: DeskNow, *, at_least: int) -> None:
    """Let a ticket's mood be that of all messages shown in it; its heat is no lower than `at_least`."""
    if not desk.brand.mood_on:
        return
    homes = merges.homes(db, [ticket.id])
    readings = messages.readings(db, homes, homes).get(ticket.id, [])
    if not readings:
        return
    mood = triage.mood(readings, pace=cast(Pace, ticket.pace))
    ticket.frustration, ticket.frustration_before = mood.level, mood.before
    ticket.heat = max(mood.heat, at_least)
    ticket.mood_read = any(reading.read for reading in readings)
    ticket.urgency = max(reading.urgency for reading in readings)
    ticket.sentiment = readings[-1].sentiment


def mood_of(facts: Facts) -> dict[str, object]:
    """Return the mood among facts."""
    mood = facts["mood"]
    assert isinstance(mood, dict) and set(mood) == set(MOOD)
    return mood


def take_slot(db: Connection, changes: Changes, ticket: Ticket, agent_id: str) -> bool:
    """Say whether an agent who is locked is here with a slot for a ticket; what changed is written first."""
    tickets.save(db, list(changes.changed.values()))
    view = roster.views(db, changes.now, ids={agent_id}).get(agent_id)
    return (
        view is not None
        and ticket.brand_id in view.brands
        and view.presence is Presence.ONLINE
        and free_slots(view, cast(WorkClass, ticket.work_class)) > 0
    )


def settle_assignment(db: Connection, ticket: Ticket, how: str, now: datetime) -> None:
    """Let the open assignment of a ticket be that of the agent who has it."""
    has = ticket.agent_id if ticket.state in (State.OPEN, State.PENDING, State.SNOOZED) else None
    if merges.holder(db, ticket.id) == has:
        return
    tickets.end_assignment(db, ticket.id, how, now)
    if has:
        tickets.assign(db, Assignment(ticket.id, has, how, False, now))


def line_up(
    db: Connection,
    changes: Changes,
    ticket: Ticket,
    needs: dict[str, tuple[int, str]],
    desk: DeskNow,
    *,
    lane_id: int | None = None,
) -> None:
    """Find the lane of a ticket that waits: the one it had (`lane_id`, its place unchanged), or what it needs now."""
    if ticket.state != State.WAITING or ticket.place is None:
        return
    had = spec_of(db, ticket, lane_id) if lane_id is not None else None
    if had is not None and ticket.reserved_for is None:
        ticket.flag = nobody(had, list(desk.agents.values()))
        changes.lanes[ticket.id] = had
        return
    known = ticket.lane_id if ticket.lane_id is not None else lane_id
    topic = lanes.topics(db, {known}).get(known) if known is not None else None
    reserved_for, until = ticket.reserved_for, ticket.hold_until
    put_in = placing.rank if ticket.answer_by is not None else placing.enter
    spec = put_in(ticket, placing.line_now(ticket, needs, desk, topic=topic), desk, changes.now)
    ticket.reserved_for, ticket.hold_until = reserved_for, until
    if reserved_for is None:
        changes.lanes[ticket.id] = spec


def spec_of(db: Connection, ticket: Ticket, lane_id: int) -> LaneSpec | None:
    """Return what a lane holds, None if it is another queue's or brand's by now."""
    row = lanes.one(db, lane_id)
    if row is None or row.brand_id != ticket.brand_id:
        return None
    return row.spec


def _whose(ticket: Ticket) -> tuple[str | None, str | None, str | None, str]:
    return (ticket.agent_id, ticket.reserved_for, ticket.merged_into, ticket.state)
