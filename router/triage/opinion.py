"""What the sentence encoder thinks of texts that nobody labelled, for a model of words to learn from. Training alone.

The encoder tells our own messages apart in another way than words do, and both together do it better than either. The
desk never asks it for frustration: the model of words learns the common opinion, from texts of desks without a label.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.triage.encoder import encode
from router.triage.text import read_words

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]
PULL = 3e-5  # that holds the weights to 0, beside the mean loss
STEPS = 12  # of Newton's method; it changes nothing any more after eight


def vectors(texts: Sequence[str]) -> Vectors:
    """Return the vector of each text's calm words, (n, 512). Raises LookupError without the encoder."""
    return encode([" ".join(read_words(text).words) for text in texts])


def opinions(known: Vectors, labels: Floats, asked: Vectors) -> Floats:
    """Return the log odds of the vectors `asked`, by a logistic regression on those `known` (labels 0 or 1)."""
    beside = np.hstack([known.astype(np.float64), np.ones((len(known), 1))])
    pull = np.full(beside.shape[1], PULL)
    pull[-1] = 1e-9  # the bias is free
    weights = np.zeros(beside.shape[1])
    for _ in range(STEPS):
        said = likely(beside @ weights)
        slope = beside.T @ (said - labels) / len(labels) + pull * weights
        bend = (beside * (said * (1 - said))[:, None]).T @ beside / len(labels)
        weights -= np.linalg.solve(bend + np.diag(pull), slope)
    return np.asarray(asked.astype(np.float64) @ weights[:-1] + weights[-1])


def likely(odds: Floats) -> Floats:
    """Return log odds as 0 … 1."""
    return np.asarray(1 / (1 + np.exp(-odds)))
