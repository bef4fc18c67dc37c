"""Need that is said outright reaches heat 2, however politely; an ordinary question does not.

The cases stand in cases/said_politely.tsv. The cues' phrases were chosen with the part called `learn`; `held` was
written before them and shows what they are worth on words not seen. `abroad` is in twelve languages, most of them not
read, where words of need alone count.
"""

import pytest

from router.triage import read
from router.triage.fairness import first_heat
from tests.triage.cases import table

CASES = table("said_politely.tsv")
PARTS = ("learn", "held", "abroad")


def share_hot(part: str, wanted: str) -> float:
    texts = [text for which, label, _, text in CASES if (which, label) == (part, wanted)]
    assert len(texts) >= 24
    return sum(first_heat(read(text)) >= 2 for text in texts) / len(texts)


def test_there_are_enough_cases() -> None:
    assert sum(label == "1" for _, label, _, _ in CASES) >= 100


@pytest.mark.parametrize("part", PARTS)
def test_need_said_politely_reaches_heat_two(part: str) -> None:
    assert share_hot(part, "1") >= 0.9


@pytest.mark.parametrize("part", PARTS)
def test_an_ordinary_question_does_not(part: str) -> None:
    assert share_hot(part, "0") <= 0.12


@pytest.mark.parametrize(
    "text",
    [
        "There is no hurry, whenever you have time.",
        "It is not urgent at all.",
        "koi jaldi nahi hai, jab waqt mile",
        "Es ist nicht dringend.",
        "No es urgente, gracias.",
        "Ce n'est pas urgent.",
        "جلدی نہیں ہے، شکریہ",
    ],
)
def test_who_has_time_is_not_urgent(text: str) -> None:
    assert first_heat(read(text)) == 0


def test_need_is_heard_and_shown_where_nothing_else_is_read() -> None:
    text = "Mein Vater liegt im Krankenhaus, es ist dringend."
    reading = read(text)
    assert (reading.read, reading.frustration, reading.sentiment, reading.intent) == (False, 0, 0, "other")
    assert set(reading.cues) == {"urgent", "vulnerability"}
    assert {text[one.start : one.end] for one in reading.evidence} == {"Krankenhaus", "dringend"}
