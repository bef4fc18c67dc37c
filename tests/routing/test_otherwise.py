"""What would have changed a decision, and that it would indeed."""

from hypothesis import given
from hypothesis import strategies as st

from router.routing.choose import choose_agent, choose_ticket
from router.routing.disciplines import DISCIPLINES
from router.routing.otherwise import what_would_change
from router.routing.record import assigned, chosen_from, waits
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
SURE = {"topic_confidence": 1.0}


class TestWhatWouldChange:
    def test_names_the_position_a_ticket_had(self):
        line = [a_head("T1"), a_head("T2", NOON + minutes(1))]
        other = what_would_change(assigned(choose_ticket(line, an_agent())))
        assert (other.id, other.text) == ("T2", "standing first instead of second")

    def test_names_that_an_agent_did_not_know_the_customer(self):
        agents = [an_agent("Ana"), an_agent("Bo", last_assigned_at=NOON)]
        other = what_would_change(assigned(choose_agent(a_head(), agents)))
        assert (other.id, other.text) == ("bo", "knowing the customer from before")

    def test_names_the_level_an_agent_lacked(self):
        agents = [an_agent("Ana", skills={"billing": 4}), an_agent("Bo", skills={"billing": 2})]
        other = what_would_change(assigned(choose_agent(a_head(lane=BILLING, **SURE), agents)))
        assert (other.id, other.text) == ("bo", "billing at level 5 instead of 2")

    def test_names_the_load_an_agent_had(self):
        agents = [an_agent("Ana", last_assigned_at=NOON), an_agent("Bo", load={"live": 2})]
        other = what_would_change(assigned(choose_agent(a_head(lane=a_chat_lane()), agents)))
        assert (other.id, other.text) == ("bo", "0 slots taken instead of 2")

    def test_a_sole_candidate_has_no_otherwise(self):
        assert what_would_change(assigned(choose_ticket([a_head()], an_agent()))) is None
        assert what_would_change(waits(a_lane(), [an_agent()])) is None

    @given(heads, an_agent_strategy, desks, st.sampled_from(sorted(DISCIPLINES)))
    def test_what_it_says_flips_the_choice(self, line, agent, desk, how):
        choices = [choose_ticket(line, agent), *(choose_agent(head, desk, discipline=how) for head in line[:2])]
        for choice in filter(None, choices):
            decision = assigned(choice)
            other = what_would_change(decision)
            if other:
                assert chosen_from(decision, other.rows) == other.id
                assert other.id != (choice.ticket_id if choice.tickets else choice.agent_id)
