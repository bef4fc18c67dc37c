"""How well English frustration carries over to texts from elsewhere: leave one source out, train on the rest.

Runs on a developer's machine, as training does. Our own seeds are never a target: the phrases of the cues were written
with them in sight.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from router.triage import corpora, fit, metrics
from router.triage.corpora import Row
from router.triage.frustration import cue_names
from router.triage.polarity import polarity
from router.triage.text import read_words
from router.triage.train import FRUSTRATION, PRIOR, frustration_example

TARGETS = ("banking77-handlabelled", "uci-amazon", "uci-yelp", "vader-amazon", "vader-tweets")


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """AUC of the model, of TextBlob and of length alone, by the source left out."""

    figures: Mapping[str, Mapping[str, float]]

    def __str__(self) -> str:
        """Return one line for each source, and the mean."""
        lines = []
        for source, found in self.figures.items():
            lines.append(f"{source:24} " + "  ".join(f"{way} {figure:.3f}" for way, figure in found.items()))
        return "\n".join(lines)


def cross_check(data_dir: Path) -> CrossCheck:
    """Return the figures of every source in TARGETS; takes a few minutes."""
    plan = FRUSTRATION["en"]
    rows = [row for row in corpora.frustration(data_dir) if row.language == "en"]
    examples = [frustration_example(row, "en", plan.rows) for row in rows]
    prior = fit.as_prior(cue_names(), PRIOR)
    figures: dict[str, dict[str, float]] = {}
    for source in TARGETS:
        taught = [one for one, row in zip(examples, rows, strict=True) if row.source != source]
        table, bias, extras = fit.fit_binary(taught, plan, prior)
        held = [(one, row) for one, row in zip(examples, rows, strict=True) if row.source == source]
        raws = [float(table[one.places] @ one.values + bias + extras @ one.extras) for one, _ in held]
        figures[source] = _beside(raws, [row for _, row in held])
    ways = ("model", "TextBlob", "length")
    figures["mean"] = {way: sum(found[way] for found in figures.values()) / len(TARGETS) for way in ways}
    return CrossCheck(figures)


def _beside(raws: Sequence[float], rows: Sequence[Row]) -> dict[str, float]:
    labels = [int(row.label) for row in rows]
    return {
        "model": metrics.auc(raws, labels),
        "TextBlob": metrics.auc([-polarity(read_words(row.text).words) for row in rows], labels),
        "length": metrics.auc([float(len(row.text)) for row in rows], labels),
    }
