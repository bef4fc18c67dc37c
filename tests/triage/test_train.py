"""The whole training loop, on very little data."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from router.triage import weights
from router.triage.intents import INTENTS

pytest.importorskip("numpy", reason="training needs numpy, which the desk does not")

from router.triage.corpora import Row
from router.triage.crosscheck import cross_check_intents
from router.triage.train import train
from router.triage.train_intent import evened

ENGLISH = {0: "where is my order number {}", 1: "this is terrible and nobody answers me {}"}
ROMAN = {0: "mera order kahan hai {}", 1: "bohat ghatiya service hai {}"}


def lines(source: str, language: str, texts: dict[int, str]) -> list[dict[str, object]]:
    splits = ("train", "train", "dev", "test")
    return [
        {"id": f"{source}-{i}", "source": source, "lang": language, "text": texts[i % 2].format("abcdefgh"[i % 8] * 3),
         "label": i % 2, "orig": "", "split": splits[i // 2 % 4]}
        for i in range(40)
    ]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "sentiment").mkdir(parents=True)
    (folder / "intent").mkdir()
    sets = {
        "reviews_en": lines("vader-tweets", "en", ENGLISH),
        "support_en": lines("banking77-handlabelled", "en", ENGLISH),
        "goemotions_en": lines("goemotions", "en", ENGLISH),
        "roman_urdu": lines("uci-roman-urdu", "ur-Latn", ROMAN),
        "emotions_multilingual": lines("semeval", "deu", {0: "wo ist das {}", 1: "das ist schlecht {}"}),
        "challenge": lines("authored", "en", ENGLISH) + lines("authored", "ur-Latn", ROMAN),
    }
    for name, rows in sets.items():
        with gzip.open(folder / "sentiment" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    (folder / "language").mkdir()
    lists = {"en": "order late where", "de": "bestellung wo", "ja": "返品", "zh": "退货", "traditional": ""}
    for name, words in lists.items():
        rows = [f"{word}\t0.01" for word in words.split()]
        (folder / "language" / f"{name}.tsv").write_text("\n".join(rows), encoding="utf-8")
    rows = [f"{split}\tx\t{intent}\tabout {intent} {split}" for intent in INTENTS for split in ("train", "dev")]
    for source in ("clinc150", "bitext"):
        (folder / "intent" / f"{source}.tsv").write_text(
            "\n".join(["split\tnative_label\tintent\ttext", *rows]) + "\n", encoding="utf-8"
        )
    return folder


def read_with(models: Path, *texts: str) -> list[dict[str, int]]:
    """Return what a process reads that was given these models."""
    said = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    command = [sys.executable, "-m", "router", "triage", "--models", str(models)]
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


class TestTrain:
    @pytest.mark.slow
    def test_gives_the_same_bytes_twice_and_separates(self, data: Path, tmp_path: Path) -> None:
        report = train(data, tmp_path / "one")
        train(data, tmp_path / "two")
        names = {path.name for path in (tmp_path / "one").iterdir()}
        scripts = [f"language_{script}" for script in ("latin", "arabic", "cyrillic", "devanagari", "han")]
        models = ("frustration_en", "frustration_ur-Latn", "intent", "intent_encoder", *scripts)
        assert names == {"vocabulary_en.txt", *(f"{name}.json" for name in models)}
        for name in names:
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        angry, calm = read_with(tmp_path / "one", ENGLISH[1], ENGLISH[0])
        assert angry["frustration"] > calm["frustration"]
        assert report.figures["en challenge AUC"] > 0.9
        assert "AUC of length" in str(report)

    def test_packaged_weights_are_small(self) -> None:
        folder = Path(weights.__file__).parent / "data"
        sizes = {path.name: path.stat().st_size for path in folder.glob("*.json")}
        assert sum(size for name, size in sizes.items() if name.startswith("frustration")) <= 500_000
        assert sizes["intent.json"] + sizes["intent_encoder.json"] <= 600_000

    def test_packaged_curves_rise_from_0_to_97(self) -> None:
        for name in ("frustration_en", "frustration_ur-Latn"):
            curve = weights.load(name).curve
            assert list(curve) == sorted(curve)
            assert [shown for _, shown in curve] == [0, 10, 25, 50, 75, 97]


@pytest.mark.slow
def test_a_source_left_out_is_told_by_what_the_others_taught(data: Path) -> None:
    figures = cross_check_intents(data).figures
    assert set(figures) == {"clinc150", "bitext", "mean"}
    assert figures["mean"]["first"] > 0.8  # both say the same, and our own sentences something else
    assert figures["mean"]["first"] <= figures["mean"]["first or second"] <= 1
    assert figures["bitext"]["usual"] == pytest.approx(1 / 31)  # all but `other`, each as often


def test_every_intent_weighs_as_much() -> None:
    rows = [Row("often", "order_status", "x", "train")] * 9 + [Row("once", "complaint", "x", "train", weight=3.0)]
    sums = {
        label: sum(row.weight for row in evened(rows) if row.label == label) for label in ("order_status", "complaint")
    }
    assert sums == {"order_status": pytest.approx(6.0), "complaint": pytest.approx(6.0)}
