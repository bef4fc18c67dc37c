"""Train the packaged weights from a data folder: `python -m router triage train --data DIR`.

Runs on a developer's machine, never in the desk. The same data give the same files on the same machine. What the data
folder must hold is said in docs/triage.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from pathlib import Path

import numpy as np

from router.triage import corpora, fit
from router.triage.fit import Plan
from router.triage.text import read_words
from router.triage.train_frustration import train_frustration
from router.triage.train_intent import train_intent
from router.triage.weights import Weights, dump

VERSION = "1"
ROMAN = Plan(rows=1 << 14, epochs=2, rate=0.5, decay=1e-5)
SURE_ROMAN = 0.99  # share of texts called Roman Urdu that must be


@dataclass(frozen=True, slots=True)
class Report:
    """What training reached on rows it had not seen."""

    figures: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return one line for each figure."""
        return "\n".join(f"{name:48} {value:8.4f}" for name, value in self.figures.items())


def train(data_dir: Path, out_dir: Path) -> Report:
    """Write every weight file to `out_dir` and return the figures on dev rows and on the challenge."""
    figures: dict[str, float] = {}
    figures |= train_frustration(data_dir, out_dir)
    figures |= _train_roman(data_dir, out_dir)
    figures |= train_intent(data_dir, out_dir)
    return Report(figures)


def _train_roman(data_dir: Path, out_dir: Path) -> dict[str, float]:
    rows = corpora.languages(data_dir)
    examples = [
        fit.example(read_words(row.text).words, ROMAN.rows, int(row.label == "ur-Latn"), 1.0, pairs=False)
        for row in rows
        if row.split == "train"
    ]
    table, bias, _ = fit.fit_binary(examples, ROMAN, ())
    packed, scale = fit.quantise(table)
    dev = [row for row in rows if row.split == "dev"]
    marks = np.frombuffer(packed, dtype=np.int8)
    scored: list[tuple[float, bool]] = []
    for row in dev:
        one = fit.example(read_words(row.text).words, ROMAN.rows, 0, 1.0, pairs=False)
        raw = float(scale * (marks[one.places] @ one.values) + bias)
        scored.append((1 / (1 + exp(-raw)), row.label == "ur-Latn"))
    threshold = _threshold(scored)
    _write(out_dir, "roman_urdu", Weights(
        ROMAN.rows, ("ur-Latn",), scale, packed, (bias,), {}, {"threshold": threshold}, (), VERSION
    ))  # fmt: skip
    called = [is_roman for sure, is_roman in scored if sure >= threshold]
    return {
        "ur-Latn dev precision": sum(called) / max(1, len(called)),
        "ur-Latn dev recall": sum(called) / sum(is_roman for _, is_roman in scored),
    }


def _threshold(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the lowest probability from which at least SURE_ROMAN of the texts are Roman Urdu."""
    best = 0.99
    right = 0
    for count, (sure, is_roman) in enumerate(sorted(scored, reverse=True), 1):
        right += is_roman
        if right / count >= SURE_ROMAN:
            best = sure
    return round(max(best, 0.5), 4)


def _write(out_dir: Path, name: str, weights: Weights) -> None:
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / f"{name}.json").write_text(dump(weights), encoding="utf-8")
