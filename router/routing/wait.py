"""How long somebody at a place in line may still wait, told as a range, from how many were answered lately. Pure.

The line is taken to go on at the pace of the last hour: the time until the p-th answer is then gamma distributed, and
the range told holds its middle three fifths. The pace itself is only known as well as its count lets it be, so each end
takes the pace that makes it the more careful. Too few answers, or a place too far back, and nothing is told.
"""

import math

ENOUGH = 5  # answers lately; fewer say nothing of a pace
FARTHEST = 3.0  # hours; nobody knows that much ahead
MIDDLE = 0.8416  # standard deviations on each side of three fifths of a normal distribution
STEPS_MIN = (1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 120, 150, 180)  # as people say times


def expected_wait(place: int, answered: int, within_s: float) -> tuple[int, int] | None:
    """Return the least and the most minutes until `place` (1 is the head of the line) is answered, None if unknown.

    `answered`: how many of that line were answered within the last `within_s` seconds.
    """
    if place < 1 or answered < ENOUGH:
        return None
    off = math.sqrt(answered)
    slow, quick = (answered - off) / within_s, (answered + off) / within_s
    least, most = _quantile(place, -MIDDLE) / quick / 60, _quantile(place, MIDDLE) / slow / 60
    if most > FARTHEST * 60:
        return None
    low = max((step for step in STEPS_MIN if step <= least), default=0)
    high = next(step for step in STEPS_MIN if step >= most)
    return low, high


def _quantile(shape: int, z: float) -> float:
    """Return a quantile of the gamma distribution of scale 1 (Wilson and Hilferty, PNAS 17, 1931)."""
    ninth = 1 / (9 * shape)
    return float(shape * max(0.0, 1 - ninth + z * math.sqrt(ninth)) ** 3)
