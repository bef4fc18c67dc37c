"""Asking a third party, and writing first: who gets what, and what nobody outside ever gets."""

import pytest

from router import desk as acts
from router.desk import NotFound, Refused, Upload, forwarding
from tests.builders import a_brand, a_connection_row, a_supervisor, an_agent, mail, now


@pytest.fixture
def ana(desk):
    return an_agent(desk)


def a_conversation(desk, ana):
    """Return a mail ticket with two of the customer's messages, a reply that was sent, a note and a forward."""
    row = a_connection_row(desk, "email")
    first = mail(desk, row, "The lamp is broken.")
    ticket = desk.ticket_of(first, row)
    acts.pull(desk.heed, ana, now())
    acts.note(desk.heed, ana, ticket.id, "SECRET note", now())
    acts.reply(desk.heed, ana, ticket.id, "We look into it.", now())
    desk.do("UPDATE message SET state = 'sent' WHERE direction = 'outbound'")
    acts.forward(desk.heed, ana, ticket.id, "lab@partner.example", "INTERNAL question", now())
    desk.do("UPDATE message SET state = 'sent' WHERE direction = 'outbound'")
    [(token,)] = desk.rows("SELECT token FROM reply_token WHERE kind = 'forward'")
    mail(desk, row, "PRIVATE answer of the lab", "lab@partner.example", To=f"help+{token}@shop.example")
    mail(desk, row, "Any news?", In_Reply_To=first)
    return ticket


def text_of(desk, message_id):
    return next(m.text for m in desk.messages() if m.id == message_id)


class TestForward:
    def test_takes_along_what_the_customer_wrote_last(self, desk, ana):
        ticket = a_conversation(desk, ana)
        sent = acts.forward(desk.heed, ana, ticket.id, ["a@p.example", "B@p.example"], "?", now(), cc=["c@p.example"])
        assert "> Any news?" in text_of(desk, sent) and "lamp" not in text_of(desk, sent)
        assert set(desk.rows("SELECT role, address FROM message_party WHERE message_id = :m", m=sent)) == {
            ("to", "a@p.example"), ("to", "b@p.example"), ("cc", "c@p.example"),
        }  # fmt: skip

    def test_of_the_whole_conversation_holds_no_note_and_no_other_forward(self, desk, ana):
        ticket = a_conversation(desk, ana)
        letters, _ = forwarding.may_be_forwarded(desk.heed, ana, ticket.id)
        assert [letter.text.strip() for letter in letters] == ["The lamp is broken.", "We look into it.", "Any news?"]
        sent = acts.forward(
            desk.heed, ana, ticket.id, "lab@p.example", "All of it:", now(), messages=[one.id for one in letters]
        )
        whole = text_of(desk, sent)
        assert whole.index("lamp") < whole.index("look into") < whole.index("Any news")
        for secret in ("SECRET", "INTERNAL", "PRIVATE"):
            assert secret not in whole

    def test_of_a_note_or_a_forward_is_refused_however_it_is_asked(self, desk, ana):
        ticket = a_conversation(desk, ana)
        for row in desk.messages(ticket.id):
            if row.visibility != "public":
                with pytest.raises(Refused, match="never go along"):
                    acts.forward(desk.heed, ana, ticket.id, "lab@p.example", "?", now(), messages=[row.id])

    def test_takes_the_chosen_files_and_shares_their_bytes(self, desk, ana):
        row = a_connection_row(desk, "email")
        ticket = desk.ticket_of(mail(desk, row), row)
        acts.pull(desk.heed, ana, now())
        files = [Upload("a.txt", "text/plain", b"aaa"), Upload("b.txt", "text/plain", b"bbb")]
        acts.reply(desk.heed, ana, ticket.id, "See files", now(), attachments=files)
        desk.do("UPDATE message SET state = 'sent' WHERE direction = 'outbound'")
        letters, _ = forwarding.may_be_forwarded(desk.heed, ana, ticket.id)
        second = letters[1].files[1]
        sent = acts.forward(
            desk.heed, ana, ticket.id, "lab@p.example", "?", now(), messages=[letters[1].id], files=[second.id]
        )
        assert desk.rows("SELECT name, state FROM attachment WHERE message_id = :m", m=sent) == [("b.txt", "stored")]
        assert sorted(desk.rows("SELECT refs FROM blob")) == [(1,), (2,)]
        with pytest.raises(Refused, match="files"):
            acts.forward(desk.heed, ana, ticket.id, "lab@p.example", "?", now(), files=["nothing"])

    def test_of_a_chat_leaves_by_the_brands_mail_and_its_answer_comes_back(self, desk, ana):
        ticket = desk.says("The lamp is broken.")
        acts.pull(desk.heed, ana, now())
        row = a_connection_row(desk, "email")
        sent = acts.forward(desk.heed, ana, ticket.id, "lab@p.example", "Can you look?", now())
        [(connection, external_id)] = desk.rows("SELECT connection_id, external_id FROM message WHERE id = :m", m=sent)
        assert connection == row.id and external_id.endswith("@shop.example>")
        assert desk.rows("SELECT connection_id FROM outgoing WHERE message_id = :m", m=sent) == [(row.id,)]
        [(token,)] = desk.rows("SELECT token FROM reply_token WHERE kind = 'forward'")
        answer = mail(desk, row, "It is lost.", "lab@p.example", To=f"help+{token}@shop.example")
        assert desk.ticket_of(answer, row).id == ticket.id
        assert [m.visibility for m in desk.messages(ticket.id)] == ["public", "direct", "direct"]


class TestStart:
    def start(self, desk, who, row, **facts):
        given = {"connection_id": row.id, "to": "dan@home.example", "subject": "Recall", "text": "Stop.", **facts}
        return acts.start(desk.heed, who, now(), **given)

    def test_takes_cc_and_files_and_is_the_customers_turn(self, desk, ana):
        row = a_connection_row(desk, "email")
        files = [Upload("a.txt", "text/plain", b"aaa")]
        ticket = self.start(desk, ana, row, to=["Dan@Home.example"], cc=["eva@home.example"], attachments=files)
        assert desk.ticket(ticket).state == "pending"
        assert set(desk.rows("SELECT role, address FROM message_party")) == {
            ("to", "dan@home.example"), ("cc", "eva@home.example"),
        }  # fmt: skip
        assert desk.rows("SELECT name FROM attachment") == [("a.txt",)]
        assert desk.rows("SELECT count(*) FROM assignment") == [(0,)], "it takes no slot"

    def test_kept_open_takes_a_slot_and_is_refused_without_one(self, desk):
        row = a_connection_row(desk, "email")
        bo = an_agent(desk, "Bo", slots={"mail": 1})
        ticket = self.start(desk, bo, row, keep_open=True)
        assert (desk.ticket(ticket).state, desk.ticket(ticket).agent_id) == ("open", bo.agent)
        assert desk.rows("SELECT agent_id, how FROM assignment") == [(bo.agent, "started")]
        with pytest.raises(Refused, match="no free slot"):
            self.start(desk, bo, row, keep_open=True)
        assert len(desk.tickets) == 1, "nothing of it stays"
        self.start(desk, bo, row)

    def test_says_what_is_wrong_with_an_address(self, desk, ana):
        row = a_connection_row(desk, "email")
        for to in ("nobody", [], ["dan@home.example", "a@b\r\nBcc: c@d.example"]):
            with pytest.raises(Refused, match=r"is no mail address|at least one recipient"):
                self.start(desk, ana, row, to=to)
        self.start(desk, ana, row)
        desk.do("UPDATE contact SET blocked = true")
        with pytest.raises(Refused, match="blocked"):
            self.start(desk, ana, row)

    def test_is_for_the_brands_one_works_for(self, desk, ana):
        theirs = a_connection_row(desk, "email", brand_id=a_brand(desk, "other"))
        with pytest.raises(NotFound):
            self.start(desk, ana, theirs)
        sue = a_supervisor(desk)
        with pytest.raises(Refused, match="Only by mail"):
            self.start(desk, sue, desk.api)
