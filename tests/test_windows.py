"""Windows: how long a platform takes answers to the customer's last words, before, while and after one is written."""

from datetime import timedelta

import pytest

from router import delivery, inbox
from router import desk as acts
from router.desk import Refused
from router.inbox.composing import composing
from tests.a_platform import Platform, customer_says
from tests.builders import Desk, an_agent, in_minutes, now

DAY = timedelta(hours=24)


@pytest.fixture
def platform(desk: Desk, monkeypatch) -> Platform:
    return Platform(desk, monkeypatch, reply_window=DAY, after_window="Send an approved template.")


@pytest.fixture
def ana(desk: Desk):
    return an_agent(desk)


def composed(of: Desk, ana, ticket_id: str):
    return composing(of.heed, ana, inbox.ticket(of.heed, ana, ticket_id, now()), now()).allowed


class TestAWindow:
    def test_is_counted_from_when_the_customer_wrote_not_from_when_it_came(self, desk, platform, ana):
        platform.tell(customer_says("Hello?", sent_at=now() - timedelta(hours=23)))
        ticket_id = acts.pull(desk.heed, ana, now()).ticket_id
        until = composed(desk, ana, ticket_id).open_until
        assert until is not None
        assert timedelta(minutes=59) < until - now() < timedelta(minutes=61)

    def test_is_that_of_the_conversation_also_where_an_earlier_ticket_held_it(self, desk, platform, ana):
        first = platform.pulled(ana)
        acts.resolve(desk.heed, ana, first.id, now())
        desk.do("UPDATE ticket SET state = 'closed' WHERE id = :t", t=first.id)
        platform.tell(customer_says("Again"))
        desk.do("UPDATE message SET at = :m, sent_at = NULL WHERE home_ticket_id = :t", m=now() - 2 * DAY, t=first.id)
        assert composed(desk, ana, first.id).may_write

    def test_that_is_closed_refuses_a_reply_and_says_what_may_be_done(self, desk, platform, ana):
        platform.tell(customer_says("Hello?", sent_at=now() - 2 * DAY))
        ticket_id = acts.pull(desk.heed, ana, now()).ticket_id
        found = composed(desk, ana, ticket_id)
        assert (found.may_write, found.instead) == (False, "Send an approved template.")
        with pytest.raises(Refused, match=r"within 24 hours .* Send an approved template\."):
            acts.reply(desk.heed, ana, ticket_id, "Late.", now())
        assert acts.note(desk.heed, ana, ticket_id, "Too late.", now())

    def test_that_closes_before_a_scheduled_reply_leaves_refuses_it(self, desk, platform, ana):
        ticket = platform.pulled(ana)
        with pytest.raises(Refused, match="Choose an earlier moment"):
            acts.send_later(desk.heed, ana, ticket.id, "Later.", now() + DAY + DAY, now())
        assert acts.send_later(desk.heed, ana, ticket.id, "Later.", in_minutes(60), now())

    def test_that_closed_while_the_reply_waited_fails_it_and_says_why(self, desk, platform, ana):
        ticket = platform.pulled(ana)
        message_id = acts.reply(desk.heed, ana, ticket.id, "On its way.", now())
        delivery.send(desk.heed, message_id, lambda: now() + DAY + timedelta(minutes=1))
        [(state, detail)] = desk.rows("SELECT state, state_detail FROM message WHERE id = :m", m=message_id)
        assert (state, "approved template" in detail, platform.sent) == ("failed", True, [])

    def test_is_told_to_the_channel_by_when_the_customer_wrote_last(self, desk, platform, ana):
        heard = now() - timedelta(hours=2)
        platform.tell(customer_says("Hello?", sent_at=heard))
        ticket_id = acts.pull(desk.heed, ana, now()).ticket_id
        delivery.send(desk.heed, acts.reply(desk.heed, ana, ticket_id, "Yes.", now()))
        assert platform.sent[0].heard_at == heard
