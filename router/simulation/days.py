"""The world of a desk file: how long its customers wait, how its agents work, and what comes of each talk."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from channels.types import Pace, WorkClass
from router.model import Heat
from router.routing.lanes import AgentView, LaneSpec
from router.simulation.crew import Agent
from router.simulation.desks import Desk, Facts
from router.simulation.drawing import (
    HEAT_BY_RETURN,
    HEAT_BY_TRANSFER,
    HOTTEST,
    TRANSFERRED,
    Customer,
    Person,
    Try,
    cuts,
    seen,
)  # fmt: skip
from router.simulation.tickets import Ticket, moment
from router.simulation.world import Answer, Return

BRAND = "brand"
AFTER = 2  # days after the last on which people write, so that what waits is answered too
AWAY = 120.0  # minutes, in the mean, until somebody comes back who was not helped
MOST_STRAIN = 5.0  # more makes no one slower
TRANSFER_LEVEL = 2  # from this one on, proficiency is at least .5
LAPSES_AFTER = {"live": 20 / 60, "mail": 2.0}  # minutes


@dataclass(slots=True)
class Case:
    """A customer as they go through the day, and what is measured of them."""

    customer: Customer
    heat: float  # when this wait began
    waits_from: float
    wait: float | None = None  # minutes to the first answer; None: not answered
    left_after: float | None = None  # minutes after which they gave up
    resolved_at_once: bool = False
    transfers: int = 0
    outcome: str = ""  # of the talk that goes on: resolved, transfer, back, unresolved


@dataclass(slots=True)
class Handled:
    """What an agent was given."""

    hard: float = 0.0
    longest: int = 0
    strain: float = 0.0  # what of it still tells on them, as of `strain_at`
    strain_at: float = 0.0


@dataclass(slots=True)
class Days:
    """The days of one seed, for one run."""

    desk: Desk
    facts: Facts
    people: Sequence[Person]
    customers: Sequence[Customer]
    strain: bool = True  # whether hard work tells on agents
    cases: dict[str, Case] = field(default_factory=dict)  # by ticket
    handled: dict[str, Handled] = field(default_factory=dict)
    _cuts: dict[Pace, tuple[float, ...]] = field(default_factory=dict)
    _lanes: dict[tuple[str, int, int, int | None], LaneSpec] = field(default_factory=dict)

    @property
    def end(self) -> float:
        """Return the minute in which the last day ends, those included on which nobody writes any more."""
        return (self.desk.days + AFTER) * self.desk.day

    def agents(self) -> list[Agent]:
        """Return the agents, fresh for a run."""
        return [self._agent(person) for person in self.people]

    def tickets(self) -> Iterator[Ticket]:
        """Yield what is written, in order of time."""
        for customer in self.customers:
            case = Case(customer, float(customer.heat), customer.at)
            key = str(customer.number)
            self.cases[key] = case
            lane = self._lane(customer.pace, customer.language, customer.skill, None)
            ticket = Ticket(key, lane, moment(customer.at), pace=customer.pace, arrived=customer.at)
            ticket.answer_by = moment(customer.at + self.desk.target[customer.pace])
            self._read(ticket, case)
            yield ticket

    def gives_up(self, ticket: Ticket, now: float) -> float:
        """Return when they leave: by a hazard that grows with their heat, and their heat with the wait."""
        case = self.cases[ticket.id]
        customer = case.customer
        return now + _patience(
            customer.tries[ticket.talks].patience,
            case.heat,
            self.desk.grows[customer.pace],
            self.desk.patience[customer.pace],
            self.desk.hazard,
        )

    def answer(self, ticket: Ticket, agent: Agent, now: float) -> Answer | None:
        """Accept, decline or let it lapse, as the facts say."""
        if self.facts.offers is None:
            return None
        drawn = self.cases[ticket.id].customer.tries[ticket.talks].offers
        how, fast = drawn[(ticket.offers - 1) % len(drawn)]
        quick, slow = self.facts.offers.accepted_after_s
        if how < self.facts.offers.lapsed:
            return Answer(False, LAPSES_AFTER[ticket.slot])
        return Answer(
            how >= self.facts.offers.lapsed + self.facts.offers.declined, (quick + (slow - quick) * fast) / 60
        )

    def begins(self, ticket: Ticket, agent: Agent, now: float) -> float:
        """Return the work: more for the heated and for who lacks the skill, less for who knows the case."""
        case = self.cases[ticket.id]
        customer = case.customer
        if case.wait is None:
            case.wait = now - customer.at
        case.heat = min(HOTTEST, case.heat + (now - case.waits_from) / self.desk.grows[customer.pace])
        draws, skilled = customer.tries[ticket.talks], self._skilled(agent, customer)
        strain = min(self._strain(agent, now), MOST_STRAIN) if self.strain else 0.0
        base, gains = self.desk.resolved
        helped = draws.resolved < base + gains * skilled + self.desk.strain_resolved * strain
        case.outcome = "resolved" if helped else self._not_helped(ticket.talks, draws)
        longer, shorter = self.desk.work_by_proficiency
        work = customer.work * (1 + self.desk.work_by_heat * case.heat) * (longer - shorter * skilled)
        return (
            work
            * (1 + self.desk.strain_work * strain)
            * (self.desk.later_work if ticket.talks else 1)
            * (self.desk.same_agent_work if ticket.last_agent == agent.id else 1)
            * (self.desk.transfer_work if case.outcome == "transfer" else 1)
        )

    def ends(self, ticket: Ticket, agent: Agent, now: float) -> Return | None:
        """Note the hard work, and say whether the customer was helped, is handed on, or comes back."""
        case = self.cases[ticket.id]
        heat = cast(Heat, int(case.heat))  # the band that the mood is in at the close
        agent.note_closed(heat, now)
        handled = self.handled.setdefault(agent.id, Handled())
        handled.hard += max(0.0, case.heat - 1)
        handled.strain = self._strain(agent, now) + max(0, heat - 1)
        handled.strain_at = now
        handled.longest = max(handled.longest, agent.run)
        if case.outcome == "transfer":
            case.transfers += 1
            case.waits_from, case.heat = now, min(HOTTEST, case.heat + HEAT_BY_TRANSFER)
            able = self._able(case.customer)
            self._read(ticket, case, need_skill=bool(able))
            return Return(now, not_to=None if able == {agent.number} else agent.id)
        if case.outcome == "back":
            back = now + AWAY * case.customer.tries[ticket.talks - 1].away
            case.waits_from, case.heat = back, min(HOTTEST, case.heat + HEAT_BY_RETURN)
            self._read(ticket, case)
            ticket.arrived = back
            ticket.answer_by = moment(back + self.desk.target[case.customer.pace])
            return Return(back)
        case.resolved_at_once = case.outcome == "resolved" and ticket.talks == 1
        return None

    def lost(self, ticket: Ticket, now: float) -> None:
        """Note who left, and after how long."""
        case = self.cases[ticket.id]
        case.left_after = now - case.customer.at

    def _agent(self, person: Person) -> Agent:
        skills = {_skill(n): level for n, level in enumerate(person.levels) if level}
        view = AgentView(
            id=f"a{person.number:03d}",
            name="",
            brands=frozenset({BRAND}),
            skills=cast(
                dict[str, int], skills | {_language(n): 1 for n in person.speaks}
            ),  # levels may lie between two
            channels=person.works_on,
            capacity=cast(dict[WorkClass, int], dict(self.desk.slots)),
        )
        begins, ends = person.shift
        days = [day * self.desk.day for day in range(self.desk.days + AFTER)]
        return Agent(view, [(day + begins, day + ends) for day in days], self.desk.speed, person.number)

    def _not_helped(self, talk: int, draws: Try) -> str:
        if talk + 1 == self.desk.tries:
            return "unresolved"
        return "transfer" if draws.handed_on < TRANSFERRED else "back"

    def _strain(self, agent: Agent, now: float) -> float:
        """Return what of an agent's hard work still tells on them, which no desk knows."""
        handled = self.handled.get(agent.id)
        return handled.strain * 0.5 ** ((now - handled.strain_at) / self.desk.strain_half_life) if handled else 0.0

    def _skilled(self, agent: Agent, customer: Customer) -> float:
        return self.people[agent.number].proficiency[customer.skill]

    def _able(self, customer: Customer) -> set[int]:
        """Return who may take on what somebody hands on: at the right level, as the desk has it written."""
        return {
            person.number
            for person in self.people
            if person.levels[customer.skill] >= TRANSFER_LEVEL
            and customer.language in person.speaks
            and customer.pace in person.works_on
        }

    def _read(self, ticket: Ticket, case: Case, *, need_skill: bool = False) -> None:
        """Set what the desk sees of a ticket that will wait: heat, topic, lane."""
        customer, facts = case.customer, self.facts
        draws = customer.tries[ticket.talks]
        pace = customer.pace
        if pace not in self._cuts:
            self._cuts[pace] = cuts(self.desk, facts, pace)
        ticket.heat = seen(case.heat, draws.noise, facts, self._cuts[pace])
        topic = draws.read_as if draws.misread < facts.topic_misread and not need_skill else customer.skill
        ticket.confidence = 1 - facts.topic_misread
        ticket.lane = self._lane(pace, customer.language, topic, topic if need_skill else None)

    def _lane(self, pace: Pace, language: int, topic: int, skill: int | None) -> LaneSpec:
        """Return the one lane of all that need the same."""
        key = (pace, language, topic, skill)
        if key not in self._lanes:
            needs = {_language(language): 1} | ({} if skill is None else {_skill(skill): TRANSFER_LEVEL})
            work_class: WorkClass = "mail" if pace == "email" else "live"
            self._lanes[key] = LaneSpec(BRAND, "desk", pace, work_class, needs, _skill(topic))
        return self._lanes[key]


def _skill(number: int) -> str:
    return f"skill{number}"


def _language(number: int) -> str:
    return f"language{number}"


def _patience(drawn: float, heat: float, grows: float, mean: float, hazard: float) -> float:
    """Return after how many minutes the hazard exp(hazard · heat) / mean reaches what was drawn; heat grows to 3."""
    per_minute = hazard / grows
    first = math.exp(hazard * heat) / mean
    to_hottest = max(HOTTEST - heat, 0.0) * grows
    until_then = first * (math.exp(per_minute * to_hottest) - 1) / per_minute
    if drawn < until_then:
        return math.log(1 + drawn * per_minute / first) / per_minute
    return to_hottest + (drawn - until_then) * mean / math.exp(hazard * HOTTEST)
