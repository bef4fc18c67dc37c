"""Viber: callbacks in, send_message out, against a local server that stands for the REST bot API."""

import hmac
import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from channels.errors import DeliveryFailed, NotUnderstood
from channels.types import Answer, Attachment, Connection, Delivery, InboundMessage, Receipt, Reply, Request, Unreadable
from channels.viber import adapter
from tests.channels.builders import NOON, OLD_SECRET, a_connection, a_delivery, a_reply, a_request
from tests.channels.conformance import Case, Conformance, holds
from tests.servers.standin import sent
from tests.servers.viber import RECEIVER, TOKEN, ViberServer


@pytest.fixture
def viber() -> Iterator[ViberServer]:
    with ViberServer() as running:
        yield running


def a_bot(viber: ViberServer | None = None, **settings: str) -> Connection:
    own = {"base_url": viber.url} if viber else {}
    named = {"auth_token": TOKEN, "auth_token_before": OLD_SECRET, **own, **settings}
    return a_connection("viber", secrets=(), **named)


def posted(body: bytes, secret: str, at: datetime) -> Request:
    """Post a body signed as Viber documents it: HMAC-SHA256 in hex over the body, keyed with the bot's token."""
    signature = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return a_request(body, content_type="application/json", x_viber_content_signature=signature)


def a_callback(event: str = "message", **more: object) -> dict[str, object]:
    who = {"id": RECEIVER, "name": "Olena Koval", "language": "uk"}
    base = {"event": event, "timestamp": 1763640000123, "message_token": 5741311803571721087, "sender": who}
    return {**base, **more}


def parsed(callback: object) -> list[object]:
    return list(adapter.parse(a_delivery(json.dumps(callback).encode()), a_bot()))


def the_message(**message: object) -> InboundMessage:
    (found,) = parsed(a_callback(message={"type": "text", **message}))
    assert isinstance(found, InboundMessage)
    return found


def reply(text: str = "We are on it.", **more: object) -> Reply:
    return a_reply(text, to=RECEIVER, thread=RECEIVER, **more)


class TestReceive:
    def test_the_check_of_set_webhook_is_signed_and_answered(self) -> None:
        body = json.dumps({"event": "webhook", "timestamp": 1457764197627, "message_token": 241256543215}).encode()
        answer = adapter.receive(posted(body, TOKEN, NOON), a_bot(), NOON)
        assert isinstance(answer, Answer)
        assert answer.status == 200
        unsigned = adapter.receive(a_request(body), a_bot(), NOON)
        assert isinstance(unsigned, Answer)
        assert unsigned.status == 403

    def test_what_became_of_one_message_are_different_deliveries(self) -> None:
        bodies = [json.dumps(a_callback(event)).encode() for event in ("delivered", "seen", "failed")]
        kept = [adapter.receive(posted(body, TOKEN, NOON), a_bot(), NOON) for body in bodies]
        assert len({one.key for one in kept if isinstance(one, Delivery)}) == 3


class TestParse:
    @pytest.mark.parametrize("token", [4912661846655238145, 2**53 + 1, 2**63, 2**64 - 1, "5741311803571721087"])
    def test_every_digit_of_the_token_is_kept(self, token: object) -> None:
        (message,) = parsed(a_callback(message_token=token, message={"type": "text", "text": "Hi"}))
        assert isinstance(message, InboundMessage)
        assert message.external_id == str(token)

    @pytest.mark.parametrize("token", [None, -1, 2**64, True, 1.5, "", "x", "١٢", [], 10**400])
    def test_what_is_no_token_is_not_understood(self, token: object) -> None:
        with pytest.raises(NotUnderstood, match="message_token"):
            parsed(a_callback(message_token=token, message={"type": "text", "text": "Hi"}))

    @pytest.mark.parametrize("event", ["subscribed", "unsubscribed", "conversation_started", "webhook", "action", ""])
    def test_ignores_what_is_no_message(self, event: str) -> None:
        assert parsed(a_callback(event)) == parsed(a_callback(event, timestamp=4987034606158369000)) == []

    @pytest.mark.parametrize(("event", "state"), [("delivered", "delivered"), ("seen", "read"), ("failed", "failed")])
    def test_receipts_name_our_message_and_hold_none_of_vibers_words(self, event: str, state: str) -> None:
        (receipt,) = parsed(a_callback(event, desc="canary words", user_id=RECEIVER))
        assert isinstance(receipt, Receipt)
        assert (receipt.external_id, receipt.state) == ("5741311803571721087", state)
        assert "canary" not in receipt.detail

    @pytest.mark.parametrize(
        ("message", "text"),
        [
            ({"type": "sticker", "sticker_id": 40138}, "Sticker"),
            ({"type": "sticker", "sticker_id": "40138", "text": "Look"}, "Look\nSticker"),
            ({"type": "contact", "contact": {"name": "Ivan", "phone_number": "+38044"}}, "Contact: Ivan, +38044"),
            ({"type": "contact", "contact": {"phone_number": "+38044"}}, "Contact: +38044"),
            ({"type": "location", "location": {"lat": 50.45, "lon": 30.5}}, "Location: (50.450000, 30.500000)"),
            ({"type": "url", "media": "https://a.example", "text": "Look"}, "Look\nhttps://a.example"),
        ],
    )
    def test_what_is_no_text_is_said_in_words(self, message: dict[str, object], text: str) -> None:
        assert the_message(**message).text == text

    def test_a_new_type_is_shown_to_ops(self) -> None:
        (unread,) = parsed(a_callback(message={"type": "hologram", "text": "private words"}))
        assert isinstance(unread, Unreadable)
        assert "private" not in unread.reason


class TestSend:
    def test_sends_under_the_connections_name(self, viber: ViberServer) -> None:
        done = adapter.send(reply(), a_bot(viber))
        said = {"receiver": RECEIVER, "type": "text", "text": "We are on it.", "sender": {"name": "Shop"}}
        assert sent(viber.calls[0]) == said
        assert done.external_ids == ("5741311803571721088",)

    def test_a_long_name_is_cut(self, viber: ViberServer) -> None:
        adapter.send(reply(), a_bot(viber, sender_name="The friendly people of the shop"))
        assert sent(viber.calls[0])["sender"] == {"name": "The friendly people of the s"}

    @pytest.mark.parametrize(("length", "parts"), [(7000, 1), (7001, 2)])
    def test_splits_a_long_text(self, viber: ViberServer, length: int, parts: int) -> None:
        assert len(adapter.send(reply("x" * length), a_bot(viber)).external_ids) == parts

    @pytest.mark.parametrize(
        ("status", "permanent", "words"),
        [
            (2, False, "app key"),
            (3, True, "base_url"),
            (5, True, "no longer registered"),
            (6, True, "unsubscribed"),
            (7, False, "blocked"),
            (10, False, "no webhook"),
            (11, True, "too old"),
            (12, False, "slow down"),
            (24, False, "top up"),
            (99, True, "error 99"),
        ],
    )
    def test_reads_the_status_of_a_200(self, viber: ViberServer, status: int, permanent: bool, words: str) -> None:
        viber.refuse(200, {"status": status, "status_message": "canary words"})
        with pytest.raises(DeliveryFailed, match=words) as failed:
            adapter.send(reply(), a_bot(viber))
        assert failed.value.permanent is permanent
        assert not failed.value.may_have_arrived
        assert "canary" not in failed.value.reason
        assert TOKEN not in failed.value.reason

    @pytest.mark.parametrize("body", [None, {}, {"status": "0"}, {"status": True}, {"status": False}, {"status": 0}])
    def test_an_answer_that_says_nothing_may_have_arrived(self, viber: ViberServer, body: object) -> None:
        viber.refuse(200, body)
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(reply(), a_bot(viber))
        assert failed.value.may_have_arrived
        assert not failed.value.permanent

    def test_a_cut_connection_may_have_arrived(self, viber: ViberServer) -> None:
        viber.hang_up()
        with pytest.raises(DeliveryFailed) as failed:
            adapter.send(reply(), a_bot(viber))
        assert failed.value.may_have_arrived

    def test_a_second_part_that_fails_says_that_the_first_is_out(self, viber: ViberServer) -> None:
        viber.accept()
        viber.refuse(429, {}, Retry_After="3")
        with pytest.raises(DeliveryFailed, match="1 of 2 parts") as failed:
            adapter.send(reply("x" * 7001), a_bot(viber))
        assert (failed.value.may_have_arrived, failed.value.retry_after_s) == (True, 3)

    def test_nothing_leaves_without_a_receiver_a_text_or_a_token(self, viber: ViberServer) -> None:
        for said, bot in (
            (a_reply(to="", thread=""), a_bot(viber)),
            (reply(" "), a_bot(viber)),
            (reply(), a_bot(viber, auth_token="")),
        ):
            with pytest.raises(DeliveryFailed) as failed:
                adapter.send(said, bot)
            assert failed.value.permanent
        assert viber.calls == []


class TestFetch:
    def test_gets_what_a_message_named_without_the_token(self, viber: ViberServer) -> None:
        viber.files["1.jpg"] = b"jpeg"
        picture = the_message(type="picture", media=f"{viber.url}/media/1.jpg", file_name="broken.jpg")
        found = adapter.fetch(picture.attachments[0].fetch or "", a_bot(viber))
        assert found == Attachment("broken.jpg", "image/jpeg", b"jpeg")
        assert "x-viber-auth-token" not in viber.calls[0].headers

    def test_a_link_that_has_run_out_is_gone_for_good(self, viber: ViberServer) -> None:
        picture = the_message(type="picture", media=f"{viber.url}/media/old.jpg")
        with pytest.raises(DeliveryFailed, match="no longer has this file") as failed:
            adapter.fetch(picture.attachments[0].fetch or "", a_bot(viber))
        assert failed.value.permanent

    def test_trouble_passes(self, viber: ViberServer) -> None:
        viber.refuse(503, Retry_After="7")
        with pytest.raises(DeliveryFailed) as failed:
            adapter.fetch(json.dumps({"url": f"{viber.url}/media/1.jpg"}), a_bot(viber))
        assert (failed.value.permanent, failed.value.retry_after_s) == (False, 7)

    @pytest.mark.parametrize("ref", ["x", "{}", '{"url": "file:///etc/passwd"}', '{"url": 7}'])
    def test_a_foreign_reference_is_not_understood(self, viber: ViberServer, ref: str) -> None:
        with pytest.raises(NotUnderstood):
            adapter.fetch(ref, a_bot(viber))


class TestSetUp:
    def test_sets_the_webhook_and_then_all_is_well(self, viber: ViberServer) -> None:
        adapter.set_up(a_bot(viber), "https://desk.example/hooks/hook-key")
        assert sent(viber.calls[0])["event_types"] == ["delivered", "seen", "failed"]
        assert adapter.test(a_bot(viber)) == []

    def test_says_what_is_wrong(self, viber: ViberServer) -> None:
        assert "no webhook" in adapter.test(a_bot(viber))[0]
        viber.webhook = "https://other.example/hook"
        assert "elsewhere" in adapter.test(a_bot(viber))[0]
        assert "app key" in adapter.test(a_bot(viber, auth_token="old"))[0]
        with pytest.raises(DeliveryFailed, match="PUBLIC_URL"):
            adapter.set_up(a_bot(viber), "http://desk.example/hooks/hook-key")


class TestConformance(Conformance):
    case = Case(
        channel="viber",
        connection=holds("viber", "auth_token"),
        post=posted,
        unknown=(b'{"event": "thought", "message_token": 1, "message": {"type": "text", "text": "Hello"}}',),
    )
