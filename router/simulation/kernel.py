"""Lives through days of a desk, event by event: tickets arrive, wait, are offered and talked about, return, are lost.

The kernel knows the mechanics alone: slots, lines, presence, offers, work shared between an agent's talks. Who gets
what is asked of a `Policy`, how long people wait and how talks go of a `World`. Nothing here is random.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from router.routing.policy import SLOT_ORDER
from router.simulation.crew import Agent
from router.simulation.line import Line
from router.simulation.tickets import Ticket
from router.simulation.world import NEVER, Policy, Return, World

PASSED_OVER = 5.0  # minutes that an agent is passed over for a ticket they declined or returned
FIRST, ARRIVES, GIVES_UP, COMES, GOES, ENDS, ANSWERED, AGAIN, KEPT_ENDS = range(9)


def run(tickets: Iterable[Ticket], agents: Sequence[Agent], policy: Policy, world: World, until: float = NEVER) -> Line:
    """Live through the days until nothing more happens, or `until`; return what still waits then.

    Tickets arrive at their `arrived`, and are given in that order. Agents are used up: give each run its own.
    """
    return Run(agents, policy, world).live(tickets, until)


class Run:
    """One run: the line, and what is planned."""

    def __init__(self, agents: Sequence[Agent], policy: Policy, world: World):
        self.line = Line(agents)
        self.policy, self.world = policy, world
        self.agents = {agent.id: agent for agent in agents}
        self.kept: dict[str, list[Ticket]] = {}  # agent -> tickets that wait for their slot
        self.events: list[tuple[float, int, int, Any, Any]] = []
        self.planned = 0
        self.coming: Iterator[Ticket] = iter(())

    def live(self, tickets: Iterable[Ticket], until: float) -> Line:
        """Do what happens, in order of time; what happens at one time, in the order it was planned."""
        does = (
            self.first, self.arrives, self.gives_up, self.comes, self.goes,
            self.ends, self.answered, self.again, self.kept_ends,
        )  # fmt: skip
        for agent in self.agents.values():
            for comes, goes in agent.here:
                self.plan(comes, COMES, agent)
                self.plan(goes, GOES, agent)
        self.coming = iter(tickets)
        self.plan_next()
        events = self.events
        while events and events[0][0] <= until:
            now, _, kind, subject, detail = heapq.heappop(events)
            does[kind](subject, detail, now)
        return self.line

    def plan(self, at: float, kind: int, subject: Any, detail: Any = None) -> None:
        self.planned += 1
        heapq.heappush(self.events, (at, self.planned, kind, subject, detail))

    def plan_next(self) -> None:
        ticket = next(self.coming, None)
        if ticket is not None:
            self.plan(ticket.arrived, FIRST, ticket)

    # what happens

    def first(self, ticket: Ticket, _: None, now: float) -> None:
        """A ticket comes that was never here."""
        self.plan_next()
        self.arrives(ticket, None, now)

    def arrives(self, ticket: Ticket, back: Return | None, now: float) -> None:
        """A ticket begins to wait, or does again."""
        ticket.stamp += 1
        ticket.waits += 1
        ticket.waits_since = now
        ticket.not_now.clear()
        if back and back.not_to:
            ticket.not_now[back.not_to] = now + PASSED_OVER
            self.plan(now + PASSED_OVER, AGAIN, ticket, ticket.stamp)
        patience = self.world.gives_up(ticket, now)
        if patience < NEVER:
            self.plan(patience, GIVES_UP, ticket, ticket.waits)
        if back and back.to and self.is_kept(ticket, self.agents[back.to], back, now):
            return
        self.stand(ticket, now)

    def gives_up(self, ticket: Ticket, waits: int, now: float) -> None:
        """A customer has waited for too long, wherever the ticket stands."""
        if ticket.waits != waits:
            return
        ticket.waits += 1
        ticket.stamp += 1
        self.world.lost(ticket, now)
        if ticket.offered_to is not None:
            agent = self.agents[ticket.offered_to]
            self.withdraw(ticket, agent)
            self.dispatch(agent, now)
        elif not self.line.leave(ticket):
            next(kept for kept in self.kept.values() if ticket in kept).remove(ticket)

    def comes(self, agent: Agent, _: None, now: float) -> None:
        agent.on = True
        self.dispatch(agent, now)

    def goes(self, agent: Agent, _: None, now: float) -> None:
        """An agent takes no new work; tickets kept for them join the line."""
        agent.on = False
        for ticket in self.kept.pop(agent.id, []):
            self.stand(ticket, now)

    def ends(self, agent: Agent, version: int, now: float) -> None:
        """The next talk of an agent ends, if the plan still holds."""
        if agent.version != version:
            return
        agent.work_until(now)
        due = agent.next_end()
        assert due is not None
        ticket = due[1].ticket
        del agent.talks[ticket.id]
        agent.load[ticket.slot] -= 1
        ticket.last_agent = agent.id
        self.plan_end(agent)
        back = self.world.ends(ticket, agent, now)
        if back is not None:
            self.plan(max(back.at, now), ARRIVES, ticket, back)
        self.dispatch(agent, now)

    def answered(self, offer: tuple[Ticket, Agent, bool], stamp: int, now: float) -> None:
        """An offer is accepted, or declined or lapsed: then the next is asked, and this one passed over for a while."""
        ticket, agent, accepted = offer
        if ticket.stamp != stamp:
            return
        self.withdraw(ticket, agent)
        if accepted:
            self.begin(ticket, agent, now)
            return
        ticket.stamp += 1
        ticket.not_now[agent.id] = now + PASSED_OVER
        takers = self.line.lane(ticket.lane).takers
        if all(ticket.not_now.get(other.id, now) > now for other in takers if other.on):
            ticket.not_now.clear()
        self.plan(now + PASSED_OVER, AGAIN, ticket, ticket.stamp)
        self.stand(ticket, now)
        self.dispatch(agent, now)

    def again(self, ticket: Ticket, stamp: int, now: float) -> None:
        """A waiting ticket is lined up anew: its needs have stepped down, or who was passed over may be asked again."""
        if ticket.stamp == stamp and self.line.leave(ticket):
            self.stand(ticket, now)

    def kept_ends(self, ticket: Ticket, agent: Agent, now: float) -> None:
        """A ticket has waited for its own agent for long enough."""
        kept = self.kept.get(agent.id, [])
        if ticket in kept:
            kept.remove(ticket)
            self.stand(ticket, now)

    # what follows

    def is_kept(self, ticket: Ticket, agent: Agent, back: Return, now: float) -> bool:
        """Give a woken ticket to its agent, or keep it for their next slot; False: they are gone."""
        if not agent.on:
            return False
        self.policy.line_up(ticket, now)
        if agent.free(ticket.slot) > 0:
            self.offer(ticket, agent, now)
        else:
            self.kept.setdefault(agent.id, []).append(ticket)
            self.plan(back.kept_until, KEPT_ENDS, ticket, agent)
        return True

    def stand(self, ticket: Ticket, now: float) -> None:
        """Give a ticket to a free agent, else put it in line."""
        anew = self.policy.line_up(ticket, now)
        free = [
            agent
            for agent in self.line.lane(ticket.lane).takers
            if agent.on and agent.free(ticket.slot) > 0 and ticket.not_now.get(agent.id, now) <= now
        ]
        agent = self.policy.choose_agent(ticket, free, now) if free else None
        if agent is not None:
            self.offer(ticket, agent, now)
            return
        self.line.join(ticket)
        if anew < NEVER:
            self.plan(anew, AGAIN, ticket, ticket.stamp)

    def dispatch(self, agent: Agent, now: float) -> None:
        """Fill an agent's free slots: with what is kept for them, then from the line."""
        for slot in SLOT_ORDER:
            while agent.on and agent.free(slot) > 0:
                kept = [ticket for ticket in self.kept.get(agent.id, ()) if ticket.slot == slot]
                if kept:
                    ticket: Ticket | None = min(kept, key=lambda one: (one.place, one.id))
                    assert ticket is not None
                    self.kept[agent.id].remove(ticket)
                else:
                    heads = self.line.heads(agent, slot, now)
                    ticket = self.policy.choose_ticket(heads, agent, now) if heads else None
                    if ticket is None:
                        break
                    self.line.leave(ticket)
                self.offer(ticket, agent, now)

    def offer(self, ticket: Ticket, agent: Agent, now: float) -> None:
        """Hold a slot for a ticket, and let the agent answer."""
        ticket.stamp += 1
        ticket.offers += 1
        answer = self.world.answer(ticket, agent, now)
        agent.last_given = now
        if answer is None:
            self.begin(ticket, agent, now)
            return
        agent.load[ticket.slot] = agent.load.get(ticket.slot, 0) + 1
        ticket.offered_to = agent.id
        self.plan(now + answer.after, ANSWERED, (ticket, agent, answer.accepted), ticket.stamp)

    def withdraw(self, ticket: Ticket, agent: Agent) -> None:
        """End an offer and free its slot."""
        ticket.offered_to = None
        agent.load[ticket.slot] -= 1

    def begin(self, ticket: Ticket, agent: Agent, now: float) -> None:
        """Begin a talk."""
        agent.load[ticket.slot] = agent.load.get(ticket.slot, 0) + 1
        agent.work_until(now)
        work = self.world.begins(ticket, agent, now)
        ticket.talks += 1
        ticket.waits += 1
        ticket.stamp += 1
        agent.talk(ticket, work)
        self.plan_end(agent)

    def plan_end(self, agent: Agent) -> None:
        agent.version += 1
        due = agent.next_end()
        if due is not None:
            self.plan(due[0], ENDS, agent, agent.version)
