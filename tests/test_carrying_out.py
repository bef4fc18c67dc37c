"""What rules do to tickets: each action for real, once, and never so that it asks a rule again."""

from datetime import timedelta

import pytest

from router import asking, effects
from router import desk as acts
from router.model import Presence, Role
from router.presence import set_presence
from router.teaching.correcting import correct
from rules.actions import ROLES
from tests.builders import Desk, a_queue, a_skill, a_supervisor, an_agent, now, rules

SAID = "I want a refund for my order please"


@pytest.fixture
def desk(sqlite_desk: Desk) -> Desk:
    """A desk; what differs between databases is tested with the store."""
    return sqlite_desk


def a_rule(of: Desk, then: str, when: str = "{fact: text, is: mentions, value: refund}") -> None:
    rules(of, f"rules: [{{name: Refunds, when: {when}, then: [{then}]}}]")


def done(of: Desk, at=None) -> list[str]:
    """Do what rules asked for and return what became of it."""
    effects.settle_due(of.heed, at or now())
    return [result for (result,) in of.rows("SELECT result FROM rule_effect ORDER BY at, id")]


def notices(of: Desk) -> list[tuple]:
    return of.rows("SELECT coalesce(role, 'one'), kind FROM notice ORDER BY at, id")


class TestStanding:
    def test_untag_takes_a_tag_off(self, desk):
        a_rule(desk, "{untag: old}", "{fact: tags, is: includes, value: old}")
        ticket = desk.says()
        desk.do("INSERT INTO ticket_tag (ticket_id, tag, by) VALUES (:t, 'old', 'ana')", t=ticket.id)
        desk.says("And now?")
        assert desk.rows("SELECT tag FROM ticket_tag") == []

    def test_language_sends_it_to_who_speaks_it_unless_somebody_said_otherwise(self, desk):
        a_skill(desk, "ur", is_language=True)
        ana = an_agent(desk, skills={"en": 3, "ur": 3})
        a_rule(desk, "{language: ur}", "{fact: channel, is: is, value: api}")
        ticket = desk.says(SAID)
        assert ticket.language == "ur"
        assert desk.rows("SELECT skill_key FROM ticket_need") == [("ur",)]
        correct(desk.heed, ana, ticket.id, desk.messages(ticket.id)[0].id, "language", "en", now())
        assert desk.ticket(ticket.id).language == "en"

    def test_drop_needs_lets_more_agents_have_it_after_a_while(self, desk):
        a_skill(desk, "billing")
        a_rule(desk, "{need_skill: billing}, {drop_needs: 20m}")
        ticket = desk.says(SAID)
        assert ticket.step_down_at == ticket.waiting_since + timedelta(minutes=20)

    def test_no_acknowledgement_keeps_every_rule_from_answering_by_itself(self, desk):
        a_rule(desk, "{acknowledge: We have it}, {no_acknowledgement: true}, {notify: ops}")
        desk.says(SAID)
        assert desk.rows("SELECT kind FROM rule_effect") == [("notify",)]


class TestEscalate:
    def test_brings_an_open_ticket_to_a_queue_with_its_promise(self, desk):
        second = a_queue(desk, "Second line")
        a_rule(desk, "{escalate: Second line}", "{fact: state, is: is, value: open}")
        ana, ticket = an_agent(desk), desk.says(SAID)
        acts.pull(desk.heed, ana, now())
        asking.ask_due(desk.heed, now())
        assert done(desk) == ["in queue Second line"]
        after = desk.ticket(ticket.id)
        assert (after.queue_id, after.state, after.agent_id) == (second, "waiting", None)
        assert after.answer_by == ticket.answer_by
        assert "escalated" in desk.events(ticket.id)
        assert asking.ask_due(desk.heed, now() + timedelta(days=1)) == 0, "what a rule did asks no rule"

    def test_tells_everyone_of_a_role_and_keeps_it_on_record(self, desk):
        a_rule(desk, "{escalate: supervisor}")
        ticket = desk.says(SAID)
        assert done(desk) == ["told every supervisor"]
        assert notices(desk) == [("supervisor", "rule")]
        assert desk.events(ticket.id)[-1] == "escalated"


class TestHandTo:
    def test_gives_it_to_the_supervisor_with_most_room(self, desk):
        a_supervisor(desk, "Busy", slots={"live": 1})
        sue = a_supervisor(desk, "Sue", slots={"live": 3})
        a_rule(desk, "{hand_to: supervisor}")
        ticket = desk.says(SAID)
        assert done(desk) == ["with Sue"]
        assert (desk.ticket(ticket.id).state, desk.ticket(ticket.id).agent_id) == ("open", sue.agent)
        assert notices(desk) == [("one", "rule")]

    def test_leaves_it_in_line_and_tells_them_if_nobody_has_room(self, desk):
        sue = a_supervisor(desk, "Sue")
        set_presence(desk.heed, sue.agent, Presence.AWAY, now())
        a_rule(desk, "{hand_to: supervisor}")
        ticket = desk.says(SAID)
        done(desk)
        assert (desk.ticket(ticket.id).state, desk.ticket(ticket.id).place) == ("waiting", ticket.place)
        assert notices(desk) == [("supervisor", "rule")]

    def test_finds_one_agent_by_name(self, desk):
        ana = an_agent(desk, "Ana")
        a_rule(desk, "{hand_to: Ana}")
        ticket = desk.says(SAID)
        assert done(desk) == ["with Ana"]
        assert desk.ticket(ticket.id).agent_id == ana.agent


class TestTakingAndBringingBack:
    def test_hand_on_puts_an_open_ticket_back_in_line_and_tells_its_agent(self, desk):
        a_rule(desk, "{hand_on: true}", "{fact: waited, is: at_least, value: 30m}")
        ana, ticket = an_agent(desk), desk.says(SAID)
        acts.pull(desk.heed, ana, now())
        half_past = now() + timedelta(minutes=31)
        asking.ask_due(desk.heed, half_past)
        assert done(desk, half_past) == ["back in its queue"]
        after = desk.ticket(ticket.id)
        assert (after.state, after.agent_id, after.answer_by) == ("waiting", None, ticket.answer_by)
        assert ("one", "rule") in notices(desk)

    def test_hand_on_leaves_what_nobody_has(self, desk):
        a_rule(desk, "{hand_on: true}")
        desk.says(SAID)
        assert done(desk) == ["not done: nobody has it open"]

    def test_bring_back_wakes_a_ticket_at_rest(self, desk):
        a_rule(desk, "{bring_back: true}", "{fact: silence, is: at_least, value: 3d}")
        ana, ticket = an_agent(desk), desk.says(SAID)
        acts.pull(desk.heed, ana, now())
        acts.reply(desk.heed, ana, ticket.id, "Does this help?", now())
        acts.snooze(desk.heed, ana, ticket.id, now() + timedelta(days=9), now())
        later = now() + timedelta(days=3, minutes=1)
        asking.ask_due(desk.heed, later)
        assert done(desk, later) == ["back"]
        assert desk.ticket(ticket.id).state in ("open", "waiting")

    def test_resolve_ends_what_is_the_customers_turn_and_nothing_else(self, desk):
        a_rule(desk, "{resolve: true}", "{fact: age, is: at_least, value: 3d}")
        waits, ticket = desk.says(SAID, "eve"), desk.says(SAID)
        desk.do("UPDATE ticket SET state = 'pending', place = NULL, lane_id = NULL WHERE id = :t", t=ticket.id)
        later = now() + timedelta(days=3, minutes=1)
        asking.ask_due(desk.heed, later)
        assert sorted(done(desk, later)) == ["not done: it is not the customer's turn", "resolved"]
        assert (desk.ticket(ticket.id).state, desk.ticket(waits.id).state) == ("resolved", "waiting")
        desk.says("One thing more")
        assert desk.ticket(ticket.id).state == "waiting", "their next message reopens it"


class TestRemind:
    def test_tells_whoever_has_it_when_the_time_has_come(self, desk):
        ana = an_agent(desk)
        a_rule(desk, "{remind: 2h, note: Call them}")
        desk.says(SAID)
        acts.pull(desk.heed, ana, now())
        assert done(desk) == [None]
        assert done(desk, now() + timedelta(hours=2, minutes=1)) == ["reminded"]
        assert desk.rows("SELECT agent_id, because FROM notice WHERE kind = 'rule'") == [(ana.agent, "Call them")]

    def test_is_still_if_it_was_answered(self, desk):
        ana = an_agent(desk)
        a_rule(desk, "{remind: 2h}")
        ticket = desk.says(SAID)
        acts.pull(desk.heed, ana, now())
        acts.reply(desk.heed, ana, ticket.id, "On its way.", now())
        assert done(desk, now() + timedelta(hours=2, minutes=1)) == ["not done: it was answered"]


def test_what_cannot_be_done_is_tried_again_a_little_later_and_not_for_ever(desk):
    a_rule(desk, "{escalate: supervisor}")
    ticket, into = desk.says(SAID), desk.says("Other", "eve")
    desk.do("UPDATE ticket SET merged_into = :i WHERE id = :t", i=into.id, t=ticket.id)
    assert done(desk)[0].startswith("Ticket")
    assert desk.rows("SELECT attempts, due_at IS NULL FROM rule_effect") == [(1, False)]
    desk.do("UPDATE rule_effect SET attempts = 20")
    assert done(desk, now() + timedelta(minutes=1))[0].startswith("not done: Ticket")
    assert desk.rows("SELECT due_at IS NULL FROM rule_effect") == [(True,)]


def test_roles_are_those_of_the_desk():
    assert set(ROLES) == {role.value for role in Role}
