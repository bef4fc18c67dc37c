"""What customers of thirty trades want, in messages written apart from the sentences that teach."""

from pathlib import Path

import pytest

from router.model import Reading
from router.triage import read
from router.triage.intents import INTENTS, Choice, choose

CASES = Path(__file__).parent / "cases" / "wanted.tsv"
SURE = 0.8


@pytest.fixture(scope="module")
def readings() -> list[tuple[str, Reading]]:
    """What is wanted, and how it was read."""
    lines = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if not line.startswith(";")]
    return [(intent, read(text)) for intent, text in lines]


def test_there_are_as_many_of_each(readings: list[tuple[str, Reading]]) -> None:
    wanted = [intent for intent, _ in readings]
    assert {intent: wanted.count(intent) for intent in INTENTS} == dict.fromkeys(INTENTS, 10)


def test_most_are_told_and_more_by_the_second_guess(readings: list[tuple[str, Reading]]) -> None:
    first = sum(one.intent == intent for intent, one in readings) / len(readings)
    either = sum(intent in (one.intent, one.second_intent) for intent, one in readings) / len(readings)
    assert first >= 0.7
    assert either >= 0.8


def test_what_is_sure_is_right(readings: list[tuple[str, Reading]]) -> None:
    sure = [one.intent == intent for intent, one in readings if one.intent_confidence >= SURE]
    assert len(sure) > len(readings) / 3
    assert sum(sure) / len(sure) >= 0.85


@pytest.mark.parametrize(
    "blame",
    [
        "Wow, only three weeks for a reply. Impressive.",
        "Line's dead again. Reported it on the same day last month. And the month before.",
        "You ruined it with the redesign, I cannot read anything any more.",
    ],
)
def test_nobody_who_is_angry_praises(blame: str) -> None:
    found = read(blame)
    assert found.intent != "praise_feedback"
    assert found.second_intent != "praise_feedback"


def test_what_speaks_for_praise_then_speaks_for_a_complaint() -> None:
    assert choose({"praise_feedback": 0.7, "outage_bug": 0.3}).best == "praise_feedback"
    assert choose({"praise_feedback": 0.7, "outage_bug": 0.3}, angry=True) == Choice("complaint", 0.7, "outage_bug")
