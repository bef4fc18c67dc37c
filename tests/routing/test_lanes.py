"""Lanes: their key, their needs over time, and whom they are open to."""

from datetime import timedelta

import pytest
from hypothesis import given

from router.model import Needs, Presence
from router.routing.lanes import LaneSpec, Obstacle, Reason, free_slots, hard_needs, lane_closed_because, lane_key
from tests.routing.builders import NOON, a_chat_lane, a_lane, an_agent, lanes

OTHERS = {
    "brand": {"brand": "bolt"},
    "queue": {"queue": "billing"},
    "channel": {"channel": "api"},
    "need": {"needs": {"de": 1, "billing": 3, "returns": 1}},
    "level": {"needs": {"de": 1, "billing": 4}},
    "topic": {"topic": "returns"},
    "no topic": {"topic": None},
    "kept": {"kept": True},
}


class TestKey:
    @pytest.mark.parametrize("difference", OTHERS.values(), ids=OTHERS)
    def test_differs_by_what_a_lane_is(self, difference):
        facts = {"needs": {"de": 1, "billing": 3}, "topic": "billing"}
        assert lane_key(a_lane(**facts)) != lane_key(a_lane(**{**facts, **difference}))

    def test_does_not_depend_on_the_order_of_needs(self):
        assert lane_key(a_lane(needs={"de": 1, "billing": 3})) == lane_key(a_lane(needs={"billing": 3, "de": 1}))

    def test_a_need_without_a_level_is_level_1(self):
        assert lane_key(a_lane(needs={"de": 0})) == lane_key(a_lane(needs={"de": 1}))

    def test_names_cannot_be_shifted_into_one_another(self):
        assert lane_key(a_lane(brand="a", queue="bc")) != lane_key(a_lane(brand="ab", queue="c"))

    def test_stays_the_same_over_releases(self):  # stored keys must be found again
        lane = LaneSpec("acme", "support", "email", "mail", {"billing": 3, "de": 1}, "billing")
        assert lane_key(lane) == "60a3145f987a4ab9cbc8666e1fb51d07"

    @given(lanes)
    def test_is_short_and_plain(self, lane):
        assert len(lane_key(lane)) == 32
        assert lane_key(lane).isalnum()


class TestHardNeeds:
    needs = Needs({"billing": 3, "de": 1, "hold-music": 1}, step_down_at=NOON)

    def test_all_hold_before_the_step_down(self):
        assert hard_needs(self.needs, NOON - timedelta(seconds=1)) == {"billing": 3, "de": 1, "hold-music": 1}
        assert hard_needs(Needs({"billing": 3}), NOON) == {"billing": 3}

    def test_only_languages_hold_from_then_on(self):
        assert hard_needs(self.needs, NOON) == {"de": 1}

    def test_the_desk_may_mark_further_languages(self):
        assert hard_needs(self.needs, NOON, languages={"hold-music"}) == {"de": 1, "hold-music": 1}


CLOSED = {
    "another brand": (a_lane(), {"brands": frozenset({"bolt"})}, "brand", "You do not work for this brand."),
    "no right to the channel": (a_lane(), {"channels": frozenset({"api"})}, "channel", "You do not work on email."),
    "without the skill": (
        a_lane(needs={"billing": 2}),
        {},
        "skill",
        "It needs billing at level 2, you do not have it.",
    ),
    "a need without a level is level 1": (
        a_lane(needs={"billing": 0}),
        {},
        "skill",
        "It needs billing, you do not have it.",
    ),
    "below the level": (
        a_lane(needs={"billing": 3}),
        {"skills": {"billing": 2}},
        "level",
        "It needs billing at level 3, you have 2.",
    ),
    "another language": (a_lane(needs={"de": 1}), {"skills": {"en": 5}}, "language", "You do not speak German."),
    "language not well enough": (
        a_lane(needs={"ur-Latn": 3}),
        {"skills": {"ur-Latn": 2}},
        "level",
        "It needs Roman Urdu at level 3, you have 2.",
    ),
    "away": (a_lane(), {"presence": Presence.AWAY}, "presence", "You are away."),
    "wrapping up": (a_lane(), {"presence": Presence.WRAPPING_UP}, "presence", "You are wrapping up."),
    "offline": (a_lane(), {"presence": Presence.OFFLINE}, "presence", "You are offline."),
    "mail slot taken": (a_lane(), {"load": {"mail": 1}}, "capacity", "Your mail slot is taken."),
    "kept for who knows it, by who is nearly full": (
        a_chat_lane(topic="billing", kept=True),
        {"load": {"live": 2}},
        "kept",
        "For now it is kept for those who know billing, as nearly all of your live slots are taken.",
    ),
    "live slots taken": (a_chat_lane(), {"load": {"live": 3}}, "capacity", "Your 3 live slots are taken."),
    "live and messaging share slots": (
        a_chat_lane(),
        {"load": {"live": 1, "messaging": 2}},
        "capacity",
        "Your 3 live slots are taken.",
    ),
    "over by hand": (a_lane(), {"load": {"mail": 4}}, "capacity", "Your mail slot is taken."),
    "no slot of the class": (a_chat_lane(), {"capacity": {"mail": 1}}, "no_slot", "You have no live slot."),
}

OPEN = {
    "no needs": (a_lane(), {}),
    "right level": (a_lane(needs={"billing": 3}), {"skills": {"billing": 3}}),
    "higher level": (a_lane(needs={"billing": 3}), {"skills": {"billing": 5}}),
    "right to this channel": (a_lane(), {"channels": frozenset({"email"})}),
    "topic is never required": (a_lane(topic="billing"), {}),
    "nor of those who are nearly full": (a_chat_lane(topic="billing"), {"load": {"live": 2}}),
    "kept, with room left": (a_chat_lane(topic="billing", kept=True), {"load": {"live": 1, "mail": 1}}),
    "kept, and nearly full, who knows it": (
        a_chat_lane(topic="billing", kept=True),
        {"load": {"live": 2}, "skills": {"billing": 1}},
    ),
    "kept, of one slot": (a_lane(topic="billing", kept=True), {"load": {"live": 3}}),
    "live work leaves mail free": (a_lane(), {"load": {"live": 3}}),
    "mail leaves live work free": (a_chat_lane(), {"load": {"mail": 1, "live": 1, "messaging": 1}}),
    "messaging in a live slot": (a_lane(channel="telegram", work_class="messaging"), {"load": {"live": 2}}),
}


class TestOpenTo:
    @pytest.mark.parametrize(("lane", "facts", "obstacle", "text"), CLOSED.values(), ids=CLOSED)
    def test_is_closed_and_says_why(self, lane, facts, obstacle, text):
        agent = an_agent(**facts)
        assert lane_closed_because(lane, agent) == (Reason(Obstacle(obstacle), text),)

    @pytest.mark.parametrize(("lane", "facts"), OPEN.values(), ids=OPEN)
    def test_is_open(self, lane, facts):
        assert lane_closed_because(lane, an_agent(**facts)) == ()

    def test_every_reason_is_given_those_that_last_first(self):
        agent = an_agent(presence=Presence.AWAY, load={"mail": 1})
        said = [reason.text for reason in lane_closed_because(a_lane(needs={"de": 1, "billing": 1}), agent)]
        assert said == [
            "It needs billing, you do not have it.",
            "You do not speak German.",
            "You are away.",
            "Your mail slot is taken.",
        ]


class TestSlots:
    @pytest.mark.parametrize(
        ("work_class", "free"), [("live", 1), ("messaging", 1), ("mail", 0), ("task", 0), ("call", 0)]
    )
    def test_counts_what_shares_them(self, work_class, free):
        assert free_slots(an_agent(load={"live": 1, "messaging": 1, "mail": 1}), work_class) == free
