"""The desk's own scale: shares by language and pace, clicks, and what it never does."""

import json
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.triage import read
from router.triage.calibration import (
    AS_WRITTEN,
    HELD_WITHIN,
    LEAST_APART,
    LEAST_LABELS,
    LEAST_RECENT,
    MOST_MOVED,
    Label,
    Scale,
    fit,
    isotonic,
    load_scale,
)
from router.triage.moods import CUTS
from router.triage.shouting import LIMIT

MAIL, ROMAN_MAIL, CHAT = ("email", "en"), ("email", "ur-Latn"), ("chat", "en")
POINTS = st.floats(0, 100)


def some_points(count, shift=0.0, seed=1):
    """Return points of a desk: most calm, some hot; `shift` is how much lower a language is read."""
    dice = random.Random(seed)
    return [min(100.0, max(0.0, dice.gauss(34, 24) - shift)) for _ in range(count)]


def published(times, labels=(), recent=None):
    """Return the scale after that many publishes on the same figures."""
    scale = AS_WRITTEN
    for _ in range(times):
        scale = fit(labels, recent or {}, scale)
    return scale


def share_of_hot(scale, group, points):
    return sum(scale.shown(*group, one) >= CUTS[group[0]][1] for one in points) / len(points)


@st.composite
def scales(draw):
    recent = {
        group: draw(st.lists(st.integers(0, 100), min_size=0, max_size=4)) * LEAST_RECENT
        for group in draw(st.sets(st.sampled_from([MAIL, ROMAN_MAIL, CHAT])))
    }
    clicks = draw(st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=6)) * LEAST_LABELS
    labels = [Label("email", "en", points, yes) for points, yes in clicks]
    return published(draw(st.integers(1, 4)), labels, recent)


RECENT = {MAIL: some_points(4000)}


class TestShown:
    def test_is_what_the_model_gave_until_something_is_known(self):
        assert AS_WRITTEN.shown("chat", "ur-Latn", 61.5) == 61.5

    def test_runs_straight_between_the_knots(self):
        scale = Scale({MAIL: (20.0, 40.0, 70.0)})
        assert [scale.shown(*MAIL, at) for at in (0, 10, 20, 30, 40, 70, 85, 100)] == [
            0, 12.5, 25, 37.5, 50, 75, 87.5, 100,
        ]  # fmt: skip

    def test_leaves_other_languages_and_paces_alone(self):
        scale = Scale({MAIL: (20.0, 40.0, 70.0)})
        assert scale.shown(*CHAT, 20) == scale.shown("email", "de", 20) == 20

    @settings(max_examples=25)
    @given(scales(), POINTS, POINTS)
    def test_never_turns_two_messages_around(self, scale, one, other):
        low, high = sorted((one, other))
        assert scale.shown(*MAIL, low) <= scale.shown(*MAIL, high)

    @settings(max_examples=25)
    @given(scales(), POINTS)
    def test_stays_within_the_scale_and_near_what_is_written(self, scale, points):
        assert 0 <= scale.shown(*MAIL, points) <= 100
        for (pace, _), knots in scale.knots.items():
            assert all(abs(knot - cut) <= HELD_WITHIN for knot, cut in zip(knots, CUTS[pace], strict=True))

    @settings(max_examples=25)
    @given(scales(), POINTS)
    def test_can_be_taken_back(self, scale, points):
        assert scale.points(*MAIL, scale.shown(*MAIL, points)) == pytest.approx(points, abs=1e-6)


class TestFitToShares:
    def test_lets_a_language_that_is_read_too_low_have_its_share_of_hot(self):
        english, roman = some_points(4000), some_points(4000, shift=12, seed=2)
        recent = {MAIL: english, ROMAN_MAIL: roman}
        assert share_of_hot(AS_WRITTEN, MAIL, english) > share_of_hot(AS_WRITTEN, ROMAN_MAIL, roman) + 0.1
        scale = published(5, recent=recent)
        assert share_of_hot(scale, MAIL, english) == pytest.approx(share_of_hot(scale, ROMAN_MAIL, roman), abs=0.02)

    def test_holds_for_paces_too_each_by_its_own_cuts(self):
        recent = {MAIL: some_points(4000), CHAT: some_points(4000, shift=10, seed=3)}
        scale = published(5, recent=recent)
        assert share_of_hot(scale, MAIL, recent[MAIL]) == pytest.approx(
            share_of_hot(scale, CHAT, recent[CHAT]), abs=0.02
        )

    def test_changes_nothing_on_a_desk_of_one_kind(self):
        assert fit((), {MAIL: some_points(4000)}).shown(*MAIL, 50) == pytest.approx(50, abs=0.3)

    @pytest.mark.parametrize(("count", "moves"), [(LEAST_RECENT - 1, False), (LEAST_RECENT, True)])
    def test_waits_until_there_are_enough_readings(self, count, moves):
        scale = fit((), {MAIL: some_points(4000), ROMAN_MAIL: some_points(count, shift=12)})
        assert (ROMAN_MAIL in scale.knots) is moves

    def test_trusts_few_readings_less_than_many(self):
        def moved(count):
            recent = {MAIL: some_points(20_000), ROMAN_MAIL: some_points(20_000, shift=12)[:count]}
            return CUTS["email"][1] - published(9, recent=recent).knots[ROMAN_MAIL][1]

        assert 1 < moved(LEAST_RECENT) < moved(20_000) - 1

    def test_does_not_lift_greetings_that_are_too_short_to_tell(self):
        assert ("email", "und") not in fit((), {MAIL: some_points(500), ("email", "und"): [9.0] * 500}).knots

    def test_moves_a_little_at_a_time(self):
        recent = {MAIL: some_points(4000), ROMAN_MAIL: [5.0] * 4000}
        first, second = published(1, recent=recent), published(2, recent=recent)
        for was, now in zip(first.knots[ROMAN_MAIL], second.knots[ROMAN_MAIL], strict=True):
            assert abs(now - was) <= MOST_MOVED

    @settings(max_examples=25)
    @given(scales())
    def test_keeps_the_knots_apart(self, scale):
        for first, second, third in scale.knots.values():
            assert second - first >= LEAST_APART - 0.11
            assert third - second >= LEAST_APART - 0.11

    def test_gives_the_same_for_the_same_figures_in_any_order(self):
        recent = {MAIL: some_points(500), ROMAN_MAIL: some_points(500, shift=9)}
        turned = {group: points[::-1] for group, points in reversed(recent.items())}
        assert fit((), recent) == fit((), turned)


class TestFitToClicks:
    @staticmethod
    def clicks(count, half_at, language="en"):
        """Return clicks by agents who confirm half of what has `half_at` points, more above and fewer below."""
        dice = random.Random(4)
        points = [dice.uniform(15, 95) for _ in range(count)]
        return [Label("email", language, one, dice.random() < (one - half_at) / 50 + 0.5) for one in points]

    @pytest.mark.parametrize(("count", "moves"), [(LEAST_LABELS - 1, False), (LEAST_LABELS, True)])
    def test_counts_from_two_hundred_in_a_language(self, count, moves):
        middle = fit(self.clicks(count, half_at=65), RECENT).knots.get(MAIL, CUTS["email"])[1]
        assert (middle > 52) is moves

    def test_shows_less_where_agents_dismiss_what_is_hot(self):
        assert published(4, self.clicks(3000, half_at=62), RECENT).shown(*MAIL, 55) < 50

    def test_shows_more_where_agents_confirm_what_is_lukewarm(self):
        assert published(4, self.clicks(3000, half_at=38), RECENT).shown(*MAIL, 44) > 50

    def test_says_nothing_about_another_language(self):
        scale = fit(self.clicks(3000, 65, "ur-Latn"), RECENT)
        assert scale == fit((), RECENT)

    def test_leaves_a_cut_alone_that_nobody_clicked_near(self):
        only_hot = [Label("email", "en", 80.0, is_frustrated=True)] * 500
        assert fit(only_hot, RECENT).knots.get(MAIL, CUTS["email"])[0] == pytest.approx(25, abs=0.3)


class TestIsotonic:
    def test_pools_what_falls(self):
        clicks = [(10.0, False), (20.0, True), (30.0, False), (40.0, True), (50.0, True)]
        assert isotonic(clicks) == [(10.0, 10.0, 0.0), (20.0, 30.0, 0.5), (40.0, 50.0, 1.0)]

    def test_takes_equal_points_together(self):
        assert isotonic([(10.0, False), (10.0, True)]) == [(10.0, 10.0, 0.5)]

    @given(st.lists(st.tuples(st.integers(0, 100).map(float), st.booleans())))
    def test_only_rises(self, clicks):
        steps = isotonic(clicks)
        rates = [rate for _, _, rate in steps]
        assert rates == sorted(rates)
        assert all(before[1] < after[0] for before, after in pairwise(steps))


class TestStored:
    @settings(max_examples=25)
    @given(scales())
    def test_comes_back_as_it_was(self, scale):
        assert load_scale(scale.dump()) == scale

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ('{"format": 2, "knots": {}}', "no scale of format 1"),
            ("[]", "no scale of format 1"),
            ('{"format": 1, "knots": {"email/en": [40, 30, 75]}}', "email/en are not three that rise"),
            ('{"format": 1, "knots": {"email/en": [40, 50]}}', "email/en are not three that rise"),
        ],
    )
    def test_says_what_is_wrong(self, text, says):
        with pytest.raises(ValueError, match=says):
            load_scale(text)

    def test_is_named_in_what_was_read_with_it(self):
        scale = Scale({MAIL: (20.0, 40.0, 70.0)})
        assert read("Nobody answers me.", scale=scale).version.endswith(f"+{load_scale(scale.dump()).mark}")
        assert "+" not in read("Nobody answers me.", scale=AS_WRITTEN).version
        assert json.loads(scale.dump())["knots"] == {"email/en": [20, 40, 70]}


class TestReadWithAScale:
    scale = Scale({MAIL: (12.0, 35.0, 60.0)})
    angry = "Nobody answers me, third time I ask. I want my money back."

    def test_maps_the_calm_points(self):
        plain, local = read(self.angry), read(self.angry, scale=self.scale)
        assert local.calm_frustration == round(self.scale.shown(*MAIL, plain.calm_frustration)) > plain.calm_frustration

    def test_lets_shouting_add_no_more_than_before(self):
        said, shouted = read(self.angry, scale=self.scale), read(self.angry.upper() + "!!!", scale=self.scale)
        assert shouted.calm_frustration == said.calm_frustration
        assert shouted.frustration - said.frustration <= LIMIT

    def test_never_makes_a_message_calm_that_was_not_read(self):
        assert not read("Wo bleibt meine Bestellung?", scale=self.scale).read
