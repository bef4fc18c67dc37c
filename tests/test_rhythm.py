"""When the silence of a connection is worth telling, and when it is nothing."""

from datetime import UTC, datetime, timedelta

from router.rhythm import silence

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
LONG_AGO = NOON - 10 * WEEK


def hours(*weeks: int, at: datetime = NOON) -> dict[datetime, int]:
    """Return so many events an hour in the day up to noon, a week ago, two weeks ago …"""
    return {at - back * WEEK - n * HOUR: count for back, count in enumerate(weeks, 1) for n in range(24)}


class TestSilence:
    def test_is_told_where_much_usually_comes(self):
        found = silence(hours(5, 6, 4, 5), LONG_AGO, NOON - 3 * HOUR, NOON)
        assert found is not None
        assert str(found) == "Nothing has come for 3 hours, in which about 15 messages usually come."

    def test_is_not_told_where_chance_may_leave_such_a_gap(self):
        assert silence(hours(1, 1, 1, 1), LONG_AGO, NOON - 9 * HOUR, NOON) is None, "e^-9 is above 1 in 10,000"
        assert silence(hours(1, 1, 1, 1), LONG_AGO, NOON - 10 * HOUR, NOON) is not None

    def test_of_what_comes_in_bursts_must_last_longer(self):
        assert silence(hours(1, 20, 2, 30), LONG_AGO, NOON - 3 * HOUR, NOON) is None

    def test_is_nothing_where_one_of_the_weeks_was_silent_too(self):
        assert silence(hours(50, 0, 50, 50), LONG_AGO, NOON - 3 * HOUR, NOON) is None

    def test_of_a_new_connection_is_never_told(self):
        assert silence(hours(50, 50, 50, 50), NOON - 2 * WEEK, NOON - 3 * HOUR, NOON) is None
        assert silence({}, NOON, NOON - 3 * HOUR, NOON) is None

    def test_counts_a_cut_hour_by_its_share(self):
        found = silence(hours(60, 60, 60, 60), LONG_AGO, NOON - timedelta(minutes=30), NOON)
        assert found is not None and found.usually == 30

    def test_is_not_told_anew_after_a_week(self):
        assert silence(hours(50, 50, 50, 50), LONG_AGO, NOON - WEEK - HOUR, NOON) is None
