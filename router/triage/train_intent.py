"""Train the packaged intent weights; `train.train` calls it. Runs on a developer's machine, never in the desk.

Two models: hashed n-grams, and a softmax layer on sentence vectors where the encoder is installed. How much each
counts is chosen on dev rows, so that what they say together is calibrated.
"""

from collections.abc import Sequence
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
    rows = corpora.intents(data_dir)
    taught, dev = ([row for row in rows if row.split == split] for split in ("train", "dev"))
    wanted = np.array([LABELS.index(row.label) for row in dev])
    grams = _ngrams(taught, dev, wanted)
    _write(out_dir, "intent", grams)
    chooser = Chooser(grams)
    said = np.array([_likely(chooser, row) for row in dev])
    figures = _figures("n-grams", said, wanted)
    if encoder.at_hand():
        features = {name: _vectors(part) for name, part in (("taught", taught), ("dev", dev))}
        labels = np.array([LABELS.index(row.label) for row in taught])
        weights = np.array([row.weight for row in taught], dtype=np.float32)
        table, bias = softmax.fit(features["taught"], labels, len(LABELS), weights)
        packed, scale = fit.quantise(table.T.astype(np.float64))
        raw = features["dev"] @ table.T + bias
        usual = _usual(wanted)
        shares = _shares(np.log(said[usual] + 1e-9), raw[usual], wanted[usual])
        settings = dict(zip(("ngrams", "vector"), shares, strict=True))
        head = Weights(
            encoder.WIDTH, LABELS, scale, packed, tuple(float(b) for b in bias), {}, settings, (), VERSION
        )  # fmt: skip
        _write(out_dir, "intent_encoder", head)
        together = softmax.shares((shares[0] * np.log(said + 1e-9) + shares[1] * raw).astype(np.float32))
        figures |= _figures("vectors", softmax.shares(raw), wanted) | _figures("both", together, wanted)
        right = (together.argmax(axis=1) == wanted).tolist()
        bins = metrics.reliability(together.max(axis=1).tolist(), right)
        figures["intent both dev calibration error"] = metrics.calibration_error(bins)
    return figures | {"intent dev rows": float(len(dev))}


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
    return encoder.encode([" ".join(read_words(row.text).words[:MAX_INTENT_WORDS]) for row in rows])


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
