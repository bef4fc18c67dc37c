"""The place in line: answer by, less the head start for heat."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.calendars import ALWAYS_OPEN, Calendar, NeverOpen, Period
from router.routing.place import head_start, left_for, place

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
OFFICE = Calendar("UTC", tuple(Period(day, 9 * 3600, 17 * 3600) for day in range(5)))

MINUTES = {"chat": (0, 3, 12, 18), "social": (0, 30, 120, 180), "email": (0, 240, 960, 1440)}

paces = st.sampled_from(sorted(MINUTES))
heats = st.integers(0, 3)
extras = st.timedeltas(timedelta(0), timedelta(days=3))


def minutes(number):
    return timedelta(minutes=number)


class TestHeadStart:
    @pytest.mark.parametrize(
        ("pace", "heat", "expected"),
        [(pace, heat, row[heat]) for pace, row in MINUTES.items() for heat in range(4)],
    )
    def test_is_the_policys_for_pace_and_heat(self, pace, heat, expected):
        assert head_start(heat, pace) == minutes(expected)

    @pytest.mark.parametrize(
        ("heat", "extra", "expected"),
        [(0, 5, 5), (1, 5, 8), (2, 6, 18), (2, 7, 18), (3, 1, 18), (0, 99, 18), (1, -9, 3)],
    )
    def test_what_rules_add_ends_at_heat_3s_worth_and_never_takes_away(self, heat, extra, expected):
        assert head_start(heat, "chat", minutes(extra)) == minutes(expected)


class TestPlace:
    def test_a_calm_ticket_stands_at_its_promise(self):
        assert place(NOON, 0, "email", OFFICE) == NOON

    def test_a_promise_at_night_is_the_place_of_a_calm_ticket(self):
        assert place(NOON + minutes(600), 0, "email", OFFICE) == NOON + minutes(600)

    def test_the_head_start_is_working_time(self):
        assert place(NOON, 1, "email", OFFICE) == NOON - timedelta(days=3) + minutes(4 * 60)  # Friday 16:00
        assert place(NOON, 1, "email", ALWAYS_OPEN) == NOON - minutes(240)

    def test_a_desk_that_never_opens_is_named(self):
        with pytest.raises(NeverOpen):
            place(NOON, 1, "email", Calendar())

    def test_a_frustrated_mail_stands_before_a_calm_earlier_one(self):
        calm = place(NOON, 0, "email", ALWAYS_OPEN)
        angry = place(NOON + minutes(60), 2, "email", ALWAYS_OPEN)
        assert angry < calm

    @given(paces, extras, extras)
    def test_more_heat_or_more_extra_never_stands_later(self, pace, one, other):
        one, other = sorted((one, other))
        for calendar in (ALWAYS_OPEN, OFFICE):
            line = [place(NOON, heat, pace, calendar, one) for heat in range(4)]
            assert line == sorted(line, reverse=True)
            assert all(place(NOON, heat, pace, calendar, other) <= line[heat] for heat in range(4))

    @given(paces, heats, extras)
    def test_a_head_start_is_bounded(self, pace, heat, extra):
        assert place(NOON, 3, pace, ALWAYS_OPEN) <= place(NOON, heat, pace, ALWAYS_OPEN, extra) <= NOON

    @given(heats, st.timedeltas(timedelta(0), timedelta(days=9)))
    def test_a_later_promise_never_stands_earlier(self, heat, later):
        assert place(NOON, heat, "email", OFFICE) <= place(NOON + later, heat, "email", OFFICE)


class TestLeftFor:
    @pytest.mark.parametrize(("heat", "share"), [(0, 0.5), (1, 0.5), (2, 0), (3, 0)])
    def test_is_half_the_promise_for_the_calm_and_nothing_for_the_frustrated(self, heat, share):
        assert left_for(minutes(4), heat, "live") == left_for(minutes(4), heat, "messaging") == minutes(4 * share)
        assert left_for(minutes(4), heat, "mail") == minutes(0)
