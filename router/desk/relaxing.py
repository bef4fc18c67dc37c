"""Doing without some needs of a ticket that waits: a supervisor's word, that stays until more is asked for."""

from collections.abc import Collection
from datetime import datetime

from router import placing
from router.app import Heed
from router.desk.acting import Act, acting
from router.desk.errors import NotAllowed, Refused
from router.model import Role, Scope, State
from router.store import audit, lanes, tickets
from router.store.audit import Actor


def relax(heed: Heed, scope: Scope, ticket_id: str, skills: Collection[str], now: datetime) -> None:
    """Let a waiting ticket do without some needs; it keeps its place.

    Raises NotAllowed for whoever is no supervisor, and Refused if it does not wait, or does not need that (any more).
    """
    if scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("Only a supervisor lets a ticket do without what it needs.")
    with acting(heed, scope, ticket_id, now) as act:
        relax_held(act, frozenset(skills))


def relax_held(act: Act, skills: frozenset[str]) -> None:
    """Let the ticket that is held do without some needs."""
    ticket = act.ticket
    if ticket.state != State.WAITING or ticket.lane_id is None:
        raise Refused("This ticket waits in no line any more.")
    before = tickets.needs(act.db, [ticket.id]).get(ticket.id, {})
    if not skills or not skills <= before.keys():
        raise Refused("The ticket does not need that any more. Look again.")
    kept = {skill: why for skill, why in before.items() if skill not in skills}
    topic = lanes.topics(act.db, {ticket.lane_id}).get(ticket.lane_id)
    act.changes.needs[ticket.id] = kept
    line = placing.line_now(ticket, kept, act.desk, topic=topic)
    act.changes.lanes[ticket.id] = placing.rank(ticket, line, act.desk, act.now)
    act.changes.event(ticket, "relaxed", needs={skill: before[skill][0] for skill in sorted(skills)})
    audit.append(
        act.db, Actor("agent", act.agent), "needs relaxed", ticket.id, act.now, brand_id=ticket.brand_id,
        change={"needs": sorted(skills)},
    )  # fmt: skip
