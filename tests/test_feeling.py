"""Mood switched off for a brand: the desk works by promise and age alone, and says so. Switched on, it feels again."""

import json
from datetime import timedelta

import pytest

from router import desk as acts
from router import feeling, inbox, merging, publishing, wallboard
from router.model import SYSTEM, Role
from router.sweeping import Sweep
from tests.builders import an_agent, now, rules
from tests.soon import soon

ANGRY = (
    "This is the third time I write! Still no refund and you charged me again. I will cancel my account if not fixed."
)
CALM = "Hi, where can I find my invoice for October please?"
THANKS = "Thank you so much, all is perfect now, great service, I am very happy!"

BY_MOOD = """
rules:
  - name: Angry first
    when: {fact: frustration, is: at_least, value: 20}
    then: [{answer_within: 5m}, {tag: angry}]
  - name: Hot
    when: {any: [{fact: heat, is: at_least, value: 1}, {fact: urgency, is: at_least, value: 1}]}
    then: [{tag: hot}]
  - name: Said
    when: {fact: cues, is: includes, value: repeat_contact}
    then: [{tag: leaving}]
  - name: Everyone
    when: {fact: channel, is: is, value: api}
    then: [{heat_at_least: 2}, {tag: everyone}]
"""


@pytest.fixture
def off(sqlite_desk):
    """A desk whose brand does not read how customers feel."""
    switch(sqlite_desk, on=False)
    return sqlite_desk


def switch(desk, *, on):
    desk.do(f"UPDATE brand SET mood_on = {'true' if on else 'false'}")


def settled(desk, *, on):
    """Switch mood and settle what that leaves to do, as a job does."""
    switch(desk, on=on)
    return feeling.settle(desk.heed, desk.brand_id, now())


def figures(ticket):
    return (ticket.frustration, ticket.heat, ticket.urgency, ticket.sentiment, ticket.mood_read)


class TestOff:
    def test_orders_by_promise_and_age_alone(self, off):
        calm, angry = off.says(CALM, "dan"), off.says(ANGRY, "mia")
        assert calm.place < angry.place
        assert angry.place == angry.answer_by
        assert acts.pull(off.heed, an_agent(off), now()).ticket_id == calm.id

    def test_keeps_nothing_of_how_they_feel_and_still_what_they_want(self, off):
        angry = off.says(ANGRY, "mia")
        assert figures(angry) == (0, 0, 0, 0.0, False)
        [(frustration, calm, urgency, kind, read, language)] = off.rows(
            "SELECT frustration, calm_frustration, urgency, kind, read, language FROM reading"
        )
        assert (frustration, calm, urgency, kind, bool(read), language) == (0, 0, 0, "", False, "en")
        assert off.rows("SELECT count(*) FROM reading_evidence") == [(0,)]
        assert angry.intent != "" and angry.language == "en"
        off.says(ANGRY, "mia")
        assert off.ticket(angry.id).heat == 0
        assert "mood_rose" not in [kind for (kind,) in off.rows("SELECT kind FROM ticket_event")]

    def test_lets_no_rule_ask_for_it_nor_heat_anything(self, off):
        rules(off, BY_MOOD)
        angry = off.says(ANGRY, "mia")
        assert off.rows("SELECT tag FROM ticket_tag") == [("everyone",)]
        assert angry.heat == 0
        assert angry.answer_by - angry.waiting_since > timedelta(minutes=5)
        [(facts,)] = off.rows("SELECT facts FROM evaluation")
        assert "intent" in json.loads(facts)
        assert not {"frustration", "heat", "urgency", "cues", "kind", "sentiment", "read"} & set(json.loads(facts))

    def test_warns_of_rules_that_ask_for_it(self, off):
        found = publishing.checked(off.heed, off.brand_id, BY_MOOD)
        asked = [one.rule for one in found.findings if "mood is switched off" in one.message]
        assert asked == ["Angry first", "Hot", "Said"]
        assert found.holds, "a warning, no error"

    def test_says_so_where_it_explains(self, off):
        angry = off.says(ANGRY, "mia")
        acts.pull(off.heed, an_agent(off), now())
        why = inbox.why(off.heed, SYSTEM, angry.id, now())
        assert "promise and age alone" in why.without_mood
        assert why.because != "" and "heat" not in why.because

    def test_shows_no_ticket_board_or_search_a_mood(self, off):
        angry = off.says(ANGRY, "mia")
        off.do("UPDATE ticket SET heat = 3, frustration = 80, mood_read = true")  # as before it was switched off
        off.do("UPDATE reading SET read = true, frustration = 80, version = '1'")
        view = inbox.ticket(off.heed, SYSTEM, angry.id, now())
        line, [message] = view.line, view.messages
        assert (line.mood_on, line.heat, line.frustration, line.mood_read, line.trend) == (False, 0, 0, False, "steady")
        assert (view.moods, view.cues, message.cues, message.reading.read) == ((), (), (), False)
        assert not any(piece.because for piece in message.shown)
        off.do("UPDATE ticket SET state = 'resolved', resolved_at = updated_at")
        board = wallboard.board(off.heed, SYSTEM, now(), now() - timedelta(hours=2))
        assert (board.moods, board.feeling) == (None, frozenset())


class TestSwitchedOff:
    def test_puts_waiting_tickets_where_promise_and_age_put_them(self, desk):
        calm, angry = desk.says(CALM, "dan"), desk.says(ANGRY, "mia")
        assert angry.place < calm.place
        assert settled(desk, on=False) == 2
        now_calm, now_angry = desk.ticket(calm.id), desk.ticket(angry.id)
        assert now_calm.place < now_angry.place == now_angry.answer_by
        assert figures(now_angry) == (0, 0, 0, 0.0, False)
        assert (now_angry.answer_by, now_angry.lane_id) == (angry.answer_by, angry.lane_id), "what was promised stays"
        assert feeling.settle(desk.heed, desk.brand_id, now()) == 0, "twice is once"

    def test_reaches_what_agents_have_and_what_was_merged_not_what_is_done(self, desk):
        done, held = desk.says(ANGRY, "mia"), desk.says(ANGRY, "dan")
        desk.do("UPDATE ticket SET state = 'resolved', place = null, lane_id = null WHERE id = :id", id=done.id)
        agent = an_agent(desk)
        assert acts.pull(desk.heed, agent, now()).ticket_id == held.id
        assert settled(desk, on=False) == 1
        assert desk.ticket(held.id).heat == 0
        assert desk.ticket(done.id).heat > 0

    def test_brings_no_heat_back_with_what_is_reopened_or_taken_apart(self, sqlite_desk):
        desk = sqlite_desk
        done, first, second = (desk.says(ANGRY, who) for who in ("mia", "dan", "lee"))
        ana = an_agent(desk, role=Role.SUPERVISOR)
        acts.resolve(desk.heed, ana, done.id, now())
        merging.merge(desk.heed, ana, first.id, second.id, now(), different=True)
        settled(desk, on=False)
        merging.unmerge(desk.heed, ana, first.id, now())
        desk.says(CALM, "mia")
        for ticket in desk.tickets:
            assert (ticket.state, ticket.heat, ticket.place) == ("waiting", 0, ticket.answer_by)

    def test_is_settled_by_the_sweep_without_a_broker(self, desk):
        calm, angry = desk.says(CALM, "dan"), desk.says(ANGRY, "mia")
        switch(desk, on=False)
        with desk.heed.database.write() as db:
            feeling.switched(db, desk.brand_id, now())
        assert feeling.unsettled(desk.heed) == [desk.brand_id]
        sweep = Sweep(desk.heed)
        sweep.now(now())
        assert soon(lambda: desk.ticket(angry.id).place > desk.ticket(calm.id).place)
        sweep.stop()
        later = now() + feeling.SETTLES_FOR
        feeling.settle(desk.heed, desk.brand_id, later)
        assert feeling.unsettled(desk.heed) == []


class TestSwitchedOnAgain:
    def test_feels_what_was_said_before_and_meanwhile(self, desk):
        before, calm = desk.says(ANGRY, "mia"), desk.says(CALM, "dan")
        settled(desk, on=False)
        meanwhile = desk.says(ANGRY, "lee")
        assert settled(desk, on=True) == 3
        for ticket in (before, meanwhile):
            felt = desk.ticket(ticket.id)
            assert (felt.heat, felt.frustration) == (before.heat, before.frustration)
            assert felt.place < desk.ticket(calm.id).place
        assert desk.rows("SELECT count(*) FROM reading WHERE version = 'without mood'") == [(0,)]
        assert desk.rows("SELECT count(*) FROM reading_evidence WHERE cue = 'repeat_contact'") == [(2,)]
        assert feeling.settle(desk.heed, desk.brand_id, now()) == 0, "twice is once"

    def test_goes_on_from_there_with_the_next_message(self, desk):
        ticket = desk.says(ANGRY, "mia")
        settled(desk, on=False)
        settled(desk, on=True)
        desk.says(THANKS, "mia")
        assert desk.ticket(ticket.id).frustration < ticket.frustration

    def test_leaves_what_people_corrected_as_it_is(self, desk):
        switch(desk, on=False)
        desk.says(ANGRY, "mia")
        desk.do("UPDATE reading SET intent = 'sales_lead', language = 'en'")
        settled(desk, on=True)
        assert desk.rows("SELECT intent, read FROM reading") == [("sales_lead", True)]
