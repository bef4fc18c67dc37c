"""How far a figure can be trusted: quantiles and shares with their 95 % intervals.

Sources: Wilson (1927) for shares; for quantiles the order statistics of the binomial (David and Nagaraja, Order
Statistics, 7.1), exact up to EXACT cases and by its normal approximation beyond.
"""

import math
from collections.abc import Sequence

Z = 1.959964  # the normal's 97.5 % point
TAIL = 0.025  # left out on either side
EXACT = 400  # cases


def quantile(ordered: Sequence[float], q: float) -> float:
    """Return the smallest of these values, given in order, that at least a share `q` of them do not exceed."""
    return ordered[max(math.ceil(q * len(ordered) - 1e-9), 1) - 1]


def quantile_interval(ordered: Sequence[float], q: float) -> tuple[float | None, float | None]:
    """Return between which values a quantile lies; None where there are too few cases to give that bound."""
    cases = len(ordered)
    low, high = _ranks(cases, q)
    return (ordered[low - 1] if low >= 1 else None, ordered[high - 1] if high <= cases else None)


def share_interval(hits: int, cases: int) -> tuple[float, float]:
    """Return between which shares the true one lies, by Wilson's score interval."""
    share = hits / cases
    spread = Z * math.sqrt(share * (1 - share) / cases + Z * Z / (4 * cases * cases))
    middle, scale = share + Z * Z / (2 * cases), 1 + Z * Z / cases
    return max((middle - spread) / scale, 0.0), min((middle + spread) / scale, 1.0)


def _ranks(cases: int, q: float) -> tuple[int, int]:
    """Return the ranks between which the quantile lies: 0 or `cases` + 1 where no value bounds it."""
    if cases > EXACT:
        spread = Z * math.sqrt(cases * q * (1 - q))
        return math.floor(cases * q - spread), math.ceil(cases * q + spread) + 1
    below = 0.0  # P(fewer than k values lie under the quantile)
    low, high = 0, cases + 1
    for k in range(cases + 1):
        if below <= TAIL:
            low = k  # P(X < k) is at most the tail: the k-th value is below the quantile that surely
        below += _binomial(cases, k, q)
        if below >= 1 - TAIL:
            high = k + 1
            break
    return low, high


def _binomial(cases: int, k: int, q: float) -> float:
    ways = math.lgamma(cases + 1) - math.lgamma(k + 1) - math.lgamma(cases - k + 1)
    return math.exp(ways + k * math.log(q) + (cases - k) * math.log(1 - q))
