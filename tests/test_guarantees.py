"""The guarantees of the design where no single part holds them: whatever is killed or raced, nothing is lost."""

import time

import pytest

from router import desk as acts
from router.drain import drain
from router.model import SYSTEM
from router.routing.record import replay
from router.store import decisions, tickets
from tests import workers
from tests.builders import a_connection_row, an_agent, mail, now, post, rules

MANY = 300


def test_1_a_worker_killed_in_the_middle_loses_and_doubles_nothing(desk):
    for number in range(MANY):
        post(desk, "Where is my parcel?", f"v{number % 50}", id=f"x{number}", thread=f"t{number}")
    kills = 0
    for least in (1, 100, 200):
        process = workers.Worker(desk, workers.drains, desk.api.id)
        while process.poll() is None and len(desk.messages()) < least:
            time.sleep(0.01)
        kills += process.poll() is None
        process.kill()
        desk.do("DELETE FROM lease")  # it ends after half a minute
    while drain(desk.heed, desk.api.id):
        pass
    assert kills, "at least once it was killed at work"
    assert len(desk.messages()) == len(desk.tickets) == MANY
    assert desk.rows("SELECT count(*) FROM contact") == [(50,)]
    assert sorted(ticket.number for ticket in desk.tickets) == list(range(1, MANY + 1))


def test_3_a_ticket_has_one_open_assignment_through_all_its_moves(desk):
    ana, bo = an_agent(desk, "Ana"), an_agent(desk, "Bo")
    row = a_connection_row(desk, "email")
    ticket = desk.ticket_of(mail(desk, row), row)
    acts.pull(desk.heed, ana, now())
    acts.transfer(desk.heed, ana, ticket.id, now(), agent=bo.agent)
    acts.reply(desk.heed, bo, ticket.id, "Hello", now())
    acts.resolve(desk.heed, bo, ticket.id, now())
    acts.reopen(desk.heed, ana, ticket.id, now())
    held = desk.rows("SELECT agent_id FROM assignment WHERE valid_to IS NULL")
    assert held == [(ana.agent,)]
    ended = desk.rows("SELECT agent_id, ended FROM assignment WHERE valid_to IS NOT NULL ORDER BY valid_from, id")
    assert ended == [(ana.agent, "handed on"), (bo.agent, "resolved")]


def test_4_in_one_lane_tickets_leave_in_the_order_of_their_place(desk):
    words = ["Where is it?", "I am furious, this is the third time, I will cancel!", "Thanks, a short question",
             "Still no answer after two weeks, this is unacceptable."]  # fmt: skip
    for number in range(12):
        desk.says(words[number % 4], f"v{number}")
    by_place = [t.id for t in sorted(desk.tickets, key=lambda t: (t.place, t.id))]
    ana = an_agent(desk, slots={"live": 12, "mail": 0})
    assert [acts.pull(desk.heed, ana, now()).ticket_id for _ in by_place] == by_place


def test_6_every_decision_on_record_replays_to_the_same_choice(desk):
    rules(desk, "rules: [{name: All, when: {fact: channel, is: is, value: api}, then: [{tag: seen}]}]")
    ana = an_agent(desk, slots={"live": 5, "mail": 0})
    for number in range(5):
        desk.says("Where is it?", f"v{number}")
        given = acts.pull(desk.heed, ana, now())
        with desk.heed.database.read() as db:
            decision, _, _ = decisions.newest(db, given.ticket_id)
            version = tickets.load(db, SYSTEM, [given.ticket_id])[given.ticket_id].rules_version_id
        assert replay(decision) == given.ticket_id
        assert "rule “All”" in decision.because
        assert desk.rows("SELECT rules_version_id FROM decision WHERE ticket_id = :t", t=given.ticket_id) == [
            (version,)
        ]


@pytest.mark.parametrize("trick", ["name", "email", "contact.tier", "priority"])
def test_7_nothing_a_visitor_can_set_moves_a_place(desk, trick):
    """By mail the sender's name and address are unproved; they change nothing."""
    row = a_connection_row(desk, "email")
    plain = desk.ticket_of(mail(desk, row), row)
    headers = {"name": {"From": "CEO URGENT VIP <dan@home.example>"}, "email": {"Reply_To": "vip@gold.example"},
               "contact.tier": {"X_Contact_Tier": "gold"}, "priority": {"X_Priority": "1"}}[trick]  # fmt: skip
    tricky = desk.ticket_of(mail(desk, row, **headers), row)
    assert tricky.heat == plain.heat
    assert tricky.answer_by - tricky.waiting_since == plain.answer_by - plain.waiting_since
    assert tricky.answer_by - tricky.place == plain.answer_by - plain.place


def test_history_is_only_ever_added_to(desk):
    ana = an_agent(desk)
    ticket = desk.says()
    seen = []
    for act in (
        lambda: acts.pull(desk.heed, ana, now()),
        lambda: acts.note(desk.heed, ana, ticket.id, "x", now()),
        lambda: acts.reply(desk.heed, ana, ticket.id, "x", now()),
        lambda: acts.resolve(desk.heed, ana, ticket.id, now()),
        lambda: desk.says("Hello again"),
    ):
        act()
        events = desk.rows("SELECT seq, kind, data FROM ticket_event WHERE ticket_id = :t ORDER BY seq", t=ticket.id)
        assert events[: len(seen)] == seen
        assert [seq for seq, _, _ in events] == list(range(1, len(events) + 1))
        assert len(events) > len(seen)
        seen = events
