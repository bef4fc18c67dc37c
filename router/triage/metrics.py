"""Figures of merit, in plain Python."""

from collections.abc import Sequence


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
    """Return the mean precision at each frustrated text, the highest score first."""
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
    found = 0
    total = 0.0
    for place, index in enumerate(order, 1):
        if labels[index]:
            found += 1
            total += found / place
    return total / found if found else float("nan")


def top_precision(scores: Sequence[float], labels: Sequence[int], share: float = 0.1) -> float:
    """Return the share of frustrated texts among the highest scores."""
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
    top = order[: max(1, round(len(order) * share))]
    return sum(labels[index] for index in top) / len(top)


def accuracy(found: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the share of equal pairs."""
    return sum(a == b for a, b in zip(found, wanted, strict=True)) / len(wanted) if wanted else float("nan")


def macro_f1(found: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the mean F1 over the labels that are wanted at least once."""
    figures = []
    for label in sorted(set(wanted)):
        hits = sum(a == b == label for a, b in zip(found, wanted, strict=True))
        precise, recalled = found.count(label), wanted.count(label)
        figures.append(2 * hits / (precise + recalled) if precise + recalled else 0.0)
    return sum(figures) / len(figures) if figures else float("nan")
