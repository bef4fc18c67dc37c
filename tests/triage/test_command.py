"""The lines of `router triage`."""

import json
from pathlib import Path

import pytest

from router.triage.command import evaluate, run


def answers(*lines: str, explain: bool = False) -> list[dict[str, object]]:
    return [json.loads(line) for line in run(lines, explain=explain)]


class TestRun:
    def test_answers_each_line_with_a_reading(self) -> None:
        first, second = answers('{"text": "I am furious."}', '{"text": "Hello there", "history": ["hi"]}')
        assert set(first) == {
            "frustration", "sentiment", "urgency", "intent", "intent_confidence", "language", "cues", "evidence",
        }  # fmt: skip
        assert first["evidence"] == [{"start": 5, "end": 12, "cue": "anger"}]
        assert second["language"] == "en"

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ("{", "not JSON"),
            ("[]", "give an object with a text"),
            ('{"text": 3}', "give an object with a text"),
            ('{"text": "x", "history": "y"}', "history is not a list"),
            ("[" * 100_000, "Line 1"),
        ],
    )
    def test_answers_a_bad_line_with_an_error(self, line: str, says: str) -> None:
        [answer] = answers(line)
        assert says in str(answer["error"])

    def test_says_that_a_language_is_not_read(self) -> None:
        [answer] = answers('{"text": "Wo bleibt meine Bestellung?"}')
        assert answer["read"] is False

    def test_explains_in_words(self) -> None:
        [answer] = answers('{"text": "I am furious."}', explain=True)
        assert answer["why"] == ["Says they are angry or fed up: “furious”"]

    def test_takes_a_lone_surrogate(self) -> None:
        [answer] = answers('{"text": "late \\ud800 order"}')
        assert "error" not in answer


class TestEvaluate:
    def test_measures_against_textblob_and_length(self, tmp_path: Path) -> None:
        file = tmp_path / "labelled.jsonl"
        file.write_text(
            '{"text": "I am furious, nobody answers.", "label": 1, "intent": "complaint"}\n'
            '{"text": "Thank you for the quick answer, all good.", "label": 0}\n',
            encoding="utf-8",
        )
        found = evaluate(file)
        assert found.frustration["all"]["AUC"] == 1
        assert found.frustration["all"]["AUC of length"] == 0
        assert json.loads(found.as_json())["intent"]["rows"] == 1
        assert "AUC of TextBlob" in found.table()

    def test_names_the_line_that_is_wrong(self, tmp_path: Path) -> None:
        file = tmp_path / "labelled.jsonl"
        file.write_text('{"text": "x", "label": 1}\n{}\n', encoding="utf-8")
        with pytest.raises(ValueError, match=r"labelled\.jsonl, line 2: give an object"):
            evaluate(file)
