"""Bounces, delays, read receipts and complaints: what they say of the mail they are about."""

import pytest

from channels.types import InboundMessage, Receipt
from tests.channels.email.builders import a_mail, a_part, everything, multipart, read

OURS = "<r1@shop.example>"
SAID = a_part(b"text/plain", b"I am sorry to tell you.")
RETURNED = a_part(b"message/rfc822", b"From: support@shop.example\nMessage-ID: <r1@shop.example>\n\nWe are on it.")
PLAIN = b"--- Below this line is a copy of the message.\n\nMessage-ID: <r1@shop.example>\n\nWe"
OF_READING = b"disposition-notification"
MDN = b"Original-Message-ID: <r1@shop.example>\nDisposition: manual-action/MDN-sent-manually; "
HEADERS = a_part(b"text/rfc822-headers", b"From: support@shop.example\nMessage-ID: <r1@shop.example>\n")


def status(*lines: bytes) -> bytes:
    head = b"Reporting-MTA: dns; mx.customer.example\nArrival-Date: Fri, 20 Nov 2026 12:00:00 +0000\n\n"
    return a_part(b"message/delivery-status", head + b"\n".join(lines))


def recipient(action: bytes, code: bytes, *more: bytes) -> bytes:
    return b"\n".join(
        (b"Final-Recipient: rfc822; ana@customer.example", b"Action: " + action, b"Status: " + code, *more)
    )


def receipts(raw: bytes) -> list[Receipt]:
    message, *rest = everything(raw)
    assert isinstance(message, InboundMessage)
    assert message.automatic
    found = [one for one in rest if isinstance(one, Receipt)]
    assert len(found) == len(rest)
    return found


def report(*parts: bytes, kind: bytes = b"delivery-status") -> bytes:
    return multipart(*parts, kind=b"report; report-type=" + kind)


class TestBounce:
    def test_tells_whom_it_did_not_reach_and_why_on_the_mail_it_is_about(self) -> None:
        raw = report(SAID, status(recipient(b"failed", b"5.1.1")), RETURNED)
        assert receipts(raw) == [
            Receipt(
                OURS,
                "failed",
                detail="It could not be delivered to ana@customer.example: there is no such address (5.1.1).",
            )
        ]

    def test_is_kept_as_a_message_of_that_thread_without_the_returned_mail(self) -> None:
        message = read(report(SAID, status(recipient(b"failed", b"5.1.1")), RETURNED))
        assert (message.text, message.answers, message.attachments) == ("I am sorry to tell you.", (OURS,), ())

    @pytest.mark.parametrize(
        ("code", "more", "why"),
        [
            (b"5.2.2", (), "the mailbox is full (5.2.2)"),
            (b"5.7.26", (), "the server's policy forbids it (5.7.26)"),
            (b"5.1.99", (), "the address is wrong (5.1.99)"),
            (b"5.9.9", (), "their server refused it (5.9.9)"),
            (b"", (b"Diagnostic-Code: smtp; 550-5.1.1 who", ), "their server refused it"),
            (b"", (b"Diagnostic-Code: smtp; 550 5.1.1 who",), "there is no such address (5.1.1)"),
            (b"4.4.7 (delivery time expired)", (), "it could not be delivered in time (4.4.7)"),
        ],
    )  # fmt: skip
    def test_says_the_reason_in_words(self, code: bytes, more: tuple[bytes, ...], why: str) -> None:
        (found,) = receipts(report(SAID, status(recipient(b"failed", code, *more)), HEADERS))
        assert found.detail == f"It could not be delivered to ana@customer.example: {why}."

    def test_names_nobody_who_is_no_address(self) -> None:
        said = recipient(b"failed", b"5.1.1").replace(b"ana@customer.example", b"Call 555 and pay, said a@b.example")
        (found,) = receipts(report(SAID, status(said), HEADERS))
        assert found.detail == "It could not be delivered: there is no such address (5.1.1)."

    def test_without_a_human_part_is_said_in_words(self) -> None:
        assert "no such address" in read(report(status(recipient(b"failed", b"5.1.1")), RETURNED)).text

    def test_of_several_recipients_names_the_first_that_failed(self) -> None:
        other = b"\n\n" + recipient(b"failed", b"5.2.2").replace(b"ana@", b"luis@")
        (found,) = receipts(report(SAID, status(recipient(b"delivered", b"2.0.0") + other), RETURNED))
        assert (found.state, "luis@customer.example" in found.detail) == ("failed", True)

    def test_names_the_mail_by_the_status_part_too(self) -> None:
        block = recipient(b"failed", b"5.1.1", b"Original-Message-ID: <r1@shop.example>")
        assert [one.external_id for one in receipts(report(SAID, status(block)))] == [OURS]

    @pytest.mark.parametrize(
        "text",
        [
            b"Hi. This is the program.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <x>\n"
            b"Message-ID: <r1@shop.example>\n\nWe",
            b"Your mail could not be delivered.\n\n------ This is a copy of the message, including all the "
            b"headers. ------\n\nMessage-Id: <r1@shop.example>\n\nWe",
        ],
        ids=["qmail", "exim"],
    )
    def test_of_servers_that_write_plain_text_is_understood(self, text: bytes) -> None:
        (found,) = receipts(a_mail(b"Return-Path: <>", b"From: MAILER-DAEMON@customer.example", body=text))
        assert (found.external_id, found.state) == (OURS, "failed")

    def test_what_a_person_writes_about_one_is_none(self) -> None:
        text = b"--- Below this line is a copy of the message.\n\nMessage-ID: <r1@shop.example>\n\nWhy?"
        assert len(everything(a_mail(body=text))) == 1


class TestWhatOnlyReports:
    """A mail that says the fate of a mail of ours, and nothing besides."""

    @pytest.mark.parametrize(
        "raw",
        [
            report(SAID, status(recipient(b"failed", b"5.1.1")), RETURNED),
            report(SAID, status(recipient(b"delayed", b"4.4.1")), RETURNED),
            report(SAID, status(recipient(b"relayed", b"2.0.0")), HEADERS),
            report(SAID, status(recipient(b"", b"4.4.1")), HEADERS),
            report(SAID, a_part(b"message/disposition-notification", MDN + b"displayed"), kind=OF_READING),
            report(SAID, a_part(b"message/disposition-notification", MDN + b"deleted"), kind=OF_READING),
            a_mail(b"Return-Path: <>", body=PLAIN),
        ],
        ids=["failed", "delayed", "relayed", "late", "read", "deleted", "plain text"],
    )
    def test_names_the_mails_it_is_about(self, raw: bytes) -> None:
        assert read(raw).reports_on == (OURS,)

    @pytest.mark.parametrize(
        "raw",
        [
            report(SAID, status(recipient(b"unheard-of", b"5.1.1")), RETURNED),
            report(SAID, status(recipient(b"failed", b"5.1.1"))),
            report(
                SAID, a_part(b"message/feedback-report", b"Feedback-Type: abuse\n"), RETURNED, kind=b"feedback-report"
            ),
            multipart(SAID, status(recipient(b"failed", b"5.1.1")), RETURNED),
            multipart(SAID, RETURNED),
        ],
        ids=["in no known form", "on no mail", "a complaint", "sent on by a person", "a mail sent on"],
    )
    def test_is_told_from_what_says_more(self, raw: bytes) -> None:
        assert read(raw).reports_on == ()


class TestOtherReports:
    @pytest.mark.parametrize(
        ("action", "code", "state"),
        [
            (b"delayed", b"4.4.1", None),
            (b"delivered", b"2.1.5", "delivered"),
            (b"relayed", b"2.1.9", "delivered"),
            (b"expanded", b"2.0.0", "delivered"),
            (b"FAILED", b"5.0.0", "failed"),
            (b"", b"5.1.1", "failed"),
            (b"", b"4.4.1", None),
            (b"unheard-of", b"5.1.1", None),
        ],
    )
    def test_a_delay_is_no_failure(self, action: bytes, code: bytes, state: str | None) -> None:
        found = receipts(report(SAID, status(recipient(action, code)), RETURNED))
        assert [one.state for one in found] == ([state] if state else [])

    @pytest.mark.parametrize(
        ("disposition", "states"),
        [
            (b"manual-action/MDN-sent-manually; displayed", ["read"]),
            (b"automatic-action/MDN-sent-automatically; displayed/error", ["read"]),
            (b"automatic-action/MDN-sent-automatically; deleted", []),
            (b"nonsense", []),
        ],
    )
    def test_a_read_receipt_says_read(self, disposition: bytes, states: list[str]) -> None:
        note = b"Final-Recipient: rfc822; ana@customer.example\nOriginal-Message-ID: <r1@shop.example>\nDisposition: "
        part = a_part(b"message/disposition-notification", note + disposition)
        found = receipts(report(SAID, part, kind=b"disposition-notification"))
        assert [one.state for one in found] == states
        assert read(report(SAID, part)).answers == (OURS,)

    def test_a_complaint_belongs_to_the_mail_it_is_about(self) -> None:
        part = a_part(b"message/feedback-report", b"Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n")
        raw = report(SAID, part, RETURNED, kind=b"feedback-report")
        assert (read(raw).answers, receipts(raw)) == ((OURS,), [])

    @pytest.mark.parametrize("part", [b"", b"\n\n\n", b"\xff\0", b"Action: failed\n" * 1000, b"Status: 5.1.1"])
    def test_a_broken_one_raises_nothing(self, part: bytes) -> None:
        assert read(report(SAID, a_part(b"message/delivery-status", part))).text == "I am sorry to tell you."
