"""A brand's own teaching: a few examples of each intent, and the small model learned from them. Pure.

The same examples always give the same model. It stands beside the packaged one (intents.py): the closer a message is to
what was taught, the more the taught model says, so that a new intent takes what is its own and little else. With the
encoder it is the mean of two: a linear model of the vector and the n-grams, and a layered one of the vector.
"""

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.triage import intents, layered, softmax
from router.triage.features import pair_hashes, word_features
from router.triage.layered import Layered
from router.triage.text import read_words

FORMAT = 2  # 1 had the linear model alone
GRAMS = 4_096  # hashed n-grams of a text, beside its vector
GRAM_SHARE = 0.5  # of the n-grams in how alike two texts are, where the vector has 1
FOLDS = 20  # parts of the examples that leave_one_out holds back in turn, where there are more examples than that
SPREAD = (
    3.0  # mean spreads added to each direction's own; the more, the less it matters how examples of an intent differ
)
SMALLEST = 1e-9  # spread; under it the examples of each intent are one and the same
CLOSE = 0.46  # how alike a text and the middle of what was taught are where it is as likely taught as not
CLOSE_GRAMS = 0.3  # the same without the encoder
STEEP = 16.0  # how fast the odds change with it

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
    layered: Layered | None = None  # of the vector

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
            "layered": _pack_layered(self.layered) if self.layered else None,
        }
        return json.dumps(stored)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How the examples of one intent are read when they were not learned from."""

    right: int
    of: int
    stolen: Mapping[str, int]  # the intent that took an example instead, and how many


def learn(examples: Sequence[Example], called: Mapping[str, str] | None = None) -> Taught:
    """Return the model of the examples; some two seconds of CPU for 1,000 of them.

    `called` says what people call some of the intents; a name teaches like one more example. Raises ValueError if there
    is no example.
    """
    if not examples:
        raise ValueError("There is no example to learn from: give at least one text with its intent.")
    rows = [*examples, *_names(examples, called)]
    return _learn([one.intent for one in rows], _say([one.text for one in rows]), layers=True)


def load(text: str) -> Taught:
    """Return the model that `Taught.dump` wrote; raises ValueError if this is not one, or of a later format."""
    try:
        stored = json.loads(text)
        if stored["format"] > FORMAT:
            raise ValueError(f"This teaching is of format {stored['format']}; formats to {FORMAT} are known here.")
        return Taught(
            tuple(stored["intents"]),
            _unpack(stored["weights"]),
            _unpack(stored["middles"]),
            np.array(stored["bias"], dtype=np.float32),
            stored["asked"],
            stored["has_vectors"],
            _unpack_layered(stored["layered"]) if stored.get("layered") else None,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"This is no dump of a teaching: {error} is missing or wrong.") from error


def likely(
    taught: Taught | None, packaged: Mapping[str, float], words: Sequence[str], vector: Floats | None
) -> Mapping[str, float]:
    """Return the probability of each intent, packaged and taught, of calm words and their vector.

    `packaged` is what intents.likely says of them.
    """
    if taught is None or not words:
        return packaged
    return _together(taught, packaged, _grams(words), vector if taught.has_vectors else None)


def nearest(taught: Taught | None, text: str, count: int = 3) -> Sequence[tuple[str, float]]:
    """Return the intents a text is closest to, each with its similarity 0 … 1: what a new example would take from."""
    said = _say([text])[0]
    found = likely(taught, said.packaged, said.words, said.vector)
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:count]


def leave_one_out(examples: Sequence[Example], called: Mapping[str, str] | None = None) -> Mapping[str, LeftOut]:
    """Return by intent how its examples are read by a model that has not seen them.

    Up to FOLDS examples are left out one by one, more of them in FOLDS parts. The linear model is asked alone: it
    learns many times sooner, and reads nearly as well.
    """
    said, names = _say([one.text for one in examples]), _names(examples, called)
    said_names = _say([one.text for one in names])
    found: list[tuple[str, str]] = []
    for part in range(min(FOLDS, len(examples))):
        rest = [index for index in range(len(examples)) if index % FOLDS != part]
        wanted = [*(examples[i].intent for i in rest), *(one.intent for one in names)]
        taught = _learn(wanted, [*(said[i] for i in rest), *said_names], layers=False) if rest else None
        for index in range(part, len(examples), FOLDS):
            one = said[index]
            shares = likely(taught, one.packaged, one.words, one.vector)
            found.append((examples[index].intent, max(shares, key=shares.__getitem__, default=intents.OTHER)))
    figures = {}
    for key in sorted({one.intent for one in examples}):
        got = Counter(read_as for wanted, read_as in found if wanted == key)
        right = got.pop(key, 0)
        figures[key] = LeftOut(right, right + got.total(), dict(sorted(got.items())))
    return figures


@dataclass(frozen=True, slots=True)
class _Said:
    """A text as both models see it."""

    words: Sequence[str]
    vector: Floats | None
    packaged: Mapping[str, float]


def _say(texts: Sequence[str]) -> Sequence[_Said]:
    read = [read_words(text) for text in texts]
    return [
        _Said(one.words, vector, intents.likely(one.words, pair_hashes(one.words), vector))
        for one, vector in zip(read, intents.vectors([one.written() for one in read]), strict=True)
    ]


def _names(examples: Sequence[Example], called: Mapping[str, str] | None) -> Sequence[Example]:
    """Return the names that have words as examples of their intents."""
    taught = {one.intent for one in examples}
    return [Example(name, key) for key, name in (called or {}).items() if key in taught and read_words(name).words]


def _learn(wanted: Sequence[str], said: Sequence[_Said], *, layers: bool) -> Taught:
    keys = tuple(sorted(set(wanted)))
    labels = np.array([keys.index(intent) for intent in wanted])
    parts = [np.stack([_grams(one.words) for one in said])]
    deep = None
    if all(one.vector is not None for one in said):
        vectors = np.stack([one.vector for one in said if one.vector is not None])
        middle, turn = _evened(vectors, labels)
        evened = np.asarray((vectors - middle) @ turn, dtype=np.float32)
        turned, bias = softmax.fit(np.hstack([evened, *parts]), labels, len(keys))
        of_vector = turned[:, :-GRAMS] @ turn.T
        weights = np.hstack([of_vector, turned[:, -GRAMS:]])
        bias -= of_vector @ middle
        deep = _straight(layered.fit(evened, labels, len(keys)), middle, turn) if layers else None
        parts.insert(0, vectors)
    else:
        weights, bias = softmax.fit(parts[0], labels, len(keys))
    middles = [_unit(np.stack([part[labels == k].mean(axis=0) for k in range(len(keys))])) for part in parts]
    asked = Counter(max(one.packaged, key=one.packaged.__getitem__) for one in said if one.packaged)
    exact = Taught(keys, weights, np.hstack(middles), bias, dict(sorted(asked.items())), len(parts) > 1, deep)
    return load(exact.dump())  # what is learned is what every process will load


def _evened(vectors: Floats, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the mean of vectors, and the map that shortens the directions in which examples of one intent differ most.

    Learned from what is mapped so, a model asks for them less. The mean length stays.
    """
    middle: Floats = vectors.mean(axis=0)
    own = np.stack([vectors[labels == k].mean(axis=0) for k in range(labels.max() + 1)])
    within = (vectors - own[labels]).astype(np.float64)
    spread = within.T @ within / len(vectors)
    usual = np.trace(spread) / len(spread)
    if usual < SMALLEST:
        return middle, np.eye(len(spread), dtype=np.float32)
    turn = np.linalg.cholesky(np.linalg.inv(spread + SPREAD * usual * np.eye(len(spread))))
    around = vectors - middle
    turn *= np.linalg.norm(around) / np.linalg.norm(around @ turn)
    return middle, turn.astype(np.float32)


def _straight(deep: Layered, middle: Floats, turn: Floats) -> Layered:
    """Return the model that says of a vector what `deep` says of it evened."""
    inner: Floats = deep.inner @ turn.T
    moved: Floats = deep.inner_bias - inner @ middle
    return replace(deep, inner=inner, inner_bias=moved)


def _grams(words: Sequence[str]) -> Floats:
    """Return the hashed n-grams of calm words, of the length that GRAM_SHARE asks for."""
    words = words[: intents.MAX_INTENT_WORDS]
    grams = np.zeros(GRAMS, dtype=np.float32)
    hashed = [part for word in words for part in word_features(word)] + [(pair, 1.0) for pair in pair_hashes(words)]
    for code, value in hashed:
        grams[code % GRAMS] += value if code >> 20 & 1 else -value
    scaled: Floats = grams * np.float32(np.sqrt(GRAM_SHARE) / (np.linalg.norm(grams) or 1.0))
    return scaled


def _together(
    taught: Taught, packaged: Mapping[str, float], grams: Floats, vector: Floats | None
) -> Mapping[str, float]:
    """Return the probability of each intent of a text with these features.

    What was taught has the larger share the closer the text is to it, and the more examples it has of what the
    packaged model takes the text for.
    """
    raw = taught.weights[:, -GRAMS:] @ grams + taught.bias
    if vector is None:
        alike = float((taught.middles[:, -GRAMS:] @ grams).max()) / float(np.linalg.norm(grams) or 1.0)
        odds = exp(STEEP * (alike - CLOSE_GRAMS))
    else:
        raw += taught.weights[:, :-GRAMS] @ vector
        odds = exp(STEEP * (float((taught.middles[:, :-GRAMS] @ vector).max()) - CLOSE))
    odds *= 1 + sum(value * taught.asked.get(intent, 0) for intent, value in packaged.items()) / 10
    share = odds / (1 + odds)
    together = {intent: (1 - share) * value for intent, value in packaged.items()}
    said: Floats = softmax.shares(raw)
    if vector is not None and taught.layered is not None:
        said = np.mean([said, taught.layered.shares(vector)], axis=0, dtype=np.float32)
    for intent, value in zip(taught.intents, said.tolist(), strict=True):
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


def _pack_layered(deep: Layered) -> dict[str, object]:
    return {
        "inner": _pack(deep.inner),
        "inner_bias": [round(float(value), 4) for value in deep.inner_bias],
        "outer": _pack(deep.outer),
        "outer_bias": [round(float(value), 4) for value in deep.outer_bias],
    }


def _unpack_layered(stored: Mapping[str, Any]) -> Layered:
    return Layered(
        _unpack(stored["inner"]),
        np.array(stored["inner_bias"], dtype=np.float32),
        _unpack(stored["outer"]),
        np.array(stored["outer_bias"], dtype=np.float32),
    )
