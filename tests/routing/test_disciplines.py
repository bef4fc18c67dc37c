"""How one of several free agents is chosen, by each discipline, and that its record replays to the same choice."""

from datetime import timedelta

import pytest

from router.routing import offers
from router.routing.choose import choose_agent
from router.routing.disciplines import DISCIPLINES, rank
from router.routing.record import assigned, replay
from router.routing.score import AgentRow
from tests.routing.builders import NOON, a_chat_lane, a_head, an_agent

# id, level, load of 4, given last, free since
CREW = (
    ("ana", 5, 1, "12:05", "11:00"),
    ("bo", 1, 2, "09:00", "11:30"),
    ("cy", 2, 1, "11:00", "11:50"),
    ("di", 3, 0, "12:10", "10:00"),
    ("eve", 1, 0, "12:20", "09:30"),
)
ROWS = [AgentRow(name, level, False, load, 4, 0.0, 0, given, free) for name, level, load, given, free in CREW]


@pytest.mark.parametrize(
    ("discipline", "chosen"),
    [
        ("best_suited", "ana"),
        ("round_robin", "bo"),
        ("least_busy", "di"),
        ("longest_idle", "eve"),
        ("not known", "ana"),
    ],
)
def test_each_discipline_has_its_own_first(discipline: str, chosen: str) -> None:
    assert rank(discipline, ROWS, 0, 1.0)[0].id == chosen
    assert rank(discipline, ROWS[::-1], 0, 1.0)[0].id == chosen


@pytest.mark.parametrize("discipline", DISCIPLINES)
def test_a_record_replays_by_the_discipline_it_was_made_with(discipline: str) -> None:
    crew = [
        an_agent("ana", last_assigned_at=NOON, load={"live": 2}),
        an_agent("bo", last_assigned_at=NOON - timedelta(minutes=9), load={"live": 1}, free_since=NOON),
        an_agent("cy", last_assigned_at=NOON, free_since=NOON - timedelta(hours=1)),
    ]
    choice = choose_agent(a_head("t", lane=a_chat_lane()), crew, discipline=discipline)
    assert choice is not None
    assert replay(assigned(choice)) == choice.agent_id
    assert DISCIPLINES[discipline].among in assigned(choice).because


@pytest.mark.parametrize(
    ("work_class", "chosen_s", "lasts_s"),
    [("live", None, 20), ("messaging", None, 20), ("call", None, 20), ("mail", None, 120), ("task", None, 120),
     ("live", 45, 45)],
)  # fmt: skip
def test_an_offer_lasts_as_its_work_or_its_queue_says(work_class: str, chosen_s: int | None, lasts_s: int) -> None:
    assert offers.lasts(work_class, chosen_s) == timedelta(seconds=lasts_s)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("last", "passed", "able", "again"),
    [
        ("ana", "", "ana", ""),  # alone: five minutes
        ("ana", "", "ana bo", ""),  # bo has not had it
        ("bo", "ana", "ana bo", "ana"),
        ("bo", "ana", "ana bo cy", ""),
        ("cy", "ana bo", "ana bo cy", "ana bo"),
        ("cy", "ana bo", "cy", "ana bo"),  # who has left is not waited for
    ],
)
def test_an_exclusion_ends_when_all_who_may_have_had_it(last: str, passed: str, able: str, again: str) -> None:
    assert offers.had_their_turn(last, passed.split(), able.split()) == set(again.split())
