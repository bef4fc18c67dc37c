"""From POST to what an open inbox shows, on the embedded default. How soon it is, bench/latency measures."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import latency
from tests.journeys.running import a_running_desk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_an_open_page_shows_what_comes_without_a_reload(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with a_running_desk(tmp_path, f"sqlite:///{tmp_path / 'heed.db'}") as desk:
        measured = latency.measure(desk, 5)

    assert {kind: len(took) for kind, took in measured.items()} == {
        "a new ticket in Waiting": 5,
        "a message on an own ticket": 5,
    }
    for kind, took in measured.items():
        record_property(kind, max(took))
