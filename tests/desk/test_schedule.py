"""Replies for later: they leave at their moment, keep nothing till then, and never leave blind."""

from datetime import timedelta

import pytest

from router import delivery
from router import desk as acts
from router.desk import NewerMessage, Refused, scheduling, withdrawing
from router.inbox.visitor import conversation
from router.waking import wake_snoozed
from tests.builders import a_connection_row, an_agent, in_minutes, mail, now

HOUR = timedelta(hours=1)


@pytest.fixture
def ana(desk):
    return an_agent(desk)


@pytest.fixture
def row(desk):
    return a_connection_row(desk, "email")


@pytest.fixture
def held(desk, ana, row):
    """A mail that Ana has."""
    ticket = desk.ticket_of(mail(desk, row, Message_ID="<first@home.example>"), row)
    acts.pull(desk.heed, ana, now())
    return desk.ticket(ticket.id)


def later(desk, scope, ticket, text="Good morning.", at=None, **facts):
    return acts.send_later(desk.heed, scope, ticket.id, text, at or now() + HOUR, now(), **facts)


def state(desk, message_id):
    return desk.rows("SELECT state FROM message WHERE id = :m", m=message_id)[0][0]


def met(desk):
    return desk.rows("SELECT kind FROM promise WHERE met_at IS NOT NULL")


class TestLater:
    def test_waits_with_its_ticket_and_keeps_no_promise_till_then(self, desk, ana, held):
        at = now() + HOUR
        message_id = later(desk, ana, held, at=at)
        asleep = desk.ticket(held.id)
        assert (asleep.state, asleep.hold_until, asleep.agent_id) == ("snoozed", at, ana.agent)
        assert (state(desk, message_id), met(desk)) == ("scheduled", [])
        assert delivery.due(desk.heed, at + HOUR) == [], "nobody sends it before it was looked at"
        delivery.send(desk.heed, message_id, lambda: at + HOUR)
        assert state(desk, message_id) == "scheduled"

    def test_leaves_at_its_moment_as_an_answer_of_that_moment(self, desk, ana, held):
        at = now() + HOUR
        message_id = later(desk, ana, held, at=at)
        assert scheduling.release_due(desk.heed, at - timedelta(seconds=1)) == 0
        assert scheduling.release_due(desk.heed, at) == 1
        assert wake_snoozed(desk.heed, at) == 0, "it was answered, it need not wake"
        done = desk.ticket(held.id)
        assert (done.state, done.hold_until, done.last_answer_at) == ("pending", None, at)
        assert (state(desk, message_id), met(desk)) == ("queued", [("first_answer",)])
        assert delivery.due(desk.heed, at) == [message_id]
        assert desk.events(held.id)[-2:] == ["scheduled", "replied"]

    def test_is_held_when_the_customer_writes_first(self, desk, ana, row, held):
        message_id = later(desk, ana, held)
        mail(desk, row, "Never mind, it came!", In_Reply_To="<first@home.example>")
        assert state(desk, message_id) == "withdrawn"
        assert desk.rows("SELECT text, agent_id FROM draft") == [("Good morning.", ana.agent)]
        assert desk.rows("SELECT kind, agent_id FROM notice") == [("schedule_held", ana.agent)]
        assert desk.ticket(held.id).state == "open"
        assert "schedule_held" in desk.events(held.id)
        assert scheduling.release_due(desk.heed, now() + 2 * HOUR) == 0
        assert delivery.due(desk.heed, now() + 2 * HOUR) == []

    def test_is_held_at_the_last_moment_too(self, desk, ana, row, held):
        message_id = later(desk, ana, held)
        mail(desk, row, "Never mind!", In_Reply_To="<first@home.example>")
        desk.do("DELETE FROM draft")
        desk.do("UPDATE message SET state = 'scheduled' WHERE id = :m", m=message_id)
        desk.do("UPDATE outgoing SET due_at = created_at")  # as if the hold had been missed
        scheduling.release_due(desk.heed, now() + 2 * HOUR)
        assert state(desk, message_id) == "withdrawn"
        assert desk.rows("SELECT text FROM draft") == [("Good morning.",)]

    def test_goes_now_or_not_at_all_when_its_writer_says_so(self, desk, ana, held):
        first = later(desk, ana, held)
        withdrawing.take_back(desk.heed, ana, first, now())
        assert (state(desk, first), desk.ticket(held.id).state) == ("withdrawn", "open")
        assert desk.rows("SELECT text FROM draft") == [("Good morning.",)]
        second = later(desk, ana, held, key=f"again-{first}")
        assert desk.rows("SELECT text FROM draft") == []
        scheduling.send_now(desk.heed, ana, second, now())
        assert (state(desk, second), desk.ticket(held.id).state) == ("queued", "pending")

    def test_does_not_keep_a_reply_written_meanwhile_waiting(self, desk, ana, held):
        later(desk, ana, held)
        at_once = acts.reply(desk.heed, ana, held.id, "One moment.", now())
        assert delivery.due(desk.heed, now()) == [at_once]
        assert desk.ticket(held.id).state == "pending"

    def test_of_a_closed_ticket_is_held(self, desk, ana, held):
        message_id = later(desk, ana, held)
        desk.do("UPDATE ticket SET state = 'closed'")
        scheduling.release_due(desk.heed, now() + 2 * HOUR)
        assert state(desk, message_id) == "withdrawn"
        assert desk.rows("SELECT kind FROM notice") == [("schedule_held",)]

    def test_is_not_seen_by_the_customer_before(self, desk, ana):
        chat = a_connection_row(desk, "webchat")
        ticket = desk.says()
        acts.pull(desk.heed, ana, now())
        message_id = later(desk, ana, ticket)
        desk.do("UPDATE ticket SET connection_id = :c, thread = 'v' WHERE id = :t", c=chat.id, t=ticket.id)
        assert message_id not in str(conversation(desk.heed, chat.id, "v", None))

    def test_twice_with_one_key_is_one_and_never_blind(self, desk, ana, row, held):
        seen = desk.messages(held.id)[0].id
        assert later(desk, ana, held, key="k") == later(desk, ana, held, key="k")
        mail(desk, row, "Wait!", In_Reply_To="<first@home.example>")
        with pytest.raises(NewerMessage):
            later(desk, ana, held, last_seen=seen)

    @pytest.mark.parametrize("minutes", [-1, 0, 60 * 24 * 400])
    def test_needs_a_moment_to_come(self, desk, ana, held, minutes):
        with pytest.raises(Refused, match="Choose a moment"):
            later(desk, ana, held, at=in_minutes(minutes))
