"""The named cues, each by messages that say it and messages that only use its words."""

from collections import defaultdict
from pathlib import Path

import pytest

from router.triage import read
from router.triage.cues import hits
from router.triage.text import read_words

CASES = Path(__file__).parent / "cases" / "cues.tsv"


def cases() -> dict[str, list[tuple[bool, str]]]:
    """Return (says it, text) by cue."""
    found = defaultdict(list)
    for line in CASES.read_text(encoding="utf-8").splitlines():
        cue, says_it, text = line.split("\t")
        found[cue].append((says_it == "1", text))
    return found


@pytest.mark.parametrize("cue", cases())
def test_a_cue_is_heard_where_it_is_said_and_hardly_elsewhere(cue: str) -> None:
    called = [
        (says_it, text) for says_it, text in cases()[cue] if cue in {hit.cue for hit in hits(read_words(text).words)}
    ]
    missed = [text for says_it, text in cases()[cue] if says_it and (says_it, text) not in called]
    wrong = [text for says_it, text in called if not says_it]
    assert not missed
    assert len(wrong) <= 0.12 * len(called), wrong


@pytest.mark.parametrize(
    "blame", ["Great, another delay.", "Amazing, now it doesn't even start.", "Thanks for nothing!"]
)
def test_praise_that_is_meant_as_blame_is_not_heard_as_praise(blame: str) -> None:
    found = read(blame)
    assert {"praise", "thanks"}.isdisjoint(found.cues)
    assert found.calm_frustration >= 25


@pytest.mark.parametrize("praise", ["Great, the delay was short.", "Amazing, now it starts.", "Thanks for the help!"])
def test_praise_is_heard(praise: str) -> None:
    assert read(praise).calm_frustration < 25
