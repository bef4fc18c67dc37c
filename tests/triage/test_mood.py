"""Mood and heat over a ticket's messages."""

import pytest

from router.model import NOT_READ, Mood, Reading
from router.triage import mood
from router.triage.moods import ANCHORS, CUTS, HELD_WITHIN, HYSTERESIS


def a_reading(calm: int, shown: int | None = None) -> Reading:
    return Reading("en", 1.0, 0.0, calm if shown is None else shown, calm, 0, "other", 0.0)


class TestMood:
    @pytest.mark.parametrize(("calm", "heat"), [(0, 0), (24, 0), (25, 1), (49, 1), (50, 2), (74, 2), (75, 3), (100, 3)])
    def test_heat_follows_the_cuts(self, calm: int, heat: int) -> None:
        assert mood([a_reading(calm)], pace="email").heat == heat

    def test_shouting_shows_but_gives_no_heat(self) -> None:
        loud = mood([a_reading(20, shown=30)], pace="email")
        assert (loud.level, loud.heat) == (30, 0)

    def test_rises_at_once_and_cools_one_step_a_message(self) -> None:
        angry = mood([a_reading(80)], pace="email")
        cooler = mood([a_reading(5)], pace="email", before=angry)
        assert (angry.heat, cooler.heat) == (3, 2)
        assert cooler.trend == "falling"
        assert mood([a_reading(5)] * 3, pace="email", before=angry).heat == 0

    def test_holds_its_heat_close_under_the_cut(self) -> None:
        warm = mood([a_reading(52)], pace="email")
        assert mood([a_reading(50 - HYSTERESIS)], pace="email", before=warm).heat == 2
        assert mood([a_reading(49 - HYSTERESIS)], pace="email", before=warm).heat == 1

    def test_going_on_is_the_same_as_reading_all_at_once(self) -> None:
        readings = [a_reading(c) for c in (10, 60, 45, 80, 5, 70)]
        step: Mood | None = None
        for reading in readings:
            step = mood([reading], pace="chat", before=step)
        assert step == mood(readings, pace="chat")

    def test_what_was_not_read_counts_as_nothing(self) -> None:
        angry = mood([a_reading(80)], pace="email")
        assert mood([NOT_READ], pace="email", before=angry) == angry
        assert mood([NOT_READ], pace="email") == Mood(0, 0)

    def test_keeps_one_figure_for_each_message_and_the_level_before(self) -> None:
        found = mood([a_reading(30), a_reading(60)], pace="email")
        assert found.history == (30, 60)
        assert (found.before, found.level, found.trend) == (30, 60, "rising")

    def test_more_of_the_same_buys_nothing(self) -> None:
        assert mood([a_reading(40)] * 20, pace="email").heat == mood([a_reading(40)], pace="email").heat

    def test_cuts_stay_near_the_anchors(self) -> None:
        for cuts in CUTS.values():
            assert all(abs(cut - anchor) <= HELD_WITHIN for cut, anchor in zip(cuts, ANCHORS, strict=True))
            assert list(cuts) == sorted(cuts)
