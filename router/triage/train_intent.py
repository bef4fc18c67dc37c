"""Train the packaged intent weights; `train.train` calls it. Runs on a developer's machine, never in the desk."""

from pathlib import Path

import numpy as np

from router.triage import corpora, fit, metrics
from router.triage.fit import Plan
from router.triage.intents import INTENTS, MAX_INTENT_WORDS
from router.triage.text import read_words
from router.triage.weights import Weights, dump

VERSION = "1"
INTENT = Plan(rows=1 << 14, epochs=6, rate=0.4, decay=1e-5)


def train_intent(data_dir: Path, out_dir: Path) -> dict[str, float]:
    """Write the intent weights to `out_dir` and return the figures on dev rows."""
    rows = corpora.intents(data_dir)
    labels = tuple(INTENTS)
    made = {
        split: [
            fit.example(read_words(row.text).words[:MAX_INTENT_WORDS], INTENT.rows, labels.index(row.label), row.weight)
            for row in rows
            if row.split == split
        ]
        for split in ("train", "dev")
    }
    table, bias = fit.fit_many(made["train"], INTENT, len(labels))
    packed, scale = fit.quantise(table)
    marks = np.frombuffer(packed, dtype=np.int8).reshape(INTENT.rows, len(labels))
    raws = [scale * (one.values @ marks[one.places]) + bias for one in made["dev"]]
    wanted = [labels[one.label] for one in made["dev"]]
    # `other` fills the dev rows of one set; calibrate on as many of it as on a usual intent
    usual = [i for i, label in enumerate(wanted) if label != "other"]
    usual += [i for i, label in enumerate(wanted) if label == "other"][: len(usual) // 10]
    heat = fit.temperature([raws[i].tolist() for i in usual], [made["dev"][i].label for i in usual])
    settings = {"temperature": heat}
    weights = Weights(INTENT.rows, labels, scale, packed, tuple(float(b) for b in bias), {}, settings, (), VERSION)
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / "intent.json").write_text(dump(weights), encoding="utf-8")
    found = [labels[int(raw.argmax())] for raw in raws]
    known = [i for i, label in enumerate(wanted) if label != "other"]
    return {
        "intent dev accuracy": metrics.accuracy(found, wanted),
        "intent dev accuracy without other": metrics.accuracy([found[i] for i in known], [wanted[i] for i in known]),
        "intent dev macro-F1": metrics.macro_f1(found, wanted),
        "intent dev rows": float(len(wanted)),
    }
