"""Answers follow a visitor who has left: to whom, when, with what; and who is never written to."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from channels.types import Delivery
from router import by_mail, delivery, desk, intake, keeping, sweeping, visiting
from router.desk import Upload
from router.inbox.visitor import conversation
from router.mistakes import Mistake
from router.model import SYSTEM, Scope
from router.store import visitors
from router.store.connections import ConnectionRow
from router.store.rows import Ticket
from tests.builders import Desk, a_brand, a_connection_row, a_desk, an_agent, mail, now
from tests.servers.smtp import SmtpServer

VISITOR, OTHER = "a" * 24, "b" * 24
DAN = "dan@home.example"
LATER = by_mail.AWAY + timedelta(minutes=1)


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(database_url, tmp_path, PUBLIC_URL="https://desk.example") as made:
        yield made


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def chat(here: Desk) -> ConnectionRow:
    return a_connection_row(here, "webchat")


@pytest.fixture
def mailbox(here: Desk, smtp: SmtpServer) -> ConnectionRow:
    settings = {"smtp_host": smtp.host, "smtp_port": str(smtp.port), "smtp_tls": "none"}
    return a_connection_row(here, "email", settings=settings)


@pytest.fixture
def ana(here: Desk) -> Scope:
    return an_agent(here, "Ana Ruiz")


def says(at: Desk, chat: ConnectionRow, text: str = "Does it come with a plug?", who: str = VISITOR) -> None:
    """Let a visitor write."""
    body = json.dumps({"id": f"c{len(at.messages())}", "text": text}).encode()
    key = f"{who}-{len(at.messages())}"
    intake.accept(at.heed, chat, Delivery(key, "https://desk.example/chat", {"heed-visitor-id": who}, body), now())
    at.drain(chat)


def answered(at: Desk, ana: Scope, text: str = "Yes, with both.", **more: object) -> Ticket:
    """Let Ana pull the ticket that waits, or answer the one she has."""
    pulled = desk.pull(at.heed, ana, now())
    ticket_id = pulled.ticket_id if pulled else at.tickets[-1].id
    desk.reply(at.heed, ana, ticket_id, text, now(), **more)  # type: ignore[arg-type]
    leave(at)
    return at.ticket(ticket_id)


def leave(at: Desk) -> None:
    """Let everything leave that is due."""
    for message_id in delivery.due(at.heed, now() + timedelta(seconds=1)):
        delivery.send(at.heed, message_id, lambda: now() + timedelta(seconds=1))


def gives(at: Desk, chat: ConnectionRow, email: str = DAN, who: str = VISITOR, language: str = "en") -> None:
    """Let a visitor give an address."""
    visiting.say_address(at.heed, chat, who, email, language, now())


def followed(at: Desk, after: timedelta = timedelta(0)) -> None:
    """Let the clock look after visitors at a moment to come, and let what it wrote leave."""
    by_mail.follow_due(at.heed, now() + after)
    for message_id in delivery.due(at.heed, now() + after):
        delivery.send(at.heed, message_id, lambda: now() + after)


def link_in(text: str) -> str:
    """Return the end of the link in a mail."""
    found = re.search(r"https://desk\.example/chat/[0-9a-z-]+/confirm/(\S+)", text)
    assert found is not None
    return found.group(1)


def confirmed(at: Desk, chat: ConnectionRow, smtp: SmtpServer) -> None:
    """Let a visitor's address be asked and confirmed; what was sent for it is forgotten."""
    gives(at, chat)
    followed(at)
    assert by_mail.confirm(at.heed, chat, link_in(smtp.taken[-1].mail.get_content()), now())
    smtp.taken.clear()


@pytest.mark.usefixtures("mailbox")
class TestAsking:
    def test_a_typed_address_is_asked_once_in_words_nobody_typed(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer
    ) -> None:
        says(here, chat, "Buy cheap pills at http://pills.example")
        gives(here, chat)
        followed(here)
        followed(here, timedelta(hours=1))
        (taken,) = smtp.taken
        assert taken.recipients == (DAN,)
        assert "pills" not in taken.mail.as_string()
        assert taken.mail["Auto-Submitted"] == "auto-generated"
        assert link_in(taken.mail.get_content()).startswith(VISITOR)

    def test_its_link_is_stored_nowhere(self, here: Desk, chat: ConnectionRow, smtp: SmtpServer) -> None:
        says(here, chat)
        gives(here, chat)
        followed(here)
        stored = here.messages()[-1].text
        assert "/confirm/…" in stored
        assert link_in(smtp.taken[0].mail.get_content()) not in stored

    def test_waits_until_there_is_something_to_answer(self, here: Desk, chat: ConnectionRow, smtp: SmtpServer) -> None:
        gives(here, chat)
        followed(here)
        assert not smtp.taken
        says(here, chat)
        followed(here, timedelta(seconds=10))
        assert len(smtp.taken) == 1

    def test_an_address_without_a_word_is_let_go(self, here: Desk, chat: ConnectionRow, smtp: SmtpServer) -> None:
        gives(here, chat)
        followed(here, timedelta(hours=2))
        assert not smtp.taken
        assert here.rows("SELECT due_at FROM chat_visitor") == [(None,)]

    def test_once_a_day_whoever_types_it(self, here: Desk, chat: ConnectionRow, smtp: SmtpServer) -> None:
        for who in (VISITOR, OTHER):
            says(here, chat, who=who)
            gives(here, chat, who=who)
        gives(here, chat, "else@home.example")
        gives(here, chat)
        followed(here)
        assert [one.recipients for one in smtp.taken] == [(DAN,)]
        gives(here, chat, "else@home.example", who=OTHER)
        gives(here, chat, who=OTHER)
        followed(here, timedelta(days=1, minutes=1))
        assert [one.recipients for one in smtp.taken] == [(DAN,), (DAN,)]

    def test_another_brand_asks_for_itself(self, here: Desk, chat: ConnectionRow, mailbox: ConnectionRow) -> None:
        brand = a_brand(here, "lamps")
        with here.heed.database.write() as db:
            day = timedelta(days=1)
            assert visitors.may_ask(db, here.brand_id, DAN, now(), now() - day)
            assert not visitors.may_ask(db, here.brand_id, DAN, now(), now() - day)
            assert visitors.may_ask(db, brand, DAN, now(), now() - day)

    @pytest.mark.parametrize("typed", ["", "dan", "dan@home", "dan@home.example, eve@home.example", "a b@c.example"])
    def test_what_is_no_address_is_refused(self, here: Desk, chat: ConnectionRow, typed: str) -> None:
        with pytest.raises(Mistake, match="no mail address"):
            gives(here, chat, typed)

    def test_in_the_language_of_the_page(self, here: Desk, chat: ConnectionRow, smtp: SmtpServer) -> None:
        says(here, chat)
        gives(here, chat, language="ur")
        followed(here)
        assert "السلام علیکم" in smtp.taken[0].mail.get_content()


@pytest.mark.usefixtures("mailbox")
class TestConfirming:
    @pytest.fixture
    def link(self, here: Desk, chat: ConnectionRow, smtp: SmtpServer) -> str:
        says(here, chat)
        gives(here, chat)
        followed(here)
        return link_in(smtp.taken[0].mail.get_content())

    def test_by_the_link_the_address_is_believed(self, here: Desk, chat: ConnectionRow, link: str) -> None:
        assert by_mail.confirm(here.heed, chat, link, now())
        assert here.rows("SELECT trust, email FROM chat_visitor") == [("confirmed", DAN)]
        assert by_mail.confirm(here.heed, chat, link, now()), "a second click says the same"

    def test_a_changed_link_is_worth_nothing(self, here: Desk, chat: ConnectionRow, link: str) -> None:
        thread, ends, mac = link.split(".")
        other = f"{OTHER}.{ends}.{mac}", f"{thread}.{int(ends) + 1}.{mac}", f"{thread}.{ends}.{'0' * 64}", "", "x.y.z"
        assert not any(by_mail.confirm(here.heed, chat, one, now()) for one in other)
        assert not by_mail.confirm(here.heed, a_connection_row(here, "webchat"), link, now())

    def test_it_ends_after_a_week(self, here: Desk, chat: ConnectionRow, link: str) -> None:
        assert by_mail.asked(here.heed, chat, link, now() + timedelta(days=6, hours=23))
        assert not by_mail.confirm(here.heed, chat, link, now() + timedelta(days=7, seconds=1))

    def test_it_is_for_the_address_it_went_to(self, here: Desk, chat: ConnectionRow, link: str) -> None:
        gives(here, chat, "victim@else.example")
        assert not by_mail.confirm(here.heed, chat, link, now())

    def test_a_new_address_must_be_confirmed_anew(self, here: Desk, chat: ConnectionRow, link: str) -> None:
        by_mail.confirm(here.heed, chat, link, now())
        gives(here, chat)
        assert here.rows("SELECT trust FROM chat_visitor") == [("confirmed",)], "the same address stays believed"
        gives(here, chat, "victim@else.example")
        assert here.rows("SELECT trust FROM chat_visitor") == [("visitor",)]


@pytest.mark.usefixtures("mailbox")
class TestFollowing:
    def test_what_was_not_read_follows_those_who_left_and_their_answer_joins(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer, ana: Scope, mailbox: ConnectionRow
    ) -> None:
        says(here, chat)
        confirmed(here, chat, smtp)
        ticket = answered(here, ana, "Yes, with both.", attachments=[Upload("plug.pdf", "application/pdf", b"%PDF")])
        answered(here, ana, "It ships today.")
        followed(here, timedelta(minutes=1))
        assert not smtp.taken, "they may come back at once"
        followed(here, LATER)
        (taken,) = smtp.taken
        body = taken.mail.get_body(("plain",))
        assert body is not None
        said = body.get_content()
        assert taken.recipients == (DAN,)
        assert said.index("Yes, with both.") < said.index("It ships today.")
        assert [part.get_filename() for part in taken.mail.iter_attachments()] == ["plug.pdf"]
        followed(here, LATER * 2)
        assert len(smtp.taken) == 1, "once"
        mail(here, mailbox, "Thank you!", DAN, To=str(taken.mail["Reply-To"]))
        assert here.ticket_of(here.messages()[-1].external_id, mailbox).id == ticket.id

    def test_what_was_read_stays_in_the_chat(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer, ana: Scope
    ) -> None:
        says(here, chat)
        confirmed(here, chat, smtp)
        ticket = answered(here, ana)
        ours = here.messages(ticket.id)[-1].id
        assert not visiting.read(here.heed, chat, VISITOR, ours)
        assert here.messages(ticket.id)[-1].state == "read"
        followed(here, LATER)
        assert not smtp.taken

    def test_nobody_is_written_to_while_their_page_is_open(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer, ana: Scope
    ) -> None:
        says(here, chat)
        confirmed(here, chat, smtp)
        answered(here, ana)
        visiting.here(here.heed, {(chat.id, VISITOR)}, now() + LATER)
        followed(here, LATER + timedelta(seconds=30))
        assert not smtp.taken
        followed(here, LATER * 2)
        assert len(smtp.taken) == 1

    def test_an_unconfirmed_address_gets_no_answer(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer, ana: Scope
    ) -> None:
        says(here, chat)
        gives(here, chat)
        answered(here, ana, "Your code is 4711.")
        for hours in range(5):
            followed(here, timedelta(hours=hours))
        assert len(smtp.taken) == 1
        assert "4711" not in smtp.taken[0].mail.as_string()
        assert by_mail.confirm(here.heed, chat, link_in(smtp.taken[0].mail.get_content()), now())
        followed(here, LATER)
        assert "4711" in smtp.taken[1].mail.as_string(), "once confirmed, what they missed comes"

    def test_a_signed_address_needs_no_confirming(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer, ana: Scope
    ) -> None:
        says(here, chat)
        with here.heed.database.write() as db:
            visitors.put(db, chat.id, VISITOR, DAN, "signed", "en", now())
        gives(here, chat, "victim@else.example")
        answered(here, ana)
        followed(here, LATER)
        assert [one.recipients for one in smtp.taken] == [(DAN,)], "what is typed does not replace what is signed"

    def test_notes_and_other_visitors_answers_never_follow(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer, ana: Scope
    ) -> None:
        says(here, chat)
        confirmed(here, chat, smtp)
        ticket = answered(here, ana)
        desk.note(here.heed, ana, ticket.id, "A difficult one", now())
        says(here, chat, "And me?", OTHER)
        followed(here, LATER)
        (taken,) = smtp.taken
        assert "difficult" not in taken.mail.as_string()

    def test_a_desk_that_is_away_for_long_writes_one_mail(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer, ana: Scope
    ) -> None:
        says(here, chat)
        confirmed(here, chat, smtp)
        answered(here, ana)
        at = now() + timedelta(hours=5)
        for _ in range(2):
            assert by_mail.follow_due(here.heed, at) in (0, 1)
        assert len([m for m in here.messages() if m.automatic and m.direction == "outbound"]) == 2

    def test_the_page_does_not_show_the_mail_again(
        self, here: Desk, chat: ConnectionRow, smtp: SmtpServer, ana: Scope
    ) -> None:
        says(here, chat)
        confirmed(here, chat, smtp)
        answered(here, ana)
        followed(here, LATER)
        assert [one["text"] for one in conversation(here.heed, chat.id, VISITOR, None)] == [
            "Does it come with a plug?",
            "Yes, with both.",
        ]

    def test_the_clock_looks_after_it(self, here: Desk, chat: ConnectionRow, smtp: SmtpServer) -> None:
        says(here, chat)
        gives(here, chat)
        sweep = sweeping.Sweep(here.heed)
        sweep.now(now())
        sweep.stop()
        assert len([m for m in here.messages() if m.direction == "outbound"]) == 1


def test_without_a_mailbox_no_address_is_taken(here: Desk, chat: ConnectionRow) -> None:
    with pytest.raises(Mistake, match="cannot follow"):
        gives(here, chat)


def test_reading_again_later_is_told_while_answers_are_on_their_way(
    here: Desk, chat: ConnectionRow, ana: Scope
) -> None:
    says(here, chat)
    pulled = desk.pull(here.heed, ana, now())
    assert pulled is not None
    ours = desk.reply(here.heed, ana, pulled.ticket_id, "Yes.", now())
    assert visiting.read(here.heed, chat, VISITOR, ours), "it is queued: the page asks again"
    leave(here)
    assert not visiting.read(here.heed, chat, VISITOR, ours)
    assert here.messages()[-1].state == "read"
    for who, message_id in ((OTHER, ours), (VISITOR, "nothing"), (VISITOR, here.messages()[0].id)):
        assert not visiting.read(here.heed, chat, who, message_id)


@pytest.mark.usefixtures("mailbox")
class TestForgetting:
    def test_who_is_erased_leaves_no_address(self, here: Desk, chat: ConnectionRow) -> None:
        says(here, chat)
        gives(here, chat)
        ((contact_id,),) = here.rows("SELECT contact_id FROM ticket")
        keeping.erase_contact(here.heed, SYSTEM, contact_id, now())
        assert here.rows("SELECT * FROM chat_visitor") == []

    def test_who_never_wrote_is_forgotten_and_who_did_is_not(self, here: Desk, chat: ConnectionRow) -> None:
        says(here, chat)
        gives(here, chat)
        gives(here, chat, "else@home.example", OTHER)
        followed(here)
        keeping.purge(here.heed, now() + timedelta(days=60))
        assert here.rows("SELECT email FROM chat_visitor") == [(DAN,)]
        assert here.rows("SELECT * FROM address_confirmation") == []
