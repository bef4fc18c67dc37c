"""Train the packaged intent weights; `train.train` calls it. Runs on a developer's machine, never in the desk.

Two models: hashed n-grams, and a softmax layer on sentence vectors where the encoder is installed. How much each
counts is chosen on dev rows, so that what they say together is calibrated.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from router.triage import corpora, encoder, fit, metrics, softmax
from router.triage.corpora import Row
from router.triage.features import pair_hashes
from router.triage.fit import Plan
from router.triage.intents import INTENTS, MAX_INTENT_WORDS, OTHER
from router.triage.linear import Chooser
from router.triage.text import read_words
from router.triage.weights import Weights, dump

VERSION = "2"
INTENT = Plan(rows=1 << 14, epochs=6, rate=0.4, decay=1e-5)
LABELS = tuple(INTENTS)
NGRAM_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
VECTOR_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)

Floats = NDArray[np.float32]


def train_intent(data_dir: Path, out_dir: Path) -> dict[str, float]:
    """Write the intent weights to `out_dir` and return the figures on dev rows."""
    texts = texts_of(corpora.intents(data_dir))
    dev = texts.where(lambda row: row.split == "dev")
    made = fitted(texts.where(lambda row: row.split == "train"), dev)
    _write(out_dir, "intent", made.grams)
    figures = _figures("n-grams", made.said(dev, 1.0, 0.0), dev.wanted)
    if made.head is not None:
        _write(out_dir, "intent_encoder", made.head)
        together = made.said(dev)
        figures |= _figures("vectors", made.said(dev, 0.0, 1.0), dev.wanted) | _figures("both", together, dev.wanted)
        bins = metrics.reliability(together.max(axis=1).tolist(), (together.argmax(axis=1) == dev.wanted).tolist())
        figures["intent both dev calibration error"] = metrics.calibration_error(bins)
    return figures | {"intent dev rows": float(len(dev.rows))}


@dataclass(frozen=True, slots=True)
class Texts:
    """Rows with their vectors, (rows, encoder.WIDTH), where there is an encoder, and the places of their labels."""

    rows: Sequence[Row]
    vectors: Floats | None
    wanted: NDArray[np.int64]

    def where(self, holds: Callable[[Row], bool]) -> "Texts":
        """Return the rows of which something holds."""
        kept = [at for at, row in enumerate(self.rows) if holds(row)]
        vectors = None if self.vectors is None else self.vectors[kept]
        return Texts([self.rows[at] for at in kept], vectors, self.wanted[kept])


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both models; what each counts stands in the head's settings."""

    grams: Weights
    head: Weights | None
    table: Floats  # of the head before it was packed
    bias: Floats

    def said(self, asked: Texts, ngrams: float | None = None, vector: float | None = None) -> Floats:
        """Return the probabilities of rows; the shares of the models are those fitted unless given."""
        chooser = Chooser(self.grams)
        said = np.array([_likely(chooser, row) for row in asked.rows], dtype=np.float32)
        if self.head is None or asked.vectors is None:
            return said
        shares = self.head.settings
        of_grams = (shares["ngrams"] if ngrams is None else ngrams) * np.log(said + 1e-9)
        of_vectors = (shares["vector"] if vector is None else vector) * (asked.vectors @ self.table.T + self.bias)
        return softmax.shares(np.asarray(of_grams + of_vectors, dtype=np.float32))


def fitted(taught: Texts, dev: Texts) -> Fitted:
    """Return both models of rows; what each counts is chosen on dev rows."""
    even = evened(taught.rows)
    grams = _ngrams(even, dev.rows, dev.wanted)
    if taught.vectors is None or dev.vectors is None:
        return Fitted(grams, None, np.zeros((0, 0), np.float32), np.zeros(0, np.float32))
    weights = np.array([row.weight for row in even], dtype=np.float32)
    table, bias = softmax.fit(taught.vectors, taught.wanted, len(LABELS), weights)
    packed, scale = fit.quantise(table.T.astype(np.float64))
    chooser, usual = Chooser(grams), _usual(dev.wanted)
    said = np.array([_likely(chooser, dev.rows[i]) for i in usual])
    shares = _shares(np.log(said + 1e-9), dev.vectors[usual] @ table.T + bias, dev.wanted[usual])
    settings = dict(zip(("ngrams", "vector"), shares, strict=True))
    head = Weights(
        encoder.WIDTH, LABELS, scale, packed, tuple(float(b) for b in bias), {}, settings, (), VERSION
    )  # fmt: skip
    return Fitted(grams, head, table, bias)


def texts_of(rows: Sequence[Row]) -> Texts:
    """Return rows with what is learned from beside their words."""
    vectors = _vectors(rows) if encoder.at_hand() else None
    return Texts(rows, vectors, np.array([LABELS.index(row.label) for row in rows]))


def evened(rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows of which each intent's weigh as much together.

    How often a public set asks for one says nothing of a desk.
    """
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.label] = sums.get(row.label, 0.0) + row.weight
    mean = sum(sums.values()) / len(sums)
    return [replace(row, weight=row.weight * mean / sums[row.label]) for row in rows]


def _ngrams(taught: Sequence[Row], dev: Sequence[Row], wanted: NDArray[np.int64]) -> Weights:
    table, bias = fit.fit_many([_example(row) for row in taught], INTENT, len(LABELS))
    packed, scale = fit.quantise(table)
    marks = np.frombuffer(packed, dtype=np.int8).reshape(INTENT.rows, len(LABELS))
    raws = np.array([scale * (one.values @ marks[one.places]) + bias for one in map(_example, dev)])
    usual = _usual(wanted)
    settings = {"temperature": fit.temperature(raws[usual].tolist(), wanted[usual].tolist())}
    return Weights(INTENT.rows, LABELS, scale, packed, tuple(float(b) for b in bias), {}, settings, (), VERSION)


def _example(row: Row) -> fit.Example:
    return fit.example(read_words(row.text).words[:MAX_INTENT_WORDS], INTENT.rows, LABELS.index(row.label), row.weight)


def _likely(chooser: Chooser, row: Row) -> list[float]:
    words = read_words(row.text).words[:MAX_INTENT_WORDS]
    return chooser.probabilities(words, pair_hashes(words), chooser.weights.settings["temperature"])


def _vectors(rows: Sequence[Row]) -> Floats:
    return encoder.encode([" ".join(read_words(row.text).written()[:MAX_INTENT_WORDS]) for row in rows])


def _usual(wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows to calibrate on: `other` fills the dev rows of one set, so only as many as of a usual intent."""
    is_other = wanted == LABELS.index(OTHER)
    usual = np.flatnonzero(~is_other)
    return np.concatenate([usual, np.flatnonzero(is_other)[: len(usual) // 10]])


def _shares(said: Floats, raw: Floats, wanted: NDArray[np.int64]) -> tuple[float, float]:
    """Return what n-grams and vectors count where they say together what fits the labels best."""

    def loss(ngrams: float, vector: float) -> float:
        found = softmax.shares((ngrams * said + vector * raw).astype(np.float32))
        return float(-np.log(found[np.arange(len(wanted)), wanted] + 1e-9).mean())

    return min(((n, v) for n in NGRAM_SHARES for v in VECTOR_SHARES), key=lambda pair: loss(*pair))


def _figures(way: str, found: NDArray[np.floating], wanted: NDArray[np.int64]) -> dict[str, float]:
    read = [LABELS[i] for i in found.argmax(axis=1)]
    meant = [LABELS[i] for i in wanted]
    known = [i for i, label in enumerate(meant) if label != OTHER]
    return {
        f"intent {way} dev accuracy": metrics.accuracy(read, meant),
        f"intent {way} dev accuracy without other": metrics.accuracy(
            [read[i] for i in known], [meant[i] for i in known]
        ),
        f"intent {way} dev macro-F1": metrics.macro_f1(read, meant),
    }


def _write(out_dir: Path, name: str, weights: Weights) -> None:
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / f"{name}.json").write_text(dump(weights), encoding="utf-8")
