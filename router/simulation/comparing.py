"""Policies on the same days: what customers waited, who was lost and helped, and how hard work was shared.

Differences between two policies are those of the same seeds, so their intervals are narrower than either's own.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from router.simulation.days import Days
from router.simulation.desks import Desk, Facts
from router.simulation.drawing import customers, noise_for, people
from router.simulation.intervals import Interval, interval
from router.simulation.kernel import run
from router.simulation.policies import BestSuited, FifoRoundRobin, InTurn, SkillPriority
from router.simulation.world import Policy

OURS = "best_suited"
PEERS = ("fifo_round_robin", "skill_priority")
IN_TURN = "in_turn"  # what ops may choose for overload; measured on request
FRUSTRATED = 2  # true heat at arrival, from which on
RATIOS = ("frustrated_p90", "others_p90")  # told as shares of the peer's
LEVELS = (  # told as they are
    "frustrated_p50",
    "others_p50",
    "lost",
    "resolution",
    "transfers",
    "in_time",
    "gini",
    "longest_run",
    "longest_run_worst",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One desk to be lived through, and what differs from its file."""

    desk: Desk
    facts: Facts
    load: float
    strain: bool = True
    alike: bool = False
    peers: tuple[str, ...] = PEERS

    def with_auc(self, auc: float) -> "Setting":
        """Return the same with readings that tell the frustrated apart with this ROC-AUC."""
        return replace(self, facts=replace(self.facts, heat_noise=noise_for(self.desk, auc)))


def policy(name: str, desk: Desk) -> Policy:
    """Return a policy, fresh for a run."""
    makes: Mapping[str, Callable[[], Policy]] = {
        OURS: BestSuited,
        IN_TURN: InTurn,
        "fifo_round_robin": FifoRoundRobin,
        "skill_priority": lambda: SkillPriority(desk.drops_after),
    }
    return makes[name]()


def measured(setting: Setting, seed: int) -> dict[str, dict[str, float]]:
    """Return the measures of each policy on the days of one seed."""
    desk, facts = setting.desk, setting.facts
    crew, writers = people(desk, facts, seed, alike=setting.alike), customers(desk, setting.load, seed)
    found = {}
    for name in (OURS, *setting.peers):
        days = Days(desk, facts, crew, writers, setting.strain)
        run(days.tickets(), days.agents(), policy(name, desk), days, until=days.end)
        found[name] = measures(days)
    return found


def measures(days: Days) -> dict[str, float]:
    """Return what is told of days that were lived through.

    Waits are in targets, to the first answer; whoever left or still waits counts with the wait they had.
    """
    cases = list(days.cases.values())
    waits: dict[bool, list[float]] = {True: [], False: []}
    in_time = 0
    for case in cases:
        target = days.desk.target[case.customer.pace]
        first = case.wait if case.wait is not None else case.left_after
        waited = (days.end - case.customer.at if first is None else first) / target
        waits[case.customer.heat >= FRUSTRATED].append(waited)
        in_time += case.wait is not None and waited <= 1
    frustrated, others = sorted(waits[True]), sorted(waits[False])
    hours = {f"a{one.number:03d}": (one.shift[1] - one.shift[0]) * days.desk.days / 60 for one in days.people}
    handled = days.handled
    runs = [handled[key].longest if key in handled else 0 for key in hours]
    return {
        "frustrated_p50": _quantile(frustrated, 0.5),
        "frustrated_p90": _quantile(frustrated, 0.9),
        "others_p50": _quantile(others, 0.5),
        "others_p90": _quantile(others, 0.9),
        "lost": sum(case.left_after is not None for case in cases) / len(cases),
        "resolution": sum(case.resolved_at_once for case in cases) / len(cases),
        "transfers": sum(case.transfers for case in cases) / len(cases),
        "in_time": in_time / len(cases),
        "gini": gini([handled[key].hard / of if key in handled else 0.0 for key, of in hours.items()]),
        "longest_run": math.fsum(runs) / len(runs),
        "longest_run_worst": float(max(runs)),
    }


def against(ours: Sequence[Mapping[str, float]], peer: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    """Return waits as shares of a peer's, seed by seed, and the other measures of ours as they are."""
    shares = {key: interval([_share(a[key], b[key]) for a, b in zip(ours, peer, strict=True)]) for key in RATIOS}
    return shares | {key: interval([one[key] for one in ours]) for key in LEVELS}


def gini(values: Sequence[float]) -> float:
    """Return how unequally something is shared: 0 equally, towards 1 all to one."""
    ordered, total = sorted(values), math.fsum(values)
    if not total:
        return 0.0
    count = len(ordered)
    return 2 * math.fsum(n * value for n, value in enumerate(ordered, 1)) / (count * total) - (count + 1) / count


def _share(value: float, of: float) -> float:
    """Return a share; of nothing, nothing is one and anything is without end."""
    return value / of if of else 1.0 if not value else math.inf


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value at a share of ordered values, between two by their distance."""
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
