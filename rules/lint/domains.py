"""The values worth trying for a fact: enough that whatever its conditions can say together, one of them says it too.

Numbers, durations and times get every threshold and one value on each side of it; texts every value that is named.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from rules.facts import FACTS, Fact
from rules.values import FactValue, Type, Value, Window, fold

# What a number can be: lowest, highest, whole. Of other numbers nothing is known.
RANGES: dict[str, tuple[float | None, float | None, bool]] = {
    "sentiment": (-1, 1, False),
    "frustration": (0, 100, False),
    "urgency": (0, 100, False),
    "heat": (0, 3, True),
}
_COUNTED = frozenset({"characters", "addresses", "tickets", "messages", "times", "agents"})  # units of what is counted
_BELOW_ZERO = frozenset({"due_in"})  # durations that can be negative
_SEASONS = (0, 1, 91, 182, 273)  # days after a threshold: the clocks of two zones differ with the season


def values_of(fact: Fact, asked: Iterable[Value]) -> list[FactValue]:
    """Return the values to try for a fact of any type but a set; `asked` are those its conditions compare with."""
    flat = [one for value in asked for one in (value if isinstance(value, tuple) else (value,)) if one is not None]
    match fact.type:
        case Type.BOOLEAN:
            return [True, False]
        case Type.ONE_OF:
            return list(fact.choices)
        case Type.NUMBER | Type.PERCENT:
            return list(_numbers(fact, [one for one in flat if isinstance(one, int | float)]))
        case Type.DURATION:
            low = None if fact.name in _BELOW_ZERO else 0.0
            seconds = [one.total_seconds() for one in flat if isinstance(one, timedelta)]
            return [timedelta(seconds=one) for one in _line(seconds, low, None, False, 3600)]
        case Type.TIME_OF_DAY:
            return list(_times(flat))
        case Type.MOMENT:
            return list(_moments(flat))
        case _:
            return list({fold(one): one for one in flat if isinstance(one, str)}.values())


def _numbers(fact: Fact, asked: list[int | float]) -> list[int | float]:
    low, high, whole = RANGES.get(fact.name, (None, None, False)) if fact.name in FACTS else (None, None, False)
    if fact.type is Type.PERCENT:
        low, high = 0, 100
    elif fact.name in FACTS and fact.unit in _COUNTED:
        low, whole = 0, True
    return [int(one) if one == int(one) else one for one in _line(asked, low, high, whole, 1)]


def _line(asked: Sequence[float], low: float | None, high: float | None, whole: bool, step: float) -> list[float]:
    """Return thresholds first, then what lies between, below and above them; all within the bounds."""
    at = sorted({float(one) for one in asked})
    bounds = [bound for bound in (low, high) if bound is not None]
    if whole:
        near = [one + side for one in at for side in (-1, 1)]
        found = [*at, *bounds, *near] if all(one == int(one) for one in at) else []
        found = found or [side for one in at for side in (int(one // 1), int(one // 1) + 1)] + bounds
    else:
        ends = [at[0] - step, at[-1] + step] if at else [0.0]
        marks = sorted({*at, *bounds})
        found = [*at, *bounds, *((a + b) / 2 for a, b in pairwise(marks)), *ends]
    inside = (one for one in found if (low is None or one >= low) and (high is None or one <= high))
    return list(dict.fromkeys(inside)) or [0.0 if low is None else low]


def _times(asked: Iterable[Value]) -> list[time]:
    """Return the starts of all stretches of the day: every one includes its start and not its end."""
    marks = [at for one in asked for at in ((one.start, one.end) if isinstance(one, Window) else (one,))]
    return list(dict.fromkeys([*(at for at in marks if isinstance(at, time)), time(0)]))


def _moments(asked: Iterable[Value]) -> list[datetime]:
    items = list(asked)
    marks = sorted({one for one in items if isinstance(one, datetime)})
    windows = [one for one in items if isinstance(one, Window)]
    starts = [marks[0] - timedelta(days=400), *marks] if marks else [datetime.fromisoformat("2027-01-04T00:00+00:00")]
    found = list(starts)
    for begin in starts:
        for window in windows:
            zone = ZoneInfo(window.zone)
            day = begin.astimezone(zone).date()
            found += [
                datetime.combine(day + timedelta(days=days), at, zone)
                for days in _SEASONS
                for at in (window.start, window.end)
            ]
    return list(dict.fromkeys(found))
