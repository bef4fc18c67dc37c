"""Plots as SVG text: bars and lines with axes, a title and a description. Pure; colours and type come from classes.

No style attributes (the pages' policy forbids them), every text escaped, time from left to right in every language.
Series differ by dash and by the shape of their points, not by colour alone.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 420, 210
TOP, RIGHT, BOTTOM = 12, 14, 26
LETTER = 6.2  # width of a letter of an axis
TICKS = 4
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800)
DAY_S = 86_400
MOST_LABELS = 5
ROW = 26  # height of a bar with its label
LONGEST_NAME = 20  # letters

Say = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each label, None where there is nothing to say."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Plot:
    """What is to be drawn. `key` makes the ids of this plot its own; `say` words a value of the axis."""

    key: str
    title: str
    desc: str
    kind: str  # of the figures: count, share, seconds, level
    labels: Sequence[str]
    series: Sequence[Series]
    say: Say

    @property
    def highest(self) -> float:
        """Return the highest value drawn."""
        return max((v for one in self.series for v in one.values if v is not None), default=0.0)


def lines(plot: Plot) -> str:
    """Return lines over the labels, broken where a value is missing."""
    labels, series, say = plot.labels, plot.series, plot.say
    ticks = scale(plot.highest, plot.kind)
    left = 10 + LETTER * max(len(say(tick)) for tick in ticks)
    wide, high = WIDTH - left - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index: int) -> float:
        return left + wide * (index / (len(labels) - 1) if len(labels) > 1 else 0.5)

    def y(value: float) -> float:
        return TOP + high * (1 - value / ticks[-1])

    parts = [_tick(left, y(tick), say(tick)) for tick in ticks]
    parts += [
        _label(x(n), labels[n], is_first=n == 0 and len(labels) > 1, is_last=n == len(labels) - 1 and n > 0)
        for n in _shown(len(labels))
    ]
    for number, one in enumerate(series):
        points = [(x(n), y(value)) if value is not None else None for n, value in enumerate(one.values)]
        parts.append(f'<g class="series s{number}">')
        parts += [f'<path d="{_path(run)}"/>' for run in _runs(points) if len(run) > 1]
        alone = {run[0] for run in _runs(points) if len(run) == 1}
        marked = [p for p in points if p is not None and (len(labels) <= 31 or p in alone)]
        parts += [_mark(number, *point) for point in marked]
        parts.append("</g>")
    return _svg(plot, HEIGHT, parts)


def bars(plot: Plot) -> str:
    """Return horizontal bars, a group for each label; a value that is missing has a dash for a bar."""
    labels, series, say = plot.labels, plot.series, plot.say
    ticks = scale(plot.highest, plot.kind)
    thick = ROW if len(series) == 1 else 18 * len(series) + 6
    height = TOP + thick * len(labels) + BOTTOM
    names = [cut(label) for label in labels]
    left = 14 + LETTER * max((len(name) for name in names), default=0)
    room = LETTER * max((len(say(v)) for one in series for v in one.values if v is not None), default=0) + 8
    wide = WIDTH - left - RIGHT - room
    parts = []
    for row, name in enumerate(names):
        top = TOP + row * thick
        parts.append(f'<text class="name" x="{left - 6:.1f}" y="{top + thick / 2:.1f}">{escape(name)}</text>')
        for number, one in enumerate(series):
            value = one.values[row]
            upper = top + 4 + number * 18
            thin = thick - 8 if len(series) == 1 else 14
            length = 0.0 if value is None else wide * value / ticks[-1]
            if value is not None:
                box = f'x="{left:.1f}" y="{upper:.1f}" width="{max(length, 1):.1f}" height="{thin:.1f}"'
                parts.append(f'<rect class="bar s{number}" {box}/>')
            said = "–" if value is None else say(value)
            parts.append(
                f'<text class="value" x="{left + length + 5:.1f}" y="{upper + thin / 2:.1f}">{escape(said)}</text>'
            )
    foot = TOP + thick * len(labels) + 2
    parts.insert(0, f'<path class="axis" d="M{left:.1f} {TOP}V{foot}"/>')
    return _svg(plot, height - BOTTOM + 8, parts)


def scale(highest: float, kind: str) -> list[float]:
    """Return the ticks of an axis from 0 to above the highest value, at steps people count in."""
    if kind == "share":
        return [0.0, 0.25, 0.5, 0.75, 1.0]
    if kind == "level":
        return [0.0, 25.0, 50.0, 75.0, 100.0]
    if highest <= 0:
        return [0.0, 1.0]
    if kind == "seconds":
        step = next((float(s) for s in STEPS_S if highest / s <= TICKS), 0.0) or 86400.0 * _nice(
            highest / 86400 / TICKS
        )
    else:
        step = max(_nice(highest / TICKS), 1.0)
    return [step * n for n in range(math.ceil(highest / step) + 1)]


def cut(name: str) -> str:
    """Return a name that fits beside a bar."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return power * next(n for n in (1, 2, 2.5, 5, 10) if n * power >= step * 0.9999)


def _shown(count: int) -> list[int]:
    """Return which labels have room: the first, the last, and some at equal distance."""
    every = max(math.ceil((count - 1) / (MOST_LABELS - 1)), 1)
    chosen = [n for n in range(0, count, every) if n == 0 or count - 1 - n >= every * 0.6]
    return chosen + ([count - 1] if count > 1 and count - 1 not in chosen else [])


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _path(run: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run)


def _mark(number: int, x: float, y: float) -> str:
    """Return a point: a circle, a square or a diamond, by series."""
    if number % 3 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>'
    if number % 3 == 1:
        return f'<rect x="{x - 2.4:.1f}" y="{y - 2.4:.1f}" width="4.8" height="4.8"/>'
    return f'<path class="point" d="M{x:.1f} {y - 3.4:.1f}l3.4 3.4l-3.4 3.4l-3.4 -3.4z"/>'


def _tick(left: float, y: float, said: str) -> str:
    line = f'<path class="grid" d="M{left:.1f} {y:.1f}H{WIDTH - RIGHT}"/>'
    return f'{line}<text class="tick" x="{left - 5:.1f}" y="{y:.1f}">{escape(said)}</text>'


def _label(x: float, said: str, *, is_first: bool, is_last: bool) -> str:
    kind = "label last" if is_last else "label first" if is_first else "label"
    return f'<text class="{kind}" x="{x:.1f}" y="{HEIGHT - BOTTOM + 17}">{escape(said)}</text>'


def _svg(plot: Plot, height: float, parts: Sequence[str]) -> str:
    key, title, desc = plot.key, plot.title, plot.desc
    named = f'role="img" aria-labelledby="{key}-title {key}-desc"'
    box = f'class="plot" viewBox="0 0 {WIDTH} {height:.0f}" direction="ltr"'
    head = f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(desc)}</desc>'
    return f"<svg {box} {named}>{head}{''.join(parts)}</svg>"
