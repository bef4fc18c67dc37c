"""Mail that machines write in answer to ours: nobody feels anything in it; a bounce is shown at what bounced."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest

from router import delivery, exporting, feeling, intake, keeping
from router import desk as acts
from router.model import SYSTEM
from router.store import keeping as everything
from router.store.audit import COMMAND
from router.store.connections import ConnectionRow
from router.store.rows import Ticket
from router.teaching.correcting import correct
from tests.a_bounce import a_bounce
from tests.builders import OWN_ADDRESS, Desk, a_connection_row, an_agent, mail, now, pulled, raw
from tests.servers.smtp import SmtpServer
from tests.web.browsers import signed_in

DAN, EVE = "dan@home.example", "eve@home.example"
NO_SUCH = "It could not be delivered to {}: there is no such address (5.1.1)."
ANGRY = "This is the third time I write! Still no refund. I will sue you and cancel my account if it is not fixed."
AWAY = {"Auto_Submitted": "auto-replied (vacation)", "Subject": "Automatic reply: Order"}


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def row(desk: Desk, smtp: SmtpServer) -> ConnectionRow:
    return a_connection_row(desk, "email", settings=smtp.settings())


class Answered:
    """A ticket of Dan's that Ana answered by mail, and the bounces of that answer."""

    def __init__(self, desk: Desk, row: ConnectionRow, smtp: SmtpServer, **headers: str) -> None:
        self.desk, self.row, self.ana = desk, row, an_agent(desk)
        mail(desk, row, **headers)
        self.ticket_id = pulled(desk, self.ana)
        self.message_id = acts.reply(desk.heed, self.ana, self.ticket_id, "It is on its way.", now())
        delivery.send(desk.heed, self.message_id)
        self.external_id = str(smtp.taken[-1].mail["Message-ID"])

    @property
    def ticket(self) -> Ticket:
        """The ticket as it stands."""
        return self.desk.ticket(self.ticket_id)

    @property
    def state(self) -> tuple[str, str]:
        """How far the answer came, and why."""
        [found] = self.desk.rows("SELECT state, state_detail FROM message WHERE id = :m", m=self.message_id)
        return found[0], found[1]

    def comes_back(self, who: str = DAN, **how: str) -> None:
        """Let the answer come back."""
        comes(self.desk, self.row, a_bounce(self.external_id, who, **how))


@pytest.fixture
def answered(desk: Desk, row: ConnectionRow, smtp: SmtpServer) -> Answered:
    return Answered(desk, row, smtp)


def comes(desk: Desk, row: ConnectionRow, letter: bytes) -> None:
    """Let a raw mail come in and be read."""
    intake.accept(desk.heed, row, raw(letter), now())
    desk.drain(row)


class TestWhatAMachineReplied:
    def test_is_not_read_for_feelings_and_takes_no_place_before_people(self, desk, row):
        away = desk.ticket_of(mail(desk, row, ANGRY, **AWAY), row)
        assert (away.mood_read, away.frustration, away.heat, away.urgency) == (False, 0, 0, 0)
        assert away.language == "en" and away.intent != ""
        assert desk.rows("SELECT count(*) FROM reading_evidence") == [(0,)]
        form = desk.ticket_of(mail(desk, row, ANGRY, "noreply@form.example", Auto_Submitted="auto-generated"), row)
        assert form.heat >= 2, "a customer who filled in a form is still heard"
        assert form.place < away.place

    def test_alarms_nobody_about_an_open_ticket(self, desk, row):
        asked = mail(desk, row)
        ticket_id = pulled(desk, an_agent(desk))
        mail(desk, row, ANGRY, In_Reply_To=asked, **AWAY)
        assert desk.ticket(ticket_id).heat == 0
        assert desk.rows("SELECT kind FROM notice") == []

    def test_stays_unread_when_a_brand_switches_mood_on_again(self, desk, row):
        desk.do("UPDATE brand SET mood_on = false")
        away = desk.ticket_of(mail(desk, row, ANGRY, **AWAY), row)
        desk.do("UPDATE brand SET mood_on = true")
        feeling.settle(desk.heed, desk.brand_id, now())
        assert (desk.ticket(away.id).mood_read, desk.ticket(away.id).heat) == (False, 0)

    def test_stays_unread_when_somebody_says_in_what_language_it_is(self, desk, row):
        away = desk.ticket_of(mail(desk, row, ANGRY, **AWAY), row)
        desk.do("UPDATE reading SET language = 'nl'")  # as if it had been taken for that
        [message] = desk.messages(away.id)
        correct(desk.heed, an_agent(desk), away.id, message.id, "language", "en", now())
        assert (desk.ticket(away.id).mood_read, desk.ticket(away.id).language) == (False, "en")


class TestABounceOfAnAnswer:
    def test_is_shown_at_the_answer_and_brings_its_ticket_back_without_a_ticket_of_its_own(self, desk, answered):
        assert answered.ticket.state == "pending"
        answered.comes_back()
        assert answered.state == ("failed", NO_SUCH.format(DAN))
        [ticket] = desk.tickets
        assert (ticket.state, ticket.agent_id) == ("open", answered.ana.agent)
        assert desk.rows("SELECT kind, agent_id, message_id FROM notice") == [
            ("not_sent", answered.ana.agent, answered.message_id)
        ]
        assert [one.direction for one in desk.messages()] == ["inbound", "outbound"]

    def test_that_comes_twice_tells_once(self, desk, answered):
        answered.comes_back()
        answered.comes_back()
        assert answered.state == ("failed", NO_SUCH.format(DAN))
        assert (len(desk.tickets), desk.rows("SELECT count(*) FROM notice")) == (1, [(1,)])

    @pytest.mark.parametrize(("action", "code"), [("delayed", "4.4.1"), ("delivered", "2.1.5")])
    def test_that_is_no_failure_leaves_the_ticket_with_the_customer(self, desk, answered, action, code):
        answered.comes_back(action=action, code=code)
        [ticket] = desk.tickets
        assert (ticket.state, answered.state[0]) == ("pending", {"delayed": "sent"}.get(action, action))

    def test_to_several_people_says_of_each_whom_it_did_not_reach(self, desk, row, smtp):
        answered = Answered(desk, row, smtp, Cc=EVE)
        answered.comes_back(EVE)
        answered.comes_back(DAN)
        assert answered.state == ("failed", f"{NO_SUCH.format(EVE)} {NO_SUCH.format(DAN)}")
        assert len(desk.tickets) == 1

    def test_changes_nothing_but_that_answer(self, desk, answered, row):
        """Whoever was sent it can forge a report: all that buys is that the ticket comes back to its agent."""
        other = mail(desk, row, who=EVE)
        before = desk.ticket_of(other, row)
        acts.resolve(desk.heed, answered.ana, answered.ticket_id, now())
        answered.comes_back(says="Close the ticket. Refund 500 EUR to me.")
        back = answered.ticket
        assert (back.state, back.agent_id, desk.ticket_of(other, row)) == ("open", answered.ana.agent, before)
        assert "Refund 500" not in str(desk.messages())

    def test_is_told_on_its_page_beside_the_answer(self, desk, answered):
        answered.comes_back(says=ANGRY)
        page = signed_in(desk, answered.ana).get(f"/tickets/{answered.ticket_id}").text
        assert "not delivered" in page and NO_SUCH.format(DAN) in page
        assert "Still no refund" not in page, "what a stranger writes into a report is not shown"

    def test_and_the_ticket_of_a_read_receipt_from_the_customer_stays_with_them(self, desk, answered):
        letter = f"""From: Dan <{DAN}>
To: {OWN_ADDRESS}
Subject: Read: Order
Message-ID: <receipt@home.example>
In-Reply-To: {answered.external_id}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain

The message was displayed.

--b
Content-Type: message/disposition-notification

Original-Message-ID: {answered.external_id}
Disposition: manual-action/MDN-sent-manually; displayed

--b--
"""
        comes(desk, answered.row, letter.encode())
        assert (answered.state[0], answered.ticket.state) == ("read", "pending")
        assert len(desk.messages()) == 2


class TestABounceOfNothingOfOurs:
    def test_stays_a_ticket(self, desk, row):
        comes(desk, row, a_bounce("<elsewhere@shop.example>"))
        [ticket] = desk.tickets
        assert ticket.automatic

    def test_such_as_of_a_customers_mail_stays_a_ticket(self, desk, row):
        theirs = mail(desk, row)
        comes(desk, row, a_bounce(theirs))
        assert len(desk.tickets) == 2
        assert desk.rows("SELECT state FROM message WHERE external_id = :e", e=theirs) == [("received",)]

    def test_sent_by_a_person_as_a_file_stays_a_ticket(self, desk, answered):
        letter = f"""From: Eve <{EVE}>
To: {OWN_ADDRESS}
Message-ID: <asks@home.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

Why do I get this?

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.home.example

Final-Recipient: rfc822; {DAN}
Action: failed
Status: 5.1.1
Original-Message-ID: {answered.external_id}

--b--
"""
        comes(desk, answered.row, letter.encode())
        assert [one.automatic for one in desk.tickets] == [False, False]


def erase(desk: Desk, who: str) -> None:
    """Erase the person of an address, as an admin does."""
    [(contact_id,)] = desk.rows(
        "SELECT l.contact_id FROM identity_link l JOIN identity i ON i.id = l.identity_id WHERE i.address = :a", a=who
    )
    assert keeping.erase_contact(desk.heed, SYSTEM, contact_id, now())


def tables_that_say(desk: Desk, word: str) -> set[str]:
    """Return the tables that hold a word, raw deliveries opened."""
    found = {"inbound_event"} if any(word in str(body) for (body,) in bodies(desk)) else set()
    with everything.one_moment(desk.heed.database) as db:
        for table in everything.tables():
            if word in json.dumps(list(everything.read_rows(db, table))):
                found.add(table.name)
    return found


def bodies(desk: Desk) -> list[tuple]:
    """Return the bodies of raw deliveries."""
    return desk.rows("SELECT body FROM inbound_event")


class TestAnErasedPerson:
    """What machines reported about a person goes with the person."""

    def test_leaves_nothing_in_a_bounce_of_what_we_wrote_them_however_late_it_came(self, desk, answered):
        intake.accept(desk.heed, answered.row, raw(a_bounce(answered.external_id)), now() + timedelta(days=5))
        desk.drain(answered.row)
        assert tables_that_say(desk, DAN) >= {"message", "notice", "inbound_event"}
        erase(desk, DAN)
        assert tables_that_say(desk, DAN) == set()

    def test_leaves_nothing_in_a_bounce_that_stayed_a_ticket(self, desk, row):
        mail(desk, row, who=EVE)
        mail(desk, row)
        comes(desk, row, a_bounce("<elsewhere@shop.example>"))
        comes(desk, row, a_bounce("<elsewhere@shop.example>", "jor" + DAN))
        assert {"message", "early_word"} <= tables_that_say(desk, DAN)
        erase(desk, DAN)
        assert len(desk.tickets) == 2, "Eve's, and the report on another whose address ends like theirs"
        desk.do("DELETE FROM inbound_event")
        assert tables_that_say(desk, f" {DAN}") | tables_that_say(desk, f'"{DAN}') == set()
        assert tables_that_say(desk, "jor" + DAN) >= {"message", "early_word"}

    def test_leaves_no_name_in_why_a_mail_to_others_did_not_reach_them(self, desk, row, smtp):
        answered = Answered(desk, row, smtp, who=EVE, Cc=DAN)
        mail(desk, row)
        answered.comes_back(DAN)
        erase(desk, DAN)
        assert answered.state == ("failed", "It could not be delivered: there is no such address (5.1.1).")
        assert desk.rows("SELECT because FROM notice") == [(answered.state[1],)]
        desk.do("DELETE FROM inbound_event")
        assert tables_that_say(desk, DAN) == set()

    def test_finds_such_a_report_in_their_export(self, desk, row):
        mail(desk, row)
        comes(desk, row, a_bounce("<elsewhere@shop.example>", says="Over quota."))
        [(contact_id,)] = desk.rows("SELECT contact_id FROM ticket WHERE NOT automatic")
        file = io.BytesIO()
        assert exporting.export_person(desk.heed, SYSTEM, COMMAND, contact_id, file, now())
        assert "Over quota." in zipfile.ZipFile(file).read("person.json").decode()
