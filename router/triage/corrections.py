"""What a reading becomes when people corrected it. Pure.

A person's word stands for good: it is applied to what was read, and later messages move the mood from there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from router.model import Reading
from router.triage.moods import ANCHORS

Field = Literal["intent", "language", "frustration"]
FIELDS: tuple[Field, ...] = ("intent", "language", "frustration")
RIGHT, DISMISSED, ANGRIER = "right", "dismissed", "angrier"  # what is said of frustration
ABOVE = 5  # points over a cut that somebody angrier is put, so that no small move of the cut undoes their word
ANGRY_FROM = 50  # from here on the kind is angry


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody said about one field of a reading."""

    field: Field
    value: str  # an intent's key, a language's tag, or right, dismissed, angrier
    figure: int | None = None  # calm frustration from then on, 0 … 100; of the two that change it


def figure(value: str, reading: Reading, cuts: Sequence[int] = ANCHORS) -> int | None:
    """Return the calm frustration that a word about it stands for: none for right, 0 dismissed, one heat up angrier.

    `cuts` are the calm scores at which heat 1, 2 and 3 begin.
    """
    if value == DISMISSED:
        return 0
    if value != ANGRIER:
        return None
    calm = reading.calm_frustration if reading.read else 0
    heat = sum(calm >= cut for cut in cuts)
    return min(100, max(cuts[heat], ANCHORS[heat]) + ABOVE) if heat < len(cuts) else 100


def corrected(reading: Reading, corrections: Iterable[Correction]) -> Reading:
    """Return a reading as people say it is; for each field the last correction counts."""
    last = {one.field: one for one in corrections}
    if (said := last.get("language")) is not None:
        reading = replace(reading, language=said.value, language_confidence=1.0)
    if (said := last.get("intent")) is not None:
        second = reading.intent if reading.intent != said.value else reading.second_intent
        reading = replace(reading, intent=said.value, intent_confidence=1.0, second_intent=second)
    if (said := last.get("frustration")) is not None and said.figure is not None:
        reading = _feeling(reading, said.figure)
    return reading


def _feeling(reading: Reading, calm: int) -> Reading:
    if calm == 0:
        kind = "" if reading.kind == "angry" else reading.kind
        return replace(reading, frustration=0, calm_frustration=0, sentiment=max(0.0, reading.sentiment), kind=kind)
    kind = "angry" if calm >= ANGRY_FROM else reading.kind
    return replace(reading, frustration=max(calm, reading.frustration), calm_frustration=calm, kind=kind, read=True)
