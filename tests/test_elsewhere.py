"""An answer typed in the platform's own app: ours, on the customer's ticket, once, whichever word of it comes first."""

from datetime import timedelta

import pytest

from channels.types import Deletion, Party
from router import delivery
from router import desk as acts
from router.arriving import Arriving
from tests.a_platform import Platform, customer_says, we_say
from tests.builders import Desk, an_agent, in_minutes, now


@pytest.fixture
def platform(desk: Desk, monkeypatch) -> Platform:
    return Platform(desk, monkeypatch)


def promises(of: Desk, ticket_id: str) -> list[tuple[bool, bool]]:
    """Return (met, ended) of each promise."""
    rows = of.rows("SELECT met_at, ended_at FROM promise WHERE ticket_id = :t ORDER BY starts_at, id", t=ticket_id)
    return [(met is not None, ended is not None) for met, ended in rows]


class TestAnAnswerFromElsewhere:
    def test_stands_on_the_customers_ticket_as_ours_and_written_by_nobody_here(self, desk, platform):
        platform.tell(customer_says("Where is it?"))
        platform.tell(we_say("On its way."))
        [ticket] = desk.tickets
        asked, answered = desk.messages(ticket.id)
        assert (asked.direction, answered.direction, answered.state) == ("inbound", "outbound", "sent")
        assert (answered.agent_id, answered.identity_id) == (None, None)
        assert desk.rows("SELECT count(*) FROM contact") == [(1,)], "our own address is no customer"

    def test_meets_the_promise_and_takes_the_ticket_out_of_line(self, desk, platform):
        platform.tell(customer_says("Where is it?"))
        platform.tell(we_say("On its way."))
        [ticket] = desk.tickets
        assert (ticket.state, ticket.place, ticket.lane_id, ticket.answer_by) == ("pending", None, None, None)
        assert ticket.last_answer_at is not None
        assert promises(desk, ticket.id) == [(True, False)]

    def test_in_one_batch_with_its_question_leaves_nothing_waiting(self, desk, platform):
        platform.tell(customer_says("Where is it?"), we_say("On its way."))
        [ticket] = desk.tickets
        assert (ticket.state, ticket.place) == ("pending", None)
        assert promises(desk, ticket.id) == [(True, False)]

    def test_leaves_a_ticket_with_the_agent_who_has_it(self, desk, platform):
        ana = an_agent(desk)
        ticket = platform.pulled(ana)
        platform.tell(we_say("On its way."))
        found = desk.ticket(ticket.id)
        assert (found.state, found.agent_id, found.answer_by) == ("open", ana.agent, None)
        assert promises(desk, ticket.id) == [(True, False)]

    def test_leaves_a_ticket_that_woke_in_the_same_batch_with_its_agent(self, desk, platform):
        ana = an_agent(desk)
        ticket = platform.pulled(ana)
        message_id = replied(desk, ana, ticket.id)
        delivery.send(desk.heed, message_id)
        desk.do("UPDATE ticket SET state = 'pending' WHERE id = :t", t=ticket.id)
        platform.tell(customer_says("And now?"), we_say("Tomorrow."))
        found = desk.ticket(ticket.id)
        assert (found.state, found.agent_id) == ("pending", ana.agent)
        assert desk.rows("SELECT count(*) FROM assignment WHERE valid_to IS NULL") == [(1,)]

    def test_the_customers_next_words_wait_in_line_again(self, desk, platform):
        platform.tell(customer_says("Where is it?"))
        platform.tell(we_say("On its way."))
        platform.tell(customer_says("Since when?"))
        [ticket] = desk.tickets
        assert ticket.state == "waiting"
        assert ticket.place is not None
        assert promises(desk, ticket.id) == [(True, False), (False, False)]

    def test_that_was_written_before_the_customers_last_words_answers_nothing(self, desk, platform):
        asked = now()
        platform.tell(customer_says("Where is it?", sent_at=asked - timedelta(minutes=5)))
        platform.tell(customer_says("It is the wrong one!", sent_at=asked))
        platform.tell(we_say("On its way.", sent_at=asked - timedelta(minutes=2)))
        [ticket] = desk.tickets
        assert (ticket.state, len(desk.messages(ticket.id))) == ("waiting", 3)
        assert promises(desk, ticket.id) == [(False, False)]

    def test_to_somebody_without_a_ticket_opens_one_that_waits_for_nobody(self, desk, platform):
        platform.tell(we_say("Your parcel is here.", who="eve"))
        [ticket] = desk.tickets
        assert (ticket.state, ticket.agent_id, ticket.waiting_since, ticket.place) == ("pending", None, None, None)
        assert desk.rows("SELECT name FROM contact WHERE id = :c", c=ticket.contact_id) == [("Eve",)]
        platform.tell(customer_says("Thanks, when?", who="eve"))
        [same] = desk.tickets
        assert (same.id, same.state) == (ticket.id, "waiting")

    def test_does_not_reopen_what_is_resolved(self, desk, platform):
        ana = an_agent(desk)
        ticket = platform.pulled(ana)
        resolved(desk, ana, ticket.id)
        platform.tell(we_say("You are welcome."))
        assert desk.ticket(ticket.id).state == "resolved"
        assert len(desk.messages(ticket.id)) == 2

    def test_without_a_customer_is_kept_as_not_understood(self, desk, platform):
        platform.tell(we_say("To whom?", thread=None, parties=(Party("from", "shop-page"),)), customer_says("Hello"))
        assert [row.text for row in desk.messages()] == ["Hello"]
        [(state, error)] = desk.rows("SELECT state, error FROM inbound_event")
        assert (state, error) == ("not_understood", "An answer from the platform's own app names no customer.")

    def test_can_be_taken_back_there_too(self, desk, platform):
        platform.tell(customer_says("Where is it?"))
        said = we_say("Oops.")
        platform.tell(said)
        platform.tell(Deletion(said.external_id))
        assert desk.messages()[1].deleted_at is not None


class TestAnEchoOfOurOwnReply:
    def test_after_our_call_was_answered_is_nothing_new(self, desk, platform):
        ana = an_agent(desk)
        ticket = platform.pulled(ana)
        delivery.send(desk.heed, replied(desk, ana, ticket.id))
        platform.tell(we_say("On its way.", external_id="ours-1"))
        assert [row.text for row in desk.messages(ticket.id)] == ["Is anybody there?", "On its way."]

    def test_before_our_call_was_answered_becomes_one_with_it(self, desk, platform):
        ana = an_agent(desk)
        ticket = platform.pulled(ana)
        message_id = replied(desk, ana, ticket.id)
        platform.before_answering = lambda reply: platform.tell(we_say(reply.text, external_id="ours-1"))
        delivery.send(desk.heed, message_id)
        [_, ours] = desk.messages(ticket.id)
        assert (ours.id, ours.external_id, ours.state, ours.agent_id) == (message_id, "ours-1", "sent", ana.agent)

    def test_that_opened_a_ticket_of_its_own_takes_it_along(self, desk, platform):
        ana = an_agent(desk)
        ticket = platform.pulled(ana)
        message_id = replied(desk, ana, ticket.id)
        platform.before_answering = lambda reply: platform.tell(we_say(reply.text, "dan-2", external_id="ours-1"))
        delivery.send(desk.heed, message_id)
        assert [one.id for one in desk.tickets] == [ticket.id]

    def test_that_is_read_while_our_call_is_answered_is_found_out_before_it_is_written(
        self, desk, platform, monkeypatch
    ):
        ana = an_agent(desk)
        ticket = platform.pulled(ana)
        message_id = replied(desk, ana, ticket.id)
        take, sent = Arriving.take, []

        def take_while_it_is_answered(arriving, part, at):
            take(arriving, part, at)
            if not sent:
                sent.append(message_id)
                delivery.send(desk.heed, message_id)

        monkeypatch.setattr(Arriving, "take", take_while_it_is_answered)
        platform.tell(we_say("On its way.", external_id="ours-1"))
        [_, ours] = desk.messages(ticket.id)
        assert (ours.id, ours.external_id) == (message_id, "ours-1")


def replied(of: Desk, ana, ticket_id: str, text: str = "On its way.") -> str:
    return acts.reply(of.heed, ana, ticket_id, text, now())


def resolved(of: Desk, ana, ticket_id: str) -> None:
    acts.resolve(of.heed, ana, ticket_id, in_minutes(0))
