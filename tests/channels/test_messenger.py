"""Messenger: a page's posts in, Send API out, against a local server that stands for it."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from channels.errors import DeliveryFailed, NotUnderstood
from channels.messenger import adapter
from channels.meta import sending
from channels.types import Attachment, Connection, InboundMessage, Parsed, Reply, Request
from channels.verify import digest
from tests.channels.builders import OLD_SECRET, SECRET, a_delivery, a_reply, a_request
from tests.channels.conformance import Case, Conformance, holds
from tests.servers.messenger import PAGE, MessengerServer
from tests.servers.meta import APP_ID, APP_SECRET, TOKEN

CUSTOMER = "5678901234567890"
HOOK = "https://desk.example/hooks/hook-key"
MB = 1024 * 1024


@pytest.fixture
def messenger() -> Iterator[MessengerServer]:
    with MessengerServer() as running:
        yield running


def a_connection_with(settings: Mapping[str, str]) -> Connection:
    return Connection("hook-key", "messenger", "Page", settings, (SECRET, OLD_SECRET))


def a_page(messenger: MessengerServer, **settings: str) -> Connection:
    given = {"access_token": TOKEN, "page_id": PAGE, "app_secret": APP_SECRET, "base_url": messenger.url}
    return a_connection_with({**given, **settings})


def an_event(**kinds: object) -> dict[str, object]:
    return {"sender": {"id": CUSTOMER}, "recipient": {"id": PAGE}, "timestamp": 1763640000123, **kinds}


def an_echo(**message: object) -> dict[str, object]:
    held = {"mid": "m_2", "is_echo": True, "text": "We are on it.", **message}
    return {**an_event(message=held), "sender": {"id": PAGE}, "recipient": {"id": CUSTOMER}}


def a_post(*events: object, **entry: object) -> bytes:
    held = {"id": PAGE, "time": 1763640000500, "messaging": list(events), **entry}
    return json.dumps({"object": "page", "entry": [held]}).encode()


def parsed(body: bytes, **settings: str) -> list[Parsed]:
    return adapter.parse(a_delivery(body), a_connection_with(settings))


def a_reply_to(text: str = "We are on it.", **more: object) -> Reply:
    return a_reply(text, to=CUSTOMER, thread=CUSTOMER, **more)


class TestParse:
    def test_takes_only_its_own_page(self) -> None:
        body = a_post(an_event(message={"mid": "m_1", "text": "Hi"}))
        assert len(parsed(body, page_id=PAGE)) == 1
        assert parsed(body, page_id="999") == []

    def test_what_our_app_sent_is_left_out_of_the_echoes_and_what_others_sent_is_ours(self) -> None:
        body = a_post(an_echo(app_id=int(APP_ID)))
        assert parsed(body, app_id=APP_ID) == []
        (message,) = parsed(body, app_id="999")
        assert isinstance(message, InboundMessage)
        assert message.from_us
        assert (message.sender.address, message.thread) == (PAGE, CUSTOMER)

    @pytest.mark.parametrize("settings", [{}, {"page_id": PAGE}])
    def test_an_echo_is_of_its_own_page_too(self, settings: dict[str, str]) -> None:
        assert len(parsed(a_post(an_echo()), **settings)) == 1
        assert parsed(a_post(an_echo()), page_id="999") == []

    def test_an_attachment_that_cannot_be_read_does_not_lose_the_words(self) -> None:
        held = [{"type": "location", "payload": {"coordinates": {"lat": "north"}}}, {"type": "image"}, 7]
        (message,) = parsed(a_post(an_event(message={"mid": "m_1", "text": "Hi", "attachments": held})))
        assert isinstance(message, InboundMessage)
        assert message.text == "Hi\nLocation"
        assert [file.error is not None for file in message.attachments] == [True]

    def test_many_events_of_one_post_are_all_read(self) -> None:
        events = [an_event(message={"mid": f"m_{n}", "text": "Hi"}) for n in range(1500)]
        assert len(parsed(a_post(*events))) == 1500

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b"null", b"{}", b'{"object": "whatsapp_business_account", "entry": []}']
    )
    def test_what_is_no_such_post_is_not_understood(self, body: bytes) -> None:
        with pytest.raises(NotUnderstood):
            parsed(body)


class TestSend:
    def test_answers_the_person(self, messenger: MessengerServer) -> None:
        sent = adapter.send(a_reply_to(), a_page(messenger))
        (call,) = messenger.called(f"{PAGE}/messages")
        assert call.fields == {
            "recipient": {"id": CUSTOMER},
            "messaging_type": "RESPONSE",
            "message": {"text": "We are on it."},
        }
        assert sent.external_ids == ("m_SENT1000001",)

    @pytest.mark.parametrize(
        ("hours", "tag"),
        [(0, None), (23, None), (24, "HUMAN_AGENT"), (150, "HUMAN_AGENT")],
    )
    def test_after_a_day_says_that_a_person_answers(
        self, messenger: MessengerServer, hours: int, tag: str | None
    ) -> None:
        heard_at = datetime.now(UTC) - timedelta(hours=hours)
        adapter.send(a_reply_to(heard_at=heard_at), a_page(messenger))
        fields = messenger.calls[0].fields
        assert fields.get("tag") == tag
        assert fields["messaging_type"] == ("MESSAGE_TAG" if tag else "RESPONSE")

    def test_a_machine_does_not_answer_after_a_day(self, messenger: MessengerServer) -> None:
        heard_at = datetime.now(UTC) - timedelta(hours=25)
        with pytest.raises(DeliveryFailed, match="only a person") as failed:
            adapter.send(a_reply_to(heard_at=heard_at, automatic=True), a_page(messenger))
        assert failed.value.permanent
        assert messenger.calls == []

    @pytest.mark.parametrize(("length", "parts"), [(2000, 1), (2001, 2)], ids=["at the limit", "one over"])
    def test_splits_a_long_text(self, messenger: MessengerServer, length: int, parts: int) -> None:
        sent = adapter.send(a_reply_to("x" * length), a_page(messenger))
        assert len(sent.external_ids) == parts

    @pytest.mark.parametrize(
        ("media_type", "kind"),
        [("image/png", "image"), ("image/tiff", "file"), ("video/mp4", "video"), ("application/pdf", "file")],
    )
    def test_uploads_a_file_and_sends_it_by_its_id(
        self, messenger: MessengerServer, media_type: str, kind: str
    ) -> None:
        file = Attachment("größe.bin", media_type, b"bytes")
        sent = adapter.send(a_reply_to("See", attachments=(file,)), a_page(messenger))
        text, upload, message = messenger.calls
        assert text.fields["message"] == {"text": "See"}
        assert upload.files["filedata"][1] == b"bytes"
        assert message.fields["message"] == {"attachment": {"type": kind, "payload": {"attachment_id": "1000002"}}}
        assert sent.external_ids == ("m_SENT1000001", "m_SENT1000003")

    @pytest.mark.parametrize(
        ("media_type", "size", "taken"),
        [
            ("image/png", 8 * MB, "image"),
            ("image/png", 8 * MB + 1, "file"),
            ("text/plain", 25 * MB, "file"),
            ("text/plain", 25 * MB + 1, None),
        ],
    )
    def test_keeps_to_the_sizes_meta_takes(self, media_type: str, size: int, taken: str | None) -> None:
        file = Attachment("a", media_type, bytes(size))
        if taken:
            assert sending.kind_of(file, adapter.PLATFORM) == taken
        else:
            with pytest.raises(DeliveryFailed, match="Send a link"):
                sending.kind_of(file, adapter.PLATFORM)

    @pytest.mark.parametrize(
        ("code", "subcode", "permanent", "words"),
        [
            (10, 2018278, True, "too long ago"),
            (10, 99, True, "permission"),
            (551, 1545041, True, "cannot be written to"),
            (200, 1545041, True, "cannot be written to"),
            (200, 2018028, True, "development mode"),
            (100, 2018001, True, "no such customer"),
            (1200, None, False, "trouble of its own"),
            (4, 2018022, False, "slow down"),
        ],
    )
    def test_knows_what_a_code_means(
        self, messenger: MessengerServer, code: int, subcode: int | None, permanent: bool, words: str
    ) -> None:
        messenger.refuse(400, code, subcode)
        with pytest.raises(DeliveryFailed, match=words) as failed:
            adapter.send(a_reply_to(), a_page(messenger))
        assert failed.value.permanent is permanent

    def test_a_file_that_fails_after_the_text_says_that_the_text_is_out(self, messenger: MessengerServer) -> None:
        messenger.accept()
        messenger.hang_up()
        file = Attachment("a", "text/plain", b"x")
        with pytest.raises(DeliveryFailed, match="1 of 2 parts") as failed:
            adapter.send(a_reply_to(attachments=(file,)), a_page(messenger))
        assert failed.value.may_have_arrived

    @pytest.mark.parametrize("answer", [{}, {"message_id": ""}, {"message_id": 7}])
    def test_an_answer_that_names_no_message_may_have_arrived(self, messenger: MessengerServer, answer: object) -> None:
        messenger.say(answer)
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(a_reply_to(), a_page(messenger))
        assert failed.value.may_have_arrived

    @pytest.mark.parametrize("customer", ["", "somebody", "1/2"])
    def test_needs_somebody_to_answer_to(self, messenger: MessengerServer, customer: str) -> None:
        with pytest.raises(DeliveryFailed, match="no Messenger id"):
            adapter.send(a_reply("Hi", to=customer, thread=customer), a_page(messenger))

    def test_a_reply_of_nothing_is_none(self, messenger: MessengerServer) -> None:
        with pytest.raises(DeliveryFailed, match="neither text nor files"):
            adapter.send(a_reply_to(" "), a_page(messenger))


class TestFetch:
    def test_gets_a_file_from_its_address_without_any_credential(self, messenger: MessengerServer) -> None:
        messenger.media["a.png"] = b"png"
        ref = json.dumps({"url": messenger.media_url("a.png"), "name": "a.png", "media_type": "image/png"})
        assert adapter.fetch(ref, a_page(messenger)) == Attachment("a.png", "image/png", b"png")

    def test_a_file_that_is_gone_is_gone_for_good(self, messenger: MessengerServer) -> None:
        with pytest.raises(DeliveryFailed, match="no longer has this file") as failed:
            adapter.fetch(json.dumps({"url": messenger.media_url("b.png")}), a_page(messenger))
        assert failed.value.permanent


class TestSetUp:
    def test_subscribes_the_page_gives_the_app_its_webhook_and_then_all_is_well(
        self, messenger: MessengerServer
    ) -> None:
        connection = a_page(messenger, app_id=APP_ID)
        adapter.set_up(connection, HOOK)
        assert messenger.callback == HOOK
        assert "messages" in messenger.subscribed
        assert adapter.test(connection) == []

    def test_leaves_a_webhook_alone_that_leads_elsewhere(self, messenger: MessengerServer) -> None:
        messenger.callback = "https://other.example/hook"
        with pytest.raises(DeliveryFailed, match="elsewhere"):
            adapter.set_up(a_page(messenger, app_id=APP_ID), HOOK)
        assert messenger.callback == "https://other.example/hook"

    def test_without_an_app_id_only_the_page_is_subscribed(self, messenger: MessengerServer) -> None:
        adapter.set_up(a_page(messenger), HOOK)
        assert messenger.callback == ""
        assert adapter.test(a_page(messenger)) == []

    def test_says_what_is_missing(self, messenger: MessengerServer) -> None:
        page, app = adapter.test(a_page(messenger, app_id=APP_ID))
        assert "not subscribed" in page
        assert "no webhook" in app

    def test_says_that_the_token_is_wrong(self, messenger: MessengerServer) -> None:
        (problem,) = adapter.test(a_page(messenger, access_token="old"))
        assert "access token" in problem


def posted(body: bytes, secret: str, at: datetime) -> Request:
    return a_request(body, content_type="application/json", x_hub_signature_256="sha256=" + digest(secret, body))


class TestConformance(Conformance):
    case = Case(
        channel="messenger",
        connection=holds("messenger", "app_secret", access_token=TOKEN),
        post=posted,
        unknown=(a_post(an_event(thought={"text": "Hello"})), a_post(changes=[{"field": "thoughts", "value": {}}])),
    )
