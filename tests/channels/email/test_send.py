"""Replies as they leave: what the mail looks like, and what each answer of a real SMTP server means."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from channels.email import adapter, smtp
from channels.email.outgoing import compose
from channels.email.reading import read
from channels.errors import DeliveryFailed
from channels.types import Attachment, Connection, InboundMessage, Party, Reply, Sent
from tests.servers.smtp import PASSWORD, USER, SmtpServer

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANA = Party("to", "ana@customer.example", "Ana Ruiz")
LONG_ID = f"<{'x' * 120}@mail.prod.outlook.example>"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def a_connection(**settings: str) -> Connection:
    return Connection("k", "email", "Shop", {"address": "support@shop.example", "from_name": "Shop", **settings})


def a_reply(**fields: object) -> Reply:
    given = {"key": "1", "text": "We are on it.", "to": ANA, "message_id": "<r1@shop.example>", "subject": "Re: Parcel"}
    return Reply(**{**given, **fields})  # type: ignore[arg-type]


def sent(server: SmtpServer, **fields: object) -> Sent:
    return adapter.send(a_reply(**fields), a_connection(**server.settings()))


def failure(server: SmtpServer, **fields: object) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        sent(server, **fields)
    return caught.value


class TestCompose:
    def test_carries_the_thread_the_token_and_our_own_id(self, server: SmtpServer) -> None:
        ids = sent(server, answers=("<1@customer.example>", LONG_ID), reply_token="t0k3n", sender_name="Bo, Shop")
        mail = server.taken[0].mail
        assert ids == Sent(("<r1@shop.example>",))
        assert (mail["Message-ID"], mail["In-Reply-To"]) == ("<r1@shop.example>", LONG_ID)
        assert mail["References"] == f"<1@customer.example> {LONG_ID}"
        assert mail["Reply-To"] == "support+t0k3n@shop.example"
        assert mail["From"] == '"Bo, Shop" <support@shop.example>'
        assert mail["To"] == "Ana Ruiz <ana@customer.example>"
        assert mail["Auto-Submitted"] is None

    def test_what_we_send_is_found_again_by_our_own_parser(self) -> None:
        text = "Grüße,\nسلام\n.a line with a dot\n\nFrom here on"
        mail = compose(a_reply(text=text, subject="Über " * 40, answers=(LONG_ID,)), a_connection(), NOON)
        (found,) = read(mail.message.as_bytes(), a_connection())
        assert isinstance(found, InboundMessage)
        assert (found.text, found.subject) == (text, ("Über " * 40).strip())
        assert (found.external_id, found.answers, found.sent_at) == ("<r1@shop.example>", (LONG_ID,), NOON)

    def test_many_references_keep_the_first_and_the_newest(self) -> None:
        answers = tuple(f"<{number}@x.example>" for number in range(100))
        kept = str(compose(a_reply(answers=answers), a_connection(), NOON).message["References"]).split()
        assert (kept[0], kept[-1], len(kept)) == ("<0@x.example>", "<99@x.example>", 40)

    def test_says_when_a_machine_wrote_it(self) -> None:
        assert compose(a_reply(automatic=True), a_connection(), NOON).message["Auto-Submitted"] == "auto-generated"

    @pytest.mark.parametrize("field", ["subject", "sender_name"])
    def test_a_line_break_begins_no_header(self, field: str) -> None:
        mail = compose(a_reply(**{field: "x\r\nBcc: eve@evil.example\n\nbody\u2028"}), a_connection(), NOON).message
        assert mail["Bcc"] is None
        assert b"\nBcc:" not in mail.as_bytes()

    @pytest.mark.parametrize("address", ["", "ana", "a@b\r\nBcc: c@d", "a@b>,<c@d", "ana@", "ä@b.example", "a b@c"])
    def test_refuses_what_is_no_address_without_repeating_it(self, address: str) -> None:
        with pytest.raises(DeliveryFailed) as caught:
            compose(a_reply(to=Party("to", address)), a_connection(), NOON)
        assert caught.value.permanent
        assert not address or address not in caught.value.reason

    def test_writes_a_foreign_domain_in_ascii(self) -> None:
        assert (
            compose(a_reply(to=Party("to", "a@bücher.example")), a_connection(), NOON).to == "a@xn--bcher-kva.example"
        )

    def test_attaches_files_under_their_names(self, server: SmtpServer) -> None:
        files = (
            Attachment("Rück\r\ngabe.pdf", "application/pdf", b"%PDF"),
            Attachment("old.eml", "message/rfc822", b"From: x"),
            Attachment("odd", "no type", b"\0"),
        )
        sent(server, attachments=files)
        found = [(part.get_filename(), part.get_content_type()) for part in server.taken[0].mail.iter_attachments()]
        assert found == [
            ("Rück gabe.pdf", "application/pdf"),
            ("old.eml", "application/octet-stream"),
            ("odd", "application/octet-stream"),
        ]


class TestSend:
    def test_reaches_everyone_and_shows_bcc_to_nobody(self, server: SmtpServer) -> None:
        parties = (ANA, Party("cc", "luis@customer.example"), Party("bcc", "boss@shop.example"))
        sent(server, parties=parties)
        taken = server.taken[0]
        assert taken.sender == "support@shop.example"
        assert taken.recipients == ("ana@customer.example", "luis@customer.example", "boss@shop.example")
        assert b"boss@shop.example" not in taken.raw

    def test_keeps_lines_that_begin_with_a_dot(self, server: SmtpServer) -> None:
        sent(server, text=".\n..two\nend")
        assert server.taken[0].mail.get_content().replace("\r\n", "\n").rstrip("\n") == ".\n..two\nend"

    @pytest.mark.parametrize(
        ("answer", "permanent", "reason"),
        [
            ("451 4.7.1 later, ana@customer.example", False, "(451 4.7.1)."),
            ("552 5.2.2 full ana@customer.example", True, "(552 5.2.2): the mailbox is full."),
            ("554 go away", True, "(554)."),
        ],
    )  # fmt: skip
    def test_a_refused_message_is_tried_again_only_after_a_4xx(
        self, server: SmtpServer, answer: str, permanent: bool, reason: str
    ) -> None:
        server.answers.append(answer)
        problem = failure(server)
        assert (problem.permanent, problem.may_have_arrived) == (permanent, False)
        assert problem.reason == f"The server did not take the message {reason}"

    def test_a_second_try_after_a_4xx_is_the_same_mail(self, server: SmtpServer) -> None:
        server.answers.append("451 4.7.1 later")
        assert not failure(server).permanent
        assert sent(server) == Sent(("<r1@shop.example>",))
        assert [taken.mail["Message-ID"] for taken in server.taken] == ["<r1@shop.example>"]
        assert server.attempts == 2

    def test_a_second_try_after_the_answer_was_lost_is_known_by_its_id(self, server: SmtpServer) -> None:
        server.answers.append("hang up")
        assert failure(server).may_have_arrived
        assert sent(server) == Sent(("<r1@shop.example>",))

    def test_a_line_that_breaks_after_the_message_may_have_arrived(self, server: SmtpServer) -> None:
        server.answers.append("hang up")
        problem = failure(server)
        assert (problem.permanent, problem.may_have_arrived, server.attempts) == (False, True, 1)

    @pytest.mark.parametrize(("answer", "permanent"), [("450 4.2.1 busy", False), ("550 5.1.1 unknown", True)])
    def test_nothing_is_sent_when_the_customer_is_refused(
        self, server: SmtpServer, answer: str, permanent: bool
    ) -> None:
        server.refused[ANA.address] = answer
        problem = failure(server, parties=(ANA, Party("cc", "luis@customer.example")))
        assert (problem.permanent, problem.may_have_arrived, server.attempts) == (permanent, False, 0)

    def test_another_recipient_who_is_refused_is_left_out_and_logged_unnamed(
        self, server: SmtpServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        server.refused["luis@customer.example"] = "550 5.1.1 unknown luis@customer.example"
        with caplog.at_level(logging.WARNING):
            sent(server, parties=(ANA, Party("cc", "luis@customer.example")))
        assert server.taken[0].recipients == (ANA.address,)
        assert "without 1 of 2 recipients" in caplog.text
        assert "luis" not in caplog.text

    def test_no_server_is_a_matter_of_time(self, port: int) -> None:
        with pytest.raises(DeliveryFailed) as caught:
            adapter.send(a_reply(), a_connection(smtp_host="127.0.0.1", smtp_port=str(port), smtp_tls="none"))
        assert (caught.value.permanent, caught.value.may_have_arrived) == (False, False)

    def test_without_a_server_set_it_says_so(self) -> None:
        with pytest.raises(DeliveryFailed, match="has no smtp_host") as caught:
            adapter.send(a_reply(), a_connection())
        assert caught.value.permanent

    def test_signs_in_and_tells_a_wrong_password_without_repeating_it(self) -> None:
        with SmtpServer(sign_in=True) as server:
            right = server.settings(smtp_user=USER, smtp_password=PASSWORD)
            adapter.send(a_reply(), a_connection(**right))
            assert len(server.taken) == 1
            with pytest.raises(DeliveryFailed, match="did not accept smtp_user and smtp_password") as caught:
                smtp.check(a_connection(**{**right, "smtp_password": "canary-secret"}))
            assert "canary" not in caught.value.reason

    def test_does_not_send_in_the_clear_where_encryption_is_set(self, server: SmtpServer) -> None:
        with pytest.raises(DeliveryFailed, match="does not offer what is set"):
            adapter.send(a_reply(), a_connection(**server.settings(smtp_tls="starttls")))
        assert server.attempts == 0
