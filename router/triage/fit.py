"""Fit linear models by AdaGrad, one example at a time, in an order that a seed fixes.

Needs numpy, which the running desk does not.

The same data and seed give the same bytes on the same machine.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from router.triage.features import PAIR_VALUE, norm, pair_hashes, word_features, word_mass

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
QUANTILE = 99.97  # weights beyond it are cut, so that one byte keeps the rest sharp


@dataclass(frozen=True, slots=True)
class Example:
    """One text as features: places in the table, their values, and the named extras."""

    places: Integers
    values: Floats
    extras: Floats
    label: int
    weight: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How to fit."""

    rows: int
    epochs: int
    rate: float
    decay: float
    seed: int = 7


def example(
    words: Sequence[str], rows: int, label: int, weight: float, extras: Sequence[float] = (), *, pairs: bool = True
) -> Example:
    """Return the features of calm words, exactly as linear.py sums them."""
    sums: dict[int, float] = {}
    mass = 0.0
    for word in words:
        for hashed, value in word_features(word):
            sums[hashed % rows] = sums.get(hashed % rows, 0.0) + value
        mass += word_mass(word) + PAIR_VALUE * PAIR_VALUE
    for hashed in pair_hashes(words) if pairs else ():
        sums[hashed % rows] = sums.get(hashed % rows, 0.0) + PAIR_VALUE
    values = np.fromiter(sums.values(), np.float64, len(sums)) / norm(mass)
    return Example(np.fromiter(sums.keys(), np.int64, len(sums)), values, np.array(extras), label, weight)


def fit_many(examples: Sequence[Example], plan: Plan, width: int) -> tuple[Floats, Floats]:
    """Return table (rows by width) and bias of a softmax model."""
    table, seen = np.zeros((plan.rows, width)), np.full((plan.rows, width), 1e-2)
    bias = np.zeros(width)
    order = list(range(len(examples)))
    random = Random(plan.seed)  # noqa: S311
    for _ in range(plan.epochs):
        random.shuffle(order)
        for index in order:
            one = examples[index]
            kept = table[one.places]
            raw = one.values @ kept + bias
            likely = np.exp(raw - raw.max())
            likely /= likely.sum()
            likely[one.label] -= 1
            likely *= one.weight
            step = one.values[:, None] * likely + plan.decay * kept
            history = seen[one.places] + step * step
            seen[one.places] = history
            table[one.places] = kept - plan.rate * step / np.sqrt(history)
            bias -= 0.01 * likely
    return table, bias


def quantise(table: Floats) -> "tuple[array[int], float]":
    """Return the table as signed bytes, and what one unit of a byte is worth."""
    top = float(np.percentile(np.abs(table[table != 0]), QUANTILE)) if table.any() else 1.0
    scale = top / 127
    bytes_ = array("b")
    bytes_.frombytes(np.clip(np.rint(table / scale), -127, 127).astype(np.int8).tobytes())
    return bytes_, scale


def temperature(raw: Sequence[Sequence[float]], labels: Sequence[int]) -> float:
    """Return the temperature under which the stated probabilities fit the labels best."""
    scores, wanted = np.array(raw), np.array(labels)

    def loss(heat: float) -> float:
        scaled = scores / heat
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(wanted)), wanted]).mean())

    return min((step / 20 for step in range(4, 81)), key=loss)
