"""Replies on their way out: one attempt at a time, in order, and never twice without anybody knowing."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from router import delivery, desk
from router.desk import Upload
from router.model import Scope
from router.store import schema
from router.store.connections import ConnectionRow
from router.store.rows import Ticket
from tests import builders
from tests.builders import Desk, a_connection_row, a_desk, an_agent, mail, now, raw
from tests.servers.plain import PlainServer, Told
from tests.servers.smtp import SmtpServer
from tests.servers.telegram import TOKEN, TelegramServer
from tests.workers import Worker, sends

NUMBER = builders.NUMBER


@pytest.fixture
def here(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def bot() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


def a_chat(of: Desk, bot: TelegramServer, ana: Scope, text: str = "hello?") -> tuple[Ticket, ConnectionRow]:
    """Return a Telegram ticket that Ana has."""
    row = a_connection_row(of, "telegram", settings={"bot_token": TOKEN, "base_url": bot.url})
    number = next(NUMBER)
    said = {
        "message_id": number,
        "date": 1_764_000_000,
        "chat": {"id": 42, "type": "private"},
        "from": {"id": 42, "is_bot": False, "first_name": "Dan"},
        "text": text,
    }
    body = json.dumps({"update_id": number, "message": said})
    builders.intake.accept(of.heed, row, raw(body.encode()), now())
    of.drain(row)
    pulled = desk.pull(of.heed, ana, now())
    assert pulled is not None
    return of.ticket(pulled.ticket_id), row


def a_letter(of: Desk, server: SmtpServer, ana: Scope, **headers: str) -> tuple[Ticket, ConnectionRow, str]:
    """Return a mail ticket that Ana has, and the Message-ID of the customer's mail."""
    row = a_connection_row(of, "email", settings=server.settings())
    message_id = mail(of, row, **headers)
    pulled = desk.pull(of.heed, ana, now())
    assert pulled is not None
    return of.ticket(pulled.ticket_id), row, message_id


def state(of: Desk, message_id: str) -> tuple[str, str]:
    [(found, detail)] = of.rows("SELECT state, state_detail FROM message WHERE id = :m", m=message_id)
    return found, detail


def due_in(of: Desk, message_id: str, since: datetime) -> float | None:
    table = schema.outgoing
    with of.heed.database.read() as db:
        moment = db.execute(select(table.c.due_at).where(table.c.message_id == message_id)).scalar_one()
    return None if moment is None else (moment - since).total_seconds()


class TestAReply:
    def test_is_sent_and_known_by_the_platforms_id(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "We are on it.", now())
        delivery.send(here.heed, message_id)
        assert state(here, message_id) == ("sent", "")
        [call] = bot.called("sendMessage")
        assert (call.params["chat_id"], call.params["text"]) == (42, "We are on it.")
        assert here.rows("SELECT external_id FROM message WHERE id = :m", m=message_id) == [("42/1001",)]

    def test_is_shown_under_the_message_it_answers(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        delivery.send(here.heed, desk.reply(here.heed, ana, ticket.id, "Yes.", now()))
        assert "reply_parameters" in bot.called("sendMessage")[0].params

    def test_in_parts_is_known_by_all_its_ids(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "word " * 1500, now())
        delivery.send(here.heed, message_id)
        aliases = here.rows("SELECT external_id FROM message_alias WHERE message_id = :m", m=message_id)
        assert (len(bot.called("sendMessage")), aliases) == (2, [("42/1002",)])

    def test_carries_its_files(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        files = [Upload("a.pdf", "application/pdf", b"%PDF")]
        delivery.send(here.heed, desk.reply(here.heed, ana, ticket.id, "Here.", now(), attachments=files))
        assert bot.called("sendDocument")[0].files == {"document": ("a.pdf", b"%PDF")}

    def test_is_sent_once_however_many_jobs_ask(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Once.", now())
        threads = [threading.Thread(target=delivery.send, args=(here.heed, message_id)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        delivery.send(here.heed, message_id)
        assert len(bot.called("sendMessage")) == 1

    def test_waits_for_the_one_before_it(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        first = desk.reply(here.heed, ana, ticket.id, "One.", now())
        second = desk.reply(here.heed, ana, ticket.id, "Two.", now())
        bot.refuse(500, "Internal")
        delivery.send(here.heed, first)
        delivery.send(here.heed, second)
        assert [call.params["text"] for call in bot.called("sendMessage")] == ["One."]
        delivery.send(here.heed, first, lambda: now() + timedelta(minutes=1))
        delivery.send(here.heed, second, lambda: now() + timedelta(minutes=1))
        assert [call.params["text"] for call in bot.called("sendMessage")] == ["One.", "One.", "Two."]

    def test_on_a_paused_connection_waits(self, here, bot):
        ana = an_agent(here)
        ticket, row = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Later.", now())
        here.do("UPDATE connection SET active = FALSE WHERE id = :c", c=row.id)
        delivery.send(here.heed, message_id)
        assert state(here, message_id) == ("queued", "Tried 1 times. The connection is paused.")
        assert bot.called("sendMessage") == []

    def test_of_a_web_chat_is_sent_as_soon_as_it_is_stored(self, here):
        ana = an_agent(here)
        row = a_connection_row(here, "webchat")
        body = b'{"id": "c1", "text": "Hi, is anybody there?"}'
        given = raw(body)
        builders.intake.accept(
            here.heed, row, type(given)(given.key, given.url, {"heed-visitor-id": "ab" * 12}, body), now()
        )
        here.drain(row)
        ticket_id = desk.pull(here.heed, ana, now()).ticket_id
        message_id = desk.reply(here.heed, ana, ticket_id, "We are.", now())
        delivery.send(here.heed, message_id)
        assert state(here, message_id)[0] == "sent"


class TestAMail:
    def test_answers_the_thread_and_says_who_gets_it(self, here):
        with SmtpServer() as server:
            ana = an_agent(here)
            ticket, _, asked = a_letter(here, server, ana, Cc="eve@home.example")
            first = desk.reply(here.heed, ana, ticket.id, "Which order?", now())
            delivery.send(here.heed, first)
            again = desk.reply(here.heed, ana, ticket.id, "And which day?", now())
            delivery.send(here.heed, again)
            one, two = server.taken
        own = here.rows("SELECT external_id FROM message WHERE id = :m", m=first)[0][0]
        assert one.mail["Message-ID"] == own
        assert (one.mail["In-Reply-To"], one.mail["References"]) == (asked, asked)
        assert (two.mail["In-Reply-To"], two.mail["References"]) == (asked, f"{own} {asked}")
        assert one.recipients == ("dan@home.example", "eve@home.example")
        assert (one.mail["To"], one.mail["Cc"]) == ("Dan <dan@home.example>", "eve@home.example")
        assert one.mail["Subject"] == "Re: Order"
        [(token,)] = here.rows("SELECT token FROM reply_token WHERE kind = 'ticket'")
        assert one.mail["Reply-To"] == two.mail["Reply-To"] == f"help+{token}@shop.example"
        assert one.mail["Auto-Submitted"] is None

    def test_to_a_third_party_has_its_own_way_back_and_names_no_thread(self, here):
        with SmtpServer() as server:
            ana = an_agent(here)
            ticket, _, _ = a_letter(here, server, ana)
            delivery.send(here.heed, desk.forward(here.heed, ana, ticket.id, "lab@else.example", "Can you?", now()))
            [taken] = server.taken
        [(token,)] = here.rows("SELECT token FROM reply_token WHERE kind = 'forward'")
        assert taken.mail["Reply-To"] == f"help+{token}@shop.example"
        assert (taken.recipients, taken.mail["In-Reply-To"]) == (("lab@else.example",), None)

    def test_that_is_tried_again_is_the_same_mail(self, here):
        with SmtpServer() as server:
            ana = an_agent(here)
            ticket, _, _ = a_letter(here, server, ana)
            message_id = desk.reply(here.heed, ana, ticket.id, "Soon.", now())
            server.answers.append("451 4.7.1 later")
            delivery.send(here.heed, message_id)
            assert state(here, message_id)[0] == "queued"
            delivery.send(here.heed, message_id, lambda: now() + timedelta(seconds=6))
            [taken] = server.taken
        assert state(here, message_id)[0] == "sent"
        assert taken.mail["Message-ID"] == f"<{message_id}@shop.example>"

    def test_whose_answer_never_came_may_have_arrived(self, here):
        with SmtpServer() as server:
            ana = an_agent(here)
            ticket, _, _ = a_letter(here, server, ana)
            message_id = desk.reply(here.heed, ana, ticket.id, "Soon.", now())
            server.answers.append("hang up")
            delivery.send(here.heed, message_id)
            delivery.send(here.heed, message_id, lambda: now() + timedelta(days=1))
        found, detail = state(here, message_id)
        assert (found, server.attempts) == ("unknown", 1)
        assert "may not have arrived" in detail


class TestAFailure:
    def test_of_a_mail_brings_the_ticket_back_to_its_agent_with_its_promise_open(self, here):
        ana, row = an_agent(here), a_connection_row(here, "email")  # it has no smtp_host: no mail can leave
        ticket = here.ticket_of(mail(here, row), row)
        desk.pull(here.heed, ana, now())
        message_id = desk.reply(here.heed, ana, ticket.id, "On its way.", now())
        assert here.ticket(ticket.id).state == "pending"
        delivery.send(here.heed, message_id)
        assert state(here, message_id)[0] == "failed"
        back = here.ticket(ticket.id)
        assert (back.state, back.agent_id) == ("open", ana.agent)
        assert here.rows("SELECT met_at FROM promise WHERE ticket_id = :t", t=ticket.id) == [(None,)]

    def test_of_the_mail_that_resolved_a_ticket_brings_it_back(self, here):
        ana, row = an_agent(here), a_connection_row(here, "email")
        ticket = here.ticket_of(mail(here, row), row)
        desk.pull(here.heed, ana, now())
        message_id = desk.reply(here.heed, ana, ticket.id, "On its way.", now())
        desk.resolve(here.heed, ana, ticket.id, now())
        delivery.send(here.heed, message_id)
        back = here.ticket(ticket.id)
        assert (back.state, back.agent_id, back.resolved_at, back.episode) == ("open", ana.agent, None, 2)
        assert here.rows("SELECT met_at FROM promise WHERE ticket_id = :t AND kind = 'first_answer'", t=ticket.id) == [
            (None,)
        ]

    def test_of_an_earlier_mail_leaves_a_resolved_ticket_at_rest(self, here):
        ana, row = an_agent(here), a_connection_row(here, "email")
        ticket = here.ticket_of(mail(here, row), row)
        desk.pull(here.heed, ana, now())
        message_id = desk.reply(here.heed, ana, ticket.id, "On its way.", now())
        desk.reply(here.heed, ana, ticket.id, "And here it is.", now() + timedelta(seconds=1))
        desk.resolve(here.heed, ana, ticket.id, now() + timedelta(seconds=2))
        delivery.send(here.heed, message_id)
        assert state(here, message_id)[0] == "failed"
        assert here.ticket(ticket.id).state == "resolved"

    def test_that_no_retry_can_help_is_shown_at_once(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Hello?", now())
        bot.refuse(403, "Forbidden: bot was blocked by the user")
        delivery.send(here.heed, message_id)
        reason = "The customer has blocked this bot: reach them on another channel."
        assert state(here, message_id) == ("failed", reason)
        assert due_in(here, message_id, now()) is None
        assert here.rows("SELECT agent_id, kind, because FROM notice") == [(ana.agent, "not_sent", reason)]

    @pytest.mark.parametrize(("attempts", "pause_s"), [(0, 5), (1, 30), (2, 120), (3, 600), (4, 3600), (9, 3600)])
    def test_that_may_pass_is_retried_ever_later(self, here, bot, attempts, pause_s):
        ana = an_agent(here)
        ticket, row = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Hello?", now())
        here.do("UPDATE outgoing SET attempts = :n", n=attempts)
        bot.refuse(500, "Internal")
        at = now()
        delivery.send(here.heed, message_id, lambda: at)
        assert due_in(here, message_id, at) == pause_s
        assert state(here, message_id)[0] == "queued"
        [(noted,)] = here.rows("SELECT last_error FROM connection WHERE id = :c", c=row.id)
        assert noted.startswith("Replies: Telegram has trouble")
        delivery.send(here.heed, message_id, lambda: at + timedelta(seconds=pause_s))
        assert state(here, message_id)[0] == "sent"
        assert here.rows("SELECT last_error FROM connection WHERE id = :c", c=row.id) == [(None,)]

    def test_waits_as_long_as_the_platform_asks(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Hello?", now())
        bot.refuse(429, "Too Many Requests", retry_after=77)
        at = now()
        delivery.send(here.heed, message_id, lambda: at)
        assert due_in(here, message_id, at) == 77

    def test_that_lasts_a_day_is_final(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Hello?", now())
        bot.refuse(500, "Internal")
        at = now() + timedelta(hours=24)
        delivery.send(here.heed, message_id, lambda: at)
        found, detail = state(here, message_id)
        assert found == "failed"
        assert detail.startswith("Given up after a day.")

    def test_after_which_it_may_have_arrived_is_never_repeated_silently(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Hello?", now())
        bot.hang_up()
        delivery.send(here.heed, message_id)
        delivery.send(here.heed, message_id, lambda: now() + timedelta(hours=2))
        assert (state(here, message_id)[0], len(bot.called("sendMessage"))) == ("unknown", 1)

    def test_is_repeated_with_the_same_key_where_the_channel_takes_one(self, here):
        orders = [Told(hang_up=True), Told(200)]
        with PlainServer(lambda call: orders.pop(0)) as server:
            row = a_connection_row(here, "api", settings={"base_url": server.url})
            with here.heed.database.write() as db:
                builders.connections.add_secret(db, here.heed.vault, row.id, "s" * 32, now())
            ana = an_agent(here)
            builders.post(here, row=row)
            here.drain(row)
            ticket_id = desk.pull(here.heed, ana, now()).ticket_id
            message_id = desk.reply(here.heed, ana, ticket_id, "Hello?", now())
            delivery.send(here.heed, message_id)
            assert state(here, message_id)[0] == "queued"
            delivery.send(here.heed, message_id, lambda: now() + timedelta(seconds=6))
            keys = [call.headers["idempotency-key"] for call in server.calls]
        assert (state(here, message_id)[0], keys) == ("sent", [message_id, message_id])


class TestACrash:
    def test_in_mid_send_shows_as_unknown_once_the_lease_is_over(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Hello?", now())
        asked, answer = threading.Event(), threading.Event()
        usual = bot._plain.answer

        def hang(call: object) -> Told:
            asked.set()
            answer.wait(60)
            return usual(call)  # type: ignore[arg-type]

        bot._plain.answer = hang
        sender = Worker(here, sends, message_id)
        assert asked.wait(60)
        sender.kill()
        answer.set()
        assert state(here, message_id)[0] == "sending"
        delivery.send(here.heed, message_id)
        assert state(here, message_id)[0] == "sending"
        later = now() + delivery.LEASE + timedelta(seconds=1)
        assert delivery.due(here.heed, later) == [message_id]
        delivery.send(here.heed, message_id, lambda: later)
        found, detail = state(here, message_id)
        assert found == "unknown"
        assert "cut off" in detail
        assert delivery.due(here.heed, later + timedelta(days=2)) == []

    def test_before_the_attempt_costs_nothing(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Hello?", now())
        assert delivery.due(here.heed, now()) == [message_id]

    def test_that_was_none_but_a_slow_answer_is_put_right(self, here, bot):
        ana = an_agent(here)
        ticket, _ = a_chat(here, bot, ana)
        message_id = desk.reply(here.heed, ana, ticket.id, "Hello?", now())
        usual = bot._plain.answer
        later = now() + delivery.LEASE + timedelta(seconds=1)

        def slow(call: object) -> Told:
            bot._plain.answer = usual
            delivery.send(here.heed, message_id, lambda: later)
            assert state(here, message_id)[0] == "unknown"
            return usual(call)  # type: ignore[arg-type]

        bot._plain.answer = slow
        delivery.send(here.heed, message_id)
        assert (state(here, message_id)[0], len(bot.called("sendMessage"))) == ("sent", 1)
