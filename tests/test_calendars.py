"""Working time over business calendars: hours, closed dates, nights, and the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.calendars import ALWAYS_OPEN, Calendar, NeverOpen, Period

HOUR = 3600
KARACHI = ZoneInfo("Asia/Karachi")


def office(zone="UTC", days=range(5), opens=9, closes=17, closed=()):
    return Calendar(zone, tuple(Period(day, opens * HOUR, closes * HOUR) for day in days), frozenset(closed))


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def hours(number):
    return timedelta(hours=number)


LUNCH = Calendar(
    "UTC", tuple(p for d in range(5) for p in (Period(d, 9 * HOUR, 12 * HOUR), Period(d, 13 * HOUR, 17 * HOUR)))
)
NIGHT = Calendar("UTC", (Period(4, 22 * HOUR, 6 * HOUR),))  # Friday night into Saturday
BERLIN_DAY = Calendar("Europe/Berlin", tuple(Period(d, 0, 24 * HOUR) for d in range(7)))
HAVANA_DAY = Calendar("America/Havana", tuple(Period(d, 0, 24 * HOUR) for d in range(7)))

ADDED = {
    "within the day": (office(), "2026-11-23 10:00", hours(2), "2026-11-23 12:00"),
    "to closing time, not the next opening": (office(), "2026-11-23 10:00", hours(7), "2026-11-23 17:00"),
    "over the night": (office(), "2026-11-23 16:00", hours(2), "2026-11-24 10:00"),
    "from before opening": (office(), "2026-11-23 03:00", hours(1), "2026-11-23 10:00"),
    "over the weekend": (office(), "2026-11-27 16:00", hours(2), "2026-11-30 10:00"),
    "over a closed date": (office(closed=[date(2026, 11, 24)]), "2026-11-23 16:00", hours(2), "2026-11-25 10:00"),
    "over lunch": (LUNCH, "2026-11-23 11:00", hours(2), "2026-11-23 14:00"),
    "through a night shift": (NIGHT, "2026-11-27 23:00", hours(3), "2026-11-28 02:00"),
    "to the next night shift": (NIGHT, "2026-11-28 05:00", hours(2), "2026-12-04 23:00"),
    "over the leap day": (office(days=range(7)), "2028-02-28 16:00", hours(10), "2028-03-01 10:00"),
    "several weeks": (office(), "2026-11-23 09:00", hours(8 * 15), "2026-12-11 17:00"),
    "nothing, while closed": (office(), "2026-11-22 09:00", hours(0), "2026-11-22 09:00"),
    "always open": (ALWAYS_OPEN, "2026-11-22 09:00", hours(30), "2026-11-23 15:00"),
}

CLOCKS = {  # a whole local day, and the hours it has
    "spring in Berlin": (BERLIN_DAY, "2026-03-29", 23),
    "autumn in Berlin": (BERLIN_DAY, "2026-10-25", 25),
    "an ordinary day": (BERLIN_DAY, "2026-06-01", 24),
    "midnight is skipped in Havana": (HAVANA_DAY, "2026-03-08", 23),
    "midnight comes twice in Havana": (HAVANA_DAY, "2026-11-01", 25),
}

JUMPS = {  # periods beside the hour that is skipped or comes twice, and the UTC moments they make
    "opens in the gap: when the clocks jump": (2.5, 5, "2026-03-29 01:00", "2026-03-29 03:00"),
    "closes in the gap: when the clocks jump": (1, 2.5, "2026-03-29 00:00", "2026-03-29 01:00"),
    "opens in the doubled hour: at its first coming": (2.5, 5, "2026-10-25 00:30", "2026-10-25 04:00"),
    "closes in the doubled hour: at its first coming": (1, 2.5, "2026-10-24 23:00", "2026-10-25 00:30"),
}


class TestAdding:
    @pytest.mark.parametrize(("calendar", "start", "duration", "end"), ADDED.values(), ids=ADDED)
    def test_adds_working_time(self, calendar, start, duration, end):
        assert calendar.add_working_time(at(start), duration) == at(end)

    @pytest.mark.parametrize(("calendar", "start", "duration", "end"), ADDED.values(), ids=ADDED)
    def test_between_gives_the_duration_back(self, calendar, start, duration, end):
        assert calendar.working_time_between(at(start), at(end)) == duration
        assert calendar.working_time_between(at(end), at(start)) == -duration

    def test_answers_in_utc_whatever_zone_it_was_asked_in(self):
        asked = datetime(2026, 11, 23, 15, 0, tzinfo=timezone(hours(5)))
        answer = office().add_working_time(asked, hours(1))
        assert answer == at("2026-11-23 11:00")
        assert answer.tzinfo is UTC

    def test_counts_the_hours_of_the_calendars_zone(self):
        desk = office("Asia/Karachi")
        assert desk.add_working_time(at("2026-11-23 08:00", "Asia/Karachi"), hours(1)) == at("2026-11-23 05:00")

    @pytest.mark.parametrize("act", ["add_working_time", "subtract_working_time"])
    def test_refuses_a_negative_duration(self, act):
        with pytest.raises(ValueError, match="not negative"):
            getattr(office(), act)(at("2026-11-23 10:00"), hours(-1))


class TestSubtracting:
    @pytest.mark.parametrize(
        ("end", "duration", "start"),
        [
            ("2026-11-23 12:00", hours(2), "2026-11-23 10:00"),
            ("2026-11-24 10:00", hours(2), "2026-11-23 16:00"),
            ("2026-11-30 10:00", hours(2), "2026-11-27 16:00"),
            ("2026-11-28 12:00", hours(1), "2026-11-27 16:00"),
            ("2026-11-23 10:00", hours(1), "2026-11-23 09:00"),
            ("2026-11-22 10:00", hours(0), "2026-11-22 10:00"),
        ],
    )
    def test_subtracts_working_time(self, end, duration, start):
        assert office().subtract_working_time(at(end), duration) == at(start)


class TestOpen:
    @pytest.mark.parametrize(
        ("calendar", "moment", "open_"),
        [
            (office(), "2026-11-23 08:59:59", False),
            (office(), "2026-11-23 09:00", True),
            (office(), "2026-11-23 16:59:59", True),
            (office(), "2026-11-23 17:00", False),
            (office(), "2026-11-22 12:00", False),
            (LUNCH, "2026-11-23 12:30", False),
            (NIGHT, "2026-11-28 05:59", True),
            (NIGHT, "2026-11-27 05:59", False),
            (office(closed=[date(2026, 11, 23)]), "2026-11-23 12:00", False),
            (ALWAYS_OPEN, "2026-11-22 03:00", True),
            (Calendar(), "2026-11-23 12:00", False),
        ],
    )
    def test_says_whether_it_is_open(self, calendar, moment, open_):
        assert calendar.is_open(at(moment)) is open_

    def test_a_closed_date_is_a_local_date(self):
        desk = Calendar("Asia/Karachi", BERLIN_DAY.periods, frozenset({date(2026, 11, 23)}))
        assert desk.is_open(datetime.combine(date(2026, 11, 22), time(23, 59), KARACHI))
        assert not desk.is_open(datetime.combine(date(2026, 11, 23), time(0), KARACHI))
        assert desk.is_open(datetime.combine(date(2026, 11, 24), time(0), KARACHI))

    def test_hours_that_close_when_they_open_last_a_day(self):
        desk = Calendar("UTC", (Period(0, 9 * HOUR, 9 * HOUR),))
        assert desk.working_time_between(at("2026-11-23 00:00"), at("2026-11-30 00:00")) == hours(24)

    def test_periods_that_overlap_count_once(self):
        desk = Calendar("UTC", (Period(0, 9 * HOUR, 13 * HOUR), Period(0, 12 * HOUR, 17 * HOUR)))
        assert desk.working_time_between(at("2026-11-23 00:00"), at("2026-11-24 00:00")) == hours(8)


class TestClocks:
    @pytest.mark.parametrize(("calendar", "day", "length"), CLOCKS.values(), ids=CLOCKS)
    def test_a_day_has_the_hours_people_work(self, calendar, day, length):
        midnight = at(day, calendar.zone)
        next_midnight = midnight + timedelta(days=1)  # wall clock
        assert calendar.working_time_between(midnight, next_midnight) == hours(length)

    @pytest.mark.parametrize(("opens", "closes", "first", "last"), JUMPS.values(), ids=JUMPS)
    def test_hours_beside_a_change_of_clocks(self, opens, closes, first, last):
        desk = Calendar("Europe/Berlin", (Period(6, int(opens * HOUR), int(closes * HOUR)),))
        before = at(first) - hours(12)
        assert desk.add_working_time(before, timedelta(seconds=1)) == at(first) + timedelta(seconds=1)
        assert desk.is_open(at(first))
        assert not desk.is_open(at(first) - timedelta(seconds=1))
        assert desk.is_open(at(last) - timedelta(seconds=1))
        assert not desk.is_open(at(last))

    def test_an_office_opens_at_nine_on_the_wall_all_year(self):
        desk = office("Europe/Berlin")
        assert desk.add_working_time(at("2026-03-27 12:00"), hours(5)) == at("2026-03-30 08:00")
        assert desk.add_working_time(at("2026-10-23 12:00"), hours(4)) == at("2026-10-26 09:00")


class TestNeverOpen:
    @pytest.mark.parametrize("act", ["add_working_time", "subtract_working_time"])
    @pytest.mark.parametrize(
        "calendar",
        [Calendar(), office(closed=[date(2025, 6, 1) + timedelta(days=n) for n in range(1200)])],
        ids=["no hours", "closed for years"],
    )
    def test_says_so_instead_of_searching_for_ever(self, calendar, act):
        with pytest.raises(NeverOpen, match="no open hour in the year"):
            getattr(calendar, act)(at("2026-11-23 10:00"), hours(1))

    def test_no_time_passes(self):
        assert Calendar().working_time_between(at("2026-11-23 10:00"), at("2026-12-23 10:00")) == hours(0)

    def test_one_open_day_a_year_is_enough(self):
        closed = [date(2026, 1, 1) + timedelta(days=n) for n in range(364)]  # only 31 December 2026 is open
        desk = Calendar("UTC", BERLIN_DAY.periods, frozenset(closed))
        assert desk.add_working_time(at("2026-01-01 00:00"), hours(1)) == at("2026-12-31 01:00")


class TestMistakes:
    @pytest.mark.parametrize("zone", ["", "Nowhere/City", "../etc/passwd", "Asia"])
    def test_an_unknown_zone_is_named(self, zone):
        with pytest.raises(ValueError, match="There is no time zone"):
            Calendar(zone)

    @pytest.mark.parametrize("period", [(7, 0, 1), (0, -1, 5), (0, 0, 86_401), (0, 86_400, 86_400)])
    def test_hours_outside_a_day_are_refused(self, period):
        with pytest.raises(ValueError, match="give a weekday"):
            Period(*period)


ZONES = [
    "UTC",
    "Asia/Karachi",
    "Europe/Berlin",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Cairo",
]
moments = st.integers(0, 4 * 365 * 86_400).map(lambda s: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
periods = st.builds(Period, st.integers(0, 6), st.integers(0, 86_399), st.integers(0, 86_400))
durations = st.timedeltas(timedelta(0), timedelta(hours=60))
calendars = st.builds(
    Calendar,
    zone=st.sampled_from(ZONES),
    periods=st.lists(periods, min_size=1, max_size=6).map(tuple),
    closed=st.frozensets(st.dates(date(2025, 1, 1), date(2028, 12, 31)), max_size=6),
    always_open=st.sampled_from([False, False, False, True]),
).filter(lambda c: c.always_open or any(c.week))


def a_usable(calendar):
    """Say whether a calendar has a minute a week, so that 60 hours end within the horizon of years."""
    return calendar.always_open or sum(b - a for day in calendar.week for a, b in day) > 3600


class TestLaws:
    @given(calendars.filter(a_usable), moments, durations)
    def test_adding_then_measuring_gives_the_duration_back(self, calendar, start, duration):
        end = calendar.add_working_time(start, duration)
        assert end >= start
        assert calendar.working_time_between(start, end) == duration

    @given(calendars.filter(a_usable), moments, durations)
    def test_subtracting_then_measuring_gives_the_duration_back(self, calendar, end, duration):
        start = calendar.subtract_working_time(end, duration)
        assert start <= end
        assert calendar.working_time_between(start, end) == duration

    @given(calendars.filter(a_usable), moments, durations)
    def test_subtracting_undoes_adding_from_an_open_moment(self, calendar, start, duration):
        end = calendar.add_working_time(start, duration)
        back = calendar.subtract_working_time(end, duration)
        assert back >= start
        assert calendar.working_time_between(start, back) == timedelta(0)
        if calendar.is_open(start):
            assert back == start

    @given(calendars, moments, moments, moments)
    def test_working_time_adds_up(self, calendar, a, b, c):
        a, b, c = sorted((a, b, c))
        between = calendar.working_time_between
        assert between(a, b) + between(b, c) == between(a, c)
        assert timedelta(0) <= between(a, c) <= c - a

    @given(calendars.filter(a_usable), moments, durations, durations)
    def test_a_longer_duration_never_ends_earlier(self, calendar, start, one, other):
        one, other = sorted((one, other))
        assert calendar.add_working_time(start, one) <= calendar.add_working_time(start, other)
        assert calendar.subtract_working_time(start, one) >= calendar.subtract_working_time(start, other)
