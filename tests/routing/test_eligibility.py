"""Who may take a ticket, what is missing where nobody may, and why one still waits."""

import pytest
from hypothesis import given

from router.model import Presence
from router.routing.eligibility import (
    DECLINED,
    able,
    explain_not_you,
    explain_wait,
    in_the_way,
    may_take,
    nobody,
)
from router.routing.lanes import standing_reasons
from tests.routing.builders import a_chat_lane, a_lane, an_agent, desks, lanes

GERMAN = an_agent("Greta", skills={"de": 3})
BILLING = an_agent("Bo", skills={"billing": 2})

MISSING = {
    "language": (a_lane(needs={"de": 1}), [BILLING], "No one speaks German."),
    "skill": (a_lane(needs={"returns": 1}), [BILLING], "No one has returns."),
    "level": (a_lane(needs={"billing": 3}), [BILLING, GERMAN], "No one has billing at level 3 (highest: 2)."),
    "language at a level": (a_lane(needs={"de": 5}), [GERMAN], "No one speaks German at level 5 (highest: 3)."),
    "two things, each by itself": (
        a_lane(needs={"fr": 1, "returns": 2}),
        [BILLING],
        "No one speaks French. No one has returns at level 2.",
    ),
    "two things together": (
        a_lane(needs={"billing": 2, "de": 1}),
        [BILLING, GERMAN],
        "No one has both billing at level 2 and German.",
    ),
    "the smallest set alone": (
        a_lane(needs={"billing": 1, "de": 1, "en": 1}),
        [an_agent("A", skills={"billing": 1, "en": 1}), an_agent("B", skills={"de": 1, "en": 1})],
        "No one has both billing and German.",
    ),
    "three things together": (
        a_lane(needs={"billing": 1, "de": 1, "en": 1}),
        [
            an_agent("A", skills={"billing": 1, "en": 1}),
            an_agent("B", skills={"de": 1, "en": 1}),
            an_agent("C", skills={"billing": 1, "de": 1}),
        ],
        "No one has billing, German and English.",
    ),
    "channel": (a_lane(), [an_agent(channels=frozenset({"api"}))], "No one works on email."),
    "skill and channel together": (
        a_lane(needs={"de": 1}),
        [an_agent("A", channels=frozenset()), an_agent("B", skills={"de": 1}, channels=frozenset()), BILLING],
        "No one has both German and the right to email.",
    ),
    "slot": (a_chat_lane(), [an_agent(capacity={"mail": 1})], "No one has a live slot."),
    "brand": (a_lane(), [an_agent(brands=frozenset({"bolt"}), skills={"de": 1})], "No one works for this brand."),
    "only colleagues of the brand count": (
        a_lane(needs={"de": 1}),
        [BILLING, an_agent("X", brands=frozenset({"bolt"}), skills={"de": 5})],
        "No one speaks German.",
    ),
    "anyone": (a_lane(), [], "The desk has no agents."),
}

WAITS = {
    "no one may": (
        a_lane(needs={"de": 1}),
        [BILLING],
        "No one on the desk may take it: No one speaks German.",
    ),
    "no one online": (a_lane(), [an_agent(presence=Presence.AWAY)], "1 agent may take it; none is online."),
    "all full": (
        a_lane(),
        [an_agent("A", load={"mail": 1}), an_agent("B", load={"mail": 1}), an_agent("C", presence=Presence.OFFLINE)],
        "3 agents may take it; all mail slots of the 2 online are taken.",
    ),
    "one free": (
        a_lane(),
        [an_agent("A"), an_agent("B", load={"mail": 1})],
        "1 agent is free for it; it goes to whoever takes the next ticket.",
    ),
    "kept for those who know it": (
        a_chat_lane(topic="billing", kept=True),
        [an_agent("A", load={"live": 2}), an_agent("B", load={"live": 2}), an_agent("C", presence=Presence.AWAY)],
        "2 agents are free for it but nearly full; for now it is kept for those who know billing.",
    ),
    "several free": (
        a_lane(),
        [an_agent("A"), an_agent("B")],
        "2 agents are free for it; it goes to whoever takes the next ticket.",
    ),
}


class TestMayTake:
    def test_an_open_lane_has_no_reason_against(self):
        assert may_take(a_lane(), an_agent()) == ()

    def test_a_ticket_declined_just_now_is_not_given_again(self):
        assert may_take(a_lane(), an_agent(), declined=True) == (DECLINED,)


class TestNobody:
    @pytest.mark.parametrize(("lane", "agents", "missing"), MISSING.values(), ids=MISSING)
    def test_says_what_is_missing(self, lane, agents, missing):
        assert nobody(lane, agents) == missing
        assert nobody(lane, agents[::-1]) == missing

    @pytest.mark.parametrize("facts", [{"presence": Presence.OFFLINE}, {"load": {"mail": 1}}])
    def test_presence_and_full_slots_are_not_missing(self, facts):
        assert nobody(a_lane(needs={"de": 1}), [an_agent(skills={"de": 1}, **facts)]) is None

    @given(lanes, desks)
    def test_speaks_exactly_when_nobody_may_and_whatever_the_order(self, lane, agents):
        said = nobody(lane, agents)
        assert (said is None) == any(not standing_reasons(lane, agent) for agent in agents)
        assert (said is None) == bool(able(lane, agents))
        assert nobody(lane, agents[::-1]) == said


class TestExplaining:
    @pytest.mark.parametrize(("lane", "agents", "sentence"), WAITS.values(), ids=WAITS)
    def test_says_why_a_ticket_waits(self, lane, agents, sentence):
        assert explain_wait(lane, agents) == sentence

    @given(lanes, desks)
    def test_why_it_waits_names_nobody(self, lane, agents):
        names = [agent.name for agent in agents if len(agent.name) > 40]
        assert not any(name in explain_wait(lane, agents) for name in names)

    def test_says_why_not_you(self):
        said = explain_not_you(a_lane(needs={"de": 1}), an_agent(presence=Presence.AWAY))
        assert said == "You do not speak German. You are away."

    def test_says_that_you_declined_it(self):
        assert explain_not_you(a_lane(), an_agent(), declined=True) == "You declined or returned it just now."

    def test_says_that_you_may(self):
        assert (
            explain_not_you(a_lane(), an_agent())
            == "You may take it: the next pull brings it, unless another ticket stands before it or suits you better."
        )


class TestWhatIsInTheWay:
    def test_is_the_smallest_set_of_needs_and_how_many_could_without(self):
        lane = a_lane(needs={"billing": 3, "returns": 1, "en": 1})
        one = an_agent("a", skills={"en": 3, "billing": 4})
        two = an_agent("b", skills={"en": 3, "billing": 2})
        three = an_agent("c", skills={"en": 3, "billing": 5})
        assert in_the_way(lane, [one, two, three]) == (frozenset({"returns"}), 2)
        assert in_the_way(lane, [two]) == (frozenset({"billing", "returns"}), 1)

    def test_is_nothing_where_somebody_may_take_it_or_nobody_is_free(self):
        lane = a_lane(needs={"billing": 1})
        able, away = an_agent("a", skills={"billing": 1}), an_agent("b", skills={}, presence=Presence.AWAY)
        assert in_the_way(lane, [able, away]) == (frozenset(), 0)
        assert in_the_way(lane, [away]) == (frozenset(), 0)
