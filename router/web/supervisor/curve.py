"""The curve of what waited, as paths of one SVG: points of three minutes, broken where nothing was measured. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from router.wallboard import MinuteRow

WIDTH, HEIGHT, FLOOR = 1000, 150, 146  # of the drawing; FLOOR is zero
STEP_S = 180  # one point
GAP_S = 600  # without a figure for so long the line ends and begins anew
TOPS = (5, 10, 20, 50, 100, 200, 500, 1000)  # of the scale


@dataclass(frozen=True, slots=True)
class Curve:
    """Paths to draw, and what a person who does not see them is told."""

    waiting: str
    area: str
    hot: str
    top: int  # what the upper edge stands for
    peak: int
    peak_at: datetime | None
    hours: tuple[tuple[int, datetime], ...]  # x of each full hour, and which it is


Point = tuple[datetime, int, int]


def drawn(minutes: Sequence[MinuteRow], now: datetime, length: timedelta) -> Curve:
    """Return the curve of the minutes between `now - length` and `now`."""
    start = now - length
    points = _points(minutes)
    peak = max(points, key=lambda point: point[1], default=None)
    highest = max((max(point[1:]) for point in points), default=0)
    top = next((top for top in TOPS if top >= highest), -(-highest // 1000) * 1000)

    def x(at: datetime) -> float:
        return round(max(0.0, (at - start) / length) * WIDTH, 1)

    def y(count: int) -> float:
        return round(FLOOR - count / top * (FLOOR - 6), 1)

    runs = list(_runs(points))
    waiting = [[(x(at), y(count)) for at, count, _ in run] for run in runs]
    hot = [[(x(at), y(count)) for at, _, count in run] for run in runs]
    area = " ".join(f"{_path(run)}L{run[-1][0]} {FLOOR}L{run[0][0]} {FLOOR}Z" for run in waiting)
    return Curve(
        waiting=" ".join(map(_path, waiting)),
        area=area,
        hot=" ".join(map(_path, hot)),
        top=top,
        peak=peak[1] if peak else 0,
        peak_at=peak[0] if peak else None,
        hours=tuple(_hours(start, now, x)),
    )


def _points(minutes: Iterable[MinuteRow]) -> list[Point]:
    """Return one point for three minutes: the highest of each figure, so that no peak is lost."""
    found: dict[int, Point] = {}
    for row in minutes:
        slot = int(row.at.timestamp()) // STEP_S
        _, waiting, hot = found.get(slot, (row.at, 0, 0))
        found[slot] = (row.at, max(waiting, row.waiting), max(hot, row.hot))
    return [found[slot] for slot in sorted(found)]


def _runs(points: Sequence[Point]) -> Iterable[list[Point]]:
    run: list[Point] = []
    for point in points:
        if run and (point[0] - run[-1][0]).total_seconds() > GAP_S:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _path(run: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in run)


def _hours(start: datetime, now: datetime, x: Callable[[datetime], float]) -> Iterable[tuple[int, datetime]]:
    at = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while at < now:
        yield round(x(at)), at
        at += timedelta(hours=1)
