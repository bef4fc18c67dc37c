"""Train the packaged weights from a data folder: `python -m router triage train --data DIR`.

Runs on a developer's machine, never in the desk. The same data give the same files on the same machine. What the data
folder must hold is said in docs/triage.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from pathlib import Path
from statistics import quantiles

import numpy as np

from router.triage import corpora, fit, metrics
from router.triage.corpora import Row
from router.triage.cues import CUES, hits
from router.triage.fit import Example, Plan
from router.triage.frustration import NEGATIVE, POSITIVE, cue_names
from router.triage.polarity import polarity
from router.triage.text import read_words
from router.triage.train_intent import train_intent
from router.triage.weights import Weights, dump

VERSION = "1"
FRUSTRATION = {"en": Plan(rows=1 << 18, epochs=4, rate=0.15, decay=1e-3), "ur-Latn": Plan(1 << 16, 4, 0.3, 5e-4)}
ROMAN = Plan(rows=1 << 14, epochs=2, rate=0.5, decay=1e-5)
PRIOR: Mapping[str, float] = {cue.key: cue.weight for cue in CUES.values()} | {POSITIVE: -1.0, NEGATIVE: 1.5}
ANCHORS = (
    0.0,
    10.0,
    25.0,
    50.0,
    75.0,
    97.0,
)  # nothing said is 10; calm below 25; disappointed, angry, and from 75 furious or leaving
SUPPORT = {  # sources whose calm texts are those of a desk
    "en": ("banking77-handlabelled", "banking77-weak0", "multidogo-weak0", "own-seeds"),
    "ur-Latn": ("uci-roman-urdu", "own-seeds"),
}
PROXY = ("goemotions",)  # not aimed at a service, so it says nothing about how angry is angry
CALM_SHARE = 0.9  # of calm support messages that stay under 25
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
    rows = corpora.frustration(data_dir)
    hard = corpora.challenge(data_dir)
    for language, plan in FRUSTRATION.items():
        weights = frustration_model([row for row in rows if row.language == language], language, plan)
        _write(out_dir, f"frustration_{language}", weights)
        for name, part in (("dev", [r for r in rows if r.split == "dev"]), ("challenge", hard)):
            figures |= _separates(weights, [r for r in part if r.language == language], f"{language} {name}")
    figures |= _train_roman(data_dir, out_dir)
    figures |= train_intent(data_dir, out_dir)
    return Report(figures)


def frustration_model(rows: Sequence[Row], language: str, plan: Plan) -> Weights:
    """Return the frustration model of one language, trained on the train rows and calibrated on the dev rows."""
    examples = [frustration_example(row, language, plan.rows) for row in rows if row.split == "train"]
    names = cue_names()
    table, bias, extras = fit.fit_binary(examples, plan, fit.as_prior(names, PRIOR))
    packed, scale = fit.quantise(table)
    cues = {name: round(float(weight), 4) for name, weight in zip(names, extras, strict=True)}
    known = table[table != 0] if table.any() else np.ones(1)
    settings = {"evidence_floor": round(float(np.percentile(np.abs(known), 99)), 4)}
    weights = Weights(plan.rows, ("frustrated",), scale, packed, (bias,), cues, settings, (), VERSION)
    support = [row for row in rows if row.split != "train" and row.source in SUPPORT[language]]
    scored = {row: raw_score(weights, row, language) for row in rows if row.split == "dev" and row.source not in PROXY}
    calm = [raw_score(weights, row, language) for row in support if row.label == "0"]
    curve = anchor_curve(calm, [raw for row, raw in scored.items() if row.label == "1"], bias)
    return Weights(plan.rows, weights.labels, scale, packed, (bias,), cues, settings, curve, VERSION)


def frustration_example(row: Row, language: str, rows: int) -> Example:
    """Return one row as the features of the frustration model."""
    words = read_words(row.text).words
    return fit.example(words, rows, int(row.label), row.weight, named(words, language))


def named(words: Sequence[str], language: str) -> list[float]:
    """Return the values of the features beside the n-grams, in the order of `cue_names`."""
    there = {hit.cue for hit in hits(words)}
    tone = polarity(words) if language == "en" else 0.0
    return [*(float(key in there) for key in CUES), max(tone, 0.0), max(-tone, 0.0)]


def raw_score(weights: Weights, row: Row, language: str) -> float:
    """Return the raw score of a row as the desk would compute it for a text of one window."""
    one = frustration_example(row, language, weights.rows)
    table = np.frombuffer(weights.table, dtype=np.int8)
    extras = np.array(fit.as_prior(cue_names(), weights.cues))
    return float(weights.scale * (table[one.places] @ one.values) + weights.bias[0] + extras @ one.extras)


def anchor_curve(calm: Sequence[float], frustrated: Sequence[float], nothing: float) -> tuple[tuple[float, float], ...]:
    """Return the points that put calm under 25 and the angriest over 75.

    25 stands above CALM_SHARE of the calm support messages; `nothing`, the raw score of an empty text, well below it;
    50 and 75 stand at the half and the upper eighth of the frustrated texts beyond it.
    """
    line = max(float(np.quantile(calm, CALM_SHARE)), nothing + 0.3)
    above = quantiles([raw for raw in frustrated if raw >= line], n=8, method="inclusive")
    points = [min(*calm, nothing - 1.0), nothing, line, above[3], above[6], max(*frustrated, above[6] + 1.0)]
    curve: list[tuple[float, float]] = []
    for raw, figure in zip(points, ANCHORS, strict=True):
        least = curve[-1][0] + 0.05 if curve else raw
        curve.append((round(max(raw, least), 4), figure))
    return tuple(curve)


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


def _separates(weights: Weights, rows: Sequence[Row], name: str) -> dict[str, float]:
    """Return the AUC of a model beside those of TextBlob and of length alone."""
    labels = [int(row.label) for row in rows]
    language = rows[0].language
    ways: dict[str, Callable[[Row], float]] = {
        "AUC": lambda row: raw_score(weights, row, language),
        "AUC of TextBlob": lambda row: -polarity(read_words(row.text).words),
        "AUC of length": lambda row: len(row.text),
    }
    return {f"{name} {way}": metrics.auc([score(row) for row in rows], labels) for way, score in ways.items()}


def _write(out_dir: Path, name: str, weights: Weights) -> None:
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / f"{name}.json").write_text(dump(weights), encoding="utf-8")
