"""Instagram: an account's posts in, Send API out, against a local server that stands for it. Much is Messenger's."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from channels.errors import DeliveryFailed
from channels.instagram import adapter
from channels.meta import sending
from channels.types import Attachment, Connection, InboundMessage, Parsed, Reply, Request
from channels.verify import digest
from tests.channels.builders import OLD_SECRET, SECRET, a_delivery, a_reply, a_request
from tests.channels.conformance import Case, Conformance, holds
from tests.servers.instagram import ACCOUNT, InstagramServer
from tests.servers.messenger import PAGE
from tests.servers.meta import APP_SECRET, TOKEN

CUSTOMER = "6543210987654321"
HOOK = "https://desk.example/hooks/hook-key"


@pytest.fixture
def instagram() -> Iterator[InstagramServer]:
    with InstagramServer() as running:
        yield running


def an_account(instagram: InstagramServer, **settings: str) -> Connection:
    given = {"access_token": TOKEN, "page_id": PAGE, "app_secret": APP_SECRET, "base_url": instagram.url}
    account = {"instagram_account_id": ACCOUNT, **given, **settings}
    return Connection("hook-key", "instagram", "Shop", account, (SECRET, OLD_SECRET))


def a_post(message: object, *, to: str = ACCOUNT, **event: object) -> bytes:
    held = {"sender": {"id": CUSTOMER}, "recipient": {"id": to}, "timestamp": 1763640000123, "message": message}
    entry = {"id": to, "time": 1763640000500, "messaging": [{**held, **event}]}
    return json.dumps({"object": "instagram", "entry": [entry]}).encode()


def parsed(body: bytes, **settings: str) -> list[Parsed]:
    return adapter.parse(a_delivery(body), Connection("k", "instagram", "Shop", settings))


def a_reply_to(text: str = "We are on it.", **more: object) -> Reply:
    return a_reply(text, to=CUSTOMER, thread=CUSTOMER, **more)


class TestParse:
    def test_takes_only_its_own_account(self) -> None:
        body = a_post({"mid": "aWdG1", "text": "Hi"})
        assert len(parsed(body, instagram_account_id=ACCOUNT)) == 1
        assert parsed(body, instagram_account_id="999") == []

    def test_an_echo_either_way_round_is_ours(self) -> None:
        echo = {"mid": "aWdG2", "is_echo": True, "text": "We are on it."}
        usual = a_post(echo, sender={"id": ACCOUNT}, recipient={"id": CUSTOMER})
        for body in (usual, a_post(echo)):
            (message,) = parsed(body, instagram_account_id=ACCOUNT)
            assert isinstance(message, InboundMessage)
            assert message.from_us
            assert (message.sender.address, message.thread) == (ACCOUNT, CUSTOMER)

    def test_a_story_is_never_a_file(self) -> None:
        for kind in ("story_mention", "story", "ig_story"):
            held = [{"type": kind, "payload": {"url": "https://cdn.example/story.mp4"}}]
            (message,) = parsed(a_post({"mid": "aWdG3", "attachments": held}))
            assert isinstance(message, InboundMessage)
            assert message.attachments == ()
            assert "https://cdn.example/story.mp4" in message.text


class TestSend:
    def test_answers_the_person_by_way_of_the_page(self, instagram: InstagramServer) -> None:
        adapter.send(a_reply_to(), an_account(instagram))
        (call,) = instagram.called(f"{PAGE}/messages")
        assert call.fields["recipient"] == {"id": CUSTOMER}

    def test_without_a_page_the_account_answers_itself(self, instagram: InstagramServer) -> None:
        adapter.send(a_reply_to(), an_account(instagram, page_id=""))
        assert instagram.calls[0].path == "me/messages"

    @pytest.mark.parametrize(
        "text",
        ["x" * 2500, "ا" * 1200, "😡" * 600, "word " * 700, "میرا آرڈر کہاں ہے؟ " * 90],
        ids=["letters", "two bytes", "four bytes", "words", "Urdu"],
    )
    def test_cuts_by_bytes_and_loses_nothing(self, instagram: InstagramServer, text: str) -> None:
        adapter.send(a_reply_to(text), an_account(instagram))
        parts = [call.fields["message"]["text"] for call in instagram.calls]  # type: ignore[index]
        assert max(len(part.encode()) for part in parts) <= 1000
        assert "".join("".join(parts).split()) == "".join(text.split())
        assert len(parts) <= 2 + len(text.encode()) // 600

    @pytest.mark.parametrize(
        ("media_type", "kind"),
        [("image/png", "image"), ("audio/mp4", "audio"), ("video/mp4", "video"), ("application/pdf", "file")],
    )
    def test_uploads_what_instagram_takes(self, instagram: InstagramServer, media_type: str, kind: str) -> None:
        adapter.send(a_reply_to("", attachments=(Attachment("a", media_type, b"x"),)), an_account(instagram))
        upload, message = instagram.calls
        assert upload.fields["platform"] == "instagram"
        assert message.fields["message"] == {"attachment": {"type": kind, "payload": {"attachment_id": "1000001"}}}

    @pytest.mark.parametrize("media_type", ["application/zip", "image/tiff", "audio/ogg", "text/plain"])
    def test_refuses_other_files_before_anything_leaves(self, instagram: InstagramServer, media_type: str) -> None:
        with pytest.raises(DeliveryFailed, match="Send a link") as failed:
            adapter.send(a_reply_to(attachments=(Attachment("a", media_type, b"x"),)), an_account(instagram))
        assert failed.value.permanent
        assert instagram.calls == []

    def test_knows_its_own_codes(self, instagram: InstagramServer) -> None:
        instagram.refuse(400, 10, 2534022)
        with pytest.raises(DeliveryFailed, match="too long ago"):
            adapter.send(a_reply_to(), an_account(instagram))

    def test_says_how_long_one_may_answer(self) -> None:
        assert adapter.INFO.reply_window == sending.REPLY_WINDOW
        assert adapter.INFO.after_window


class TestSetUp:
    def test_subscribes_the_page_and_then_all_is_well(self, instagram: InstagramServer) -> None:
        adapter.set_up(an_account(instagram), HOOK)
        assert "messages" in instagram.subscribed
        assert adapter.test(an_account(instagram)) == []

    def test_says_that_the_page_is_linked_to_another_account(self, instagram: InstagramServer) -> None:
        adapter.set_up(an_account(instagram), HOOK)
        (problem,) = adapter.test(an_account(instagram, instagram_account_id="999"))
        assert "another Instagram account" in problem

    def test_without_a_page_there_is_none_to_subscribe(self, instagram: InstagramServer) -> None:
        alone = an_account(instagram, page_id="")
        adapter.set_up(alone, HOOK)
        assert instagram.calls == []
        assert adapter.test(alone) == []


def posted(body: bytes, secret: str, at: datetime) -> Request:
    return a_request(body, content_type="application/json", x_hub_signature_256="sha256=" + digest(secret, body))


class TestConformance(Conformance):
    case = Case(
        channel="instagram",
        connection=holds("instagram", "app_secret", access_token=TOKEN),
        post=posted,
        unknown=(a_post(None, thought={"text": "Hello"}), b'{"object": "instagram", "entry": [{"id": "1"}]}'),
    )
