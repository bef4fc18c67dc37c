"""What `python -m router triage` does with its lines: JSON in, JSON out."""

import json
from collections.abc import Callable, Iterable, Iterator

from router.model import Reading
from router.triage.cues import CUES
from router.triage.intents import INTENTS, OTHER
from router.triage.lines import line_of
from router.triage.moods import ANCHORS
from router.triage.reading import read

BANDS = ("calm", "disappointed", "angry", "furious or leaving")  # between the anchors


def run(lines: Iterable[str], *, pace_of: Callable[[str], str], explain: bool = False) -> Iterator[str]:
    """Give one JSON line for each line in: a reading, or `error` for a line that `lines.line_of` cannot take.

    `pace_of` says at which pace a channel is read. `explain` adds further figures and, as `why`, plain sentences.
    """
    for number, line in enumerate(lines, 1):
        try:
            said = line_of(line)
        except ValueError as error:
            yield json.dumps({"error": f"Line {number}: {error}"})
            continue
        reading = read(said.text, history=said.history, channel=said.channel, pace=pace_of(said.channel))
        answer = _answer(reading)
        if explain:
            answer |= _further(reading) | {"why": explained(reading, said.text)}
        yield json.dumps(answer)


def explained(reading: Reading, text: str) -> list[str]:
    """Return a reading in plain sentences: how frustrated and by which words, what they want, in which language."""
    cues = [f"{CUES[one.cue].label}: “{text[one.start : one.end]}”" for one in reading.evidence]
    need = f"Urgency {reading.urgency} of 100."
    if not reading.read:
        why = "no words" if not text.strip() else f"no measured figure for its language ({reading.language})"
        if cues:
            return [f"Not read: {why}; only words of need are heard.", *cues, need]
        return [f"Not read: {why}. Promise and age decide its place."]
    band = BANDS[sum(reading.calm_frustration >= anchor for anchor in ANCHORS)]
    loud = reading.frustration - reading.calm_frustration
    shouting = f", {loud} of it for shouting, which moves nobody forward" if loud else ""
    wanted = f"Wants: {INTENTS[reading.intent].label} ({reading.intent_confidence:.0%} sure)"
    if reading.intent == OTHER:
        wanted = "What they want is not clear"
    return [
        f"Frustration {reading.frustration} of 100: {band}{shouting}.",
        *cues,
        need,
        f"{wanted}; next likely: {INTENTS[reading.second_intent].label}.",
        f"Language: {reading.language} ({reading.language_confidence:.0%} sure).",
    ]


def _answer(reading: Reading) -> dict[str, object]:
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
    return answer


def _further(reading: Reading) -> dict[str, object]:
    return {
        "calm_frustration": reading.calm_frustration,
        "kind": reading.kind,
        "second_intent": reading.second_intent,
        "language_confidence": reading.language_confidence,
    }
