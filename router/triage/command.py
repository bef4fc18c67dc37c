"""What `python -m router triage` does with its lines: JSON in, JSON out, and a table of figures."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from router.model import Reading
from router.triage import metrics
from router.triage.cues import CUES
from router.triage.polarity import polarity
from router.triage.reading import read
from router.triage.text import read_words

FRUSTRATED_FROM = 25  # shown frustration from which a text counts as frustrated


def run(lines: Iterable[str], *, explain: bool = False) -> Iterator[str]:
    """Give one JSON line for each line in: a reading, or `error` for a line that is no `{"text": …, "history"?: […]}`.

    `explain` adds the words behind each score and what each cue means.
    """
    for number, line in enumerate(lines, 1):
        try:
            text, history = _message(json.loads(line))
            answer = _answer(read(text, history=history), text, explain)
        except (ValueError, RecursionError) as error:
            answer = {"error": f"Line {number}: {_reason(error)}"}
        yield json.dumps(answer)


def evaluate(file: Path) -> "Evaluation":
    """Return figures over a file of JSON lines `{"text", "label"?: 0 or 1, "intent"?, "lang"?}`.

    Raises ValueError naming the line that is not in this form.
    """
    groups: dict[str, list[tuple[str, int, Reading]]] = {}
    wanted: list[str] = []
    found: list[str] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, _ = _message(row)
            label = row.get("label")
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{file.name}, line {number}: {_reason(error)}") from None
        reading = read(text)
        if label in (0, 1):
            groups.setdefault(str(row.get("lang", "all")), []).append((text, int(label), reading))
        if "intent" in row:
            wanted.append(str(row["intent"]))
            found.append(reading.intent)
    rows = {language: _figures(group) for language, group in sorted(groups.items())}
    if len(groups) > 1:
        rows["all"] = _figures([one for group in groups.values() for one in group])
    intents = {"rows": float(len(wanted))}
    if wanted:
        intents |= {"accuracy": metrics.accuracy(found, wanted), "macro-F1": metrics.macro_f1(found, wanted)}
    return Evaluation(rows, intents)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures by language for frustration, and over all rows for intent."""

    frustration: Mapping[str, Mapping[str, float]]
    intent: Mapping[str, float]

    def table(self) -> str:
        """Return the figures as lines for people."""
        lines = []
        for language, figures in self.frustration.items():
            lines.append(f"frustration, {language}: " + ", ".join(f"{k} {v:.3f}" for k, v in figures.items()))
        if self.intent.get("rows"):
            lines.append("intent: " + ", ".join(f"{k} {v:.3f}" for k, v in self.intent.items()))
        return "\n".join(lines) or "No line had a label or an intent: nothing to measure."

    def as_json(self) -> str:
        """Return the figures as one JSON object."""
        return json.dumps({"frustration": self.frustration, "intent": self.intent})


def _figures(group: Sequence[tuple[str, int, Reading]]) -> dict[str, float]:
    labels = [label for _, label, _ in group]
    scores = [float(reading.frustration) for _, _, reading in group]
    called = [str(int(score >= FRUSTRATED_FROM)) for score in scores]
    return {
        "rows": float(len(group)),
        "read": sum(reading.read for _, _, reading in group) / len(group),
        "AUC": metrics.auc(scores, labels),
        "AUC of TextBlob": metrics.auc([-polarity(read_words(text).words) for text, _, _ in group], labels),
        "AUC of length": metrics.auc([float(len(text)) for text, _, _ in group], labels),
        "average precision": metrics.average_precision(scores, labels),
        "precision in the top tenth": metrics.top_precision(scores, labels),
        "accuracy": metrics.accuracy(called, [str(label) for label in labels]),
    }


def _message(row: object) -> tuple[str, list[str]]:
    """Return text and history of one parsed line; raises ValueError saying what is wrong."""
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError('give an object with a text, such as {"text": "Where is my order?"}')
    history = row.get("history", [])
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise ValueError('history is not a list of texts, such as ["Hello?"]')
    return row["text"], history


def _answer(reading: Reading, text: str, explain: bool) -> dict[str, object]:
    answer: dict[str, object] = {
        "frustration": reading.frustration,
        "sentiment": reading.sentiment,
        "urgency": reading.urgency,
        "intent": reading.intent,
        "intent_confidence": reading.intent_confidence,
        "language": reading.language,
        "cues": list(reading.cues),
        "evidence": [{"start": one.start, "end": one.end, "cue": one.cue} for one in reading.evidence],
    }
    if not reading.read:
        answer["read"] = False
    if explain:
        answer |= {
            "calm_frustration": reading.calm_frustration,
            "kind": reading.kind,
            "second_intent": reading.second_intent,
            "language_confidence": reading.language_confidence,
            "why": [f"{CUES[one.cue].label}: “{text[one.start : one.end]}”" for one in reading.evidence],
        }
    return answer


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at character {error.pos + 1} ({error.msg})"
    return "nested too deep" if isinstance(error, RecursionError) else str(error)
