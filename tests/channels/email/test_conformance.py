"""Raw mails posted to the webhook, held to what every channel must do."""

from datetime import datetime

from channels.types import Request
from tests.channels.builders import a_request
from tests.channels.conformance import Case, Conformance, keeps


def posted(body: bytes, secret: str, at: datetime) -> Request:
    """Post a raw mail with the secret as a bearer."""
    return a_request(body, content_type="message/rfc822", authorization=f"Bearer {secret}")


class TestRawPosts(Conformance):
    case = Case(
        channel="email",
        connection=keeps("email", address="support@shop.example", authserv_id="mx.shop.example"),
        post=posted,
        samples="*.eml",
        sizes=True,
        proves_body=False,
        unknown=(),
    )
