"""Mail posted by Postmark: JSON that reads like the mail itself."""

import base64
import json

import pytest

from channels.email import adapter
from channels.errors import NotUnderstood
from channels.types import Connection, InboundMessage, Request
from tests.channels.email.builders import a_connection, everything
from tests.channels.email.posted import RAW, TEXT, a_post, basic, kept, message_of


def postmark(**more: object) -> bytes:
    fields = {
        "FromFull": {"Email": "jue@customer.example", "Name": "Jürgen", "MailboxHash": ""},
        "From": "jue@customer.example", "MessageID": "22c74902-a0c1-4511-804f-341342852c90", "Subject": "Lämp",
        "ToFull": [{"Email": "support+tok@shop.example", "Name": "", "MailboxHash": "tok"},
                   {"Email": "luis@customer.example", "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": "abc+tok@inbound.postmarkapp.com", "MailboxHash": "tok", "TextBody": TEXT, "HtmlBody": "",
        "Date": "Fri, 20 Nov 2026 12:00:00 +0000", "StrippedTextReply": "something else", "ReplyTo": "",
        "Attachments": [],
        "Headers": [{"Name": "Message-ID", "Value": "<m1@customer.example>"},
                    {"Name": "In-Reply-To", "Value": "<r1@shop.example>"}],
    }  # fmt: skip
    return json.dumps({**fields, **more}).encode()


class TestPostmark:
    def post(self, body: bytes) -> Request:
        return a_post(body, "application/json", authorization=basic("heed", "first"))

    def connection(self) -> Connection:
        return a_connection(provider="postmark")

    def message(self, **more: object) -> InboundMessage:
        return message_of(self.post(postmark(**more)), self.connection())

    def test_is_kept_under_its_own_id(self) -> None:
        assert kept(self.post(postmark()), self.connection()).key == "22c74902-a0c1-4511-804f-341342852c90"
        assert len(kept(self.post(b"nonsense"), self.connection()).key) == 64

    def test_reads_like_the_raw_mail(self) -> None:
        assert self.message() == everything(RAW)[0]
        assert self.message(RawEmail=RAW.decode()) == everything(RAW)[0]

    def test_a_token_at_its_own_inbound_address_finds_the_ticket(self) -> None:
        to = [{"Email": "abc+tok@inbound.postmarkapp.com", "Name": "", "MailboxHash": "tok"}]
        assert self.message(ToFull=to).reply_token == "tok"

    @pytest.mark.parametrize(
        ("name", "shown"),
        [("Ruiz, Ana", "Ruiz, Ana"), ('A "B" C', 'A "B" C'), ("x\r\nBcc: y@z", "x Bcc: y@z"), ("", "")],
    )
    def test_odd_names_stay_names(self, name: str, shown: str) -> None:
        message = self.message(FromFull={"Email": "ana@customer.example", "Name": name})
        assert (message.sender.address, message.sender.name) == ("ana@customer.example", shown)

    def test_reads_files_and_says_of_broken_ones(self) -> None:
        files = [
            {"Name": "a.pdf", "Content": base64.b64encode(b"%PDF").decode(), "ContentType": "application/pdf"},
            {"Name": "p.png", "Content": "iVBO", "ContentType": "image/png; name=p.png", "ContentID": "<pic@x>"},
            {"Name": "b.pdf", "Content": "?", "ContentType": "application/pdf"},
            "nonsense",
        ]
        pdf, picture, broken = self.message(Attachments=files).attachments
        assert (pdf.name, pdf.data) == ("a.pdf", b"%PDF")
        assert (picture.content_id, picture.media_type, picture.inline) == ("pic@x", "image/png", True)
        assert broken.error == "The file came broken: its content was not base64."

    def test_events_of_its_other_webhooks_say_nothing(self) -> None:
        assert adapter.parse(kept(self.post(b'{"RecordType": "Bounce"}'), self.connection()), self.connection()) == []

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"TextBody": ', b'"x"', b"\xff"])
    def test_what_is_no_mail_is_kept_and_not_understood(self, body: bytes) -> None:
        with pytest.raises(NotUnderstood):
            adapter.parse(kept(self.post(body), self.connection()), self.connection())
