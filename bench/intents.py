"""How well intents are learned from labelled examples: all of them, ten an intent, and telling what is in none.

`python -m bench.intents TRAIN.tsv [TEST.tsv]`: files with the columns `native_label` and `text`, or `category` and
`text`. Without a test file a fifth of the rows is held back. Rows labelled `oos` teach nothing; they are to be told
from the rest. The model is the one that brands teach (router/triage/taught.py), alone, without the packaged intents. An
intent's name teaches, too, as it does there.
"""

import csv
import sys
import time
from hashlib import sha1
from math import isnan
from pathlib import Path
from statistics import mean

from bench.harness import show
from router.triage import intents, metrics
from router.triage.taught import Example, Taught, learn, likely
from router.triage.text import read_words

FEW, DRAWS = 10, 5  # examples of an intent, and how often they are chosen anew; figures are the means
OUTSIDE = "oos"
GIVE_UP = "Give a file with the columns native_label and text: python -m bench.intents TRAIN.tsv [TEST.tsv]"


def main() -> int:
    """Print one table; return 0."""
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    if not names:
        print(GIVE_UP)
        return 1
    rows = _rows(Path(names[0]))
    if len(names) > 1:
        taught, held = rows, _rows(Path(names[1]))
    else:
        taught = [row for row in rows if _fifth(row.text)]
        held = [row for row in rows if not _fifth(row.text)]
    known = [row for row in taught if row.intent != OUTSIDE]
    table, result = [], {}
    for name, draws in (("all", [known]), (f"{FEW} an intent", [_few(known, draw) for draw in range(DRAWS)])):
        began = time.process_time()
        models = [learn(some, {one.intent: one.intent.replace("_", " ") for one in some}) for some in draws]
        took = (time.process_time() - began) / len(draws)
        right, outside = (mean(figures) for figures in zip(*(_figures(model, held) for model in models), strict=True))
        table.append([name, len(draws[0]), len(models[0].intents), f"{right:.2%}", _share(outside), took])
        result[name] = {"accuracy": right, "out_of_scope_auc": outside, "cpu_s": took, "examples": len(draws[0])}
    header = ["taught", "examples", "intents", "accuracy", "AUC of what is in none", "s CPU"]
    show(f"{Path(names[0]).name}, {len(held):,} rows held back", header, table, {"intents": result})
    return 0


def _rows(path: Path) -> list[Example]:
    with path.open(encoding="utf-8", newline="") as lines:
        if path.suffix == ".csv":
            found = list(csv.DictReader(lines))
        else:
            found = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Example(row["text"], row.get("native_label") or row.get("category") or OUTSIDE) for row in found]


def _fifth(text: str) -> bool:
    return sha1(text.encode(), usedforsecurity=False).digest()[0] % 5 != 0


def _few(rows: list[Example], draw: int) -> list[Example]:
    """Return FEW examples of each intent, chosen by their hash with the number of the draw."""
    by_intent: dict[str, list[Example]] = {}
    for row in sorted(rows, key=lambda row: sha1(f"{draw} {row.text}".encode(), usedforsecurity=False).digest()):
        by_intent.setdefault(row.intent, []).append(row)
    return [row for some in by_intent.values() for row in some[:FEW]]


def _figures(model: Taught, held: list[Example]) -> tuple[float, float]:
    """Return the accuracy within the intents, and the AUC of confidence between inside and outside."""
    read = [read_words(row.text) for row in held]
    vectors = intents.vectors([one.written() for one in read])
    found = [likely(model, {}, one.words, vector) for one, vector in zip(read, vectors, strict=True)]
    best = [max(one, key=one.__getitem__, default="") for one in found]
    inside = [i for i, row in enumerate(held) if row.intent != OUTSIDE]
    right = metrics.accuracy([best[i] for i in inside], [held[i].intent for i in inside])
    sure = [max(one.values(), default=0.0) for one in found]
    return right, metrics.auc(sure, [int(row.intent != OUTSIDE) for row in held])


def _share(figure: float) -> str:
    return "none held back" if isnan(figure) else f"{figure:.2%}"


if __name__ == "__main__":
    sys.exit(main())
