"""Rules asked again although nobody wrote: new ones are live, something was done, time has passed."""

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from router import asking, busy
from router import desk as acts
from router.model import SYSTEM, Presence
from router.presence import set_presence
from router.publishing import publish
from router.store import asked
from router.store.audit import COMMAND
from router.teaching.correcting import correct
from tests.builders import Desk, a_heed, a_queue, a_skill, an_agent, now, rules
from tests.nursery import Child

ANGRY = (
    "This is the third time I write! Still no refund and you charged me again. I will cancel my account if not fixed."
)
MONEY = """
rules:
  - name: Money
    when: {fact: text, is: mentions, value: refund}
    then: [{queue: Billing}, {need_skill: billing}, {answer_within: 10m}, {tag: money}]
"""
NOTHING = "rules: []"


def live(desk: Desk, source: str) -> None:
    """Publish rules as people do."""
    publish(desk.heed, COMMAND, SYSTEM, desk.brand_id, source, "A test", now())


def work_and_be_killed(url: str, folder: str, brand_id: str) -> None:
    """Be the worker that asks about what waits, and is killed while it writes its second piece."""
    write, left = asking.Changes.write, [1]

    def written(changes, db):
        write(changes, db)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left.clear()

    asking.PIECE, asking.Changes.write = 2, written
    asking.ask_waiting(a_heed(url, Path(folder)), brand_id, now())


def followed(desk: Desk, source: str) -> int:
    """Publish rules and let the waiting tickets follow, as the job does."""
    live(desk, source)
    return asking.ask_waiting(desk.heed, desk.brand_id, now())


@pytest.fixture
def billing(desk: Desk) -> str:
    a_skill(desk, "billing")
    return a_queue(desk, "Billing")


class TestAPublish:
    def test_moves_what_waits_as_if_it_had_come_with_the_new_rules(self, desk, billing):
        ticket = desk.says("I want a refund for my order please")
        assert followed(desk, MONEY) == 1
        after = desk.ticket(ticket.id)
        assert (after.queue_id, after.state, after.rules_version_id) != (ticket.queue_id, "open", None)
        assert after.queue_id == billing
        assert after.answer_by == ticket.waiting_since + timedelta(minutes=10)
        assert desk.rows("SELECT skill_key FROM ticket_need ORDER BY 1") == [("billing",), ("en",)]
        assert desk.rows("SELECT tag FROM ticket_tag") == [("money",)]
        [(occasion,)] = desk.rows("SELECT occasion FROM evaluation ORDER BY id DESC LIMIT 1")
        assert occasion == "publish"

    def test_asks_about_all_that_was_said_since_the_last_answer(self, desk, billing):
        ticket = desk.says("I want a refund for my order please")
        desk.says("Are you there?")
        followed(desk, MONEY)
        assert desk.ticket(ticket.id).queue_id == billing

    def test_takes_back_what_the_old_rules_decided_but_no_promise(self, desk, billing):
        rules(desk, MONEY)
        ticket = desk.says("I want a refund for my order please")
        followed(desk, NOTHING)
        after = desk.ticket(ticket.id)
        assert after.queue_id != billing
        assert desk.rows("SELECT skill_key FROM ticket_need") == [("en",)]
        assert after.answer_by == ticket.answer_by, "what was promised stays promised"

    def test_leaves_a_transfer_by_hand_and_a_correction_as_people_made_them(self, desk, billing):
        ana = an_agent(desk)
        other = a_queue(desk, "Other")
        moved, angry = desk.says("I want a refund for my order please"), desk.says(ANGRY, "mia")
        acts.pull(desk.heed, ana, now())
        held = next(t for t in desk.tickets if t.state == "open")
        acts.transfer(desk.heed, ana, held.id, now(), queue=other)
        message = desk.messages(angry.id)[0].id
        correct(desk.heed, ana, angry.id, message, "frustration", "dismissed", now())
        followed(desk, MONEY)
        assert desk.ticket(held.id).queue_id == other
        assert desk.ticket(angry.id).heat == 0
        assert {desk.ticket(t.id).state for t in (moved, angry)} == {"waiting"}

    def test_goes_on_in_order_of_place_after_a_worker_was_killed_in_the_middle(self, desk, billing):
        for number in range(5):
            desk.says(f"I want a refund for order {number}", f"who{number}")
        places = [t.id for t in sorted(desk.tickets, key=lambda t: t.place)]
        live(desk, MONEY)
        worker = Child(work_and_be_killed, (desk.url, str(desk.folder), desk.brand_id), os.environ, desk.folder / "log")
        assert worker.wait(60) == -signal.SIGKILL
        assert [desk.ticket(t).queue_id == billing for t in places] == [True, True, False, False, False]
        assert asking.ask_waiting(desk.heed, desk.brand_id, now()) == 3
        assert {t.queue_id for t in desk.tickets} == {billing}
        asked_about = desk.rows("SELECT count(*) FROM evaluation WHERE occasion = 'publish' GROUP BY ticket_id")
        assert asked_about == [(1,)] * 5

    def test_is_followed_by_every_worker_with_its_next_message(self, desk, billing):
        desk.says("Hello there")
        live(desk, MONEY)
        assert desk.says("I want a refund for my order please", "eve").queue_id == billing

    def test_is_settled_once_nothing_older_can_be_written_any_more(self, desk, billing):
        live(desk, MONEY)
        assert asking.unsettled(desk.heed) == [desk.brand_id]
        asking.ask_waiting(desk.heed, desk.brand_id, now() + timedelta(minutes=1))
        assert asking.unsettled(desk.heed) == []

    def test_tells_nobody_twice_and_sends_no_word_to_a_customer(self, desk):
        told = "rules: [{name: %s, when: always, then: [{notify: supervisor}]}]"
        rules(desk, told % "First")
        desk.says()
        followed(desk, told % "First")
        assert desk.rows("SELECT count(*) FROM rule_effect") == [(1,)]
        followed(desk, told % "Second")
        assert desk.rows("SELECT count(*) FROM rule_effect") == [(2,)]

    def test_one_ticket_that_cannot_be_asked_about_does_not_hold_the_others(self, desk, billing, monkeypatch):
        first, second = desk.says("I want a refund"), desk.says("I want a refund too", "eve")
        stand = asking._stand

        def fails(db, one, there, changes):
            if one.talk.ticket.id == first.id:
                raise RuntimeError("cannot be")
            stand(db, one, there, changes)

        monkeypatch.setattr(asking, "_stand", fails)
        followed(desk, MONEY)
        assert desk.ticket(second.id).queue_id == billing
        with desk.heed.database.read() as db:
            assert asked.not_asked(db, desk.brand_id, desk.ticket(first.id).rules_version_id, 9) == []


LATE = """
rules:
  - name: Waits too long
    when: {fact: waited, is: at_least, value: 10m}
    then: [{queue: Billing}, {answer_within: 15m}, {heat_at_least: 2}, {notify: supervisor}, {tag: late}]
  - name: Everyone
    when: always
    then: [{tag: seen}, {notify: ops}]
"""


def told(desk: Desk) -> list[str]:
    return [rule for (rule,) in desk.rows("SELECT rule FROM rule_effect ORDER BY at, id")]


def later(number: float):
    return now() + timedelta(minutes=number)


class TestTime:
    def test_lets_a_rule_act_once_its_value_is_reached(self, desk, billing):
        rules(desk, LATE)
        ticket = desk.says("Where is my parcel?")
        assert asking.ask_due(desk.heed, later(9)) == 0
        assert ticket.rules_due_at == ticket.waiting_since + timedelta(minutes=10)
        assert asking.ask_due(desk.heed, later(10)) == 1
        after = desk.ticket(ticket.id)
        assert (after.queue_id, after.heat) == (billing, 2)
        assert after.answer_by == ticket.waiting_since + timedelta(minutes=15)
        assert after.place < ticket.place
        assert told(desk) == ["Everyone", "Waits too long"]
        assert desk.events(ticket.id)[-1] == "acted"

    def test_asks_once_and_then_has_nothing_left_to_wait_for(self, desk, billing):
        rules(desk, LATE)
        ticket = desk.says("Where is my parcel?")
        asking.ask_due(desk.heed, later(10))
        for minutes in (11, 60, 600):
            asking.ask_due(desk.heed, later(minutes))
        assert told(desk) == ["Everyone", "Waits too long"]
        assert desk.ticket(ticket.id).rules_due_at is None
        assert not asking.is_due(desk.heed, later(6000))

    def test_lets_a_rule_act_again_once_its_conditions_stopped_holding(self, desk, billing):
        rules(desk, LATE)
        ana, ticket = an_agent(desk), desk.says("Where is my parcel?")
        asking.ask_due(desk.heed, later(10))
        acts.pull(desk.heed, ana, later(11))
        acts.reply(desk.heed, ana, ticket.id, "On its way.", later(12))
        asking.ask_due(desk.heed, later(12))
        desk.says("And now?")
        asking.ask_due(desk.heed, later(30))
        assert told(desk).count("Waits too long") == 2
        assert told(desk).count("Everyone") == 1

    def test_never_makes_a_place_later_nor_takes_what_people_decided(self, desk, billing):
        rules(desk, LATE)
        ana, other = an_agent(desk), a_queue(desk, "Other")
        ticket = desk.says("Where is my parcel?")
        asking.ask_due(desk.heed, later(10))
        acts.pull(desk.heed, ana, later(11))
        acts.transfer(desk.heed, ana, ticket.id, later(12), queue=other)
        before = desk.ticket(ticket.id)
        asking.ask_due(desk.heed, later(13))
        after = desk.ticket(ticket.id)
        assert (after.queue_id, after.place, after.heat) == (other, before.place, before.heat)

    def test_notices_a_customer_who_fell_silent(self, desk):
        rules(desk, "rules: [{name: Silent, when: {fact: silence, is: at_least, value: 2d}, then: [{notify: ops}]}]")
        ana, ticket = an_agent(desk), desk.says()
        acts.pull(desk.heed, ana, now())
        acts.reply(desk.heed, ana, ticket.id, "Does this help?", now())
        asking.ask_due(desk.heed, now())
        assert told(desk) == []
        asking.ask_due(desk.heed, now() + timedelta(days=1, hours=23))
        assert told(desk) == []
        asking.ask_due(desk.heed, now() + timedelta(days=2))
        assert told(desk) == ["Silent"]


class TestAChange:
    def test_lets_rules_that_ask_for_it_act(self, desk):
        rules(desk, "rules: [{name: Moved, when: {fact: transfers, is: at_least, value: 1}, then: [{tag: moved}]}]")
        ana, other = an_agent(desk), a_queue(desk, "Other")
        ticket = desk.says()
        acts.pull(desk.heed, ana, now())
        acts.transfer(desk.heed, ana, ticket.id, now(), queue=other)
        assert asking.ask_due(desk.heed, now()) == 1
        assert desk.rows("SELECT tag FROM ticket_tag") == [("moved",)]
        [(occasion,)] = desk.rows("SELECT occasion FROM evaluation ORDER BY id DESC LIMIT 1")
        assert occasion == "change"
        assert asking.ask_due(desk.heed, later(60)) == 0, "what a rule did asks no rule again"

    def test_costs_nothing_where_no_rule_asks_for_it(self, desk):
        rules(desk, "rules: [{name: Mail, when: {fact: channel, is: is, value: email}, then: [{tag: mail}]}]")
        ana, ticket = an_agent(desk), desk.says()
        acts.pull(desk.heed, ana, now())
        acts.snooze(desk.heed, ana, ticket.id, later(5), now())
        assert desk.ticket(ticket.id).rules_due_at is None


class TestTheDesk:
    NOBODY = """
rules:
  - name: Nobody free
    when: {all: [{fact: agents_free, is: at_most, value: 0}, {fact: state, is: is, value: waiting}]}
    then: [{notify: supervisor}]
"""

    def test_lets_rules_act_when_nobody_is_free_any_more(self, desk):
        rules(desk, self.NOBODY)
        ana, watch = an_agent(desk), busy.Watch()
        desk.says()
        watch.look(desk.heed, now())
        asking.ask_due(desk.heed, now())
        assert told(desk) == []
        assert watch.look(desk.heed, now()) == 0, "nothing turned, so no ticket is looked at"
        set_presence(desk.heed, ana.agent, Presence.AWAY, now())
        assert watch.look(desk.heed, now()) == 1
        assert asking.ask_due(desk.heed, now()) == 1
        assert told(desk) == ["Nobody free"]
        set_presence(desk.heed, ana.agent, Presence.ONLINE, now())
        for presence in (Presence.ONLINE, Presence.AWAY):
            set_presence(desk.heed, ana.agent, presence, now())
            watch.look(desk.heed, now())
            asking.ask_due(desk.heed, now())
        assert told(desk) == ["Nobody free"] * 2

    def test_notices_that_an_agent_has_left_a_ticket_behind(self, desk):
        left = "{fact: agent_online, is: is, value: false}"
        rules(desk, f"rules: [{{name: Left, when: {left}, then: [{{notify: supervisor}}]}}]")
        ana, watch = an_agent(desk), busy.Watch()
        desk.says()
        acts.pull(desk.heed, ana, now())
        asking.ask_due(desk.heed, now())
        watch.look(desk.heed, now())
        set_presence(desk.heed, ana.agent, Presence.OFFLINE, now())
        assert watch.look(desk.heed, now()) == 1
        asking.ask_due(desk.heed, now())
        assert told(desk) == ["Left"]

    def test_reads_no_desk_whose_rules_do_not_ask(self, desk):
        rules(desk, LATE)
        desk.says()
        assert busy.Watch().look(desk.heed, now()) == 0
