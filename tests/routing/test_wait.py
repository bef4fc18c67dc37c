"""How long somebody in line may still wait: a range that holds, or nothing."""

import random

import pytest

from router.routing.wait import ENOUGH, STEPS_MIN, expected_wait

HOUR_S = 3600.0


class TestExpectedWait:
    def test_of_a_quick_line_is_short_and_of_a_slow_one_is_long(self) -> None:
        assert expected_wait(1, 60, HOUR_S) == (0, 2)
        assert expected_wait(10, 60, HOUR_S) == (5, 15)
        assert expected_wait(3, 10, HOUR_S) == (7, 40)

    @pytest.mark.parametrize(("place", "answered"), [(1, 0), (1, ENOUGH - 1), (0, 60), (20, 10), (1000, 60)])
    def test_too_little_known_or_too_far_ahead_is_not_told(self, place: int, answered: int) -> None:
        assert expected_wait(place, answered, HOUR_S) is None

    def test_grows_with_the_place_and_falls_with_the_pace(self) -> None:
        by_place = [expected_wait(place, 40, HOUR_S) for place in range(1, 30)]
        by_pace = [expected_wait(5, answered, HOUR_S) for answered in range(200, 10, -10)]
        for told in (by_place, by_pace):
            known = [one for one in told if one]
            assert known == sorted(known)
            assert all(low < high for low, high in known)

    def test_is_told_in_minutes_people_say(self) -> None:
        for place in range(1, 20):
            told = expected_wait(place, 30, HOUR_S)
            assert told is None or set(told) <= {0, *STEPS_MIN}

    @pytest.mark.parametrize("per_hour", [10, 30, 60])
    @pytest.mark.parametrize("place", [1, 3, 10])
    def test_holds_for_four_in_five_where_the_pace_goes_on(self, per_hour: int, place: int) -> None:
        random_ = random.Random(per_hour * 100 + place)
        told = held = 0
        for _ in range(600):
            answered = sum(1 for _ in _answers(per_hour, random_))
            found = expected_wait(place, answered, HOUR_S)
            if found:
                waited = sum(random_.expovariate(per_hour) for _ in range(place)) * 60
                told, held = told + 1, held + (found[0] <= waited <= found[1])
        assert held / told > 0.78


def _answers(per_hour: int, random_: random.Random) -> list[float]:
    """Return the moments of one hour at which somebody was answered."""
    found, at = [], random_.expovariate(per_hour)
    while at < 1:
        found.append(at)
        at += random_.expovariate(per_hour)
    return found
