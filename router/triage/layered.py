"""A softmax model with one layer of hidden units between, fit deterministically. Pure.

Much of the layer and of the input is left out at random while it learns, so that it rests on no single direction of
what it sees.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.triage.softmax import FEW, Floats, shares

UNITS = 512  # of the hidden layer, where there are as many rows
LEFT_OUT = 0.3  # of the input at each step
UNITS_OUT = 0.6  # of the hidden units at each step
LENGTH = 2.0  # of the rows while learning, where they have about 1
PASSES, AT_ONCE = 60, 64  # times that few rows are seen, and how many make a step
PASSES_OF_MANY, AT_ONCE_OF_MANY = 24, 128
RATE = 0.003  # of the first step; it falls to nothing
DECAY = 1e-4  # draws the weights to nothing
SEED = 7


@dataclass(frozen=True, slots=True, eq=False)
class Layered:
    """The weights of both steps, from features to hidden units and from these to labels."""

    inner: Floats  # (units, features)
    inner_bias: Floats  # (units,)
    outer: Floats  # (labels, units)
    outer_bias: Floats  # (labels,)

    def shares(self, row: Floats) -> Floats:
        """Return the probability of each label of one row of features."""
        return shares(self.outer @ np.maximum(self.inner @ row + self.inner_bias, 0) + self.outer_bias)


def fit(features: Floats, labels: NDArray[np.int64], count: int) -> Layered:
    """Return a model of `count` labels, by Adam; rows of `features` are of about unit length."""
    random = np.random.default_rng(SEED)
    rows = features * np.float32(LENGTH)
    wanted = np.eye(count, dtype=np.float32)[labels]
    size, units = rows.shape[1], min(UNITS, len(rows))
    weights = [
        random.standard_normal((size, units), np.float32) * np.float32(np.sqrt(2 / size)),
        np.zeros(units, np.float32),
        random.standard_normal((units, count), np.float32) * np.float32(np.sqrt(1 / units)),
        np.zeros(count, np.float32),
    ]
    means, squares = [np.zeros_like(one) for one in weights], [np.zeros_like(one) for one in weights]
    passes, at_once = (PASSES, AT_ONCE) if len(rows) <= FEW else (PASSES_OF_MANY, AT_ONCE_OF_MANY)
    total = passes * -(-len(rows) // at_once)
    done = 0
    for _ in range(passes):
        order = random.permutation(len(rows))
        for start in range(0, len(rows), at_once):
            some = order[start : start + at_once]
            done += 1
            rate = RATE * (1 - done / (total + 1)) / (1 - 0.9**done)
            slopes = _slopes(weights, rows[some] * _kept(random, (len(some), size), LEFT_OUT), wanted[some], random)
            for weight, mean, square, slope in zip(weights, means, squares, slopes, strict=True):
                mean += np.float32(0.1) * (slope - mean)
                square += np.float32(0.001) * (slope * slope - square)
                spread = np.sqrt(square / np.float32(1 - 0.999**done)) + np.float32(1e-8)
                weight -= np.float32(rate) * (mean / spread) + np.float32(rate * (1 - 0.9**done) * DECAY) * weight
    inner, inner_bias, outer, outer_bias = weights
    return Layered(np.float32(LENGTH) * inner.T, inner_bias, np.ascontiguousarray(outer.T), outer_bias)


def _slopes(weights: list[Floats], rows: Floats, wanted: Floats, random: np.random.Generator) -> list[Floats]:
    """Return how the loss of some rows grows with each weight."""
    inner, inner_bias, outer, outer_bias = weights
    hidden = np.maximum(rows @ inner + inner_bias, 0)
    kept = _kept(random, hidden.shape, UNITS_OUT)
    missed = (shares((hidden * kept) @ outer + outer_bias) - wanted) / np.float32(len(rows))
    back = (missed @ outer.T) * kept * (hidden > 0)
    return [rows.T @ back, back.sum(axis=0), (hidden * kept).T @ missed, missed.sum(axis=0)]


def _kept(random: np.random.Generator, shape: tuple[int, ...], out: float) -> Floats:
    """Return 0 for what is left out, and for the rest what keeps the sum as large as with all."""
    return (random.random(shape, np.float32) >= out).astype(np.float32) / np.float32(1 - out)
