"""Thirty things an agent does, each by mouse, by keyboard, on a phone and in Urdu; the database says if it was done."""

import pytest

from tests.journeys.tasks import answering, around, table, together
from tests.journeys.tasks.bench import TASKS, Bench, Task
from tests.journeys.tasks.hand import Hand

__all__ = ["answering", "around", "together"]  # they hold the tasks

pytestmark = pytest.mark.browser

CHECKED = ("mouse", "urdu")  # after whose tasks the page is checked for accessibility


def test_there_are_thirty_tasks() -> None:
    assert [one.number for one in TASKS] == list(range(1, 31))
    assert table.tasks() == [one.says for one in TASKS], "docs/tasks.md names other tasks"


@pytest.mark.parametrize("one", TASKS, ids=lambda one: one.do.__name__)
def test_task(seat: tuple[Hand, Bench], one: Task) -> None:
    hand, bench = seat
    bench.clear()
    hand.begin()
    one.do(hand, bench)
    if hand.name in CHECKED:
        assert hand.faults() == []
    assert hand.complaints == []
    if hand.name in table.HANDS:
        table.agrees(one, hand)
