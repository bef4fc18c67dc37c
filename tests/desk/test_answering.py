"""An agent's words: never lost, doubled or blind; to everyone who was on a mail, and to nobody else."""

import threading

import pytest

from router import desk as acts
from router.desk import NewerMessage, NotAllowed, Refused, Upload
from tests.builders import OWN_ADDRESS, a_connection_row, a_supervisor, an_agent, mail, now


@pytest.fixture
def ana(desk):
    return an_agent(desk)


def a_held_mail(desk, ana, **headers):
    row = a_connection_row(desk, "email")
    ticket = desk.ticket_of(mail(desk, row, **headers), row)
    acts.pull(desk.heed, ana, now())
    return row, ticket


def reply(desk, scope, ticket, text="On its way.", **facts):
    return acts.reply(desk.heed, scope, ticket.id, text, now(), **facts)


def parties(desk, message_id):
    return set(desk.rows("SELECT role, address FROM message_party WHERE message_id = :m", m=message_id))


class TestReply:
    def test_by_mail_is_queued_and_makes_it_the_customers_turn(self, desk, ana):
        _, ticket = a_held_mail(desk, ana)
        message_id = reply(desk, ana, ticket)
        held = desk.ticket(ticket.id)
        assert (held.state, held.agent_id, held.answer_by) == ("pending", ana.agent, None)
        assert desk.rows("SELECT state FROM message WHERE id = :m", m=message_id) == [("queued",)]
        assert desk.rows("SELECT message_id FROM outgoing") == [(message_id,)]
        assert desk.rows("SELECT kind FROM promise WHERE met_at IS NOT NULL") == [("first_answer",)]

    def test_kept_open_stays_with_the_agent(self, desk, ana):
        _, ticket = a_held_mail(desk, ana)
        reply(desk, ana, ticket, keep_open=True)
        assert desk.ticket(ticket.id).state == "open"

    def test_to_live_work_leaves_it_open(self, desk, ana):
        ticket = desk.says()
        acts.pull(desk.heed, ana, now())
        reply(desk, ana, ticket)
        assert desk.ticket(ticket.id).state == "open"

    def test_twice_with_one_key_is_one_reply(self, desk, ana):
        _, ticket = a_held_mail(desk, ana)
        first = reply(desk, ana, ticket, key="k")
        assert reply(desk, ana, ticket, key="k") == first
        assert desk.rows("SELECT count(*) FROM outgoing") == [(1,)]
        with pytest.raises(Refused, match="another text"):
            reply(desk, ana, ticket, "Something else", key="k")

    def test_posted_ten_times_at_once_with_one_key_is_one_reply(self, desk, ana):
        _, ticket = a_held_mail(desk, ana)
        ids, failed = [], []

        def send():
            try:
                ids.append(reply(desk, ana, ticket, key="k"))
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=send) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert len(ids) == 10
        assert len(set(ids)) == 1
        assert desk.rows("SELECT count(*) FROM message WHERE direction = 'outbound'") == [(1,)]

    def test_is_held_back_when_a_newer_message_came_in(self, desk, ana):
        ticket = desk.says(id="first")
        acts.pull(desk.heed, ana, now())
        seen = desk.messages(ticket.id)[0].id
        desk.says("Wait, I found it!", id="second")
        newest = desk.messages(ticket.id)[1].id
        with pytest.raises(NewerMessage) as caught:
            reply(desk, ana, ticket, last_seen=seen)
        assert caught.value.message_id == newest
        assert desk.rows("SELECT count(*) FROM outgoing") == [(0,)]
        reply(desk, ana, ticket, last_seen=newest)

    def test_goes_to_everyone_on_the_mail_but_ourselves(self, desk, ana):
        _, ticket = a_held_mail(
            desk, ana, To=f"{OWN_ADDRESS}, bo@home.example", Cc="cy@home.example, help+abc@shop.example"
        )
        assert parties(desk, reply(desk, ana, ticket)) == {
            ("to", "dan@home.example"), ("cc", "bo@home.example"), ("cc", "cy@home.example"),
        }  # fmt: skip

    def test_goes_to_others_when_the_agent_says_so(self, desk, ana):
        _, ticket = a_held_mail(desk, ana, Cc="cy@home.example")
        sent = reply(desk, ana, ticket, cc=["New@Partner.example"])
        assert parties(desk, sent) == {("to", "dan@home.example"), ("cc", "new@partner.example")}

    @pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: c@d.example", "a@b, c@d", ""])
    def test_goes_to_no_address_that_is_none(self, desk, ana, address):
        _, ticket = a_held_mail(desk, ana)
        with pytest.raises(Refused, match="is no mail address"):
            reply(desk, ana, ticket, to=[address])

    def test_takes_its_files_along(self, desk, ana):
        _, ticket = a_held_mail(desk, ana)
        reply(desk, ana, ticket, "", attachments=[Upload("a/b.txt", "text/plain", b"hello")])
        assert desk.rows("SELECT name, state, size FROM attachment") == [("b.txt", "stored", 5)]

    @pytest.mark.parametrize("text", ["", "  \n ", "\x00"])
    def test_needs_words(self, desk, ana, text):
        ticket = desk.says()
        acts.pull(desk.heed, ana, now())
        with pytest.raises(Refused, match="Write something first"):
            reply(desk, ana, ticket, text)

    def test_is_not_for_those_who_do_not_have_the_ticket(self, desk, ana):
        ticket = desk.says()
        acts.pull(desk.heed, ana, now())
        with pytest.raises(NotAllowed):
            reply(desk, an_agent(desk, "Bo"), ticket)

    def test_of_a_supervisor_out_of_line_takes_the_ticket_over(self, desk):
        ticket = desk.says()
        sue = a_supervisor(desk)
        reply(desk, sue, ticket)
        held = desk.ticket(ticket.id)
        assert (held.state, held.agent_id, held.place) == ("open", sue.agent, None)

    def test_to_a_resolved_ticket_takes_it_up_again(self, desk, ana):
        _, ticket = a_held_mail(desk, ana)
        acts.resolve(desk.heed, ana, ticket.id, now())
        reply(desk, ana, ticket)
        assert (desk.ticket(ticket.id).state, desk.ticket(ticket.id).episode) == ("pending", 2)

    def test_to_a_closed_ticket_is_refused(self, desk):
        ticket = desk.says()
        sue = a_supervisor(desk)
        acts.spam(desk.heed, sue, ticket.id, now())
        with pytest.raises(Refused, match="closed for good"):
            reply(desk, sue, ticket)


class TestTheAnswerToAReply:
    def test_finds_its_ticket_by_the_token_whoever_sends_it(self, desk, ana):
        row, ticket = a_held_mail(desk, ana)
        reply(desk, ana, ticket)
        [(token,)] = desk.rows("SELECT token FROM reply_token WHERE kind = 'ticket'")
        answer = mail(desk, row, "Thanks!", "dan@work.example", To=f"help+{token}@shop.example")
        assert desk.ticket_of(answer, row).id == ticket.id

    def test_brings_the_ticket_back_to_its_agent_with_a_new_promise(self, desk, ana):
        row, ticket = a_held_mail(desk, ana)
        reply(desk, ana, ticket)
        [(external_id,)] = desk.rows("SELECT external_id FROM message WHERE direction = 'outbound'")
        mail(desk, row, "It is not there", In_Reply_To=external_id)
        held = desk.ticket(ticket.id)
        assert (held.state, held.agent_id) == ("open", ana.agent)
        running = "SELECT kind FROM promise WHERE met_at IS NULL AND ended_at IS NULL"
        assert desk.rows(running) == [("next_answer",)]


class TestForward:
    def test_asks_a_third_party_whose_answer_the_customer_never_sees(self, desk, ana):
        row, ticket = a_held_mail(desk, ana)
        asked = acts.forward(desk.heed, ana, ticket.id, "lab@partner.example", "Can you look?", now())
        assert parties(desk, asked) == {("to", "lab@partner.example")}
        assert "> Where is my parcel?" in next(m.text for m in desk.messages() if m.id == asked)
        acts.resolve(desk.heed, ana, ticket.id, now())
        [(token,)] = desk.rows("SELECT token FROM reply_token WHERE kind = 'forward'")
        answer = mail(desk, row, "It is lost.", "lab@partner.example", To=f"help+{token}@shop.example")
        assert desk.ticket_of(answer, row).id == ticket.id
        said = next(m for m in desk.messages() if m.external_id == answer)
        assert said.visibility == "direct"
        assert desk.ticket(ticket.id).state == "open", "it wakes the ticket"
        assert parties(desk, reply(desk, ana, ticket)) == {("to", "dan@home.example")}

    def test_is_for_mail_alone(self, desk, ana):
        ticket = desk.says()
        acts.pull(desk.heed, ana, now())
        with pytest.raises(Refused, match="Only mail"):
            acts.forward(desk.heed, ana, ticket.id, "lab@partner.example", "?", now())


class TestStart:
    def test_writes_to_a_customer_first_and_waits_for_them(self, desk, ana):
        row = a_connection_row(desk, "email")
        ticket_id = acts.start(
            desk.heed, ana, now(), connection_id=row.id, to="Dan@Home.example", subject="Recall", text="Please stop."
        )
        assert desk.ticket(ticket_id).state == "pending"
        [(external_id,)] = desk.rows("SELECT external_id FROM message")
        mail(desk, row, "Why?", In_Reply_To=external_id)
        assert len(desk.messages(ticket_id)) == 2
        assert desk.rows("SELECT count(*) FROM contact") == [(1,)]


class TestNote:
    def test_is_seen_by_the_desk_alone_and_sends_nothing(self, desk, ana):
        ticket = desk.says()
        acts.note(desk.heed, ana, ticket.id, "Called them.", now())
        assert [m.visibility for m in desk.messages()] == ["public", "internal"]
        assert desk.rows("SELECT count(*) FROM outgoing") == [(0,)]


def test_an_answer_that_opens_a_ticket_above_the_slots_is_recorded_as_such(desk):
    ana = an_agent(desk, "Ana", slots={"live": 1, "mail": 1})
    first = desk.says("one", who="a", thread="a")
    acts.pull(desk.heed, ana, now())
    acts.reply(desk.heed, ana, first.id, "And?", now())
    desk.do("UPDATE ticket SET state = 'pending' WHERE id = :t", t=first.id)
    second = desk.says("two", who="b", thread="b")
    acts.pull(desk.heed, ana, now())
    acts.reply(desk.heed, ana, first.id, "One more thing", now())
    assert {desk.ticket(t.id).state for t in (first, second)} == {"open"}
    over = desk.rows("SELECT ticket_id, over_capacity FROM assignment WHERE valid_to IS NULL ORDER BY valid_from")
    assert [(ticket_id, bool(is_over)) for ticket_id, is_over in over] == [(first.id, True), (second.id, False)]
    assert "over_capacity" in desk.events(first.id)
