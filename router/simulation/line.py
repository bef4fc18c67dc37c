"""What waits, by lane and place, and which agents each lane is open to."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from channels.types import WorkClass
from router.routing.lanes import LaneSpec, lane_key, standing_reasons
from router.routing.policy import SLOT_OF
from router.simulation.crew import Agent
from router.simulation.tickets import Ticket

Standing = tuple[datetime, str, Ticket]  # by place, then by id


@dataclass(slots=True, eq=False)
class Lane:
    """The waiting tickets that need the same, best place first, and the agents who may take them."""

    spec: LaneSpec
    takers: Sequence[Agent]
    waiting: list[Standing] = field(default_factory=list)

    def first_for(self, agent_id: str, now: float) -> Ticket | None:
        """Return the first ticket that this agent is not passed over for."""
        for _, _, ticket in self.waiting:
            if ticket.not_now.get(agent_id, now) <= now:
                return ticket
        return None


class Line:
    """All lanes of a desk."""

    def __init__(self, agents: Sequence[Agent]):
        self._agents = agents
        self._lanes: dict[str, Lane] = {}
        self._known: dict[int, Lane] = {}  # by the identity of a spec, which its lane or `_specs` keeps alive
        self._specs: list[LaneSpec] = []
        self._open: dict[tuple[str, WorkClass], list[Lane]] = {
            (agent.id, slot): [] for agent in agents for slot in agent.view.capacity
        }

    def lane(self, spec: LaneSpec) -> Lane:
        """Return the lane of tickets that need this."""
        known = self._known.get(id(spec))
        if known is not None:
            return known
        lane = self._lanes.get(lane_key(spec))
        if lane is None:
            takers = [agent for agent in self._agents if not standing_reasons(spec, agent.view)]
            lane = self._lanes[lane_key(spec)] = Lane(spec, takers)
            for agent in takers:
                self._open[agent.id, SLOT_OF[spec.work_class]].append(lane)
        self._specs.append(spec)
        self._known[id(spec)] = lane
        return lane

    def join(self, ticket: Ticket) -> None:
        """Put a ticket in its lane, at its place."""
        insort(self.lane(ticket.lane).waiting, (ticket.place, ticket.id, ticket))

    def leave(self, ticket: Ticket) -> bool:
        """Take a ticket out of its lane; False: it was not there."""
        waiting = self.lane(ticket.lane).waiting
        at = bisect_left(waiting, (ticket.place, ticket.id))
        if at == len(waiting) or waiting[at][2] is not ticket:
            return False
        del waiting[at]
        return True

    def heads(self, agent: Agent, slot: WorkClass, now: float) -> list[Ticket]:
        """Return the first ticket of each lane that is open to an agent and has one for them."""
        firsts = (lane.first_for(agent.id, now) for lane in self._open.get((agent.id, slot), ()) if lane.waiting)
        return [ticket for ticket in firsts if ticket is not None]

    def everything(self) -> Iterator[Ticket]:
        """Yield all that waits, lane by lane."""
        for lane in self._lanes.values():
            for _, _, ticket in lane.waiting:
                yield ticket
