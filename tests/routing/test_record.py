"""The record of a decision: its sentence, its size, its replay, and what is not for everyone's eyes."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.model import Decision, Presence
from router.routing.choose import choose_agent, choose_ticket
from router.routing.policy import POLICY_VERSION
from router.routing.record import Facts, assigned, clipped, for_reader, replay, waits
from tests.routing.builders import (
    NOON,
    a_chat_lane,
    a_head,
    a_lane,
    an_agent,
    an_agent_strategy,
    desks,
    heads,
    lanes,
    minutes,
)

BILLING = a_lane(topic="billing")
SURE = {"topic_confidence": 1.0}
ANA = an_agent(skills={"billing": 5})


def many_heads(count):
    return [a_head(f"T{n:02}", NOON + minutes(n), lane=BILLING, **SURE) for n in range(count)]


def stored(decision):
    """Return the decision as the store gives it back."""
    return Decision(**json.loads(json.dumps(asdict(decision))))


def said(line, agent=ANA, **facts):
    return assigned(choose_ticket(line, agent), Facts(**facts)).because


class TestBecause:
    def test_names_skill_and_position(self):
        assert said(many_heads(3)) == "Billing 5 of 5; first of 3 open lanes."

    def test_names_heat_promise_and_rule(self):
        line = [a_head(heat=2, lane=BILLING, **SURE)]
        sentence = said(line, rules=("Angry and valuable first",), answer_by=NOON + minutes(4), now=NOON)
        assert sentence == (
            "Billing 5 of 5; first of the only open lane; heat 2 put it forward; due in 4 min; "
            "rule “Angry and valuable first”."
        )

    def test_says_why_one_from_further_back(self):
        line = [a_head("T1"), a_head("T2", NOON + minutes(1), same_agent=True)]
        assert said(line) == "second of 2 open lanes, and suits best; spoke with this customer before."

    def test_says_that_it_was_passed_over_too_often(self):
        line = [a_head("T1", passed_over_count=20), a_head("T2", NOON + minutes(1), same_agent=True)]
        assert said(line) == "stood first and was passed over 20 times, so it is next."

    def test_says_that_the_skill_is_missing(self):
        assert said(many_heads(1), an_agent()).startswith("Billing is the topic, without the skill; ")

    @pytest.mark.parametrize(
        ("left", "words"),
        [
            (4, "due in 4 min"),
            (0, "due now"),
            (-2, "2 min late"),
            (119, "due in 119 min"),
            (239, "due in 4 h"),
            (-150, "3 h late"),
        ],
    )
    def test_durations_say_their_unit(self, left, words):
        assert words in said(many_heads(1), answer_by=NOON + minutes(left), now=NOON)

    def test_names_two_rules_and_counts_the_rest(self):
        assert said(many_heads(1), rules=("A", "B", "C", "D")).endswith("rules “A”, “B” and 2 more.")

    def test_says_who_suited_best_of_the_free_agents(self):
        agents = [replace(ANA, load={"live": 1}), an_agent("Bo", load={"live": 1})]
        choice = choose_agent(a_head(lane=a_chat_lane(topic="billing"), **SURE), agents)
        assert assigned(choice).because == "Billing 5 of 5; best suited of 2 free agents; 1 of 3 live slots taken."

    def test_says_that_only_one_was_free(self):
        assert assigned(choose_agent(a_head(), [ANA])).because == "the only free agent; 0 of 1 mail slots taken."

    def test_tells_nobody_of_hard_work(self):
        line = [a_head("hard", NOON, heat=3), a_head("calm", NOON + minutes(1))]
        assert said(line, an_agent(run=3)) == "second of 2 open lanes, and suits best."


class TestRecord:
    def test_keeps_the_ten_best_and_counts_the_rest(self):
        line = [*many_heads(14), a_head("other", lane=a_lane(needs={"de": 1}))]
        inputs = assigned(choose_ticket(line, ANA)).inputs
        assert [row["id"] for row in inputs["candidates"]] == [f"T{n:02}" for n in range(10)]
        assert inputs["left_out"] == {"language": 1, "ranked_lower": 4}

    def test_names_the_policy_and_the_kind(self):
        choice = choose_ticket(many_heads(1), ANA)
        assert assigned(choice).policy == POLICY_VERSION == "3"
        assert (assigned(choice).kind, assigned(choice, kind="offered").kind) == ("assigned", "offered")

    def test_a_wait_says_how_many_may_are_online_and_free(self):
        agents = [an_agent("A"), an_agent("B", load={"mail": 1}), an_agent("C", presence=Presence.AWAY)]
        decision = waits(a_lane(), [*agents, an_agent("D", brands=frozenset())])
        assert decision.kind == "waits"
        assert decision.because == "1 agent is free for it; it goes to whoever takes the next ticket."
        assert {key: decision.inputs[key] for key in ("agents", "may", "online", "free")} == {
            "agents": 4,
            "may": 3,
            "online": 2,
            "free": 1,
        }

    def test_a_wait_nobody_can_end_says_what_is_missing(self):
        decision = waits(a_lane(needs={"de": 1}), [ANA])
        assert decision.because == "No one on the desk may take it: No one speaks German."

    @given(heads, an_agent_strategy, st.lists(st.text(max_size=300), max_size=4).map(tuple), st.text(max_size=300))
    def test_is_never_more_than_4_kb(self, line, agent, rules, topic):
        line = [replace(head, lane=replace(head.lane, topic=topic or None)) for head in line]
        choice = choose_ticket(line, agent)
        if choice:
            decision = assigned(choice, Facts(rules, NOON, NOON))
            assert len(json.dumps(asdict(decision))) <= 4096

    @given(heads, desks, st.dictionaries(st.text(max_size=200), st.integers(1, 5), max_size=12))
    def test_is_never_more_than_4_kb_for_agents_either(self, line, desk, needs):
        for head in line[:2]:
            choice = choose_agent(head, desk)
            if choice:
                wordy = replace(choice, lane=replace(choice.lane, needs=needs))
                assert len(json.dumps(asdict(assigned(wordy)))) <= 4096
        assert len(json.dumps(asdict(waits(a_lane(needs=needs), desk)))) <= 4096

    def test_drops_candidates_that_do_not_fit_and_still_replays(self):
        line = [replace(head, ticket_id=head.ticket_id + "x" * 300) for head in many_heads(12)]
        choice = choose_ticket(line, ANA)
        decision = assigned(choice)
        kept = len(decision.inputs["candidates"])
        assert 1 < kept < 10
        assert decision.inputs["left_out"] == {"ranked_lower": 12 - kept}
        assert len(json.dumps(asdict(decision))) <= 4096
        assert replay(stored(decision)) == choice.ticket_id


class TestReplay:
    @given(heads, an_agent_strategy)
    def test_an_agents_next_ticket_is_chosen_again(self, line, agent):
        choice = choose_ticket(line, agent)
        if choice:
            assert replay(stored(assigned(choice))) == choice.ticket_id

    @given(heads, desks)
    def test_a_tickets_agent_is_chosen_again(self, line, desk):
        for head in line[:3]:
            choice = choose_agent(head, desk)
            if choice:
                assert replay(stored(assigned(choice))) == choice.agent_id

    @given(lanes, desks)
    def test_what_waits_is_given_to_nobody(self, lane, desk):
        assert replay(stored(waits(lane, desk))) is None

    def test_of_more_candidates_than_are_kept(self):
        line = [*many_heads(40), a_head("known", NOON + minutes(41), same_agent=True)]
        hard = [replace(head, heat=3) for head in line[:20]]
        for agent in (ANA, replace(ANA, run=2)):
            choice = choose_ticket([*hard, *line[20:]], agent)
            assert replay(stored(assigned(choice))) == choice.ticket_id

    def test_refuses_a_policy_it_does_not_know(self):
        with pytest.raises(ValueError, match="policy 99; this release knows policy 3"):
            replay(replace(assigned(choose_ticket(many_heads(1), ANA)), policy="99"))


class TestForReader:
    def test_others_hard_work_is_not_shown(self):
        agents = [replace(ANA, run=2, ledger=3.0), an_agent("Bo", run=1, ledger=2.0)]
        decision = assigned(choose_agent(a_head(heat=2), agents))
        for reader in ("ana", "bo", "supervisor"):
            for row in for_reader(decision.inputs, reader)["candidates"]:
                assert ("ledger" in row and "run" in row and "score" in row) == (row["id"] == reader)

    def test_an_agents_run_passes_and_declines_are_their_own(self):
        line = [*many_heads(2), a_head("T9", declined=True)]
        inputs = assigned(choose_ticket(line, replace(ANA, run=2))).inputs
        assert for_reader(inputs, "ana") == inputs
        shown = for_reader(inputs, "supervisor")
        assert "run" not in shown
        assert shown["left_out"] == {}
        assert not any("passed" in row for row in shown["candidates"])

    def test_a_wait_is_for_everyone(self):
        decision = waits(a_lane(), [ANA])
        assert for_reader(decision.inputs, "bo") == decision.inputs


class TestClipped:
    @given(st.text(max_size=300), st.integers(10, 100))
    def test_fits_its_room(self, text, room):
        short = clipped(text, room)
        assert len(json.dumps(short)) - 2 <= room
        assert short == text or short.endswith("…")
