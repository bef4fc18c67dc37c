"""How well English frustration carries over to texts from elsewhere: leave one source out, train on the rest.

Runs on a developer's machine, as training does. Our own seeds count as a source; they were written apart from the
lexicon, the phrases of the cues with some of them in sight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from router.triage import corpora, metrics
from router.triage.polarity import polarity
from router.triage.text import read_words
from router.triage.train_frustration import fit_rows, matrix
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


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """AUC of the model, of TextBlob, of VADER and of length alone, by the source left out."""

    figures: Mapping[str, Mapping[str, float]]

    def __str__(self) -> str:
        """Return one line for each source, and the mean."""
        lines = []
        for source, found in self.figures.items():
            lines.append(f"{source:24} " + "  ".join(f"{way} {figure:.3f}" for way, figure in found.items()))
        return "\n".join(lines)


def cross_check(data_dir: Path) -> CrossCheck:
    """Return the figures of every source in TARGETS; takes a few minutes."""
    rows = [row for row in corpora.frustration(data_dir) if row.language == "en"]
    texts = matrix(rows, "en")
    figures: dict[str, dict[str, float]] = {}
    for source in TARGETS:
        held = np.array([row.source == source for row in rows])
        taught = [row for row in rows if row.source != source]
        model = fit_rows(texts.chosen(~held), taught, "en")
        left_out = [row for row in rows if row.source == source]
        heard = matrix(left_out, "en", vocabulary(row.text for row in taught))
        labels = [int(row.label) for row in left_out]
        ways = {
            "model": [float(raw) for raw in model.scores(heard)],
            "TextBlob": [-polarity(read_words(row.text).words) for row in left_out],
            "VADER": [-compound(row.text) for row in left_out],
            "length": [float(len(row.text)) for row in left_out],
        }
        figures[source] = {way: metrics.auc(scores, labels) for way, scores in ways.items()}
    ways_measured = ("model", "TextBlob", "VADER", "length")
    figures["mean"] = {way: sum(found[way] for found in figures.values()) / len(TARGETS) for way in ways_measured}
    return CrossCheck(figures)
