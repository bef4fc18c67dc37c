"""webchat: what a visitor's browser posts, and who may post."""

import base64
import hmac
import json
import random
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import channels.webchat
from channels.errors import ChannelError, NotUnderstood
from channels.types import Answer, Connection, Delivery, InboundMessage, Request
from channels.webchat import adapter, reading
from channels.webchat.visitor import allowed_origins, issue_visitor, origin_allowed, visitor_of
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection, a_delivery, a_reply, a_request, mutated
from tests.channels.conformance import Case, Conformance, keeps

CHAT = a_connection("webchat", allowed_origins="https://shop.example.com, http://localhost:8000")
SAMPLES = [
    json.loads(path.read_text())
    for path in sorted(Path(channels.webchat.__path__[0], "samples").glob("*.json"))
    if not path.name.endswith(".expected.json")
]


def received(body: object, *, token: str | None = None, **headers: str) -> Answer | Delivery:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"content_type": "application/json", "x_heed_visitor": token or issue_visitor(CHAT, NOON), **headers}
    return adapter.receive(a_request(raw, **named), CHAT, NOON)


def status_of(answer: Answer | Delivery) -> int:
    if isinstance(answer, Delivery):
        return answer.answer.status
    assert json.loads(answer.body)["detail"]
    return answer.status


class TestVisitor:
    def test_a_token_opens_its_own_visitor(self) -> None:
        token = issue_visitor(CHAT, NOON)
        assert visitor_of(token, CHAT, NOON) == token.split(".")[1]

    def test_two_visitors_are_two(self) -> None:
        assert visitor_of(issue_visitor(CHAT, NOON), CHAT, NOON) != visitor_of(issue_visitor(CHAT, NOON), CHAT, NOON)

    def test_a_token_lives_as_long_as_its_secret(self) -> None:
        token = issue_visitor(a_connection("webchat", secrets=(OLD_SECRET,)), NOON)
        assert visitor_of(token, a_connection("webchat", secrets=(SECRET, OLD_SECRET)), NOON)
        assert visitor_of(token, a_connection("webchat", secrets=(SECRET,)), NOON) is None

    def test_a_token_of_another_chat_is_worth_nothing(self) -> None:
        other = Connection("other-key", "webchat", "Other", {}, CHAT.secrets)
        assert visitor_of(issue_visitor(other, NOON), CHAT, NOON) is None

    def test_without_a_secret_there_are_no_visitors(self) -> None:
        bare = a_connection("webchat", secrets=("",))
        with pytest.raises(ChannelError, match="secret"):
            issue_visitor(bare, NOON)
        assert visitor_of(issue_visitor(CHAT, NOON), bare, NOON) is None

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 110), st.characters())
    def test_no_changed_token_opens_anything(self, place: int, character: str) -> None:
        token = issue_visitor(CHAT, NOON)
        at = place % len(token)
        changed = token[:at] + character + token[at + 1 :]
        assert changed == token or visitor_of(changed, CHAT, NOON) is None


class TestOrigins:
    @pytest.mark.parametrize(
        "origin",
        ["https://desk.example", "https://shop.example.com", "HTTPS://Shop.Example.com:443", "http://localhost:8000"],
    )
    def test_heed_itself_and_listed_sites_may_speak(self, origin: str) -> None:
        assert origin_allowed(origin, CHAT, "https://desk.example")

    @pytest.mark.parametrize(
        "origin",
        [
            "",
            "null",
            "http://shop.example.com",
            "https://shop.example.com:8443",
            "https://shop.example.com.evil.example",
            "https://evil.example/https://shop.example.com",
            "https://shop.example.com@evil.example",
            "https://sub.shop.example.com",
            "*",
            "https://[",
        ],
    )
    def test_others_may_not(self, origin: str) -> None:
        assert not origin_allowed(origin, CHAT, "https://desk.example")

    def test_a_listed_star_opens_nothing(self) -> None:
        assert allowed_origins(a_connection("webchat", allowed_origins="*, https://*.example.com, null")) == ()

    def test_test_names_entries_that_are_no_origin(self) -> None:
        problems = adapter.test(a_connection("webchat", allowed_origins="shop.example.com, https://a.example/path"))
        assert len(problems) == 2
        assert "https://shop.example.com" in problems[0]


class TestReceive:
    @pytest.mark.parametrize("kind", ["application/json", "text/plain;charset=UTF-8"])
    def test_keeps_what_a_visitor_wrote_with_who_it_was(self, kind: str) -> None:
        token = issue_visitor(CHAT, NOON)
        delivery = received({"id": "m-1", "text": "Hi"}, token=token, content_type=kind)
        assert isinstance(delivery, Delivery)
        (message,) = adapter.parse(delivery, CHAT)
        assert isinstance(message, InboundMessage)
        visitor = visitor_of(token, CHAT, NOON)
        assert (message.external_id, message.thread, message.proven) == (f"{visitor}/m-1", visitor, True)
        assert json.loads(delivery.answer.body) == {"stored": True, "id": "m-1"}

    def test_the_token_itself_is_not_kept(self) -> None:
        token = issue_visitor(CHAT, NOON)
        assert token not in repr(received({"id": "m-1", "text": "Hi"}, token=token))

    @pytest.mark.parametrize("token", ["wrong", "v1.a.1.b"])
    def test_refuses_a_visitor_it_does_not_know(self, token: str) -> None:
        assert status_of(received({"id": "m-1", "text": "Hi"}, token=token)) == 401

    def test_refuses_a_foreign_page(self) -> None:
        assert status_of(received({"id": "m-1", "text": "Hi"}, origin="https://evil.example")) == 403

    def test_takes_its_own_page(self) -> None:
        assert status_of(received({"id": "m-1", "text": "Hi"}, origin="https://desk.example")) == 200

    def test_refuses_forms(self) -> None:
        answer = received(b"id=1&text=Hi", content_type="application/x-www-form-urlencoded")
        assert status_of(answer) == 415

    def test_caps_the_files(self) -> None:
        half = base64.b64encode(bytes(reading.MAX_FILE_BYTES // 2)).decode()
        file = {"name": "a.png", "media_type": "image/png", "data": half}
        more = {**file, "data": base64.b64encode(b"x").decode()}
        assert status_of(received({"id": "m-1", "attachments": [file, file]})) == 200
        assert status_of(received({"id": "m-1", "attachments": [file, file, more]})) == 413

    @pytest.mark.parametrize(("length", "status"), [(4000, 200), (4001, 413)])
    def test_caps_the_text(self, length: int, status: int) -> None:
        assert status_of(received({"id": "m-1", "text": "x" * length})) == status

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"[" * 100_000,
            {"id": "m-1"},
            {"id": "m-1", "text": "  "},
            {"text": "Hi"},
            {"id": "a/b", "text": "Hi"},
            {"id": "x" * 65, "text": "Hi"},
            {"id": "m-1", "text": 5},
            {"id": "m-1", "text": "Hi", "visitor": "Ana"},
            {"id": "m-1", "text": "Hi", "visitor": {"name": "x" * 201}},
            {"id": "m-1", "attachments": [{"name": "a.svg", "media_type": "image/svg+xml", "data": ""}]},
            {"id": "m-1", "attachments": [{"name": "a.png", "media_type": "image/png", "data": "***"}]},
            {"id": "m-1", "attachments": [{"name": "a.png", "media_type": "image/png", "url": "http://a.example"}]},
            {"id": "m-1", "text": "Hi", "attachments": [{"media_type": "image/png", "data": ""}] * 6},
        ],
        ids=range(15),
    )
    def test_refuses_what_it_cannot_read_with_422(self, body: object) -> None:
        assert status_of(received(body)) == 422

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(SAMPLES), st.integers(0, 2**32))
    def test_what_it_keeps_it_can_read_and_the_rest_it_refuses(self, sample: object, seed: int) -> None:
        answer = received(mutated(sample, random.Random(seed)))
        if isinstance(answer, Delivery):
            repr(adapter.parse(answer, CHAT)).encode()
        else:
            assert answer.status in (413, 422)


class TestParse:
    def test_what_a_visitor_says_of_themselves_is_a_claim(self) -> None:
        said = {"name": "Ana", "email": "ana@example.com", "contact.tier": "gold", "tier": "gold"}
        body = json.dumps({"id": "m-1", "text": "Hi", "visitor": said}).encode()
        (message,) = adapter.parse(a_delivery(body, heed_visitor_id="abc"), CHAT)
        assert isinstance(message, InboundMessage)
        assert message.claims == {"name": "Ana", "email": "ana@example.com"}
        assert message.sender.address == "abc"

    def test_a_delivery_without_a_visitor_is_not_understood(self) -> None:
        with pytest.raises(NotUnderstood):
            adapter.parse(a_delivery(b'{"id": "m-1", "text": "Hi"}'), CHAT)


def test_an_answer_is_sent_at_once_and_files_need_no_fetching() -> None:
    assert adapter.send(a_reply(), CHAT).external_ids == ("msg-1",)
    with pytest.raises(NotUnderstood):
        adapter.fetch("x", CHAT)


def posted(body: bytes, secret: str, at: datetime) -> Request:
    """Post what a visitor wrote, with a token as README describes it, made without our own code."""
    visitor, seconds = "a1b2c3d4e5f60718293a4b5c", int(at.timestamp())
    signed = f"heed-visitor.v1.hook-key.{visitor}.{seconds}"
    mac = hmac.new(secret.encode(), signed.encode(), "sha256").hexdigest()
    return a_request(body, content_type="application/json", x_heed_visitor=f"v1.{visitor}.{seconds}.{mac}")


class TestConformance(Conformance):
    case = Case(
        channel="webchat",
        connection=keeps("webchat"),
        post=posted,
        unknown=(),
        proves_body=False,
        keeps_odd=False,
        samples="[!i]*",  # all but those that begin with “identity”
    )
