"""A brand's own teaching: a few examples of each intent, and the small model learned from them. Pure.

The same examples always give the same model. It stands beside the packaged one (intents.py): the closer a message is to
what was taught, the more the taught model says, so that a new intent takes what is its own and little else.
"""

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from router.triage import encoder, intents
from router.triage.features import pair_hashes, word_features
from router.triage.text import read_words

FORMAT = 1
GRAMS = 2_048  # hashed n-grams of a text, beside its vector
GRAM_SHARE = 0.5  # of the n-grams in how alike two texts are, where the vector has 1
SHARPNESS = 20.0  # how much being alike counts
SHRINKAGE = 0.1  # draws the weights to nothing
STEPS = 60  # of the fit; each looks at every pair of examples
FOLDS = 20  # parts of the examples that leave_one_out holds back in turn, where there are more examples than that
CLOSE, STEEP = 0.42, 14.0  # how alike a message and what was taught are at even odds, and how fast the odds change
CLOSE_GRAMS, STEEP_GRAMS = 0.3, 14.0  # the same without the encoder

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what it asks for: one of intents.INTENTS, or a key that the brand made."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """What was learned from examples; compare two by their `dump`."""

    intents: tuple[str, ...]  # in order of the alphabet
    weights: Floats  # (intents, features): of the vector, if it was learned with one, then of the n-grams
    middles: Floats  # (intents, features): the mean of each intent's examples, of unit length
    bias: Floats  # (intents,)
    asked: Mapping[str, int]  # how many examples the packaged model takes for each of its intents
    has_vectors: bool

    def dump(self) -> str:
        """Return the model as JSON, which `load` reads."""
        stored = {
            "format": FORMAT,
            "intents": self.intents,
            "weights": _pack(self.weights),
            "middles": _pack(self.middles),
            "bias": [round(float(value), 4) for value in self.bias],
            "asked": dict(self.asked),
            "has_vectors": self.has_vectors,
        }
        return json.dumps(stored)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How the examples of one intent are read when they were not learned from."""

    right: int
    of: int
    stolen: Mapping[str, int]  # the intent that took an example instead, and how many


def learn(examples: Sequence[Example]) -> Taught:
    """Return the model of the examples; under a second for 1,000 of them.

    Raises ValueError if there is none.
    """
    if not examples:
        raise ValueError("There is no example to learn from: give at least one text with its intent.")
    return _learn(examples, _features(examples), [_packaged(one.text) for one in examples])


def load(text: str) -> Taught:
    """Return the model that `Taught.dump` wrote; raises ValueError if this is not one, or of a later format."""
    try:
        stored = json.loads(text)
        if stored["format"] != FORMAT:
            raise ValueError(f"This teaching is of format {stored['format']}, and {FORMAT} is the one known here.")
        return Taught(
            tuple(stored["intents"]),
            _unpack(stored["weights"]),
            _unpack(stored["middles"]),
            np.array(stored["bias"], dtype=np.float32),
            stored["asked"],
            stored["has_vectors"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"This is no dump of a teaching: {error} is missing or wrong.") from error


def likely(taught: Taught | None, packaged: Mapping[str, float], words: Sequence[str]) -> Mapping[str, float]:
    """Return the probability of each intent, packaged and taught, of calm words.

    `packaged` is what intents.likely says of them.
    """
    if taught is None or not words:
        return packaged
    return _together(taught, packaged, _row(words, taught.has_vectors and encoder.at_hand()))


def nearest(taught: Taught | None, text: str, count: int = 3) -> Sequence[tuple[str, float]]:
    """Return the intents a text is closest to, each with its similarity 0 … 1: what a new example would take from."""
    found = likely(taught, _packaged(text), read_words(text).words)
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:count]


def leave_one_out(examples: Sequence[Example]) -> Mapping[str, LeftOut]:
    """Return by intent how its examples are read by a model that has not seen them.

    Up to FOLDS examples are left out one by one, more of them in FOLDS parts.
    """
    features = _features(examples)
    packaged = [_packaged(one.text) for one in examples]
    found: list[tuple[str, str]] = []
    for part in range(min(FOLDS, len(examples))):
        rest = [index for index in range(len(examples)) if index % FOLDS != part]
        taught = _learn([examples[i] for i in rest], features[rest], [packaged[i] for i in rest]) if rest else None
        for index in range(part, len(examples), FOLDS):
            shares = packaged[index] if taught is None else _together(taught, packaged[index], features[index])
            found.append((examples[index].intent, max(shares, key=shares.__getitem__)))
    figures = {}
    for key in sorted({one.intent for one in examples}):
        got = Counter(read_as for wanted, read_as in found if wanted == key)
        right = got.pop(key, 0)
        figures[key] = LeftOut(right, right + got.total(), dict(sorted(got.items())))
    return figures


def _learn(examples: Sequence[Example], features: Floats, packaged: Sequence[Mapping[str, float]]) -> Taught:
    keys = tuple(sorted({one.intent for one in examples}))
    labels = np.array([keys.index(one.intent) for one in examples])
    weights, bias = _fit(features, labels, len(keys))
    middles = _unit(np.stack([features[labels == label].mean(axis=0) for label in range(len(keys))]))
    asked = Counter(max(shares, key=shares.__getitem__) for shares in packaged)
    exact = Taught(keys, weights, middles, bias, dict(sorted(asked.items())), features.shape[1] > GRAMS)
    return load(exact.dump())  # what is learned is what every process will load


def _packaged(text: str) -> Mapping[str, float]:
    words = read_words(text).words
    return intents.likely(words, pair_hashes(words))


def _features(examples: Sequence[Example]) -> Floats:
    """Return one row for each example: its vector if the encoder is at hand, then its n-grams."""
    return np.stack([_row(read_words(one.text).words, encoder.at_hand()) for one in examples])


def _row(words: Sequence[str], has_vectors: bool) -> Floats:
    words = words[: intents.MAX_INTENT_WORDS]
    grams = np.zeros(GRAMS, dtype=np.float32)
    hashed = [part for word in words for part in word_features(word)] + [(pair, 1.0) for pair in pair_hashes(words)]
    for code, value in hashed:
        grams[code % GRAMS] += value if code >> 20 & 1 else -value
    grams *= np.sqrt(GRAM_SHARE) / (np.linalg.norm(grams) or 1.0)
    return np.concatenate([encoder.encode([" ".join(words)])[0], grams]) if has_vectors else grams


def _fit(features: Floats, labels: NDArray[np.int64], count: int) -> tuple[Floats, Floats]:
    """Return weights and bias of a softmax model, by accelerated descent over how alike the examples are."""
    alike = SHARPNESS * (features @ features.T + 0.1)  # 0.1: the bias
    wanted = np.eye(count, dtype=np.float32)[labels]
    step = 1 / (0.5 * float(np.linalg.norm(alike, 1)) + SHRINKAGE)
    at = ahead = np.zeros_like(wanted)
    pace = 1.0
    for _ in range(STEPS):
        raw = alike @ ahead
        shares = np.exp(raw - raw.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        moved = ahead - step * (shares - wanted + SHRINKAGE * ahead)
        next_pace = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = moved + ((pace - 1) / next_pace) * (moved - at)
        at, pace = moved, next_pace
    kept = SHARPNESS * at
    return (kept.T @ features).astype(np.float32), (0.1 * kept.sum(axis=0)).astype(np.float32)


def _together(taught: Taught, packaged: Mapping[str, float], row: Floats) -> Mapping[str, float]:
    """Return the probability of each intent of a text with these features.

    What was taught has the larger share the closer the text is to it, and the more examples it has of what the
    packaged model takes the text for.
    """
    used = slice(-len(row), None)  # the n-grams alone where there is no vector
    raw = taught.weights[:, used] @ row + taught.bias
    own = np.exp(raw - raw.max())
    own /= own.sum()
    close, steep = (CLOSE, STEEP) if len(row) > GRAMS else (CLOSE_GRAMS, STEEP_GRAMS)
    alike = float((_unit(taught.middles[:, used]) @ row).max()) / float(np.linalg.norm(row) or 1.0)
    known = sum(value * taught.asked.get(intent, 0) for intent, value in packaged.items())
    odds = exp(steep * (alike - close)) * (1 + known / 10)
    share = odds / (1 + odds)
    together = {intent: (1 - share) * value for intent, value in packaged.items()}
    for intent, value in zip(taught.intents, own.tolist(), strict=True):
        together[intent] = together.get(intent, 0.0) + share * value
    return together


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _pack(rows: Floats) -> dict[str, object]:
    """Return rows as signed bytes, each row with its own scale."""
    scales = np.abs(rows).max(axis=1) / 127
    whole = np.rint(rows / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8)
    return {"scales": [float(f"{scale:.5g}") for scale in scales], "bytes": b64encode(whole.tobytes()).decode("ascii")}


def _unpack(stored: Mapping[str, object]) -> Floats:
    scales = np.array(stored["scales"], dtype=np.float32)
    whole = np.frombuffer(b64decode(str(stored["bytes"])), dtype=np.int8).reshape(len(scales), -1)
    return whole.astype(np.float32) * scales[:, None]
