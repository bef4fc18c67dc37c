"""What the e-mail channel takes in, and what it makes of mails that mean harm or mean nothing."""

import random
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from channels.email import adapter
from channels.email.parts import MAX_DEPTH, MAX_PARTS
from channels.errors import NotUnderstood
from channels.types import MAX_MAIL, Answer, Connection, Delivery, InboundMessage, Request

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MAIL = b"From: ana@customer.example\r\nTo: support@shop.example\r\nMessage-ID: <1@customer.example>\r\n\r\nHello\r\n"
SHOP = {"address": "support@shop.example", "authserv_id": "mx.shop.example"}


def a_connection(*secrets: str, **settings: str) -> Connection:
    return Connection("k", "email", "Shop", {**SHOP, **settings}, secrets or ("first", "second"))


def a_post(body: bytes = MAIL, **headers: str) -> Request:
    named = {"content-type": "message/rfc822", "authorization": "Bearer first"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "https://desk.example/hooks/k", {k: v for k, v in named.items() if v}, body)


def read(raw: bytes, **settings: str) -> InboundMessage:
    message, *_ = adapter.parse(Delivery("1", "imap:", {}, raw), a_connection(**settings))
    assert isinstance(message, InboundMessage)
    return message


def status(request: Request, *secrets: str) -> int:
    answer = adapter.receive(request, a_connection(*secrets), NOON)
    return answer.status if isinstance(answer, Answer) else answer.answer.status


class TestReceive:
    def test_keeps_a_raw_mail_under_the_hash_of_its_body(self) -> None:
        delivery = adapter.receive(a_post(), a_connection(), NOON)
        assert isinstance(delivery, Delivery)
        assert (delivery.key, delivery.body) == (sha256(MAIL).hexdigest(), MAIL)
        assert "authorization" not in delivery.headers

    def test_takes_either_active_secret(self) -> None:
        assert status(a_post(authorization="bearer second")) == 200

    @pytest.mark.parametrize(
        "sent", ["", "Bearer", "Bearer ", "Bearer third", "Basic first", "first", "Bearer é\udc80"]
    )
    def test_refuses_without_an_active_secret(self, sent: str) -> None:
        assert status(a_post(authorization=sent)) == 401

    @pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer"])
    def test_an_empty_secret_never_verifies(self, sent: str) -> None:
        assert status(a_post(authorization=sent), "", "") == 401

    def test_refuses_other_methods(self) -> None:
        assert status(Request("GET", "https://desk.example/hooks/k", {"authorization": "Bearer first"}, b"")) == 405

    @pytest.mark.parametrize("kind", ["", "text/plain", "message/rfc822x"])
    def test_refuses_other_content(self, kind: str) -> None:
        assert status(a_post(content_type=kind)) == 415

    def test_takes_a_mail_of_25_mb_and_no_more(self) -> None:
        assert status(a_post(b"x" * MAX_MAIL)) == 200
        assert status(a_post(b"x" * (MAX_MAIL + 1))) == 413


def nested(levels: int, kind: bytes = b"multipart/mixed") -> bytes:
    opened = b"".join(b'Content-Type: %s; boundary="b%d"\n\n--b%d\n' % (kind, level, level) for level in range(levels))
    return (
        b"From: a@b.example\nSubject: deep\nMessage-ID: <d@b.example>\n"
        + opened
        + b"Content-Type: text/plain\n\nwords\n"
    )


class TestParse:
    @pytest.mark.parametrize("raw", [b"", b"\0", b"{}", b"\n\n", b"no header here"])
    def test_what_is_no_mail_is_not_understood(self, raw: bytes) -> None:
        with pytest.raises(NotUnderstood):
            read(raw)

    def test_reads_a_mail_nested_as_deep_as_is_allowed(self) -> None:
        assert (read(nested(MAX_DEPTH)).text, read(nested(MAX_DEPTH)).attachments) == ("words", ())

    @pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 1000, 5000])
    @pytest.mark.parametrize("kind", [b"multipart/mixed", b"multipart/digest"])
    def test_keeps_a_mail_nested_deeper_whole_as_a_file(self, levels: int, kind: bytes) -> None:
        message = read(nested(levels, kind))
        assert message.subject == "deep"
        assert message.attachments[-1].data == nested(levels, kind)
        assert "nested over 50 deep" in str(message.attachments[-1].error)

    def test_keeps_mails_in_mails_1000_deep_as_one_file(self) -> None:
        inner = b"Content-Type: message/rfc822\n\n" * 999 + b"words"
        message = read(b"From: a@b.example\nContent-Type: message/rfc822\n\n" + inner)
        assert [file.data for file in message.attachments] == [inner]

    def test_reads_the_first_parts_of_a_mail_with_too_many(self) -> None:
        parts = b"--b\nContent-Type: text/plain\n\nx\n" * (MAX_PARTS + 1)
        message = read(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + parts)
        assert message.text.startswith("x\nx\nx")
        assert "more than 500 parts" in str(message.attachments[-1].error)

    @pytest.mark.parametrize(
        "field",
        [
            b"Content-Type: " + b";" * 200_000,
            b"From: " + b"(" * 200_000,
            b"X: " + b"y" * 300_000,
            b"A: b\n" * 5000 + b"C: d",
        ],
        ids=["parameters", "comments", "long", "many"],
    )
    def test_survives_monstrous_headers(self, field: bytes) -> None:
        assert read(b"Subject: still here\n" + field + b"\n\nwords").subject == "still here"

    def test_keeps_a_body_that_only_claims_to_have_parts(self) -> None:
        assert read(b"From: a@b.example\nContent-Type: multipart/mixed\n\nwords").text == "words"

    def test_a_mail_without_an_id_gets_the_same_one_by_every_way(self) -> None:
        mail = b"From: a@b.example\nSubject: x\n\nwords\n"
        fetched = b"Return-Path: <a@b.example>\r\nReceived: from x\r\n" + mail.replace(b"\n", b"\r\n")
        assert read(mail).external_id == read(fetched).external_id
        assert read(mail).external_id != read(mail.replace(b"words", b"other")).external_id

    def test_an_oversized_mail_is_shown_with_where_to_read_it(self) -> None:
        message = read(b"X-Heed-Oversized: 41943040\r\nFrom: a@b.example\r\nSubject: big\r\n\r\n")
        assert message.subject == "big"
        assert (
            message.attachments[0].error
            == "The mail has 40 MB, and only its beginning is here. Read all of it in the mailbox."
        )

    def test_whatever_is_broken_in_a_mail_it_is_read(self) -> None:
        """Thousands of damaged samples: nothing raises but NotUnderstood, and all of it can be stored as text."""
        samples = sorted((Path(adapter.__file__).parent / "samples").glob("*.eml"))
        random_ = random.Random(7)
        for _ in range(1500):
            raw = bytearray(random_.choice(samples).read_bytes())
            for _ in range(random_.randint(1, 8)):
                place = random_.randrange(len(raw))
                raw[place : place + random_.choice((0, 1, 1, 30))] = random_.choice(
                    (b"", b"\0", b"\n", b"\r", b'"', b"--", b"\xff", b"=?", b";", b"<", b"\n\n", b"multipart/mixed")
                )
            try:
                message = read(bytes(raw))
            except NotUnderstood:
                continue
            for text in (
                message.text,
                message.subject,
                message.html or "",
                message.stripped or "",
                message.external_id,
            ):
                assert "\0" not in text
                text.encode()
            for party in message.parties:
                f"{party.name}{party.address}".encode()
                assert "\n" not in party.name


PASSED = b"dmarc=pass header.from=customer.example"


class TestProven:
    FROM = b"From: xia@customer.example\nMessage-ID: <p@x>\n"

    @pytest.mark.parametrize(
        ("results", "proven"),
        [
            (b"mx.shop.example; dmarc=pass header.from=customer.example", True),
            (b"mx.shop.example; dkim=pass header.d=customer.example", True),
            (b"mx.shop.example 1; dkim=fail header.d=evil.example; dkim=pass header.d=customer.example", True),
            (b"mx.shop.example; dkim=pass header.d=evil.example", False),
            (b"mx.shop.example; dkim=pass header.d=sub.customer.example", False),
            (b"mx.shop.example; dkim=pass header.d=example", False),
            (b"mx.shop.example; dmarc=pass header.from=evil.example", False),
            (b"mx.shop.example; dmarc=fail (dmarc=pass) header.from=customer.example", False),
            (b"mx.shop.example; spf=pass smtp.mailfrom=customer.example", False),
            (b"mx.evil.example; dmarc=pass header.from=customer.example", False),
            (b"mx.shop.example; none\nAuthentication-Results: mx.shop.example; " + PASSED, False),
        ],
    )
    def test_only_by_the_trusted_server_and_for_the_very_domain(self, results: bytes, proven: bool) -> None:
        assert read(b"Authentication-Results: " + results + b"\n" + self.FROM + b"\nx").proven is proven

    def test_not_without_a_trusted_server(self) -> None:
        raw = b"Authentication-Results: ; dmarc=pass header.from=customer.example\n" + self.FROM + b"\nx"
        assert not read(raw, authserv_id="").proven

    @pytest.mark.parametrize("more", [b"From: eve@evil.example\n", b"Reply-To: eve@customer.example\n"])
    def test_not_for_anyone_but_the_one_in_from(self, more: bytes) -> None:
        results = b"Authentication-Results: mx.shop.example; dmarc=pass header.from=customer.example\n"
        assert not read(results + self.FROM + more + b"\nx").proven


class TestAutomatic:
    @pytest.mark.parametrize(
        "header",
        [
            b"Content-Type: multipart/report", b"Return-Path: <>", b"Auto-Submitted: auto-generated",
            b"From: MAILER-DAEMON@x.example", b"From: no-reply@x.example", b"From: support@shop.example",
            b"Precedence: bulk", b"X-Autoreply: yes", b"X-Auto-Response-Suppress: All", b"List-Id: <l.example>",
            b"Subject: Out of office: until Monday", b"Subject: =?utf-8?q?R=C3=A9ponse_automatique?=",
        ],
    )  # fmt: skip
    def test_by_each_of_its_signs(self, header: bytes) -> None:
        sender = b"" if header.startswith(b"From") else b"From: a@b.example\n"
        assert read(header + b"\n" + sender + b"Message-ID: <1@b.example>\n\nx").automatic

    @pytest.mark.parametrize(
        "header", [b"Auto-Submitted: no", b"Precedence: list", b"Return-Path: <a@b.example>", b"X: y"]
    )
    def test_not_for_what_people_write(self, header: bytes) -> None:
        assert not read(header + b"\nFrom: a@b.example\nMessage-ID: <1@b.example>\n\nx").automatic

    @pytest.mark.parametrize(
        "header",
        [
            b"Content-Type: multipart/report; report-type=delivery-status",
            b"Content-Type: multipart/report; report-type=\"disposition-notification\"",
            b"Auto-Submitted: Auto-Replied (vacation)", b"X-Autoreply: yes", b"Precedence: auto_reply",
            b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example",
            b"Auto-Submitted: auto-generated\nSubject: Automatic reply: Order 7",
            b"Return-Path: <>\nSubject: Abwesenheitsnotiz",
        ],
    )  # fmt: skip
    def test_replied_by_a_machine_is_told_apart(self, header: bytes) -> None:
        found = read(header + b"\nFrom: a@b.example\nMessage-ID: <1@b.example>\n\nx")
        assert (found.automatic, found.auto_replied) == (True, True)

    @pytest.mark.parametrize(
        "header",
        [
            b"Content-Type: multipart/report; report-type=feedback-report", b"Return-Path: <>",
            b"Auto-Submitted: auto-generated", b"From: postmaster@x.example", b"From: no-reply@x.example",
            b"From: support@shop.example", b"Precedence: bulk", b"X-Auto-Response-Suppress: All",
            b"List-Id: <l.example>", b"Subject: Out of office hours nobody answers!", b"X-Autoreply: no",
        ],
    )  # fmt: skip
    def test_but_not_where_a_person_may_speak(self, header: bytes) -> None:
        """A web form writes as noreply, a list for its members: their customers may be angry."""
        sender = b"" if header.startswith(b"From") else b"From: a@b.example\n"
        found = read(header + b"\n" + sender + b"Message-ID: <1@b.example>\n\nx")
        assert (found.automatic, found.auto_replied) == (True, False)


class TestTest:
    def test_a_connection_that_only_gets_posts_needs_an_address_alone(self) -> None:
        assert adapter.test(a_connection()) == []
        assert adapter.test(a_connection(address="")) == [
            "Address is missing: enter the address customers write to, such as support@example.com."
        ]

    def test_says_of_each_server_what_to_check(self, port: int) -> None:
        dead = {"imap_host": "127.0.0.1", "imap_port": str(port), "smtp_host": "127.0.0.1", "smtp_port": str(port)}
        imap, smtp = adapter.test(a_connection(**dead))
        assert "check imap_host, imap_port and imap_tls" in imap
        assert "check smtp_host, smtp_port and smtp_tls" in smtp
