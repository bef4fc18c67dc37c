"""Figures of merit, in plain Python."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

BINS = 10  # of equal width, from confidence 0 to 1


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose confidence lies between two bounds, and how many of them were right."""

    low: float
    high: float
    rows: int
    confidence: float  # the mean of it
    accuracy: float


def auc(scores: Sequence[float], labels: Sequence[int]) -> float:
    """Return the chance that a frustrated text scores above a calm one, ties counting half; nan without both."""
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return float("nan")
    order = sorted(range(len(scores)), key=lambda index: scores[index])
    total = 0.0
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        rank = (start + 1 + end) / 2
        total += rank * sum(labels[order[i]] for i in range(start, end))
        start = end
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def average_precision(scores: Sequence[float], labels: Sequence[int]) -> float:
    """Return the mean precision at each frustrated text, the highest score first; nan without one.

    Texts of equal score stand together: each counts the precision at the end of them.
    """
    found = seen = 0
    total = 0.0
    hits: Counter[float] = Counter(score for score, label in zip(scores, labels, strict=True) if label)
    for score, count in sorted(Counter(scores).items(), reverse=True):
        found += hits[score]
        seen += count
        total += hits[score] * found / seen
    return total / found if found else float("nan")


def top_precision(scores: Sequence[float], labels: Sequence[int], share: float = 0.1) -> float:
    """Return the share of frustrated texts among the highest scores; ties at the edge count by their mean."""
    if not scores:
        return float("nan")
    wanted = max(1, round(len(scores) * share))
    edge = sorted(scores, reverse=True)[wanted - 1]
    above = [label for score, label in zip(scores, labels, strict=True) if score > edge]
    level = [label for score, label in zip(scores, labels, strict=True) if score == edge]
    return (sum(above) + (wanted - len(above)) * sum(level) / len(level)) / wanted


def highest(scores: Sequence[float], count: int) -> list[int]:
    """Return 1 for so many of the highest scores, the first of equal ones before the later, and 0 for the rest."""
    called = [0] * len(scores)
    for index in sorted(range(len(scores)), key=lambda index: (-scores[index], index))[:count]:
        called[index] = 1
    return called


def accuracy(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> float:
    """Return the share of equal pairs."""
    return sum(a == b for a, b in zip(found, wanted, strict=True)) / len(wanted) if wanted else float("nan")


def macro_f1(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> float:
    """Return the mean F1 over the labels that are wanted at least once."""
    hits = Counter(a for a, b in zip(found, wanted, strict=True) if a == b)
    called, there = Counter(found), Counter(wanted)
    figures = [2 * hits[label] / (called[label] + count) for label, count in there.items()]
    return sum(figures) / len(figures) if figures else float("nan")


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Return how often each degree of confidence was right; bins without a row are left out."""
    rows: dict[int, list[tuple[float, bool]]] = {}
    for confidence, hit in zip(confidences, right, strict=True):
        rows.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, hit))
    return [
        Bin(
            place / BINS,
            (place + 1) / BINS,
            len(held),
            sum(confidence for confidence, _ in held) / len(held),
            sum(hit for _, hit in held) / len(held),
        )
        for place, held in sorted(rows.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: how far confidence lies from accuracy, weighted by rows."""
    rows = sum(one.rows for one in bins)
    return sum(one.rows * abs(one.confidence - one.accuracy) for one in bins) / rows if rows else float("nan")


def confusion(found: Sequence[str], wanted: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Return how often each wanted label was called what, the most frequent first."""
    counts: dict[str, Counter[str]] = {}
    for a, b in zip(found, wanted, strict=True):
        counts.setdefault(b, Counter())[a] += 1
    return {label: dict(sorted(held.items(), key=lambda one: (-one[1], one[0]))) for label, held in counts.items()}
