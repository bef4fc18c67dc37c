"""When rules are to be asked again for time's sake: at the moment that a value is reached, and not before."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from router import rule_times
from router.calendars import Calendar, Period
from router.desknow import DeskNow
from router.rule_times import JUST_AFTER
from router.store.rows import Ticket
from rules.timing import timing_of
from tests.rules.builders import a_rule, rules

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
NINE_TO_FIVE = Calendar(zone="UTC", periods=tuple(Period(day, 9 * 3600, 17 * 3600) for day in range(5)))
ALWAYS_OPEN = Calendar(always_open=True)
FACTS = {"channel": "email", "heat": 0}


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def the_desk(*texts: str, calendar: Calendar = ALWAYS_OPEN, zone: str = "UTC") -> DeskNow:
    rule_set = rules(*texts)
    queue = SimpleNamespace(id="q", is_default=True, calendar_id="c", name="General")
    return DeskNow(
        brand=SimpleNamespace(zone=zone), queues={"q": queue}, calendars={"c": calendar}, agents={},
        skills=frozenset(), languages=frozenset(), slot_of={}, rules=rule_set, rules_version="v", intents={},
        timing=timing_of(rule_set),
    )  # fmt: skip


def a_ticket(**facts: object) -> Ticket:
    known = {"id": "t", "brand_id": "b", "number": 1, "kind": "conversation", "state": "waiting", "channel": "email",
             "work_class": "mail", "slot_key": "mail", "pace": "email", "connection_id": None, "queue_id": "q",
             "contact_id": None, "subject": "", "created_at": NOON, "updated_at": NOON, "waiting_since": NOON,
             "answer_by": NOON + minutes(240)}  # fmt: skip
    return Ticket(**{**known, **facts})  # type: ignore[arg-type]


def when(condition: str, *, now: datetime = NOON, calendar: Calendar = ALWAYS_OPEN, zone: str = "UTC", **facts: object):
    """Return so many minutes after noon the rules are asked again, None if they are not."""
    there = the_desk(a_rule(condition), calendar=calendar, zone=zone)
    found = rule_times.next_moment(a_ticket(**facts), FACTS, there, now)
    return None if found is None else (found - NOON) / minutes(1)


LATER = JUST_AFTER / minutes(1)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{fact: waited, is: at_least, value: 30m}", 30),
        ("{fact: waited, is: between, value: [30m, 40m]}", 30),
        ("{fact: due_in, is: at_most, value: 15m}", 225),
        ("{fact: due_in, is: less_than, value: 0s}", 240),
        ("{fact: age, is: more_than, value: 2h}", 120),
        ("{all: [{fact: waited, is: at_least, value: 30m}, {fact: channel, is: is, value: email}]}", 30),
        ("{any: [{fact: waited, is: at_least, value: 30m}, {fact: age, is: at_least, value: 10m}]}", 10),
        ("{none: [{fact: waited, is: at_least, value: 30m}]}", 30),
    ],
)
def test_the_moment_is_when_a_value_is_reached(condition, expected):
    assert when(condition) == expected


@pytest.mark.parametrize(
    "condition",
    [
        "{fact: heat, is: at_least, value: 2}",
        "{fact: time_of_day, is: after, value: 18:00}",
        "{fact: working_hours, is: is, value: true}",
        "{fact: agents_free, is: at_most, value: 0}",
        "{fact: silence, is: at_least, value: 2d}",
        "{all: [{fact: waited, is: at_least, value: 30m}, {fact: channel, is: is, value: webchat}]}",
        "{any: [{fact: waited, is: at_least, value: 30m}, {fact: channel, is: is, value: email}]}",
        "{none: [{fact: waited, is: at_least, value: 30m}, {fact: channel, is: is, value: email}]}",
    ],
    ids=[
        "a reading",
        "the time of day alone",
        "hours alone",
        "the desk",
        "never answered",
        "never",
        "always",
        "ruled out",
    ],
)
def test_there_is_none_where_time_changes_no_answer(condition):
    assert when(condition) is None


def test_after_the_value_it_is_looked_at_once_more_and_then_never():
    late = "{fact: waited, is: more_than, value: 30m}"
    assert when(late, now=NOON + minutes(30)) == pytest.approx(30 + LATER)
    assert when(late, now=NOON + minutes(31)) is None


def test_waiting_and_promises_count_working_time():
    assert when("{fact: waited, is: at_least, value: 6h}", calendar=NINE_TO_FIVE) == 22 * 60
    due = NOON + minutes(22 * 60)
    assert when("{fact: due_in, is: at_most, value: 2h}", calendar=NINE_TO_FIVE, answer_by=due) == 4 * 60


def test_silence_is_counted_from_our_answer():
    answered = NOON - minutes(60)
    assert when("{fact: silence, is: at_least, value: 2h}", last_answer_at=answered, state="pending") == 60


def test_the_clock_counts_in_a_rule_that_time_moves():
    waited = "{fact: waited, is: at_least, value: 30m}"
    evening = f"{{all: [{waited}, {{fact: time_of_day, is: within, value: 18:00-20:00}}]}}"
    assert when(evening, now=NOON + minutes(31)) == 6 * 60
    assert when(evening, now=NOON + minutes(31), zone="Asia/Karachi") == 60
    open_hours = f"{{all: [{waited}, {{fact: working_hours, is: is, value: true}}]}}"
    assert when(open_hours, now=NOON + minutes(600), calendar=NINE_TO_FIVE) == 21 * 60
    sunday = f"{{all: [{waited}, {{fact: weekday, is: is, value: sunday}}]}}"
    assert when(sunday, now=NOON + minutes(31)) == 12 * 60


def test_what_is_resolved_is_not_asked_about():
    assert when("{fact: silence, is: at_least, value: 2h}", last_answer_at=NOON, state="resolved") is None
