"""Mail posted to us: who is let in with our own secret, and forms that hold no mail."""

from urllib.parse import urlencode

import pytest

from channels.email import adapter
from channels.errors import NotUnderstood
from tests.channels.email.builders import a_connection, a_mail, a_part, everything, multipart
from tests.channels.email.posted import FORM, a_multipart, a_post, basic, kept, message_of, status


class TestOurOwnSecret:
    """What proves a raw mail and Postmark's JSON, and a form whose provider's key is not set."""

    @pytest.mark.parametrize("kind", ["message/rfc822", "application/json", FORM, "multipart/form-data; boundary=x"])
    @pytest.mark.parametrize(
        ("sent", "answer"),
        [
            ("Bearer first", 200),
            ("Bearer second", 200),
            (basic("heed", "first"), 200),
            (basic("second"), 200),
            (basic("heed", "third"), 401),
            (basic(""), 401),
            ("Basic not-base64", 401),
            ("Bearer ", 401),
            ("Digest first", 401),
            ("", 401),
        ],
    )
    def test_is_taken_as_bearer_or_from_the_url_and_never_answered_with_403(
        self, kind: str, sent: str, answer: int
    ) -> None:
        assert status(a_post(b"{}", kind, authorization=sent), a_connection()) == answer

    @pytest.mark.parametrize(
        ("provider", "kind", "answer"),
        [
            ("mailgun", "application/json", 406),
            ("sendgrid", "application/json", 415),
            ("postmark", FORM, 415),
            ("postmark", "message/rfc822", 200),
            ("", "text/plain", 415),
        ],
    )
    def test_does_not_let_in_what_the_provider_does_not_post(self, provider: str, kind: str, answer: int) -> None:
        connection = a_connection(provider=provider)
        assert status(a_post(b"{}", kind, authorization="Bearer first"), connection) == answer
        assert status(a_post(b"{}", kind), connection) == 401


class TestForms:
    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("multipart/form-data", b"--x"),
            ("multipart/form-data; boundary=x", b""),
            ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=email\r\n\r\ncut"),
            (FORM, b"&&==&"),
            (FORM, b"a=1&" * 2000),
        ],
    )
    def test_that_hold_no_mail_are_kept_and_not_understood(self, kind: str, body: bytes) -> None:
        delivery = kept(a_post(body, kind, authorization="Bearer first"), a_connection())
        with pytest.raises(NotUnderstood):
            adapter.parse(delivery, a_connection())

    def test_keep_every_byte_of_a_field(self) -> None:
        raw = a_mail(body=bytes(range(256)) + b"\r\n--xY\r\n\r\n")
        for kind, body in ((FORM, urlencode({"email": raw}).encode()), a_multipart({"email": raw})[::-1]):
            message = message_of(a_post(body, kind, authorization="Bearer first"), a_connection(provider="sendgrid"))
            assert message == everything(raw)[0]

    def test_a_mail_that_came_by_imap_too_is_the_same_message(self) -> None:
        raw = multipart(a_part(b"text/plain", b"words"), a_part(b"application/pdf", b"%PDF"))
        posted = message_of(a_post(raw, "message/rfc822", authorization="Bearer first"), a_connection())
        body, kind = a_multipart({"email": raw})
        assert message_of(a_post(body, kind, authorization="Bearer first"), a_connection()) == posted
