"""`router triage evaluate`: figures beside what they must beat, as tables and as JSON."""

import gzip
import io
import json
import random
from pathlib import Path

import pytest

from router.cli import main
from router.triage import metrics
from router.triage.evaluating import evaluate
from router.triage.tables import aligned, tables

ROWS = (
    {"text": "I am furious, nobody answers.", "label": 1, "intent": "complaint", "lang": "en", "channel": "webchat"},
    {"text": "Thank you for the quick answer, all of it is good now.", "label": 0, "lang": "en-GB", "channel": "email"},
    {"text": "Wo bleibt denn meine Bestellung, bitte?", "lang": "de-AT"},
    {"text": "bohat ghatiya service hai, koi jawab nahi deta", "label": "1", "lang": "ur-Latn"},
    {"text": "How do I reset my password?", "label": False, "intent": "login_access"},
)
LINES = [json.dumps(row) for row in ROWS]


def evaluated(*lines):
    return evaluate(lines, "labelled.jsonl", lambda channel: "chat" if channel == "webchat" else "email")


class TestEvaluate:
    def test_measures_frustration_beside_textblob_and_length(self):
        english = evaluated(*LINES).frustration["en"]
        assert (english["model"]["rows"], english["model"]["frustrated"]) == (2, 0.5)
        assert english["model"]["auc"] == english["model"]["accuracy"] == 1
        assert english["length"]["auc"] == english["length"]["accuracy"] == 0
        assert set(english["textblob"]) == set(english["model"])

    def test_groups_by_language_and_channel_and_all_together(self):
        found = evaluated(*LINES)
        assert list(found.frustration) == ["all", "en", "unknown", "ur-Latn"]
        assert list(found.channels) == ["email", "webchat"]
        assert list(evaluated(LINES[-1]).frustration) == ["all"]

    def test_measures_intent_with_its_reliability(self):
        found = evaluated(*LINES)
        assert found.intent["all"]["rows"] == sum(one.rows for one in found.reliability) == 2
        assert found.intent["all"]["most_frequent"] == 0.5

    def test_measures_language_and_what_it_was_taken_for(self):
        found = evaluated(*LINES, json.dumps({"text": "Where is my order, please?", "lang": "fr"}))
        assert found.language["en"] == {"rows": 2, "accuracy": 1, "precision": 2 / 3}
        assert found.confusion["fr"] == {"en": 1}
        assert found.language["all"]["accuracy"] == 0.8

    def test_says_how_many_are_not_read(self):
        assert evaluated('{"text": ""}', *LINES[:1]).not_read == 0.5

    def test_gives_none_for_what_cannot_be_known(self):
        found = json.loads(evaluated(LINES[0]).as_json())
        assert found["frustration"]["en"]["model"]["auc"] is None

    def test_has_nothing_to_measure_in_an_empty_file(self):
        assert "nothing to measure" in tables(evaluated("", " \n"))

    def test_names_every_line_that_is_wrong(self):
        wrong = ['{"text": "x", "label": 7}', "{}", LINES[0], "[", '{"text": "x", "lang": 3}']
        with pytest.raises(ValueError, match="line 1: the label is 7: give 1") as error:
            evaluated(*wrong)
        told = str(error.value).splitlines()
        assert [line.partition(": ")[0] for line in told] == [f"labelled.jsonl, line {n}" for n in (1, 2, 4, 5)]

    def test_stops_at_ten_wrong_lines(self):
        with pytest.raises(ValueError, match="line 10") as error:
            evaluated(*["{}"] * 500)
        assert len(str(error.value).splitlines()) == 10

    def test_has_the_documented_keys(self):
        keys = set(json.loads(evaluated(*LINES).as_json()))
        page = (Path(__file__).parents[2] / "docs" / "triage.md").read_text("utf-8")
        assert keys == {
            "rows", "not_read", "frustration", "channels", "intent", "reliability", "language", "confusion",
        }  # fmt: skip
        assert [key for key in keys if f"`{key}`" not in page] == []


class TestTables:
    def test_are_aligned(self):
        shown = aligned("Figures.", ("", "rows", "AUC"), [("en", 12, 0.5), ("ur-Latn", 7, None)])
        assert shown.splitlines() == [
            "Figures.",
            "",
            "         rows    AUC",
            "en         12  0.500",
            "ur-Latn     7      –",
        ]

    def test_show_what_a_figure_has_to_beat(self):
        shown = tables(evaluated(*LINES))
        assert shown.count("  TextBlob ") == shown.count("  length ") == 6


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "labelled.jsonl"
        path.write_text("\n".join(LINES), encoding="utf-8")
        return path

    def test_prints_tables_or_json(self, file, capsys):
        assert main(["triage", "evaluate", str(file)]) == 0
        assert capsys.readouterr().out.startswith("5 messages, 20.0% of them not read.")
        assert main(["triage", "evaluate", str(file), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["rows"] == 5

    def test_reads_gzip_and_standard_input(self, file, capsys, monkeypatch):
        packed = file.with_suffix(".gz")
        packed.write_bytes(gzip.compress(file.read_bytes()))
        assert main(["triage", "evaluate", str(packed), "--json"]) == 0
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(LINES)))
        assert main(["triage", "evaluate", "-", "--json"]) == 0
        first, second = capsys.readouterr().out.splitlines()
        assert json.loads(first) == json.loads(second)

    def test_says_in_a_sentence_what_is_wrong(self, file, capsys):
        cut = file.with_suffix(".gz")
        cut.write_bytes(gzip.compress(file.read_bytes())[:-12])
        file.write_text("{}", encoding="utf-8")
        for path, says in ((file, "labelled.jsonl, line 1: give an object"), (cut, "ended"), ("none.gz", "no file")):
            assert main(["triage", "evaluate", str(path)]) == 1
            assert says in capsys.readouterr().err

    @pytest.mark.parametrize("act", ["train", "crosscheck"])
    def test_says_which_folder_training_needs(self, act, tmp_path, capsys):
        assert main(["triage", act, "--data", str(tmp_path)]) == 1
        assert "There is no folder" in capsys.readouterr().err

    @pytest.mark.parametrize("act", ["evaluate", "train", "crosscheck"])
    def test_shows_an_example_for_each_act(self, act, capsys):
        with pytest.raises(SystemExit):
            main(["triage", act, "--help"])
        assert f"Example: python -m router triage {act} " in capsys.readouterr().out


class TestMetrics:
    def test_average_precision_and_auc_do_not_depend_on_the_order_of_equal_scores(self):
        scores, labels = [5.0, 5.0, 5.0, 1.0], [1, 0, 0, 1]
        turned = metrics.average_precision(scores, [0, 0, 1, 1])
        assert metrics.average_precision(scores, labels) == turned == pytest.approx((1 / 3 + 2 / 4) / 2)
        assert metrics.top_precision(scores, labels) == metrics.top_precision(scores, [0, 0, 1, 1]) == 1 / 3

    def test_macro_f1_counts_each_label_alike(self):
        assert metrics.macro_f1(["a", "a", "b", "a"], ["a", "a", "b", "b"]) == pytest.approx((0.8 + 2 / 3) / 2)

    def test_calibration_error_is_nothing_where_confidence_is_right(self):
        dice = random.Random(1)
        sure = [dice.random() for _ in range(20_000)]
        honest = [dice.random() < one for one in sure]
        assert metrics.calibration_error(metrics.reliability(sure, honest)) < 0.02
        assert metrics.calibration_error(metrics.reliability(sure, [True] * len(sure))) == pytest.approx(0.5, abs=0.02)

    def test_full_confidence_has_a_bin(self):
        assert metrics.reliability([1.0], [True]) == [metrics.Bin(0.9, 1.0, 1, 1.0, 1.0)]
