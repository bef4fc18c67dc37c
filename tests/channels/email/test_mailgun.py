"""Mail posted by Mailgun: signed forms, parsed or raw, that read like the mail itself."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from channels import verify
from channels.email import adapter
from channels.types import Attachment, Connection, InboundMessage, Receipt
from tests.channels.builders import NOON
from tests.channels.email.builders import a_connection, everything
from tests.channels.email.posted import HEADERS, RAW, TEXT, a_multipart, a_post, basic, kept, message_of, status

KEY = "mailgun-key"


def signed(at: datetime = NOON, key: str = KEY, token: str = "t" * 50) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    return {"timestamp": timestamp, "token": token, "signature": verify.digest(key, f"{timestamp}{token}".encode())}


def mailgun(proof: Mapping[str, str] | None = None, **more: str) -> bytes:
    fields = {
        "recipient": "support+tok@shop.example", "sender": "jue@customer.example",
        "from": "Jürgen <jue@customer.example>", "subject": "Lämp",
        "body-plain": TEXT, "stripped-text": "Grüße", "message-headers": json.dumps(HEADERS),
    }  # fmt: skip
    return urlencode(
        {**fields, **{k.replace("_", "-"): v for k, v in more.items()}, **(signed() if proof is None else proof)}
    ).encode()


def mailgun_connection(**more: str) -> Connection:
    return a_connection(**{"provider": "mailgun", "webhook_signing_key": KEY, **more})


class TestMailgun:
    def test_takes_a_signed_form_under_its_token(self) -> None:
        delivery = kept(a_post(mailgun()), mailgun_connection())
        assert delivery.key == f"mailgun {'t' * 50}"

    def test_takes_the_key_before_until_it_ends(self) -> None:
        connection = mailgun_connection(webhook_signing_key="new", webhook_signing_key_before=KEY)
        assert status(a_post(mailgun()), connection) == 200

    @pytest.mark.parametrize(
        "proof",
        [
            {},
            {**signed(), "signature": "0" * 64},
            {**signed(), "token": "u" * 50},
            {**signed(), "timestamp": "1"},
            {**signed(), "signature": ""},
            signed(key="other"),
            signed(key=""),
            signed(token=""),
            {**signed(), "timestamp": "now"},
        ],
    )
    def test_refuses_what_is_not_signed(self, proof: dict[str, str]) -> None:
        assert status(a_post(mailgun(proof)), mailgun_connection()) == 401

    def test_of_fields_given_twice_the_last_counts(self) -> None:
        assert status(a_post(mailgun() + b"&signature=0"), mailgun_connection()) == 401
        assert status(a_post(b"signature=0&token=0&" + mailgun()), mailgun_connection()) == 200

    def test_an_old_signature_needs_our_own_secret_besides(self) -> None:
        """Mailgun's retries carry the signature of the first attempt: an hour without Heed must lose no mail."""
        late = a_post(mailgun(signed(NOON - timedelta(hours=1))))
        assert status(late, mailgun_connection()) == 401
        known = a_post(late.body, authorization=basic("heed", "first"))
        assert status(known, mailgun_connection()) == 200
        assert status(known, mailgun_connection(), NOON + timedelta(hours=9)) == 401
        assert status(a_post(mailgun({}), authorization=basic("heed", "first")), mailgun_connection()) == 401

    @pytest.mark.parametrize(
        "more",
        [
            {"event": "opened"},
            {"event": "delivered"},
            {"message_url": "https://storage.example/x"},
            {"attachments": "[]"},
            {"event_data": "{}"},
        ],
    )
    def test_events_and_store_notices_are_refused_for_good(self, more: dict[str, str]) -> None:
        assert status(a_post(mailgun(signed(), **more)), mailgun_connection()) == 406
        assert status(a_post(mailgun({}, **more)), mailgun_connection()) == 401

    def test_reads_like_the_raw_mail(self) -> None:
        assert message_of(a_post(mailgun()), mailgun_connection()) == everything(RAW)[0]
        raw = mailgun(body_mime=RAW.decode())
        assert message_of(a_post(raw), mailgun_connection()) == everything(RAW)[0]

    def test_is_known_by_its_fields_where_the_connection_does_not_say(self) -> None:
        connection = a_connection(webhook_signing_key=KEY)
        assert message_of(a_post(mailgun()), connection) == everything(RAW)[0]

    def test_reads_files_and_pictures(self) -> None:
        fields = {"body-html": b'<p>See <img src="cid:pic@x"></p>', "content-id-map": b'{"<pic@x>": "attachment-1"}',
                  "from": b"a@b.example", "Message-Id": b"<1@b.example>"}  # fmt: skip
        fields |= {name: value.encode() for name, value in signed().items()}
        files = {
            "attachment-1": ("pic.png", "image/png", b"\x89PNG"),
            "attachment-2": ("Ä.pdf", "application/pdf", b"%PDF"),
        }
        message = message_of(a_post(*a_multipart(fields, files)), mailgun_connection())
        assert message.attachments == (
            Attachment("pic.png", "image/png", b"\x89PNG", content_id="pic@x", inline=True),
            Attachment("Ä.pdf", "application/pdf", b"%PDF"),
        )
        assert (message.text, message.html, message.external_id) == (
            "See",
            '<p>See <img src="cid:pic@x"></p>',
            "<1@b.example>",
        )

    def test_an_empty_envelope_sender_is_a_machine(self) -> None:
        assert message_of(a_post(mailgun(sender="")), mailgun_connection()).automatic
        assert not message_of(a_post(mailgun()), mailgun_connection()).automatic

    @pytest.mark.parametrize("headers", ["", "{}", "[1]", '[["a"]]', '[[1, 2], ["From", 3]]', "[" * 500, "\udcff"])
    def test_without_readable_headers_the_form_itself_tells(self, headers: str) -> None:
        body = mailgun().replace(urlencode({"message-headers": json.dumps(HEADERS)}).encode(), b"")
        body += b"&" + urlencode({"message-headers": headers}, errors="surrogateescape").encode()
        message = message_of(a_post(body), mailgun_connection())
        assert (message.sender.address, message.subject, message.text) == ("jue@customer.example", "Lämp", TEXT)

    def test_a_bounce_it_took_apart_is_understood(self) -> None:
        report = b"Final-Recipient: rfc822; a@b.example\nAction: failed\nOriginal-Message-ID: <r1@shop.example>"
        fields = {"from": b"MAILER-DAEMON@b.example", "body-plain": b"Sorry"}
        fields |= {name: value.encode() for name, value in signed().items()}
        body, kind = a_multipart(fields, {"attachment-1": ("", "message/delivery-status", b"\n\n" + report)})
        found = adapter.parse(kept(a_post(body, kind), mailgun_connection()), mailgun_connection())
        assert [(one.external_id, one.state) for one in found if isinstance(one, Receipt)] == [
            ("<r1@shop.example>", "failed")
        ]
        assert [one.reports_on for one in found if isinstance(one, InboundMessage)] == [("<r1@shop.example>",)]
