"""The mean of what independent runs gave, with its 95 % interval by Student's t."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959964  # the normal's 97.5 % point


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, between what it lies with 95 % confidence, and its standard error."""

    mean: float
    low: float
    high: float
    standard_error: float


def interval(values: Sequence[float]) -> Interval:
    """Return the interval of the mean of independent values; one alone has no interval but itself."""
    count = len(values)
    mean = math.fsum(values) / count
    if count == 1:
        return Interval(mean, mean, mean, 0.0)
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1) / count)
    half = student(count - 1) * error
    return Interval(mean, mean - half, mean + half, error)


def student(freedom: int) -> float:
    """Return the 97.5 % point of Student's t (expansion of Cornish and Fisher; exact to .001 from 5 degrees on)."""
    z, n = Z, freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + first / n + second / n**2 + third / n**3 + fourth / n**4
