"""How well English frustration and intents carry over to texts from elsewhere: leave one source out, train on the rest.

Runs on a developer's machine, as training does. For frustration our own seeds count as sources; they were written
apart from the lexicon, the phrases of the cues with some of them in sight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from router.triage import corpora, metrics
from router.triage.intents import OTHER
from router.triage.polarity import polarity
from router.triage.text import read_words
from router.triage.train_frustration import fit_rows, matrix, read_by_vectors
from router.triage.train_intent import LABELS, Texts, fitted, texts_of
from router.triage.train_loosely import with_loose
from router.triage.train_vocabulary import vocabulary
from router.triage.vader import compound

TARGETS = (
    "banking77-handlabelled",
    "uci-amazon",
    "uci-yelp",
    "vader-amazon",
    "vader-tweets",
    corpora.OWN_SEEDS,
    corpora.OWN_SOCIAL,
)
INTENT_TARGETS = ("banking77", "clinc150", "bitext", "multidogo", "dstc11_insurance")


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """Figures of the model and of what it is compared with, by the source left out, and their means."""

    figures: Mapping[str, Mapping[str, float]]

    def __str__(self) -> str:
        """Return one line for each source, and the mean."""
        lines = []
        for source, found in self.figures.items():
            lines.append(f"{source:24} " + "  ".join(f"{way} {figure:.3f}" for way, figure in found.items()))
        return "\n".join(lines)


def cross_check(data_dir: Path) -> CrossCheck:
    """Return the AUC of frustration of every source in TARGETS: the model, TextBlob, VADER, length alone.

    Takes a few minutes.
    """
    read = [row for row in corpora.frustration(data_dir) if row.language == "en"]
    rows = with_loose(read)
    texts = matrix(rows, "en")
    unlabelled = corpora.unlabelled(data_dir)
    unread = read_by_vectors(rows, unlabelled, "en")
    figures: dict[str, dict[str, float]] = {}
    for source in TARGETS:
        held = np.array([row.source == source for row in rows])
        taught = [row for row in rows if row.source != source]
        of_others = np.array([row.source.partition("-")[0] != source.partition("-")[0] for row in unlabelled])
        model = fit_rows(texts.chosen(~held), taught, "en", unread.chosen(of_others, ~held))
        left_out = [row for row in read if row.source == source]
        heard = matrix(left_out, "en", vocabulary(row.text for row in read if row.source != source))
        labels = [int(row.label) for row in left_out]
        ways = {
            "model": [float(raw) for raw in model.scores(heard)],
            "TextBlob": [-polarity(read_words(row.text).words) for row in left_out],
            "VADER": [-compound(row.text) for row in left_out],
            "length": [float(len(row.text)) for row in left_out],
        }
        figures[source] = {way: metrics.auc(scores, labels) for way, scores in ways.items()}
    return CrossCheck(_with_mean(figures))


def cross_check_intents(data_dir: Path) -> CrossCheck:
    """Return how often requests of every source in INTENT_TARGETS are told by models that were taught the rest.

    `first`: rightly; `first or second`: among the two likeliest; `usual`: what saying its commonest intent would score.
    What the source calls `other` is left out, and may not be the answer. Takes a few minutes.
    """
    texts = texts_of(corpora.intents(data_dir))
    there = {row.source for row in texts.rows}
    figures: dict[str, dict[str, float]] = {}
    for source in (one for one in INTENT_TARGETS if one in there):
        taught, dev, held = _left_out(texts, source)
        model = fitted(taught, dev)
        said = model.said(held)
        said[:, LABELS.index(OTHER)] = 0
        two = np.argsort(-said, axis=1)[:, :2]
        figures[source] = {
            "first": float((two[:, 0] == held.wanted).mean()),
            "first or second": float((two == held.wanted[:, None]).any(axis=1).mean()),
            "usual": float(np.bincount(held.wanted).max() / len(held.rows)),
        }
    return CrossCheck(_with_mean(figures))


def _left_out(texts: Texts, source: str) -> tuple[Texts, Texts, Texts]:
    """Return the train and dev rows of other sources, and the rows of this one that want something known."""
    return (
        texts.where(lambda row: row.source != source and row.split == "train"),
        texts.where(lambda row: row.source != source and row.split == "dev"),
        texts.where(lambda row: row.source == source and row.label != OTHER),
    )


def _with_mean(figures: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
    ways = next(iter(figures.values()))
    return {**figures, "mean": {way: sum(found[way] for found in figures.values()) / len(figures) for way in ways}}
