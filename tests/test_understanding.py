"""What a customer's message does: its mood moves its place within bounds, and nothing they set is trusted."""

import json
from datetime import timedelta

import pytest

from channels.types import InboundMessage, Party
from router import desk as acts
from router import intake, understanding
from router.desknow import desk_now
from router.factual import own_words
from tests.builders import a_connection_row, a_queue, a_skill, an_agent, now, post, raw, rules
from tests.workers import stand_in

ANGRY = (
    "This is the third time I write! Still no refund and you charged me again. I will cancel my account if not fixed."
)
CALM = "Hi, where can I find my invoice for October please?"


def test_a_frustrated_message_stands_before_a_calm_earlier_one(desk):
    calm, angry = desk.says(CALM, "dan"), desk.says(ANGRY, "mia")
    assert angry.place < calm.place
    assert angry.answer_by > calm.answer_by, "by its heat, not by its promise"


@pytest.mark.parametrize("shout", [ANGRY.upper(), ANGRY + "!" * 40, ANGRY.replace("fixed", "FIXED!!!")])
def test_shouting_does_not_move_the_place(desk, shout):
    at = now()
    quiet = desk.says(ANGRY, "dan", received=at)
    loud = desk.says(shout, "mia", received=at)
    assert loud.heat == quiet.heat
    assert loud.place == quiet.place
    assert loud.frustration <= quiet.frustration + 10


def test_writing_more_often_or_in_more_tickets_buys_nothing(desk):
    first = desk.says(CALM, "dan", thread="a")
    for number in range(5):
        desk.says(CALM, "dan", thread="a", id=f"again{number}")
    often = desk.ticket(first.id)
    other = desk.says(CALM, "dan", thread="b")
    assert (often.heat, often.place, often.answer_by) == (first.heat, first.place, first.answer_by)
    assert other.heat == 0
    assert other.place > first.place


def test_a_place_is_never_later_than_it_was(desk):
    first = desk.says(ANGRY, "mia")
    desk.says("Thank you so much, all is perfect now, great service, I am very happy!", "mia")
    assert desk.ticket(first.id).place <= first.place


def test_words_of_ours_that_a_customer_answers_between_are_not_theirs(sqlite_desk):
    quoted = "\n".join(f"> {line}" for line in ANGRY.split(". "))
    said = InboundMessage("m1", Party("from", "dan"), quoted, stripped=f"{quoted}\n\nThat is fine, thank you.")
    with sqlite_desk.heed.database.read() as db:
        there = desk_now(db, sqlite_desk.brand_id, now())
    assert understanding.read(said, "email", "email", there).frustration < 20
    assert own_words(said) == "That is fine, thank you."
    only = InboundMessage("m2", Party("from", "dan"), quoted, stripped=quoted)
    assert own_words(only) == quoted, "something is always read"


def test_a_reading_that_fails_leaves_a_message_that_waits_like_any_other(desk, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("no model")

    monkeypatch.setattr(understanding.triage, "read", fails)
    ticket = desk.says(ANGRY)
    assert (ticket.state, ticket.heat, ticket.mood_read) == ("waiting", 0, False)
    assert desk.rows("SELECT count(*) FROM reading") == [(1,)]
    assert acts.pull(desk.heed, an_agent(desk), now()).ticket_id == ticket.id


class TestRules:
    MONEY = """
rules:
  - name: Money questions
    when: {fact: text, is: mentions, value: refund}
    then: [{queue: Billing}, {need_skill: billing, level: 2}, {answer_within: 10m}, {tag: money}]
"""

    def test_send_a_ticket_where_they_say(self, desk):
        billing, skill = a_queue(desk, "Billing"), a_skill(desk, "billing")
        rules(desk, self.MONEY)
        ticket = desk.says("I want a refund for my order please")
        assert ticket.queue_id == billing
        assert ticket.answer_by - ticket.waiting_since == timedelta(minutes=10)
        needs = desk.rows("SELECT skill_key, level, because FROM ticket_need ORDER BY skill_key")
        assert needs == [(skill, 2, "Money questions"), ("en", 1, "language")]
        assert desk.rows("SELECT tag FROM ticket_tag") == [("money",)]
        assert desk.rows("SELECT kind, target_s, because FROM promise") == [("first_answer", 600, "Money questions")]
        assert desk.rows("SELECT rule FROM evaluation_rule") == [("Money questions",)]

    def test_keep_what_they_asked_for_when_the_next_message_says_less(self, desk):
        a_queue(desk, "Billing")
        a_skill(desk, "billing")
        rules(desk, self.MONEY)
        first = desk.says("I want a refund for my order please")
        desk.says("Are you there?")
        after = desk.ticket(first.id)
        assert (after.queue_id, after.lane_id, after.place) == (first.queue_id, first.lane_id, first.place)
        assert len(desk.rows("SELECT skill_key FROM ticket_need")) == 2

    def test_keep_no_word_of_the_customer_in_their_record(self, desk):
        rules(desk, "rules: [{name: All, when: {fact: channel, is: is, value: api}, then: [{tag: x}]}]")
        desk.says("My password is hunter2, I think", contact={"tier": "gold-secret"})
        [(facts, trace)] = desk.rows("SELECT facts, trace FROM evaluation")
        assert "hunter2" not in facts + trace
        assert "gold-secret" not in facts + trace
        assert json.loads(facts)["channel"] == "api"

    def test_see_nothing_a_visitor_set_as_if_it_were_vouched_for(self, desk):
        rules(
            desk,
            "rules: [{name: Gold, when: {fact: contact.tier, is: is, value: gold}, then: [{answer_within: 1m}]}]",
        )
        row = a_connection_row(desk, "standin", settings={})
        said = InboundMessage(
            "m1", Party("from", "dan"), "Hello there", claims={"tier": "gold", "contact_tier": "gold"}
        )
        stand_in(lambda delivery, connection: [said])
        intake.accept(desk.heed, row, raw(b"x"), now())
        desk.drain(row)
        assert desk.rows("SELECT count(*) FROM evaluation_rule") == [(0,)]
        vouched = desk.says("Hello there", "eve", contact={"tier": "gold"})
        assert vouched.answer_by - vouched.waiting_since == timedelta(minutes=1), "a signed sender vouches for it"

    def test_that_wish_a_longer_time_than_the_queues_do_not_lengthen_it(self, desk):
        rules(desk, "rules: [{name: Late, when: {fact: channel, is: is, value: api}, then: [{answer_within: 9h}]}]")
        ticket = desk.says()
        assert ticket.answer_by - ticket.waiting_since == timedelta(minutes=30)


class TestRulesThatCannotBeRead:
    def test_hold_no_message_up(self, desk):
        rules(desk, "rules: [{name: Broken")
        ticket = desk.says(CALM)
        assert (ticket.state, ticket.rules_version_id) == ("waiting", None)


class TestPromises:
    def test_are_met_by_a_reply_and_made_anew_by_the_next_message(self, desk):
        ana = an_agent(desk)
        ticket = desk.says()
        acts.pull(desk.heed, ana, now())
        acts.reply(desk.heed, ana, ticket.id, "On its way.", now())
        at = now()
        desk.says("Still not here", received=at)
        rows = desk.rows("SELECT kind, met_at IS NOT NULL FROM promise ORDER BY starts_at")
        assert [(kind, bool(met)) for kind, met in rows] == [("first_answer", True), ("next_answer", False)]
        assert desk.ticket(ticket.id).answer_by == at + timedelta(minutes=30), "from the message, not from its reading"

    def test_hold_from_when_the_message_came_however_late_it_is_read(self, desk):
        came = now() - timedelta(hours=3)
        ticket = desk.says(received=came)
        assert ticket.answer_by == came + timedelta(minutes=30)


class TestAnOpenTicket:
    def test_whose_mood_rises_says_so_and_stays_with_its_agent(self, desk):
        ana = an_agent(desk)
        ticket = desk.says(CALM)
        acts.pull(desk.heed, ana, now())
        desk.says(ANGRY)
        held = desk.ticket(ticket.id)
        assert (held.state, held.agent_id) == ("open", ana.agent)
        assert held.heat >= 2
        assert "mood_rose" in desk.events(ticket.id)

    @pytest.mark.parametrize(("silence", "heat"), [(timedelta(minutes=5), 1), (timedelta(days=2), 2)])
    def test_of_who_was_answered_and_comes_back_unhappy_is_hot(self, desk, silence, heat):
        ana, answered = an_agent(desk), now() - timedelta(days=3)
        ticket = desk.says("We expected the quote on Monday, so this is rather late.", received=answered)
        acts.pull(desk.heed, ana, answered)
        acts.reply(desk.heed, ana, ticket.id, "You will have it tomorrow.", answered)
        desk.says("Today is Friday and there is no quote.", received=answered + silence)
        assert desk.ticket(ticket.id).heat == heat
        desk.says("Please.", received=answered + silence)
        kept = desk.rows("SELECT silence_s FROM reading JOIN message ON id = message_id ORDER BY at, id")
        assert kept == [(None,), (silence.total_seconds(),), (None,)], "of the first message after the answer alone"


class TestNothingInferred:
    def test_closes_or_delays(self, desk):
        """The calmest, the angriest and the strangest of texts all wait, none later than its promise."""
        for number, words in enumerate(["thanks, all solved, bye", ANGRY, "???", "спасибо", "you can close this"]):
            ticket = desk.says(words, f"v{number}")
            assert ticket.state == "waiting"
            assert ticket.place <= ticket.answer_by


def test_messages_of_one_batch_count_one_after_the_other(desk):
    for number in range(4):
        post(desk, CALM, "dan", id=f"b{number}")
    desk.drain()
    [ticket] = desk.tickets
    assert desk.events(ticket.id).count("message") == 4
    assert len(desk.messages(ticket.id)) == 4
