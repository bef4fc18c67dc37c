"""Who could take one ticket, as a supervisor sees it before giving it to somebody: what it needs, who has that, when.

It says what people can do and whether they are here; nothing of how their work went, and no declines.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from channels.types import WorkClass
from router.app import Heed
from router.desk.errors import NotAllowed, NotFound
from router.handover import next_start
from router.model import Presence, Role, Scope, State
from router.routing.eligibility import explain_wait, in_the_way
from router.routing.lanes import AgentView, LaneSpec, free_slots, slots_taken
from router.routing.policy import SLOT_OF
from router.store import roster, tickets
from router.store.db import Connection as Db
from router.store.views import lines, wallboard
from router.store.views.lines import TicketLine
from router.store.views.wallboard import ShiftRow

NAMED = 8  # people named at one need


@dataclass(frozen=True, slots=True)
class Lack:
    """What somebody would need for the ticket: a skill at a level, or (empty skill) the right to its channel."""

    skill: str
    level: int
    has: int


@dataclass(frozen=True, slots=True)
class Fit:
    """A person of the brand, and how well they fit."""

    id: str
    name: str
    presence: Presence
    taken: int
    slots: int  # of the kind the ticket uses
    lacks: tuple[Lack, ...]
    has_it: bool  # the ticket is theirs now

    @property
    def over(self) -> bool:
        """Say whether giving it to them takes them above their capacity."""
        return self.taken >= self.slots


@dataclass(frozen=True, slots=True)
class Standing:
    """One need of a ticket that waits: who meets it, and what it costs."""

    skill: str
    level: int
    because: str
    names: tuple[str, ...]  # who meets it, those who are here first
    holders: int
    here: int
    gains: int  # agents who are here and free, and could take the ticket if it were not for this need alone
    next_shift: datetime | None  # of somebody who meets it and is not here


@dataclass(frozen=True, slots=True)
class Assigning:
    """What a supervisor looks at before giving a ticket to somebody."""

    line: TicketLine
    slot: str
    waits: str  # why it still waits; empty if it does not
    needs: tuple[Standing, ...]
    in_the_way: tuple[str, ...]  # the smallest set of needs without which somebody could take it now
    could: int  # how many could, without these
    people: tuple[Fit, ...]  # those who fit first


def assigning(heed: Heed, scope: Scope, ticket_id: str, now: datetime) -> Assigning:
    """Return who could take a ticket. Raises NotFound, NotAllowed for whoever is no supervisor."""
    if scope.role.rank < Role.SUPERVISOR.rank:
        raise NotAllowed("Only a supervisor assigns by hand.")
    with heed.database.read() as db:
        line = lines.one(db, scope, ticket_id)
        ticket = tickets.load(db, scope, [ticket_id]).get(ticket_id)
        if line is None or ticket is None:
            raise NotFound("There is no such ticket.")
        needs = tickets.needs(db, [ticket_id]).get(ticket_id, {})
        work_class = cast(WorkClass, ticket.work_class)
        levels = {skill: level for skill, (level, _) in needs.items()}
        lane = LaneSpec(ticket.brand_id, ticket.queue_id, ticket.channel, work_class, levels)
        agents = list(roster.views(db, now, brand_id=ticket.brand_id).values())
        waits = ticket.state == State.WAITING and ticket.lane_id is not None
        blocking, could = in_the_way(lane, agents) if waits else (frozenset[str](), 0)
        return Assigning(
            line=line,
            slot=SLOT_OF[work_class],
            waits=explain_wait(lane, agents) if waits else "",
            needs=tuple(_needs(db, lane, needs, agents, now)) if waits else (),
            in_the_way=tuple(skill for skill in sorted(needs) if skill in blocking),
            could=could,
            people=_people(lane, agents, ticket.agent_id),
        )


def _people(lane: LaneSpec, agents: Sequence[AgentView], holder: str | None) -> tuple[Fit, ...]:
    slot = SLOT_OF[lane.work_class]
    fits = [
        Fit(
            id=agent.id,
            name=agent.name,
            presence=agent.presence,
            taken=slots_taken(agent, lane.work_class),
            slots=agent.capacity.get(slot, 0),
            lacks=tuple(_lacks(lane, agent)),
            has_it=agent.id == holder,
        )
        for agent in agents
    ]
    here = Presence.ONLINE
    return tuple(sorted(fits, key=lambda one: (bool(one.lacks), one.presence is not here, one.over, one.name, one.id)))


def _lacks(lane: LaneSpec, agent: AgentView) -> list[Lack]:
    found = [
        Lack(skill, level, agent.skills.get(skill, 0))
        for skill, level in sorted(lane.needs.items())
        if agent.skills.get(skill, 0) < max(1, level)
    ]
    if agent.channels is not None and lane.channel not in agent.channels:
        found.append(Lack("", 0, 0))
    return found


def _needs(
    db: Db, lane: LaneSpec, needs: Mapping[str, tuple[int, str]], agents: Sequence[AgentView], now: datetime
) -> list[Standing]:
    shifts = wallboard.shifts(db, [agent.id for agent in agents], now)
    lacks = {agent.id: _lacks(lane, agent) for agent in agents}
    found = []
    for skill, (level, because) in sorted(needs.items()):
        holders = [agent for agent in agents if agent.skills.get(skill, 0) >= max(1, level)]
        here = [agent for agent in holders if agent.presence is Presence.ONLINE]
        away = [agent for agent in holders if agent not in here]
        alone = [a for a in agents if [lack.skill for lack in lacks[a.id]] == [skill] and _is_free(a, lane)]
        names = tuple(agent.name for agent in [*here, *away][:NAMED])
        starts = next_start(_of(shifts, {agent.id for agent in away}), now)
        found.append(Standing(skill, level, because, names, len(holders), len(here), len(alone), starts))
    return found


def _is_free(agent: AgentView, lane: LaneSpec) -> bool:
    return agent.presence is Presence.ONLINE and free_slots(agent, lane.work_class) > 0


def _of(shifts: Sequence[ShiftRow], agent_ids: Collection[str]) -> list[ShiftRow]:
    return [shift for shift in shifts if shift.agent_id in agent_ids]
