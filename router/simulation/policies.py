"""Who gets what: the desk's own policy, asked of router.routing, and the simpler ones it is measured against."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from router.calendars import ALWAYS_OPEN
from router.model import Heat
from router.routing.choose import choose_agent, choose_ticket
from router.routing.lanes import LaneSpec, left_to_others
from router.routing.place import left_for, place
from router.simulation.crew import Agent
from router.simulation.tickets import Ticket, moment
from router.simulation.world import NEVER

HEADS = 24  # as a pull looks at
CLASS_APART = timedelta(days=400)  # more than any run lasts


class BestSuited:
    """The desk's own: place by promise and heat, best suited agent, fair share of hard work.

    Without `lines_up`, tickets keep the lane and place they came with, such as those of the record.
    """

    def __init__(self, lines_up: bool = True):
        self._lines_up = lines_up
        self._kept: dict[int, LaneSpec] = {}  # by the identity of the lane that is not
        self._plain: dict[int, LaneSpec] = {}  # the other way round

    def line_up(self, ticket: Ticket, now: float) -> float:
        """Place the ticket by its promise, and keep it for those who know its topic; time is working time already."""
        if not self._lines_up:
            return NEVER
        heat = self.counts(ticket)
        ticket.place = place(ticket.answer_by, heat, ticket.pace, ALWAYS_OPEN)
        kept_for = left_for(ticket.answer_by - moment(ticket.arrived), heat, ticket.lane.work_class)
        kept_until = ticket.arrived + kept_for / timedelta(minutes=1)
        plain = self._plain.get(id(ticket.lane), ticket.lane)
        if plain.topic is None or now >= kept_until:
            ticket.lane = plain
            return NEVER
        if id(plain) not in self._kept:
            kept = replace(plain, kept=True)
            self._kept[id(plain)], self._plain[id(kept)] = kept, plain
        ticket.lane = self._kept[id(plain)]
        return kept_until

    def counts(self, ticket: Ticket) -> Heat:
        """Return the heat that counts for a ticket's place."""
        return ticket.heat

    def choose_ticket(self, tickets: Sequence[Ticket], agent: Agent, now: float) -> Ticket | None:
        """Ask routing, and note who was passed over and who spared, as a pull does."""
        seen = agent.seen(now)
        open_to = [one for one in tickets if not left_to_others(one.lane, seen)]
        by_id = {one.id: one for one in sorted(open_to, key=lambda one: (one.place, one.id))[:HEADS]}
        choice = choose_ticket([one.head(agent.id) for one in by_id.values()], seen)
        if choice is None:
            return None
        if choice.stood_first:
            by_id[choice.stood_first].passed_over_count += 1
        for spared in choice.spared:
            by_id[spared].passed = True
        return by_id[choice.ticket_id]

    def choose_agent(self, ticket: Ticket, agents: Sequence[Agent], now: float) -> Agent | None:
        """Ask routing."""
        by_id = {agent.id: agent for agent in agents}
        seen = [agent.seen(now) for agent in agents]
        choice = choose_agent(ticket.head(), seen, same_agent=ticket.last_agent)
        return by_id[choice.agent_id] if choice else None


class InTurn(BestSuited):
    """The desk's own where, in overload, everyone is served in turn: place by promise alone, whatever the heat."""

    def counts(self, ticket: Ticket) -> Heat:
        """Return no heat."""
        return 0


class FifoRoundRobin:
    """Oldest first, to the next agent in turn with a free slot, whatever they know."""

    def __init__(self) -> None:
        self._turn = -1

    def line_up(self, ticket: Ticket, now: float) -> float:
        """Stand by age."""
        ticket.place = moment(ticket.arrived)
        return NEVER

    def choose_ticket(self, tickets: Sequence[Ticket], agent: Agent, now: float) -> Ticket | None:
        """Take the oldest."""
        return min(tickets, key=lambda one: (one.place, one.id))

    def choose_agent(self, ticket: Ticket, agents: Sequence[Agent], now: float) -> Agent | None:
        """Take the next in turn."""
        chosen = min(agents, key=lambda agent: (agent.number <= self._turn, agent.number))
        self._turn = chosen.number
        return chosen


class SkillPriority:
    """The skill is required and dropped after a while; classes by heat, then oldest first; the least active agent."""

    def __init__(self, drops_after: Mapping[str, float]):
        self._drops_after = drops_after  # minutes, by pace
        self._needing: dict[int, LaneSpec] = {}  # by the identity of the lane without the need
        self._plain: dict[int, LaneSpec] = {}  # the other way round

    def line_up(self, ticket: Ticket, now: float) -> float:
        """Require the topic's skill until it is dropped; what requires it anyway stays so."""
        ticket.place = moment(ticket.arrived) - ticket.heat * CLASS_APART
        plain = self._plain.get(id(ticket.lane), ticket.lane)
        drops = ticket.waits_since + self._drops_after[ticket.pace]
        if plain.topic is None or plain.topic in plain.needs:
            return NEVER
        if now >= drops:
            ticket.lane = plain
            return NEVER
        if id(plain) not in self._needing:
            needing = replace(plain, needs={**plain.needs, plain.topic: 1})
            self._needing[id(plain)], self._plain[id(needing)] = needing, plain
        ticket.lane = self._needing[id(plain)]
        return drops

    def choose_ticket(self, tickets: Sequence[Ticket], agent: Agent, now: float) -> Ticket | None:
        """Take the highest class, and in it the oldest."""
        return min(tickets, key=lambda one: (one.place, one.id))

    def choose_agent(self, ticket: Ticket, agents: Sequence[Agent], now: float) -> Agent | None:
        """Take whoever has least to do, and among them who was given nothing for longest."""
        return min(agents, key=lambda agent: (sum(agent.load.values()), agent.last_given or 0.0, agent.number))
