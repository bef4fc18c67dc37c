"""Need that is said outright reaches heat 2, however politely; an ordinary question does not.

The cases stand in cases/said_politely.tsv. The cues' phrases were chosen with the part called `learn`; `held` was
written before them and shows what they are worth on words not seen.
"""

import pytest

from router.triage import read
from router.triage.fairness import first_heat
from tests.triage.cases import table

CASES = table("said_politely.tsv")


def share_hot(part: str, wanted: str) -> float:
    texts = [text for which, label, _, text in CASES if (which, label) == (part, wanted)]
    assert len(texts) >= 25
    return sum(first_heat(read(text)) >= 2 for text in texts) / len(texts)


def test_there_are_enough_cases() -> None:
    assert sum(label == "1" for _, label, _, _ in CASES) >= 100


@pytest.mark.parametrize("part", ["learn", "held"])
def test_need_said_politely_reaches_heat_two(part: str) -> None:
    assert share_hot(part, "1") >= 0.9


@pytest.mark.parametrize("part", ["learn", "held"])
def test_an_ordinary_question_does_not(part: str) -> None:
    assert share_hot(part, "0") <= 0.12


@pytest.mark.parametrize(
    "text",
    [
        "There is no hurry, whenever you have time.",
        "It is not urgent at all.",
        "koi jaldi nahi hai, jab waqt mile",
    ],
)
def test_who_has_time_is_not_urgent(text: str) -> None:
    assert first_heat(read(text)) == 0
