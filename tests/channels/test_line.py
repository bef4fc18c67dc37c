"""LINE: webhook events in, push messages out, against a local server that stands for the Messaging API."""

import json
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
from linebot.v3.webhook import SignatureValidator  # type: ignore[import-untyped]

from channels import verify
from channels.errors import DeliveryFailed, NotUnderstood
from channels.line import adapter
from channels.types import (
    Answer,
    Attachment,
    Connection,
    Deletion,
    Delivery,
    Edit,
    InboundMessage,
    Reply,
    Request,
    Unreadable,
)
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection, a_delivery, a_reply, a_request
from tests.channels.conformance import Case, Conformance, holds
from tests.servers.line import TOKEN, USER, LineServer
from tests.servers.standin import sent

IMAGE = {"id": "354718705033693859", "type": "image", "contentProvider": {"type": "line"}}


@pytest.fixture
def line() -> Iterator[LineServer]:
    with LineServer() as running:
        yield running


def a_channel(line: LineServer | None = None, **settings: str) -> Connection:
    named = {"channel_secret": SECRET, "channel_secret_before": OLD_SECRET, "channel_access_token": TOKEN}
    own = {"base_url": line.url} if line else {}
    return a_connection("line", secrets=(), **{**named, **own, **settings})


def posted(body: bytes, secret: str, at: datetime) -> Request:
    """Post a body signed as LINE does."""
    return a_request(body, content_type="application/json", x_line_signature=verify.digest_base64(secret, body))


def an_event(kind: str = "message", number: int = 1, /, **more: object) -> dict[str, object]:
    base = {"type": kind, "timestamp": 1763640000123, "source": {"type": "user", "userId": USER}, "mode": "active"}
    return {**base, "webhookEventId": f"01FZ{number}", "deliveryContext": {"isRedelivery": False}, **more}


def a_text(text: str, number: int = 1, **more: object) -> dict[str, object]:
    return an_event("message", number, message={"id": str(number), "type": "text", "text": text}, **more)


def parsed(*events: object) -> list[object]:
    body = json.dumps({"destination": "Ua", "events": events}).encode()
    return list(adapter.parse(a_delivery(body), a_channel()))


def received(*events: object) -> Answer | Delivery:
    return adapter.receive(posted(json.dumps({"events": events}).encode(), SECRET, NOON), a_channel(), NOON)


def reply(text: str = "We are on it.", **more: object) -> Reply:
    return a_reply(text, to=USER, thread=USER, **more)


class TestReceive:
    def test_lines_own_library_takes_the_signatures_of_these_tests(self) -> None:
        for body in (b'{"events": []}', "{“é”}".encode()):
            sent_along = posted(body, SECRET, NOON).headers["x-line-signature"]
            assert SignatureValidator(SECRET).validate(body.decode(), sent_along)
            assert not SignatureValidator(OLD_SECRET).validate(body.decode(), sent_along)

    def test_the_verify_button_sends_no_events(self) -> None:
        answer = received()
        assert isinstance(answer, Answer)
        assert answer.status == 200

    def test_a_redelivery_is_the_same_delivery(self) -> None:
        first = received(a_text("Hi"))
        again = received(a_text("Hi", deliveryContext={"isRedelivery": True}))
        other = received(a_text("Hi", number=2))
        assert isinstance(first, Delivery)
        assert isinstance(again, Delivery)
        assert isinstance(other, Delivery)
        assert first.key == again.key != other.key


class TestParse:
    def test_one_bad_event_loses_no_neighbour(self) -> None:
        no_id = an_event(message={"type": "text", "text": "private words"})
        found = parsed(a_text("First"), no_id, 7, a_text("Last", source={"type": "user"}), a_text("Last", number=4))
        assert [type(one) for one in found] == [InboundMessage, Unreadable, Unreadable, Unreadable, InboundMessage]
        assert not any("private" in one.reason for one in found if isinstance(one, Unreadable))

    @pytest.mark.parametrize("source", [{"type": "group", "groupId": "C1"}, {"type": "room", "roomId": "R1"}])
    def test_groups_and_rooms_are_no_tickets(self, source: object) -> None:
        pressed = an_event("postback", postback={"data": "a=1"}, source=source)
        assert parsed(a_text("Hi", source=source), pressed) == []

    @pytest.mark.parametrize(
        "kind",
        ["follow", "unfollow", "join", "memberJoined", "beacon", "accountLink", "videoPlayComplete", "membership"],
    )
    def test_ignores_what_nobody_wrote(self, kind: str) -> None:
        assert parsed(an_event(kind), an_event(kind, source=None)) == []

    def test_what_is_taken_back_or_edited_names_its_message(self) -> None:
        gone, edit = parsed(
            an_event("unsend", unsend={"messageId": "325708"}),
            an_event("messageEdited", message={"id": "325709", "type": "text", "text": "Blue"}),
        )
        assert isinstance(gone, Deletion)
        assert gone.external_id == "325708"
        assert isinstance(edit, Edit)
        assert (edit.external_id, edit.text) == ("325709", "Blue")

    @pytest.mark.parametrize(
        ("postback", "text"),
        [
            ({"data": "a=1", "displayText": "Cancel"}, "Cancel"),
            ({"data": "a=1"}, "a=1"),
            ({"data": "when", "params": {"date": "2026-01-02"}}, "when (2026-01-02)"),
            ({"data": "", "params": {"time": "09:30"}}, "09:30"),
        ],
    )
    def test_a_press_is_text(self, postback: object, text: str) -> None:
        (message,) = parsed(an_event("postback", postback=postback))
        assert isinstance(message, InboundMessage)
        assert message.text == text

    @pytest.mark.parametrize(
        ("message", "text"),
        [
            ({"type": "sticker", "keywords": ["bow", 7, "thanks"]}, "Sticker: bow, thanks"),
            ({"type": "sticker", "keywords": ["angry"], "text": "Where?"}, "Sticker: Where? (angry)"),
            ({"type": "sticker"}, "Sticker"),
            ({"type": "location", "latitude": 35, "longitude": 139.5}, "Location: (35.000000, 139.500000)"),
        ],
    )
    def test_what_is_no_text_is_said_in_words(self, message: dict[str, object], text: str) -> None:
        (found,) = parsed(an_event(message={"id": "1", **message}))
        assert isinstance(found, InboundMessage)
        assert found.text == text

    def test_a_body_without_events_is_not_understood(self) -> None:
        for body in (b"", b"[]", b'{"events": {}}'):
            with pytest.raises(NotUnderstood):
                adapter.parse(a_delivery(body), a_channel())


class TestSend:
    def test_pushes_with_a_retry_key_made_of_the_reply(self, line: LineServer) -> None:
        done = adapter.send(reply(), a_channel(line))
        (call,) = line.calls
        assert sent(call) == {"to": USER, "messages": [{"type": "text", "text": "We are on it."}]}
        assert UUID(call.headers["x-line-retry-key"]).version == 5
        assert done.external_ids == ("461230966842064897",)

    def test_what_was_taken_before_is_sent_once_and_has_its_ids(self, line: LineServer) -> None:
        line.lose_the_answer()
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(reply(), a_channel(line))
        assert failed.value.may_have_arrived
        assert adapter.INFO.resend_is_safe
        assert adapter.send(reply(), a_channel(line)).external_ids == ("461230966842064897",)
        assert line.delivered == ["We are on it."]

    def test_five_parts_go_in_a_call_and_each_call_has_its_key(self, line: LineServer) -> None:
        done = adapter.send(reply("x" * 5000 * 6), a_channel(line))
        assert [len(json.loads(call.body)["messages"]) for call in line.calls] == [5, 1]
        assert len({call.headers["x-line-retry-key"] for call in line.calls}) == 2
        assert len(done.external_ids) == len(line.delivered) == 6

    def test_a_second_call_that_fails_is_made_up_for_without_doubles(self, line: LineServer) -> None:
        line.accept()
        line.refuse(500, {"message": "Internal Server Error"})
        text = "\n".join(f"{part} " + "x" * 4990 for part in range(6))
        with pytest.raises(DeliveryFailed, match="1 of 2 parts") as failed:
            adapter.send(reply(text), a_channel(line))
        assert not failed.value.permanent
        assert len(adapter.send(reply(text), a_channel(line)).external_ids) == 6
        assert "\n".join(line.delivered) == text

    def test_emoji_count_twice(self, line: LineServer) -> None:
        adapter.send(reply("\N{GRINNING FACE}" * 2501), a_channel(line))
        assert [len(text) for text in line.delivered] == [2500, 1]

    @pytest.mark.parametrize(
        ("status", "message", "permanent", "words"),
        [
            (400, "The property, 'to', in the request body is invalid (line: -, column: -)", True, "no such customer"),
            (400, "Failed to send messages", True, "cannot send"),
            (400, "The request body has 1 error(s)", True, "HTTP 400"),
            (401, "Authentication failed. Confirm the token", False, "channel_access_token"),
            (403, "Access to this API is not available for your account", True, "plan"),
            (409, "The retry key is already accepted", True, "HTTP 409"),
            (429, "You have reached your monthly limit.", False, "month"),
            (429, "The API rate limit has been exceeded. Try again later.", False, "slow down"),
            (500, "Internal Server Error", False, "trouble"),
        ],
    )
    def test_tells_for_ever_from_for_now(
        self, line: LineServer, status: int, message: str, permanent: bool, words: str
    ) -> None:
        line.refuse(status, {"message": message})
        with pytest.raises(DeliveryFailed, match=words) as failed:
            adapter.send(reply(), a_channel(line))
        assert failed.value.permanent is permanent
        assert not failed.value.may_have_arrived
        assert TOKEN not in failed.value.reason

    @pytest.mark.parametrize("to", ["", "Ca56f94637c1a2b3c4d5e6f708192a3b4", "U4af 98", "U/../x"])
    def test_needs_a_user(self, line: LineServer, to: str) -> None:
        with pytest.raises(DeliveryFailed, match="no LINE user id"):
            adapter.send(a_reply(to=to, thread=to), a_channel(line))


class TestFetch:
    def ref(self, message: object = IMAGE) -> str:
        (found,) = parsed(an_event(message=message))
        assert isinstance(found, InboundMessage)
        return found.attachments[0].fetch or ""

    def test_gets_what_a_message_named(self, line: LineServer) -> None:
        line.files["354718705033693859"] = b"jpeg"
        assert adapter.fetch(self.ref(), a_channel(line)) == Attachment("image.jpg", "image/jpeg", b"jpeg")

    def test_waits_for_a_video_in_preparation(self, line: LineServer) -> None:
        line.files["354718705033693859"] = None
        with pytest.raises(DeliveryFailed, match="preparing") as failed:
            adapter.fetch(self.ref(), a_channel(line))
        assert failed.value.retry_after_s

    def test_a_file_that_is_gone_is_gone_for_good(self, line: LineServer) -> None:
        with pytest.raises(DeliveryFailed, match="no longer has") as failed:
            adapter.fetch(self.ref(), a_channel(line))
        assert failed.value.permanent

    def test_a_picture_from_elsewhere_is_fetched_without_the_token(self, line: LineServer) -> None:
        outside = {"type": "external", "originalContentUrl": f"{line.url}/cat.jpg"}
        with pytest.raises(DeliveryFailed):
            adapter.fetch(self.ref({**IMAGE, "contentProvider": outside}), a_channel(line))
        assert "authorization" not in line.calls[0].headers

    @pytest.mark.parametrize("message_id", ["../info", "a/b", "", "x?y"])
    def test_follows_no_strange_id(self, line: LineServer, message_id: str) -> None:
        with pytest.raises(DeliveryFailed, match="names no message"):
            adapter.fetch(json.dumps({"message_id": message_id}), a_channel(line))
        assert line.calls == []


class TestSetUp:
    def test_sets_the_webhook_and_then_all_is_well(self, line: LineServer) -> None:
        adapter.set_up(a_channel(line), "https://desk.example/hooks/hook-key")
        assert line.endpoint == "https://desk.example/hooks/hook-key"
        assert adapter.test(a_channel(line)) == []

    def test_says_what_is_wrong_with_the_webhook(self, line: LineServer) -> None:
        assert "no webhook" in adapter.test(a_channel(line))[0]
        line.endpoint, line.active = "https://other.example/hook", False
        elsewhere, off = adapter.test(a_channel(line))
        assert "elsewhere" in elsewhere
        assert "Use webhook" in off

    def test_says_that_the_token_is_wrong_and_the_secret_missing(self, line: LineServer) -> None:
        wrong = a_channel(line, channel_access_token="old", channel_secret="", channel_secret_before="")
        secret, token = adapter.test(wrong)
        assert "channel_secret" in secret
        assert "channel_access_token" in token

    def test_an_address_line_refuses_is_said_in_words(self, line: LineServer) -> None:
        with pytest.raises(DeliveryFailed, match="PUBLIC_URL"):
            adapter.set_up(a_channel(line), "http://desk.example/hooks/hook-key")


class TestConformance(Conformance):
    case = Case(
        channel="line",
        connection=holds("line", "channel_secret", channel_access_token=TOKEN),
        post=posted,
        unknown=(json.dumps({"events": [an_event("thought", thought={"text": "Hello"})]}).encode(),),
    )
