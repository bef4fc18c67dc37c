"""Fit one linear model to all examples at once, by L-BFGS, from weights known beforehand and drawn back to them.

Needs numpy; runs on a developer's machine. No order and no chance is in it: the same examples give the same weights.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
MEMORY = 8  # steps that L-BFGS looks back on
SMALLEST = 1e-6  # of a step; below it the fit is done


@dataclass(frozen=True, slots=True)
class Matrix:
    """Texts as rows: hashed features one after another, and the named extras."""

    rows: Integers  # of each feature: the text it belongs to
    hashes: Integers  # of each feature; its place in a table is this modulo the table's length
    values: Floats
    extras: Floats  # texts by extras
    pieces: Booleans  # of each feature: whether it is a piece of a word, and not a word or a pair

    def scores(self, table: Floats, extras: Floats) -> Floats:
        """Return the raw score of each text, without bias."""
        summed = np.bincount(self.rows, self.values * table[self.hashes % len(table)], len(self.extras))
        return np.asarray(summed + self.extras @ extras)

    def chosen(self, texts: Booleans) -> "Matrix":
        """Return these texts alone."""
        kept = texts[self.rows]
        places = np.cumsum(texts) - 1
        rows, hashes = places[self.rows[kept]], self.hashes[kept]
        return Matrix(rows, hashes, self.values[kept], self.extras[texts], self.pieces[kept])

    def with_more(self, more: "Matrix") -> "Matrix":
        """Return these texts and others after them."""
        return Matrix(
            np.concatenate([self.rows, more.rows + len(self.extras)]),
            np.concatenate([self.hashes, more.hashes]),
            np.concatenate([self.values, more.values]),
            np.concatenate([self.extras, more.extras]),
            np.concatenate([self.pieces, more.pieces]),
        )


@dataclass(frozen=True, slots=True)
class Model:
    """A table of weights by hashed feature, those of the extras, and a bias."""

    table: Floats
    extras: Floats
    bias: float

    def scores(self, matrix: Matrix) -> Floats:
        """Return the raw score of each text."""
        return matrix.scores(self.table, self.extras) + self.bias


@dataclass(frozen=True, slots=True)
class Plan:
    """How to fit: what holds a weight to the one it started from, and which features are too rare to learn from."""

    pull: float  # of words and pairs
    pieces_pull: float  # of pieces of words alone: they are many, and say little of what a word means
    extras_pull: float
    seen_in: int = 3  # texts; what fewer hold (a name, an order) keeps the weight it started from
    steps: int = 60


def fit(matrix: Matrix, labels: Floats, weights: Floats, prior: Model, plan: Plan) -> Model:
    """Return the weights that fit the labels (0 … 1) best without going far from `prior`."""
    all_places = matrix.hashes % len(prior.table)
    common = np.flatnonzero(np.bincount(all_places, minlength=len(prior.table)) >= plan.seen_in)
    column = np.full(len(prior.table), -1)
    column[common] = np.arange(len(common))
    kept = column[all_places] >= 0
    rows, places, values = matrix.rows[kept], column[all_places[kept]], matrix.values[kept]
    width, named, count = len(common), matrix.extras.shape[1], len(labels)
    start = prior.scores(matrix)
    whole = np.bincount(places, ~matrix.pieces[kept], width) > 0
    pulls = np.where(whole, plan.pull, plan.pieces_pull)
    pull = np.concatenate([pulls, np.full(named, plan.extras_pull), np.zeros(1)])

    def loss(moved: Floats) -> tuple[float, Floats]:
        raw = start + np.bincount(rows, values * moved[places], count) + matrix.extras @ moved[width:-1] + moved[-1]
        slope = weights * (1 / (1 + np.exp(-raw)) - labels)
        found = float(weights @ (np.logaddexp(0, raw) - labels * raw) + 0.5 * pull @ (moved * moved))
        by_place = np.bincount(places, values * slope[rows], width)
        return found, np.concatenate([by_place, slope @ matrix.extras, [slope.sum()]]) + pull * moved

    moved = minimise(loss, np.zeros(width + named + 1), plan.steps)
    table = prior.table.copy()
    table[common] += moved[:width]
    return Model(table, prior.extras + moved[width:-1], prior.bias + float(moved[-1]))


def minimise(loss: Callable[[Floats], tuple[float, Floats]], at: Floats, steps: int) -> Floats:
    """Return where a smooth loss is least, by L-BFGS with steps halved until they pay; `loss` gives value and slope."""
    value, slope = loss(at)
    history: list[tuple[Floats, Floats]] = []
    for _ in range(steps):
        way = -_towards(slope, history)
        downhill = float(way @ slope)
        length = 1.0 if history else 1 / max(1.0, float(np.abs(slope).sum()))
        while True:
            there = at + length * way
            found, new_slope = loss(there)
            if found <= value + 1e-4 * length * downhill or length < SMALLEST:
                break
            length /= 2
        if value - found < SMALLEST * max(1.0, abs(value)):
            break
        history = [*history[1 - MEMORY :], (there - at, new_slope - slope)]
        at, value, slope = there, found, new_slope
    return at


def _towards(slope: Floats, history: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Return the slope bent by the curvature of the last steps (Nocedal and Wright, Numerical Optimization, 7.4)."""
    bent = slope.copy()
    shares = []
    for step, change in reversed(history):
        share = float(step @ bent) / float(step @ change)
        bent -= share * change
        shares.append(share)
    if history:
        step, change = history[-1]
        bent *= float(step @ change) / float(change @ change)
    for (step, change), share in zip(history, reversed(shares), strict=True):
        bent += (share - float(change @ bent) / float(step @ change)) * step
    return bent
