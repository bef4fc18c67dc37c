"""Periods are days of the reader's zone, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from router.reporting.periods import between, last_days

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 10, 27, 12, tzinfo=UTC)


def test_the_last_days_end_now():
    week = last_days(7, NOON, BERLIN)
    assert (week.first, week.last, week.end) == (date(2026, 10, 21), date(2026, 10, 27), NOON)
    assert len(week.days) == 7


def test_a_day_on_which_the_clocks_change_has_25_hours():
    day = between(date(2026, 10, 25), date(2026, 10, 25), NOON, BERLIN)
    assert day.end - day.start == timedelta(hours=25)
    day = between(date(2026, 3, 29), date(2026, 3, 29), NOON, BERLIN)
    assert day.end - day.start == timedelta(hours=23)


def test_the_period_before_ends_at_the_same_time_of_day():
    before = last_days(7, NOON, BERLIN).before()
    assert (before.first, before.last) == (date(2026, 10, 14), date(2026, 10, 20))
    assert before.end == datetime(2026, 10, 20, 11, tzinfo=UTC)  # 13:00 in Berlin, then and now


def test_the_period_before_one_that_is_over_is_whole():
    week = between(date(2026, 10, 1), date(2026, 10, 7), NOON, BERLIN)
    assert week.before().end == week.start


def test_days_to_come_are_left_out():
    assert between(date(2026, 10, 26), date(2026, 12, 24), NOON, BERLIN).last == date(2026, 10, 27)


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (date(2026, 10, 7), date(2026, 10, 1), "swap them"),
        (date(2026, 10, 28), date(2026, 10, 29), "not begun"),
        (date(2025, 10, 1), date(2026, 10, 2), "at most 366"),
    ],
    ids=["backwards", "to come", "too long"],
)
def test_what_is_no_period_is_said(first, last, reason):
    with pytest.raises(ValueError, match=reason):
        between(first, last, NOON, BERLIN)
