"""The simulation held against queueing theory: the same kernel and the same choosing, on desks simple enough to solve.

Seeds, run lengths and warm-up stand here and were fixed before the figures were looked at.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from router.routing.lanes import AgentView, LaneSpec
from router.simulation import formulas
from router.simulation.crew import Agent
from router.simulation.intervals import Interval, interval
from router.simulation.kernel import run
from router.simulation.policies import BestSuited
from router.simulation.tickets import Ticket, moment
from router.simulation.world import NEVER, Answer, Return

SERVICE = 10.0  # minutes, in the mean
SEED = 20_261_122
RUNS = 40  # independent ones of each desk; the spread between them gives the standard error
WARM_UP = 1000  # customers of each run that are not counted
LANES = tuple(LaneSpec("brand", "queue", f"class {n}", "mail") for n in range(2))
FIRST_CLASS = timedelta(days=4000)  # head start of the first class: more than any run lasts


@dataclass(frozen=True, slots=True)
class Simple:
    """A desk that theory can solve; `loads` by class, in shares of what all agents can do."""

    name: str
    agents: int
    loads: tuple[float, ...]
    patience: float | None  # minutes, in the mean; None: nobody gives up
    customers: int  # measured in each run
    figures: tuple[tuple[str, float], ...]  # name of a measure, and what theory says


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, simulated and by its formula."""

    name: str
    theory: float
    simulated: Interval

    @property
    def holds(self) -> bool:
        """Say whether it lies within three standard errors of its formula."""
        return abs(self.simulated.mean - self.theory) <= 3 * self.simulated.standard_error


def _patient(agents: int, load: float, customers: int) -> Simple:
    theory = formulas.erlang_c(agents, load, SERVICE)
    figures = (("share who wait", theory.wait), ("mean wait, min", theory.mean))
    return Simple(f"Erlang-C, {agents} agents, load {load}", agents, (load,), None, customers, figures)


def _impatient(agents: int, load: float, patience: float, customers: int) -> Simple:
    theory = formulas.erlang_a(agents, load, SERVICE, patience)
    figures = (
        ("share who give up", theory.lost),
        ("share who wait", theory.wait),
        ("mean wait, min", theory.mean),
    )
    name = f"Erlang-A, {agents} agents, load {load}, patience {patience:g} min"
    return Simple(name, agents, (load,), patience, customers, figures)


def _two_classes(agents: int, loads: tuple[float, float], customers: int) -> Simple:
    first, others = formulas.two_classes(agents, loads, SERVICE)
    figures = (("mean wait of the first class, min", first), ("mean wait of the others, min", others))
    name = f"two classes, {agents} agents, loads {loads[0]} and {loads[1]}"
    return Simple(name, agents, loads, None, customers, figures)


DESKS = (
    _patient(2, 0.5, 6_000),
    _patient(5, 0.65, 20_000),
    _patient(10, 0.75, 36_000),
    _impatient(4, 0.9, 20.0, 3_500),
    _impatient(6, 1.2, 15.0, 3_000),
    _two_classes(3, (0.3, 0.4), 14_000),
)


def simulated(desk: Simple, number: int) -> dict[str, float]:
    """Return the measures of one run of a desk; the number of the run makes its seed."""
    customers = _Customers(desk, Random(f"{SEED} {desk.name} {number}"))  # noqa: S311 - drawn to be repeated, not to be secret
    agents = [
        Agent(AgentView(f"a{n}", "", frozenset({"brand"}), capacity={"mail": 1}), here=[(0.0, NEVER)])
        for n in range(desk.agents)
    ]
    run(customers.arrive(), agents, BestSuited(lines_up=False), customers)
    return customers.measures()


def figures(desk: Simple, runs: Sequence[dict[str, float]]) -> list[Figure]:
    """Return the figures of a desk, from the measures of its runs."""
    return [
        Figure(f"{desk.name}: {name}", theory, interval([one[name] for one in runs])) for name, theory in desk.figures
    ]


@dataclass(slots=True)
class _Customers:
    """The world of a simple desk: everything about a customer is drawn as they arrive."""

    desk: Simple
    random: Random
    work: dict[str, float] = field(default_factory=dict)
    patience: dict[str, float] = field(default_factory=dict)
    waits: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    gave_up: int = 0

    def arrive(self) -> Iterator[Ticket]:
        """Yield customers in order of arrival."""
        total = sum(self.desk.loads)
        between = SERVICE / (total * self.desk.agents)
        now = 0.0
        for number in range(WARM_UP + self.desk.customers):
            now += self.random.expovariate(1 / between)
            kind = 0 if len(self.desk.loads) == 1 or self.random.random() * total < self.desk.loads[0] else 1
            key = str(number)
            self.work[key] = self.random.expovariate(1 / SERVICE)
            if self.desk.patience:
                self.patience[key] = self.random.expovariate(1 / self.desk.patience)
            place = moment(now) - (FIRST_CLASS if kind == 0 else timedelta(0))
            yield Ticket(key, LANES[kind], place, arrived=now)

    def gives_up(self, ticket: Ticket, now: float) -> float:
        return now + self.patience[ticket.id] if self.desk.patience else NEVER

    def answer(self, ticket: Ticket, agent: Agent, now: float) -> Answer | None:
        return None

    def begins(self, ticket: Ticket, agent: Agent, now: float) -> float:
        self._waited(ticket, now)
        return self.work[ticket.id]

    def ends(self, ticket: Ticket, agent: Agent, now: float) -> Return | None:
        return None

    def lost(self, ticket: Ticket, now: float) -> None:
        self.gave_up += self._waited(ticket, now)

    def _waited(self, ticket: Ticket, now: float) -> bool:
        """Note how long somebody waited; False: it was in the warm-up."""
        if int(ticket.id) < WARM_UP:
            return False
        self.waits[LANES.index(ticket.lane)].append(now - ticket.arrived)
        return True

    def measures(self) -> dict[str, float]:
        first, others = self.waits
        everyone = first + others
        return {
            "share who wait": sum(wait > 0 for wait in everyone) / len(everyone),
            "mean wait, min": math.fsum(everyone) / len(everyone),
            "share who give up": self.gave_up / len(everyone),
            "mean wait of the first class, min": math.fsum(first) / max(len(first), 1),
            "mean wait of the others, min": math.fsum(others) / max(len(others), 1),
        }
