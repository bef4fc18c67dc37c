"""How far a figure can be trusted: known values, and what holds of every interval."""

import random

import pytest

from router.reporting.intervals import quantile, quantile_interval, share_interval


class TestQuantile:
    @pytest.mark.parametrize(
        ("q", "value"),
        [(0.5, 3), (0.9, 5), (0.2, 1), (0.21, 2)],
        ids=["median", "p90", "exactly a fifth", "just above"],
    )
    def test_is_a_value_that_was_seen(self, q, value):
        assert quantile([1, 2, 3, 4, 5], q) == value

    @pytest.mark.parametrize(
        ("cases", "q", "low", "high"),
        [(5, 0.5, None, None), (6, 0.5, 1, 6), (20, 0.5, 6, 15), (20, 0.9, 15, None), (100, 0.5, 40, 61)],
        ids=["five say nothing of the median", "six do", "twenty", "p90 of twenty has no upper bound", "a hundred"],
    )
    def test_lies_between_order_statistics(self, cases, q, low, high):
        """The ranks are those of printed tables of the binomial at 95 %."""
        assert quantile_interval(list(range(1, cases + 1)), q) == (low, high)

    def test_many_cases_bound_it_closely(self):
        low, high = quantile_interval(list(range(10_000)), 0.9)
        assert low is not None and high is not None
        assert 8_930 < low < 9_000 < high < 9_070

    def test_covers_the_true_value_as_often_as_it_says(self):
        chance = random.Random(7)
        covered = 0
        for _ in range(600):
            low, high = quantile_interval(sorted(chance.random() for _ in range(60)), 0.5)
            covered += low is not None and high is not None and low <= 0.5 <= high
        assert covered >= 0.94 * 600


class TestShare:
    @pytest.mark.parametrize(
        ("hits", "cases", "low", "high"),
        [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
        ids=["none", "half", "all", "Wilson's own example"],
    )
    def test_has_wilsons_interval(self, hits, cases, low, high):
        assert share_interval(hits, cases) == pytest.approx((low, high), abs=0.0001)
