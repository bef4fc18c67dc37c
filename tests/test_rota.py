"""Plans of a week: how they are typed, and how they come in a reader's zone, over midnight and changes of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from router import rota
from router.mistakes import Mistake
from router.store.shifts import Leave

LONDON, KARACHI, NEW_YORK = (ZoneInfo(name) for name in ("Europe/London", "Asia/Karachi", "America/New_York"))
NOTHING = [""] * 7
HOUR, NONE = timedelta(hours=1), timedelta(0)


def on(day: int, hours: str) -> list[str]:
    return [hours if at == day else "" for at in range(7)]


def turns(plan, zone, now, leaves=()):
    return [turn for day in rota.week(plan, leaves, zone, now) for turn in day.turns]


@pytest.mark.parametrize(
    ("work", "breaks"),
    [
        ("09:00-17:00", "13:00-13:30"),
        ("09:00-13:00, 14:00-18:00", ""),
        ("22:00-06:00", "23:30-23:45, 02:00-02:30"),
        ("16:00-24:00", "20:00-20:30"),
    ],
)
def test_what_is_typed_is_shown_again(work: str, breaks: str) -> None:
    plan = rota.read("Asia/Karachi", on(4, work), on(4, breaks))
    assert rota.typed(plan, "work") == on(4, work)
    assert rota.typed(plan, "break") == on(4, ", ".join(sorted(breaks.split(", "))) if breaks else "")


@pytest.mark.parametrize("found", ["08:00-08:30", "16:45-17:15", "17:00-09:00"])
def test_a_break_lies_within_its_shift(found: str) -> None:
    with pytest.raises(Mistake, match=r"Friday: the break .* is not within a shift"):
        rota.read("UTC", on(4, "09:00-17:00"), on(4, found))


def test_a_night_shift_has_its_break_after_midnight_and_belongs_to_the_day_it_begins() -> None:
    plan = rota.read("Asia/Karachi", on(0, "22:00-06:00"), on(0, "02:00-02:30"))
    [turn] = turns(plan, KARACHI, datetime(2026, 3, 2, 8, tzinfo=UTC))
    assert (turn.starts, turn.ends) == (datetime(2026, 3, 2, 17, tzinfo=UTC), datetime(2026, 3, 3, 1, tzinfo=UTC))
    assert turn.breaks == ((datetime(2026, 3, 2, 21, tzinfo=UTC), datetime(2026, 3, 2, 21, 30, tzinfo=UTC)),)


@pytest.mark.parametrize(
    ("worked", "read_in", "hours", "now", "longer", "later"),
    [
        ("Europe/London", LONDON, "22:00-06:00", (2026, 3, 28, 8), -HOUR, NONE),  # clocks go forward
        ("Europe/London", LONDON, "22:00-06:00", (2026, 10, 24, 8), HOUR, NONE),  # and back
        ("Europe/London", KARACHI, "09:00-17:00", (2026, 4, 4, 2), NONE, -HOUR),  # the first after it
        ("Europe/London", KARACHI, "09:00-17:00", (2026, 4, 5, 2), NONE, NONE),  # as the week before
        ("Europe/London", KARACHI, "22:00-23:00", (2026, 3, 28, 2), NONE, NONE),  # the evening before
        ("Europe/London", NEW_YORK, "09:00-17:00", (2026, 3, 14, 2), NONE, HOUR),  # only the reader's did
        ("Asia/Karachi", LONDON, "09:00-17:00", (2026, 4, 4, 2), NONE, HOUR),
        ("UTC", KARACHI, "09:00-17:00", (2028, 2, 26, 2), NONE, NONE),  # before a leap day
    ],
)
def test_a_change_of_clocks_is_told(worked, read_in, hours, now, longer, later) -> None:
    now = datetime(*now, tzinfo=UTC)
    plan = rota.read(worked, [hours] * 7, NOTHING)
    first = turns(plan, read_in, now)[0]
    assert (first.longer, first.later) == (longer, later)


def test_a_day_is_the_readers_and_leave_keeps_from_it() -> None:
    plan = rota.read("America/New_York", on(0, "20:00-23:00"), NOTHING)
    away = Leave("l", datetime(2026, 1, 6, 1, 30, tzinfo=UTC), datetime(2026, 1, 7, tzinfo=UTC), "a wedding")
    days = rota.week(plan, [away], KARACHI, datetime(2026, 1, 5, 12, tzinfo=UTC))
    found = [(day.day.isoformat(), turn.leave) for day in days for turn in day.turns]
    assert found == [("2026-01-06", away)], "Monday evening in New York is Tuesday morning in Karachi"
