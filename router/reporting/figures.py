"""The figures of a report, made from what was counted: one table of measures, read by pages, plots and files alike."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import Literal

from router.reporting.intervals import quantile, quantile_interval, share_interval

LEAST = 5  # cases; fewer say nothing
CALMER = 8  # points of frustration that make a difference, as router.model.Mood.trend counts them
SATISFIED = 4  # of 5, and above

Kind = Literal["count", "share", "seconds", "level"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, and the cases it stands on. `value` is None when there are too few to say."""

    kind: Kind
    cases: int
    value: float | None
    low: float | None = None  # of the 95 % interval; None: too few cases to bound it
    high: float | None = None


@dataclass(slots=True)
class Tally:
    """What was counted for one group: a day, a queue, a channel, a brand or a language."""

    first: list[float] = field(default_factory=list)  # seconds until the first answer
    later: list[float] = field(default_factory=list)  # seconds until each next answer
    kept: int = 0  # promises
    broken: int = 0
    opened: int = 0
    received: int = 0  # messages
    sent: int = 0
    resolved: int = 0
    reopened: int = 0
    transferred: int = 0
    moods: list[tuple[int, int]] = field(default_factory=list)  # frustration of the first and the last message
    asked: int = 0
    scores: list[int] = field(default_factory=list)  # 1 … 5

    def add(self, other: "Tally") -> None:
        """Count another group's things here too."""
        for one in fields(self):
            mine = getattr(self, one.name)
            mine += getattr(other, one.name)  # a list grows where it is
            setattr(self, one.name, mine)


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of a report."""

    key: str
    section: str
    kind: Kind
    of: Callable[[Tally], Figure]
    less_is_better: bool | None = None  # None: neither


def count(cases: int) -> Figure:
    """Return how many there were."""
    return Figure("count", cases, cases)


def share(hits: int, cases: int) -> Figure:
    """Return which share of the cases it was, with Wilson's interval."""
    if cases < LEAST:
        return Figure("share", cases, None)
    return Figure("share", cases, hits / cases, *share_interval(hits, cases))


def at(values: Iterable[float], q: float, kind: Kind) -> Figure:
    """Return a quantile with its interval by order statistics."""
    ordered = sorted(values)
    if len(ordered) < LEAST:
        return Figure(kind, len(ordered), None)
    return Figure(kind, len(ordered), quantile(ordered, q), *quantile_interval(ordered, q))


MEASURES = (
    # key, section, kind, from what, is less better?
    Measure("first_p50", "waits", "seconds", lambda t: at(t.first, 0.5, "seconds"), less_is_better=True),
    Measure("first_p90", "waits", "seconds", lambda t: at(t.first, 0.9, "seconds"), less_is_better=True),
    Measure("next_p50", "waits", "seconds", lambda t: at(t.later, 0.5, "seconds"), less_is_better=True),
    Measure("next_p90", "waits", "seconds", lambda t: at(t.later, 0.9, "seconds"), less_is_better=True),
    Measure("kept", "promises", "share", lambda t: share(t.kept, t.kept + t.broken), less_is_better=False),
    Measure("opened", "volumes", "count", lambda t: count(t.opened)),
    Measure("received", "volumes", "count", lambda t: count(t.received)),
    Measure("sent", "volumes", "count", lambda t: count(t.sent)),
    Measure("resolved", "volumes", "count", lambda t: count(t.resolved)),
    Measure("reopened", "volumes", "count", lambda t: count(t.reopened)),
    Measure("transferred", "volumes", "count", lambda t: count(t.transferred)),
    Measure("mood_in", "mood", "level", lambda t: at((m[0] for m in t.moods), 0.5, "level"), less_is_better=True),
    Measure("mood_out", "mood", "level", lambda t: at((m[1] for m in t.moods), 0.5, "level"), less_is_better=True),
    Measure(
        "calmer",
        "mood",
        "share",
        lambda t: share(sum(before - after >= CALMER for before, after in t.moods), len(t.moods)),
        less_is_better=False,
    ),
    Measure(
        "satisfied",
        "csat",
        "share",
        lambda t: share(sum(score >= SATISFIED for score in t.scores), len(t.scores)),
        less_is_better=False,
    ),
    Measure("asked", "csat", "count", lambda t: count(t.asked)),
    Measure("answered", "csat", "count", lambda t: count(len(t.scores))),
)
SECTIONS = tuple(dict.fromkeys(measure.section for measure in MEASURES))


def figures(tally: Tally, sections: Iterable[str] = SECTIONS) -> dict[str, Figure]:
    """Return every measure of these sections."""
    tally.first.sort()
    tally.later.sort()  # once for all their quantiles
    wanted = set(sections)
    return {measure.key: measure.of(tally) for measure in MEASURES if measure.section in wanted}


def together(tallies: Iterable[Tally]) -> Tally:
    """Return what several groups count together."""
    total = Tally()
    for one in tallies:
        total.add(one)
    return total


def change(now: Figure, before: Figure | None) -> float | None:
    """Return how much a figure rose: points for shares and levels, a share of the old value else; None: cannot say."""
    if before is None or now.value is None or before.value is None:
        return None
    if now.kind in ("share", "level"):
        return now.value - before.value
    return (now.value - before.value) / before.value if before.value else None


def differs(now: Figure, before: Figure | None) -> bool:
    """Say whether two figures differ by more than chance: their intervals do not meet. Counts are simply counted."""
    if before is None or now.value is None or before.value is None or now.value == before.value:
        return False
    if now.kind == "count":
        return True
    bounds = (now.low, now.high, before.low, before.high)
    low, high, old_low, old_high = (_or(bound, end) for bound, end in zip(bounds, (-1e18, 1e18) * 2, strict=True))
    return low > old_high or high < old_low


def _or(bound: float | None, end: float) -> float:
    """Return a bound, or the end of the world where there is none."""
    return end if bound is None else bound
