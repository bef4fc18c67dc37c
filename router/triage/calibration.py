"""Calibration: what a desk's own readings and its agents' clicks make of the 0 … 100 scale, by pace and language. Pure.

A scale bends the model's points with straight lines between three knots, so that the cuts of the mood mean the same
everywhere. Two things move a knot. *Shares*: hot messages are to be as frequent in each language and pace as on the
desk as a whole, since a model that reads a language badly scores it too low or too high as a whole. *Clicks*: from 200
in a language on, points are also held against how often agents confirmed or dismissed them. Both are held near the
written anchors and move a little with each publish, so that a bad week or a few odd clicks cannot upset a desk.

Only calm points are mapped, and higher points never come out lower: what shouting may add stays what it was.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

from router.triage.language import UNKNOWN
from router.triage.moods import ANCHORS, CUTS, HELD_WITHIN

FORMAT = 1  # of what `dump` gives
TOP = 100.0
LEAST_RECENT = 100  # readings of a pace and language, below which their share says nothing
HALF_RECENT = 200  # readings at which the share counts half, the written scale the other half
LEAST_LABELS = 200  # clicks in a language from which they count
HALF_LABELS = 200  # clicks at which they count half
LEAST_NEAR = 20  # of them within HELD_WITHIN of a cut, for that cut to move
CONFIRMED = (0.25, 0.5, 0.75)  # share of messages that agents confirm, at the three cuts
MOST_MOVED = 5.0  # points that a knot moves in one publish
LEAST_APART = 8.0  # points between two knots

Group = tuple[str, str]  # pace, language
Knots = tuple[float, float, float]  # points that come out as the three cuts


class Label(NamedTuple):
    """One click of an agent on what was shown: right (or angrier than that), or not so."""

    pace: str
    language: str
    points: float  # the model's, before any scale
    is_frustrated: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """How points are shown, by pace and language; those without knots are shown as they are."""

    knots: Mapping[Group, Knots]
    mark: str = field(init=False)  # names this scale in the version of a reading

    def __post_init__(self) -> None:
        object.__setattr__(self, "mark", sha256(self.dump().encode()).hexdigest()[:8])

    def shown(self, pace: str, language: str, points: float) -> float:
        """Return 0 … 100: what points of the model are shown as. Higher points are never shown lower."""
        held = self.knots.get((pace, language))
        return _along(held, _cuts(pace), points) if held else points

    def points(self, pace: str, language: str, shown: float) -> float:
        """Return which points of the model are shown so: the way back, for fitting to what this scale has shown."""
        held = self.knots.get((pace, language))
        return _along(_cuts(pace), held, shown) if held else shown

    def dump(self) -> str:
        """Return the scale as JSON; the same scale gives the same text."""
        knots = {f"{pace}/{language}": list(held) for (pace, language), held in sorted(self.knots.items())}
        return json.dumps({"format": FORMAT, "knots": knots}, separators=(",", ":"))


AS_WRITTEN = Scale({})


def load_scale(text: str) -> Scale:
    """Return the scale that `dump` wrote. Raises ValueError saying what is wrong with any other text."""
    held = json.loads(text)
    if not isinstance(held, dict) or held.get("format") != FORMAT or not isinstance(held.get("knots"), dict):
        raise ValueError(f"This is no scale of format {FORMAT}: publish it again with this release.")
    return Scale({_group(name): _checked(name, knots) for name, knots in held["knots"].items()})


def fit(labels: Iterable[Label], recent: Mapping[Group, Sequence[float]], before: Scale = AS_WRITTEN) -> Scale:
    """Return the scale that recent readings and clicks ask for, no more than a step away from the one `before`.

    `recent` holds the points of recent first messages by pace and language, as the model gave them before any scale
    (`Scale.points` takes back what one has done). Where little is known the scale stays as written.
    """
    clicks: dict[str, list[tuple[float, bool]]] = {}
    for label in labels:
        clicks.setdefault(label.language, []).append((label.points, label.is_frustrated))
    shares = _shares(recent)
    knots: dict[Group, Knots] = {}
    for pace, language in sorted({*recent, *before.knots}):
        if language == UNKNOWN:
            continue  # “ok”, “hi”: not a language that is read too low
        cuts = _cuts(pace)
        wanted = _by_share(cuts, recent.get((pace, language), ()), shares)
        wanted = _by_clicks(cuts, wanted, clicks.get(language, ()))
        held = _held(cuts, wanted, before.knots.get((pace, language), cuts))
        if held != cuts:
            knots[pace, language] = held
    return Scale(knots)


def isotonic(clicks: Iterable[tuple[float, bool]]) -> list[tuple[float, float, float]]:
    """Return (lowest points, highest points, share confirmed) of steps that only rise: pool adjacent violators."""
    steps: list[tuple[float, float, int, int]] = []  # lowest, highest, confirmed, clicks
    for points, confirmed in sorted(clicks):
        step = (points, points, int(confirmed), 1)
        while steps and (steps[-1][1] == step[0] or steps[-1][2] * step[3] >= step[2] * steps[-1][3]):
            low, _, yes, count = steps.pop()
            step = (low, step[1], yes + step[2], count + step[3])
        steps.append(step)
    return [(low, high, yes / count) for low, high, yes, count in steps]


def _shares(recent: Mapping[Group, Sequence[float]]) -> tuple[float, ...]:
    """Return which share of the whole desk's readings reaches each cut as it is written."""
    total = sum(len(points) for (_, language), points in recent.items() if language != UNKNOWN)
    reached = [0, 0, 0]
    for (pace, language), points in recent.items():
        if language != UNKNOWN:
            here = (sum(one >= cut for one in points) for cut in _cuts(pace))
            reached = [so_far + count for so_far, count in zip(reached, here, strict=True)]
    return tuple(count / total if total else 0.0 for count in reached)


def _by_share(cuts: Knots, points: Sequence[float], shares: Sequence[float]) -> Knots:
    """Return the knots that let the desk's shares through, drawn to the cuts as written where readings are few."""
    if len(points) < LEAST_RECENT:
        return cuts
    weight = len(points) / (len(points) + HALF_RECENT)
    order = sorted(points, reverse=True)
    return _each(_mixed(cut, _reached_by(order, share), weight) for cut, share in zip(cuts, shares, strict=True))


def _reached_by(order: Sequence[float], share: float) -> float:
    """Return the points that this share of readings reaches; `order` is the highest first."""
    count = round(share * len(order))
    above = order[count - 1] if count else TOP
    return (above + order[count]) / 2 if count < len(order) else above


def _by_clicks(cuts: Knots, knots: Knots, clicks: Sequence[tuple[float, bool]]) -> Knots:
    """Return the knots drawn to where agents confirm as often as a cut asks."""
    if len(clicks) < LEAST_LABELS:
        return knots
    weight = len(clicks) / (len(clicks) + HALF_LABELS)
    steps = isotonic(clicks)
    drawn = []
    for cut, knot, share in zip(cuts, knots, CONFIRMED, strict=True):
        near = sum(abs(points - cut) <= HELD_WITHIN for points, _ in clicks)
        drawn.append(_mixed(knot, _confirmed_from(steps, share, cut), weight) if near >= LEAST_NEAR else knot)
    return _each(drawn)


def _confirmed_from(steps: Sequence[tuple[float, float, float]], share: float, cut: float) -> float:
    """Return from which points on agents confirm at least this share, within reach of the cut."""
    place = next((place for place, (_, _, rate) in enumerate(steps) if rate >= share), None)
    if place is None:
        return cut + HELD_WITHIN
    above = steps[place][0]
    below = steps[place - 1][1] if place else above
    return _within((above + below) / 2, cut, HELD_WITHIN)


def _held(cuts: Knots, wanted: Knots, before: Knots) -> Knots:
    """Return the knots within reach of their cuts and of where they were, and apart from one another."""
    held: list[float] = []
    for cut, knot, was in zip(cuts, wanted, before, strict=True):
        moved = _within(_within(knot, cut, HELD_WITHIN), was, MOST_MOVED)
        held.append(round(max(moved, held[-1] + LEAST_APART) if held else moved, 1))
    return _each(held)


def _along(places: Knots, heights: Knots, at: float) -> float:
    """Return the height at a place, by straight lines from 0 through the three knots to TOP."""
    lines = list(pairwise(zip((0.0, *places, TOP), (0.0, *heights, TOP), strict=True)))
    (low, low_height), (high, high_height) = lines[bisect_right(places, at)]
    return low_height + (high_height - low_height) * (min(max(at, 0.0), TOP) - low) / (high - low)


def _cuts(pace: str) -> Knots:
    return _each(CUTS.get(pace, ANCHORS))


def _each(figures: Iterable[float]) -> Knots:
    first, second, third = figures
    return (float(first), float(second), float(third))


def _mixed(one: float, other: float, share_of_other: float) -> float:
    return one + (other - one) * share_of_other


def _within(figure: float, middle: float, reach: float) -> float:
    return min(max(figure, middle - reach), middle + reach)


def _group(name: str) -> Group:
    pace, _, language = name.partition("/")
    return pace, language


def _checked(name: str, knots: Sequence[float]) -> Knots:
    if len(knots) != len(ANCHORS) or not all(low < high for low, high in pairwise((0.0, *knots, TOP))):
        raise ValueError(f"The knots of {name} are not three that rise between 0 and {TOP:.0f}: publish them again.")
    return _each(knots)
