"""Choosing: which ticket an agent gets, which agent a ticket gets."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.model import Presence
from router.routing.choose import choose_agent, choose_ticket
from router.routing.eligibility import may_take
from router.routing.lanes import free_slots
from router.routing.policy import SLOT_OF
from tests.routing.builders import (
    NOON,
    a_chat_lane,
    a_head,
    a_lane,
    an_agent,
    an_agent_strategy,
    desks,
    heads,
    minutes,
)

BILLING = a_lane(topic="billing")
RETURNS = a_lane(topic="returns")
SURE = {"topic_confidence": 1.0}


def taken(tickets, agent):
    choice = choose_ticket(tickets, agent)
    return choice and choice.ticket_id


def given_to(head, agents, **facts):
    choice = choose_agent(head, agents, **facts)
    return choice and choice.agent_id


class TestChooseTicket:
    def test_takes_the_first_in_line_among_equals(self):
        assert taken([a_head("late", NOON + minutes(1)), a_head("early", NOON)], an_agent()) == "early"

    def test_takes_what_suits_better_over_a_few_positions(self):
        agent = an_agent(skills={"billing": 5, "returns": 3})  # .3 better: four positions
        line = [a_head("first", NOON, lane=RETURNS, **SURE)]
        line += [a_head(f"calm{n}", NOON + minutes(n), lane=RETURNS, **SURE) for n in range(1, 4)]
        assert taken([*line[:3], a_head("suits", NOON + minutes(9), lane=BILLING, **SURE)], agent) == "suits"
        assert taken([*line, a_head("suits", NOON + minutes(9), lane=BILLING, **SURE)], agent) == "first"

    def test_an_unsure_topic_counts_less(self):
        agent = an_agent(skills={"billing": 5})
        first = a_head("first", NOON)
        for confidence, expected in [(1.0, "suits"), (0.1, "first")]:
            suits = a_head("suits", NOON + minutes(1), lane=BILLING, topic_confidence=confidence)
            assert taken([first, suits], agent) == expected

    def test_who_knows_the_customer_may_reach_back_three_positions(self):
        line = [a_head(f"T{n}", NOON + minutes(n)) for n in range(4)]
        known = a_head("known", NOON + minutes(9), same_agent=True)
        assert taken([*line[:3], known], an_agent()) == "known"
        assert taken([*line, known], an_agent()) == "T0"

    def test_live_work_goes_first_while_both_slots_are_free(self):
        mail, chat = a_head("mail", NOON), a_head("chat", NOON + minutes(60), lane=a_chat_lane())
        choice = choose_ticket([mail, chat], an_agent())
        assert choice.ticket_id == "chat"
        assert choice.left_out == {"other_work_first": 1}
        assert choice.stood_first is None  # mail is not ordered against live work
        assert taken([mail, chat], an_agent(load={"live": 3})) == "mail"
        assert taken([mail, chat], an_agent(skills={}, channels=frozenset({"email"}))) == "mail"

    def test_takes_nothing_when_nothing_is_open(self):
        assert choose_ticket([], an_agent()) is None
        assert choose_ticket([a_head()], an_agent(presence=Presence.AWAY)) is None
        assert choose_ticket([a_head()], an_agent(load={"mail": 1})) is None
        assert choose_ticket([a_head(declined=True)], an_agent()) is None

    def test_counts_why_the_others_were_left_out(self):
        line = [
            a_head("T1"),
            a_head("T2", declined=True),
            a_head("T3", lane=a_lane(needs={"de": 1})),
            a_head("T4", lane=a_lane(needs={"fr": 1, "billing": 1})),
        ]
        assert choose_ticket(line, an_agent()).left_out == {"skill": 1, "language": 1, "declined": 1}

    def test_names_the_ticket_that_stood_first_and_was_not_taken(self):
        line = [a_head("first", NOON), a_head("known", NOON + minutes(1), same_agent=True)]
        assert choose_ticket(line, an_agent()).stood_first == "first"
        assert choose_ticket(line[:1], an_agent()).stood_first is None

    @pytest.mark.parametrize(("count", "expected"), [(19, "known"), (20, "first")])
    def test_a_ticket_passed_over_20_times_while_first_is_next(self, count, expected):
        line = [a_head("first", NOON, passed_over_count=count), a_head("known", NOON + minutes(1), same_agent=True)]
        assert taken(line, an_agent()) == expected

    def test_who_was_passed_over_but_no_longer_stands_first_waits_their_turn(self):
        line = [a_head("first", NOON), a_head("second", NOON + minutes(1), passed_over_count=20)]
        assert taken(line, an_agent()) == "first"


class TestCareOfWhoAsks:
    hard = a_head("hard", NOON, heat=3)
    calm = a_head("calm", NOON + minutes(1))

    @pytest.mark.parametrize(("run", "expected"), [(0, "hard"), (1, "hard"), (2, "calm"), (7, "calm")])
    def test_who_is_on_a_run_gets_a_calm_ticket(self, run, expected):
        assert taken([self.hard, self.calm], an_agent(run=run)) == expected

    def test_the_ticket_passed_over_is_named_so_that_it_happens_once(self):
        choice = choose_ticket([self.hard, self.calm], an_agent(run=2))
        assert choice.spared == ("hard",)
        assert choice.stood_first == "hard"

    def test_one_that_stood_behind_was_not_passed_over(self):
        behind = a_head("behind", NOON + minutes(2), heat=2)
        assert choose_ticket([self.calm, behind], an_agent(run=2)).spared == ()

    def test_a_ticket_passed_over_before_is_taken(self):
        assert taken([a_head("hard", NOON, heat=3, passed=True), self.calm], an_agent(run=2)) == "hard"

    def test_a_difficult_ticket_is_taken_if_nothing_else_is_open(self):
        choice = choose_ticket([self.hard], an_agent(run=2))
        assert choice.ticket_id == "hard"
        assert choice.spared == ()

    def test_a_mail_is_no_reason_to_leave_a_difficult_chat(self):
        chat = a_head("chat", NOON, heat=3, lane=a_chat_lane())
        assert taken([chat, self.calm], an_agent(run=2)) == "chat"


class TestChooseAgent:
    def test_gives_to_the_better_skilled(self):
        agents = [an_agent("Ana", skills={"billing": 2}), an_agent("Bo", skills={"billing": 5})]
        assert given_to(a_head(lane=BILLING, **SURE), agents) == "bo"

    def test_gives_to_the_less_loaded_among_equals(self):
        agents = [an_agent("Ana", load={"live": 2}), an_agent("Bo", load={"live": 1})]
        assert given_to(a_head(lane=a_chat_lane()), agents) == "bo"

    def test_gives_to_who_knows_the_customer(self):
        assert given_to(a_head(), [an_agent("Ana"), an_agent("Bo")], same_agent="bo") == "bo"

    def test_breaks_a_tie_by_the_longest_since_the_last_assignment(self):
        ana = an_agent("Ana", last_assigned_at=NOON - minutes(5))
        bo = an_agent("Bo", last_assigned_at=NOON - minutes(9))
        assert given_to(a_head(), [ana, bo]) == "bo"
        assert given_to(a_head(), [bo, ana]) == "bo"

    def test_who_was_never_given_anything_has_waited_longest(self):
        assert given_to(a_head(), [an_agent("Ana", last_assigned_at=NOON - minutes(5)), an_agent("Bo")]) == "bo"

    @pytest.mark.parametrize(("heat", "expected"), [(1, "ana"), (2, "bo"), (3, "bo")])
    def test_spares_who_had_much_hard_work_a_difficult_ticket(self, heat, expected):
        ana = an_agent("Ana", skills={"billing": 5}, ledger=6.0)
        bo = an_agent("Bo", skills={"billing": 4})
        assert given_to(a_head(lane=BILLING, heat=heat, **SURE), [ana, bo]) == expected

    def test_who_declined_just_now_is_not_asked(self):
        assert given_to(a_head(), [an_agent("Ana"), an_agent("Bo")], declined={"ana"}) == "bo"
        assert given_to(a_head(), [an_agent("Ana")], declined={"ana"}) is None

    def test_gives_to_nobody_who_may_not(self):
        away, full = an_agent("Ana", presence=Presence.AWAY), an_agent("Bo", load={"mail": 1})
        assert choose_agent(a_head(), [away, full]) is None
        assert choose_agent(a_head(), [away, full, an_agent("Cy")]).left_out == {"presence": 1, "capacity": 1}


class TestLaws:
    @given(heads, an_agent_strategy, st.randoms(use_true_random=False))
    def test_the_order_of_tickets_never_matters(self, line, agent, chance: random.Random):
        mixed = list(line)
        chance.shuffle(mixed)
        assert choose_ticket(mixed, agent) == choose_ticket(line, agent)

    @given(heads, desks, st.randoms(use_true_random=False))
    def test_the_order_of_agents_never_matters(self, line, desk, chance: random.Random):
        mixed = list(desk)
        chance.shuffle(mixed)
        assert all(choose_agent(head, mixed) == choose_agent(head, desk) for head in line[:3])

    @given(heads, an_agent_strategy)
    def test_an_agent_gets_only_what_they_may_take_and_always_something(self, line, agent):
        choice = choose_ticket(line, agent)
        open_to = {head.ticket_id: head for head in line if not may_take(head.lane, agent, declined=head.declined)}
        if choice is None:
            assert not open_to
            return
        head = open_to[choice.ticket_id]
        assert free_slots(agent, head.lane.work_class) > 0
        assert len(choice.tickets) + sum(choice.left_out.values()) == len(line)
        assert (
            not any(SLOT_OF[other.lane.work_class] == "live" for other in open_to.values())
            or SLOT_OF[head.lane.work_class] == "live"
        )

    @given(heads, desks)
    def test_nobody_goes_above_capacity(self, line, desk):
        by_id = {agent.id: agent for agent in desk}
        for head in line[:5]:
            choice = choose_agent(head, desk)
            if choice is None:
                assert all(may_take(head.lane, agent) for agent in desk)
            else:
                chosen = by_id[choice.agent_id]
                assert not may_take(head.lane, chosen)
                assert free_slots(chosen, head.lane.work_class) > 0

    @given(heads, an_agent_strategy)
    def test_a_lane_is_left_in_order_of_place(self, line, agent):
        alike = [a_head(head.ticket_id, head.place) for head in line]  # one kind of ticket: no exception applies
        choice = choose_ticket(alike, agent)
        if choice:
            assert choice.ticket_id == min(alike, key=lambda head: (head.place, head.ticket_id)).ticket_id

    @given(heads, an_agent_strategy)
    def test_what_is_spared_is_difficult_and_was_not_passed_before(self, line, agent):
        choice = choose_ticket(line, agent)
        if choice:
            by_id = {head.ticket_id: head for head in line}
            assert choice.ticket_id not in choice.spared
            assert all(by_id[name].heat >= 2 and not by_id[name].passed for name in choice.spared)
