"""Posts and short chats, written to companies of many trades and held back from training."""

from pathlib import Path

import pytest

from router.triage import read
from router.triage.metrics import auc

CASES = Path(__file__).parent / "cases" / "social.tsv"
APART = Path(__file__).parent / "cases" / "apart.tsv"
STORIES, UNDERSTATED = CASES.with_name("stories.tsv"), CASES.with_name("understated.tsv")


@pytest.fixture(scope="module")
def found() -> list[tuple[bool, int]]:
    """Return (frustrated, calm frustration) of each."""
    lines = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if line[0] != ";"]
    return [(label == "1", read(text, pace="social").calm_frustration) for label, text in lines]


def test_the_frustrated_stand_above_the_calm(found: list[tuple[bool, int]]) -> None:
    assert auc([points for _, points in found], [int(frustrated) for frustrated, _ in found]) > 0.93


def test_few_of_the_calm_are_called_frustrated(found: list[tuple[bool, int]]) -> None:
    calm = [points for frustrated, points in found if not frustrated]
    assert sum(points >= 25 for points in calm) / len(calm) < 0.1


@pytest.mark.parametrize(
    ("cases", "count", "least"),
    [
        pytest.param(
            APART, 400, 0.85, id="a third of them hard: calm words for anger, words of anger in calm questions"
        ),
        pytest.param(STORIES, 110, 0.75, id="stories in mails, the reproach in one clause or in the sum"),
        pytest.param(UNDERSTATED, 480, 0.68, id="irony and understatement beside calm lines with heavy words"),
    ],
)
def test_what_was_written_apart_from_those_that_teach_is_told_too(cases: Path, count: int, least: float) -> None:
    lines = [line.split("\t") for line in cases.read_text(encoding="utf-8").splitlines() if line[0] != ";"]
    assert len(lines) == count
    points = [read(text, pace="social").calm_frustration for _, _, text in lines]
    assert auc(points, [int(label) for _, label, _ in lines]) > least
