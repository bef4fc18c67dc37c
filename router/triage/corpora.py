"""Read the training data: the public sets in a data folder, and our own seed sentences in the package.

`train` rows teach, `dev` rows choose settings, `challenge` rows only score. Nothing here runs in the product.
"""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha1
from importlib.resources import files
from itertools import islice
from pathlib import Path

OWN_SEEDS = "own-seeds"  # as a source
OWN_SOCIAL = "own-social"  # posts and short chats of our own, written later
OTHER_CAP = 3_000  # rows of `other` that teach; it is a third of the intent data
GOEMOTIONS_EACH = 3  # one row in so many: it is a stand-in, not aimed at a service
SEED_WEIGHT = {"en": 4.5}  # of our own sentences: the only ones in the words of support in every trade
RARE_WEIGHT = 6.0  # of those in other languages, which are few
INTENT_SEED_WEIGHT = 30.0  # they are few, and of every trade
SUPPORT_WEIGHT = 4.0  # of a message a person labelled
WEAK_WEIGHT = 0.5  # of a message taken as calm because no cue word was in it


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text."""

    text: str
    label: str  # "1" and "0" for frustration, else a key of INTENTS or a language
    source: str
    split: str
    language: str = "en"
    weight: float = 1.0


def frustration(data: Path) -> list[Row]:
    """Return the English and Roman Urdu rows, our own seeds among them."""
    rows = list(_sentiment(data, "reviews_en"))
    rows += _sentiment(data, "support_en")
    rows += islice(_sentiment(data, "goemotions_en"), 0, None, GOEMOTIONS_EACH)
    rows += _sentiment(data, "roman_urdu")
    for language, label, text in _seeds("seeds_frustration.tsv"):
        rows.append(Row(text, label, OWN_SEEDS, _split(text), language, SEED_WEIGHT.get(language, RARE_WEIGHT)))
    for language, label, text in _seeds("seeds_social.tsv"):
        rows.append(Row(text, label, OWN_SOCIAL, _split(text), language, SEED_WEIGHT.get(language, RARE_WEIGHT)))
    return rows


def emotions(data: Path) -> list[Row]:
    """Return messages in a dozen languages, under the names the set gives them."""
    return list(_sentiment(data, "emotions_multilingual"))


def challenge(data: Path) -> list[Row]:
    """Return the rows that only score."""
    return list(_sentiment(data, "challenge"))


def intents(data: Path) -> list[Row]:
    """Return intent rows; sets without a dev part give a tenth of their rows to it."""
    rows: list[Row] = []
    for path in sorted((data / "intent").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        own_dev = any(row["split"] == "dev" for row in found)
        for row in found:
            split = row["split"] if own_dev else _split(row["text"])
            if row["intent"]:
                rows.append(Row(row["text"], row["intent"], path.stem, "dev" if split == "dev" else "train"))
    kept = [row for row in rows if row.label != "other" or row.split == "dev"]
    others = [row for row in rows if row.label == "other" and row.split == "train"]
    kept += sorted(others, key=lambda row: sha1(row.text.encode(), usedforsecurity=False).digest())[:OTHER_CAP]
    for label, text in _seeds("seeds_intent.tsv"):
        split = "dev" if _split(text) == "dev" else "train"
        kept.append(Row(text, label, OWN_SEEDS, split, weight=INTENT_SEED_WEIGHT))
    return kept


def unlabelled(data: Path) -> list[Row]:
    """Return texts of desks that nobody labelled for frustration, each once; the label is empty."""
    texts = {row.text: row.source for row in intents(data)}
    return [Row(text, "", source, "train") for text, source in sorted(texts.items())]


def _sentiment(data: Path, name: str) -> Iterator[Row]:
    with gzip.open(data / "sentiment" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            factor = 1.0
            if row["source"].endswith("handlabelled"):
                factor = SUPPORT_WEIGHT
            elif "weak0" in row["source"]:
                factor = WEAK_WEIGHT
            yield Row(row["text"], str(row["label"]), row["source"], row["split"], row["lang"], factor)


def _seeds(name: str) -> Iterator[list[str]]:
    """Give the columns of each line of a packaged seed file; lines that start with `;` are headings."""
    for line in files("router.triage").joinpath("data", name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(";"):
            yield line.split("\t")


def _split(text: str) -> str:
    return {0: "test", 1: "dev"}.get(sha1(text.encode(), usedforsecurity=False).digest()[0] % 10, "train")
