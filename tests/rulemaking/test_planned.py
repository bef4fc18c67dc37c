"""What rules are looked at beside: people, shifts, hours and promises of one brand."""

from datetime import time, timedelta

from sqlalchemy import insert

from router import publishing
from router.calendars import Calendar, Period
from router.rulemaking import planned
from router.store import desk
from router.store.ids import new_id
from router.store.schema.people import shift
from rules.values import Window
from tests.builders import Desk, an_agent, now

SATURDAY = 5


def plan(at: Desk, agent: str, weekday: int, starts: int, ends: int, zone: str = "Asia/Karachi") -> None:
    with at.heed.database.write() as db:
        db.execute(insert(shift).values(
            id=new_id(), agent_id=agent, zone=zone, weekday=weekday, starts_s=starts * 3600, ends_s=ends * 3600,
            kind="work", valid_from=now(), valid_to=None,
        ))  # fmt: skip


def test_a_shift_has_everybody_who_works_in_some_part_of_it(sqlite_desk: Desk) -> None:
    ana = an_agent(sqlite_desk, "Ana", skills={"en": 5}).agent or ""
    bo = an_agent(sqlite_desk, "Bo", skills={"en": 3}).agent or ""
    plan(sqlite_desk, ana, SATURDAY, 9, 17)
    plan(sqlite_desk, bo, SATURDAY, 16, 25)
    plan(sqlite_desk, bo, 6, 0, 8)
    with sqlite_desk.heed.database.read() as db:
        known = publishing.names(db, sqlite_desk.brand_id)
    found = {one.name: sorted(skills["en"] for skills in one.skills) for one in known.shifts}
    assert found == {"Saturday 09:00-17:00": [3, 5], "Saturday 16:00-01:00": [3, 5], "Sunday 00:00-08:00": [3]}
    assert {"en": 5} in (known.staff or ())


def test_hours_are_those_of_any_queue_in_the_brands_own_zone() -> None:
    office = Calendar("Asia/Karachi", (Period(0, 9 * 3600, 17 * 3600),))
    late = Calendar("Asia/Karachi", (Period(0, 20 * 3600, 2 * 3600),))
    calendars = {"office": office, "late": late, "far": Calendar("Europe/London"), "all": Calendar(always_open=True)}
    two = [a_queue("office"), a_queue("late")]
    found = planned.hours(two, calendars, "Asia/Karachi") or {}
    assert found["monday"] == (Window(time(9), time(17)), Window(time(20), time(0)))
    assert found["tuesday"] == (Window(time(0), time(2)),)
    for other in ("far", "all", None):
        assert planned.hours([*two, a_queue(other)], calendars, "Asia/Karachi") is None


def test_a_queue_without_its_own_promise_has_none() -> None:
    assert planned.promises([a_queue(None, 600), a_queue(None, None)]) == {"Q": timedelta(minutes=10)}


def a_queue(calendar: str | None, answer_s: int | None = None) -> desk.QueueRow:
    return desk.QueueRow("q", "b", "Q", "pull", None, calendar, answer_s, False)
