"""The figures of a replayed or recorded period, each with what every day adds to it. Pure.

A figure is a number of the whole period; its uncertainty comes from the days, which are taken as drawn from many such
days. `off` says by how much each day pulls the figure away from where it is (its influence): a mean's exactly, a
quantile's through the density about it (Woodruff, JASA 47, 1952), that of the spread by leaving the day out. What is
compared on the same days is compared by the difference of these, so that a busy day counts on both sides alike.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from router.backtest.records import FRUSTRATED, Days, Recorded, Turn

LEAST_AGENTS = 5  # a spread over fewer would speak of persons
LEAST_SHARE = 0.02  # on each side of a quantile, to see how dense the cases lie about it

Unit = Literal["s", "share", "ratio"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that a back-test shows."""

    key: str
    label: str
    unit: Unit
    better: Literal["lower", "higher"]


FIGURES = (
    Figure("wait_p50_frustrated", "Wait of the frustrated for an answer, median", "s", "lower"),
    Figure("wait_p90_frustrated", "Wait of the frustrated for an answer, 9 of 10 within", "s", "lower"),
    Figure("wait_p50", "Wait for an answer, median", "s", "lower"),
    Figure("wait_p90", "Wait for an answer, 9 of 10 within", "s", "lower"),
    Figure("promises_kept", "Promises kept", "share", "higher"),
    Figure("left", "Tickets over before anyone had them", "share", "lower"),
    Figure("transfers", "Transfers for each ticket", "ratio", "lower"),
    Figure("nobody", "Tickets no one on the desk may take", "share", "lower"),
    Figure("load_spread", "Spread of the load over agents", "ratio", "lower"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of one period."""

    value: float
    off: tuple[float, ...]  # by day
    cases: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One counted ticket: the day it came, whether its customer was frustrated, and its turns."""

    day: int
    frustrated: bool
    turns: Sequence[Turn]


def measure(
    days: Days, brand_id: str, tickets: Sequence[Recorded], lives: Iterable[Sequence[Turn]]
) -> dict[str, Measured]:
    """Return the figures of one brand's tickets of a period that were opened in it; those without a case are not there.

    `lives`: the turns of each ticket, in their order.
    """
    seen, busy = [], _Busy(days)
    for ticket, turns in zip(tickets, lives, strict=True):
        busy.add(turns)
        if ticket.brand_id == brand_id and turns and days.start <= ticket.opened_at < days.end:
            seen.append(Seen(days.day_of(ticket.opened_at), ticket.heat >= FRUSTRATED, turns))
    until_s = (days.known_until - days.start).total_seconds()
    waited = [(one, _waited(one.turns[0], days, until_s)) for one in seen]
    waits = [(one.day, wait) for one, wait in waited if wait is not None]
    hot = [(one.day, wait) for one, wait in waited if wait is not None and one.frustrated]
    kept = [(one.day, held) for one, wait in waited if (held := _kept(one.turns[0], wait, days)) is not None]

    def shares(about: Callable[[Seen], float]) -> list[tuple[int, float]]:
        return [(one.day, about(one)) for one in seen]

    made = {
        "wait_p50_frustrated": _quantile(hot, 0.5, days.count),
        "wait_p90_frustrated": _quantile(hot, 0.9, days.count),
        "wait_p50": _quantile(waits, 0.5, days.count),
        "wait_p90": _quantile(waits, 0.9, days.count),
        "promises_kept": _mean(kept, days.count),
        "left": _mean(shares(lambda one: float(one.turns[0].left_s is not None)), days.count),
        "transfers": _mean(shares(lambda one: float(sum(_passes(turn) for turn in one.turns))), days.count),
        "nobody": _mean(shares(lambda one: float(one.turns[0].flagged)), days.count),
        "load_spread": busy.spread(),
    }
    return {key: found for key, found in made.items() if found is not None}


def _waited(turn: Turn, days: Days, until_s: float) -> float | None:
    """Return how long a customer waited for the first answer; infinity where none is known; None if none was due."""
    if turn.closed or turn.left_s is not None:
        return None
    began_s = (turn.at - days.start).total_seconds()
    answered_s = turn.answered_s
    if answered_s is not None and began_s + answered_s <= until_s:
        return answered_s
    if answered_s is None and turn.stints and turn.stints[-1].took_s is not None:
        return None  # it was settled without a word
    return math.inf


def _kept(turn: Turn, waited: float | None, days: Days) -> float | None:
    """Return whether the answer came in time; None where that is not known, or none was due."""
    if turn.due is None or waited is None:
        return None
    if waited == math.inf:
        return 0.0 if turn.due < days.known_until else None
    return float(waited <= (turn.due - turn.at).total_seconds())


def _passes(turn: Turn) -> int:
    return sum(stint.passed_on for stint in turn.stints)


def _mean(values: Sequence[tuple[int, float]], days: int) -> Measured | None:
    if not values:
        return None
    cases = len(values)
    mean = sum(value for _, value in values) / cases
    off = [0.0] * days
    for day, value in values:
        off[day] += (value - mean) / cases
    return Measured(mean, tuple(off), cases)


def _quantile(values: Sequence[tuple[int, float]], q: float, days: int) -> Measured | None:
    """Return a quantile; None where it is not finite, since too many were never answered."""
    cases = len(values)
    if not cases:
        return None
    ordered = sorted(value for _, value in values)
    found = _at(ordered, q)
    if found == math.inf:
        return None
    wide = min(max(LEAST_SHARE, 2 * math.sqrt(q * (1 - q) / cases)), q, 1 - q)
    low, high = _at(ordered, q - wide), _at(ordered, min(q + wide, 1.0))
    slope = (high - low) / (2 * wide) if high < math.inf else (found - low) / wide
    off = [0.0] * days
    for day, value in values:
        off[day] += (q - (value <= found)) * slope / cases
    return Measured(found, tuple(off), cases)


def _at(ordered: Sequence[float], q: float) -> float:
    return ordered[min(max(math.ceil(q * len(ordered) - 1e-9), 1), len(ordered)) - 1]


class _Busy:
    """Who had how much work on which day, of all brands; no figure of it speaks of one person."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._held: dict[str, list[float]] = {agent: [0.0] * days.count for agent in days.hours}

    def add(self, turns: Sequence[Turn]) -> None:
        """Count the time that tickets were in slots, on the day their turn began."""
        for turn in turns:
            day = self._days.day_of(turn.at)
            if 0 <= day < self._days.count:
                for stint in turn.stints:
                    if stint.agent_id in self._held and stint.took_s is not None:
                        self._held[stint.agent_id][day] += stint.took_s / 3600

    def spread(self) -> Measured | None:
        """Return the Gini coefficient of the work held for each hour online: 0, all alike, to 1."""
        held = {agent: hours for agent, hours in self._held.items() if sum(self._days.hours[agent]) >= 1}
        if len(held) < LEAST_AGENTS:
            return None
        whole = self._gini(held, None)
        days = self._days.count
        without = [self._gini(held, day) for day in range(days)] if days > 1 else [whole]
        middle = sum(without) / len(without)
        off = tuple((days - 1) / days * (middle - one) for one in without)
        return Measured(whole, off, len(held))

    def _gini(self, held: dict[str, list[float]], left_out: int | None) -> float:
        loads = []
        for agent, by_day in held.items():
            work, hours = sum(by_day), sum(self._days.hours[agent])
            if left_out is not None:
                work, hours = work - by_day[left_out], hours - self._days.hours[agent][left_out]
            if hours > 0:
                loads.append(work / hours)
        loads.sort()
        total = sum(loads)
        if not total:
            return 0.0
        ranked = sum((2 * n - len(loads) - 1) * load for n, load in enumerate(loads, start=1))
        return ranked / (len(loads) * total)
