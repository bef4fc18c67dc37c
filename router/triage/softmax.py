"""Fit a softmax model to rows of features, deterministically. Two ways to the same end: for few rows and for many."""

from math import sqrt
from random import Random

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

FEW = 1_500  # rows up to which it is quicker to compare each with each
STEPS = 160  # of the fit of few rows
SHARPNESS = 20.0  # how much being alike counts, where the bias has a tenth
SHRINKAGE = 0.1  # draws the weights of few rows to nothing
EPOCHS = 24  # of the fit of many rows
AT_ONCE = 256  # rows of one step
RATE = 0.3  # of the first step; it falls to nothing
DECAY = 5e-6  # draws the weights of many rows to nothing
SEED = 7


def fit(features: Floats, labels: Labels, count: int, weights: Floats | None = None) -> tuple[Floats, Floats]:
    """Return weights (count, features) and bias (count,) of a model of `count` labels.

    Rows of `features` are of about unit length; `weights` says what each row counts, 1 if None.
    """
    if weights is None and len(features) <= FEW:
        return _few(features, labels, count)
    return _many(features, labels, count, np.ones(len(features), np.float32) if weights is None else weights)


def shares(raw: Floats) -> Floats:
    """Return the probabilities of raw scores, row by row."""
    powers: Floats = np.exp(raw - raw.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def _few(features: Floats, labels: Labels, count: int) -> tuple[Floats, Floats]:
    """Fit by accelerated descent over how alike the rows are."""
    alike: Floats = features @ features.T
    alike += np.float32(0.1)
    alike *= np.float32(SHARPNESS)
    wanted = np.eye(count, dtype=np.float32)[labels]
    steepest = np.ones(len(alike), np.float32)
    for _ in range(8):  # towards the direction in which the loss bends most
        steepest = alike @ steepest
        bend = float(np.linalg.norm(steepest))
        steepest /= np.float32(bend)
    step = np.float32(1 / (0.5 * bend + SHRINKAGE))
    at: Floats = np.zeros_like(wanted)
    ahead = at
    pace = 1.0
    for _ in range(STEPS):
        slope = shares(alike @ ahead) - wanted + np.float32(SHRINKAGE) * ahead
        moved: Floats = np.subtract(ahead, step * slope, dtype=np.float32)
        next_pace = (1 + sqrt(1 + 4 * pace * pace)) / 2
        ahead = np.add(moved, np.float32((pace - 1) / next_pace) * (moved - at), dtype=np.float32)
        at, pace = moved, next_pace
    at *= np.float32(SHARPNESS)
    return at.T @ features, np.float32(0.1) * at.sum(axis=0)


def _many(features: Floats, labels: Labels, count: int, row_weights: Floats) -> tuple[Floats, Floats]:
    """Fit by Adam, some rows at a time, in an order that SEED fixes."""
    table = np.zeros((features.shape[1] + 1, count), np.float32)  # the last row is the bias
    mean, square = np.zeros_like(table), np.zeros_like(table)
    step = np.empty_like(table)
    order = list(range(len(features)))
    random = Random(SEED)  # noqa: S311  the order of rows is no secret
    total = EPOCHS * -(-len(features) // AT_ONCE)
    done = 0
    for _ in range(EPOCHS):
        random.shuffle(order)
        for start in range(0, len(order), AT_ONCE):
            some = order[start : start + AT_ONCE]
            rows = features[some]
            slope = shares(rows @ table[:-1] + table[-1])
            slope[np.arange(len(some)), labels[some]] -= 1
            slope *= (row_weights[some] / len(some))[:, None]
            np.matmul(rows.T, slope, out=step[:-1])
            step[-1] = slope.sum(axis=0)
            step += np.float32(DECAY) * table
            mean += np.float32(0.1) * (step - mean)
            square += np.float32(0.01) * (step * step - square)
            done += 1
            rate = RATE * (1 - (done - 1) / total) / (1 - 0.9**done)
            table -= np.float32(rate) * mean / (np.sqrt(square / np.float32(1 - 0.99**done)) + np.float32(1e-8))
    return np.ascontiguousarray(table[:-1].T), table[-1]
