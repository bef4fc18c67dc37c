"""Both sets of rules over the same days, and what the draft changes, each figure with its interval.

The forecast of a figure is what was recorded, changed by as much as the replay of the draft differs from that of the
live rules: where the replay is off in the same way on both sides, that falls out.
"""

import math
import multiprocessing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from router.backtest.figures import FIGURES, Measured, measure
from router.backtest.records import Days, Recorded, Sent, Turn
from router.backtest.replay import Replay
from router.backtest.work import Estimated
from router.desknow import DeskNow

LIVE, DRAFT = 0, 1
ENOUGH_TICKETS = 20_000  # over all draws; with more than that, one draw is enough
MOST_DRAWS = 4
LEAST_DAYS = 5  # fewer say too little of how days differ
MANY = 4_000  # tickets from which a second process pays

# two-sided 95 % of Student's t by degrees of freedom; between them that of the fewer
_T = {4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 10: 2.228, 12: 2.179, 15: 2.131, 20: 2.086, 30: 2.042, 60: 2.0}

Measures = Sequence[Mapping[str, Measured]]  # by draw


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: as recorded, as replayed with each set of rules, the change, and the forecast; intervals are 95 %."""

    key: str
    recorded: float | None
    live: float
    draft: float
    change: float
    low: float | None  # of the change; None: too few days
    high: float | None
    forecast: float | None
    error: float | None  # standard error of the forecast over `days`, for as many days to come see `interval`
    cases: int  # tickets; of the spread of the load: agents


@dataclass(frozen=True, slots=True)
class Move:
    """How many tickets go from one queue to another; None stands for closed at once."""

    before: str | None
    after: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Compared:
    """What a back-test found."""

    tickets: int
    days: int
    draws: int
    elsewhere: tuple[Move, ...]  # largest first
    changed: int  # tickets on which the two differ in anything
    promised_sooner: int
    promised_later: int
    other_needs: int
    other_heat: int
    rows: tuple[Row, ...]


def compare(days: Days, desks: Mapping[str, DeskNow], brand_id: str, seed: int) -> Compared:
    """Return what the draft changes for one brand; the same for the same days and seed."""
    mine = [t for t in days.tickets if t.brand_id == brand_id and days.start <= t.opened_at < days.end]
    draws = min(max(ENOUGH_TICKETS // max(len(days.tickets), 1), 1), MOST_DRAWS)

    def replays(which: int) -> list[dict[str, Measured]]:
        found = []
        for draw in range(draws):
            lives = Replay(days, which, desks, Estimated(days.tickets, seed, draw)).run()
            found.append(measure(days, brand_id, days.tickets, lives))
        return found

    alike = all(turn.sent[LIVE] is turn.sent[DRAFT] for ticket in days.tickets for turn in ticket.turns)
    if alike:
        live = draft = replays(LIVE)
    else:
        live, draft = side_by_side(replays, many=len(days.tickets) * draws >= MANY)
    recorded = measure(days, brand_id, days.tickets, [ticket.turns for ticket in days.tickets])
    found = (_row(figure.key, recorded, live, draft, days.count) for figure in FIGURES)
    return Compared(
        tickets=len(mine),
        days=days.count,
        draws=draws,
        elsewhere=_moves(mine, desks[brand_id]),
        **_differences(mine),
        rows=tuple(row for row in found if row is not None),
    )


def interval(row: Row, days: int, to_come: float) -> tuple[float, float] | None:
    """Return between which values a figure will lie in as many days to come; None without a forecast.

    The days replayed and those to come vary alike, so both count.
    """
    if row.forecast is None or row.error is None or to_come <= 0:
        return None
    wide = t_value(days - 1) * row.error * math.sqrt(1 + days / to_come)
    return max(row.forecast - wide, 0.0), row.forecast + wide


def t_value(freedom: int) -> float:
    """Return Student's t for a two-sided 95 % interval."""
    return next((value for least, value in reversed(_T.items()) if freedom >= least), math.inf)


def side_by_side(
    replays: Callable[[int], list[dict[str, Measured]]], *, many: bool
) -> tuple[list[dict[str, Measured]], list[dict[str, Measured]]]:
    """Return the replays of both sets of rules; where there is much to do, in two processes."""
    if not many or "fork" not in multiprocessing.get_all_start_methods():
        return replays(LIVE), replays(DRAFT)
    context = multiprocessing.get_context("fork")  # the days need not be copied
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=lambda: theirs.send(replays(LIVE)), daemon=True)
    child.start()
    theirs.close()
    try:
        draft = replays(DRAFT)
        live = ours.recv()
    finally:
        child.kill()
        child.join()
    return live, draft


def _row(key: str, recorded: Mapping[str, Measured], live: Measures, draft: Measures, days: int) -> Row | None:
    before, after = [one[key] for one in live if key in one], [one[key] for one in draft if key in one]
    if not before or len(before) != len(after) or len(before) < len(live):
        return None
    changes = [b.value - a.value for a, b in zip(before, after, strict=True)]
    change, drawn = _middle(changes), _variance_of_mean(changes)
    off = [
        _middle(pair) for pair in zip(*(_minus(b.off, a.off) for a, b in zip(before, after, strict=True)), strict=True)
    ]
    error = _error(off, drawn)
    was = recorded.get(key)
    wide = t_value(days - 1) * error if error is not None else None
    return Row(
        key=key,
        recorded=was.value if was else None,
        live=_middle([one.value for one in before]),
        draft=_middle([one.value for one in after]),
        change=change,
        low=change - wide if wide is not None else None,
        high=change + wide if wide is not None else None,
        forecast=max(was.value + change, 0.0) if was else None,
        error=_error([a + b for a, b in zip(was.off, off, strict=True)], drawn) if was else None,
        cases=after[0].cases,
    )


def _error(off: Sequence[float], drawn: float) -> float | None:
    """Return the standard error of a figure from what each day adds, and the variance that draws add."""
    days = len(off)
    if days < LEAST_DAYS:
        return None
    return math.sqrt(days / (days - 1) * sum(one * one for one in off) + drawn)


def _middle(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _variance_of_mean(values: Sequence[float]) -> float:
    middle = _middle(values)
    several = len(values) - 1
    return sum((value - middle) ** 2 for value in values) / several / len(values) if several else 0.0


def _minus(one: Sequence[float], other: Sequence[float]) -> list[float]:
    return [a - b for a, b in zip(one, other, strict=True)]


def _moves(tickets: Sequence[Recorded], desk: DeskNow) -> tuple[Move, ...]:
    moved: Counter[tuple[str | None, str | None]] = Counter()
    for ticket in tickets:
        before, after = (_queue(sent) for sent in ticket.turns[0].sent)
        if before != after:
            moved[before, after] += 1

    def named(queue_id: str | None) -> str | None:
        return desk.queues[queue_id].name if queue_id is not None and queue_id in desk.queues else None

    ordered = sorted(moved.items(), key=lambda item: (-item[1], str(item[0])))
    return tuple(Move(named(before), named(after), count) for (before, after), count in ordered)


def _queue(sent: Sent) -> str | None:
    return sent.line.queue.id if sent.line else None


def _differences(tickets: Sequence[Recorded]) -> dict[str, Any]:
    counts = dict.fromkeys(("changed", "promised_sooner", "promised_later", "other_needs", "other_heat"), 0)
    for ticket in tickets:
        before, after = ticket.turns[0].sent
        counts["changed"] += before is not after
        counts["other_heat"] += before.heat != after.heat
        if before.line and after.line:
            counts["promised_sooner"] += after.line.target < before.line.target
            counts["promised_later"] += after.line.target > before.line.target
            counts["other_needs"] += _levels(before) != _levels(after)
    return counts


def _levels(sent: Sent) -> dict[str, int]:
    return {skill: level for skill, (level, _) in sent.line.needs.items()} if sent.line else {}


__all__ = ["Compared", "Move", "Row", "Turn", "compare", "interval", "t_value"]
