"""Who gets what: the desk's own policy, asked of router.routing, and the simpler ones it is measured against."""

from collections.abc import Sequence

from router.calendars import ALWAYS_OPEN
from router.routing.choose import choose_agent, choose_ticket
from router.routing.place import place
from router.simulation.crew import Agent
from router.simulation.tickets import Ticket
from router.simulation.world import NEVER

HEADS = 24  # as a pull looks at


class BestSuited:
    """The desk's own: place by promise and heat, best suited agent, fair share of hard work.

    Without `lines_up`, tickets keep the lane and place they came with, such as those of the record.
    """

    def __init__(self, lines_up: bool = True):
        self._lines_up = lines_up

    def line_up(self, ticket: Ticket, now: float) -> float:
        """Place the ticket by its promise; time is working time already."""
        if self._lines_up:
            ticket.place = place(ticket.answer_by, ticket.heat, ticket.pace, ALWAYS_OPEN)
        return NEVER

    def choose_ticket(self, tickets: Sequence[Ticket], agent: Agent, now: float) -> Ticket | None:
        """Ask routing, and note who was passed over and who spared, as a pull does."""
        by_id = {one.id: one for one in sorted(tickets, key=lambda one: (one.place, one.id))[:HEADS]}
        choice = choose_ticket([one.head(agent.id) for one in by_id.values()], agent.seen(now))
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
