"""api: Heed's own signed JSON, in and out."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from channels import verify
from channels.api import adapter
from channels.errors import DeliveryFailed, NotUnderstood
from channels.types import Answer, Attachment, Delivery, InboundMessage, Request, Unreadable
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection, a_delivery, a_reply, a_request
from tests.channels.conformance import Case, Conformance, keeps
from tests.servers.plain import PlainServer, Told

AT = int(NOON.timestamp())
BODY = b'{"id": "1", "from": {"id": "c"}, "text": "Hi"}'


@pytest.fixture
def system() -> Iterator[PlainServer]:
    with PlainServer() as running:
        yield running


def signed(body: bytes = BODY, *, secret: str = SECRET, at: int = AT) -> str:
    """Sign as README says, without our own code."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def received(header: str, body: bytes = BODY, **connection: tuple[str, ...]) -> Answer | Delivery:
    return adapter.receive(a_request(body, heed_signature=header), a_connection("api", **connection), NOON)  # type: ignore[arg-type]


def parsed(body: object) -> list[object]:
    return list(adapter.parse(a_delivery(json.dumps(body).encode()), a_connection("api")))


class TestReceive:
    @pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
    def test_takes_either_secret_and_names_the_delivery_by_its_body(self, secret: str) -> None:
        delivery = received(signed(secret=secret))
        assert isinstance(delivery, Delivery)
        assert delivery.key == hashlib.sha256(BODY).hexdigest()
        assert delivery.answer.status == 200

    def test_takes_several_signatures_of_which_one_holds(self) -> None:
        mac = signed().partition("v1=")[2]
        assert isinstance(received(f"t={AT}, v1={'0' * 64}, v1={mac}, v2=new"), Delivery)

    @pytest.mark.parametrize("seconds", [-300, 300])
    def test_takes_a_clock_that_is_five_minutes_off(self, seconds: int) -> None:
        assert isinstance(received(signed(at=AT + seconds)), Delivery)

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_refuses_a_clock_that_is_further_off(self, seconds: int) -> None:
        answer = received(signed(at=AT + seconds))
        assert isinstance(answer, Answer)
        assert (answer.status, "5 minutes" in answer.body) == (401, True)

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "t=",
            "v1=" + "0" * 64,
            f"t={AT}",
            f"t={AT},v1=",
            f"t={AT},v1={'0' * 64}",
            f"t=NaN,v1={'0' * 64}",
            f"t={'9' * 5000},v1={'0' * 64}",
            signed(secret="another"),
            signed(BODY + b" "),
            signed().replace("t=", "t=1,t="),
            "é\ud800,v1=é",
        ],
        ids=range(12),
    )
    def test_refuses_what_does_not_hold_with_401_and_a_remedy(self, header: str) -> None:
        answer = received(header)
        assert isinstance(answer, Answer)
        assert answer.status == 401
        assert ":" in answer.body

    @pytest.mark.parametrize("secrets", [(), ("",)])
    def test_refuses_everything_without_a_secret(self, secrets: tuple[str, ...]) -> None:
        assert isinstance(received(signed(secret=""), secrets=secrets), Answer)


class TestParse:
    def test_a_bad_element_leaves_its_neighbours_alone(self) -> None:
        good = {"id": "1", "from": {"id": "c"}, "text": "Hi"}
        found = parsed({"messages": [good, {**good, "id": ""}, {**good, "id": "2"}]})
        assert [type(one) for one in found] == [InboundMessage, Unreadable, InboundMessage]

    def test_contact_facts_are_told_apart_from_what_a_customer_says(self) -> None:
        body = {
            "id": "1",
            "from": {"id": "c", "name": "Ana", "tier": "gold"},
            "text": "Hi",
            "contact": {"tier": "basic"},
        }
        (message,) = parsed(body)
        assert isinstance(message, InboundMessage)
        assert message.claims == {"name": "Ana", "contact.tier": "basic"}

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"id": None}, "id"),
            ({"id": "x" * 201}, "id"),
            ({"id": True}, "id"),
            ({"from": None}, "from"),
            ({"from": {}}, "id"),
            ({"text": None}, "text"),
            ({"text": 5}, "text"),
            ({"at": "yesterday"}, "at"),
            ({"at": 1e300}, "at"),
            ({"type": "letter"}, "type"),
            ({"contact": {"tier": ["gold"]}}, "contact"),
            ({"contact": {"a.b": "c"}}, "contact"),
            ({"attachments": [{"name": "x", "url": "file:///etc/passwd"}]}, "url"),
            ({"attachments": [{"name": "x"}]}, "data"),
            ({"attachments": [{}] * 21}, "20"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_says_what_is_wrong_without_repeating_it(self, change: dict[str, object], said: str) -> None:
        with pytest.raises(NotUnderstood, match=said) as problem:
            parsed({"id": "1", "from": {"id": "canary"}, "text": "canary", **change})
        assert "canary" not in str(problem.value)

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"NaN", b'{"a": NaN}', b"\xff", b"[" * 200_000, b"9" * 5000])
    def test_what_is_no_object_is_not_understood(self, body: bytes) -> None:
        with pytest.raises(NotUnderstood):
            adapter.parse(a_delivery(body), a_connection("api"))


class TestSend:
    def test_posts_the_reply_signed_as_it_asks_others_to_sign(self, system: PlainServer) -> None:
        files = (Attachment("a.txt", "text/plain", b"Hello"),)
        connection = a_connection("api", base_url=system.url, reply_url=f"{system.url}/replies")
        sent = adapter.send(a_reply(to="c", thread="t", answers=("1", "2"), attachments=files), connection)
        (call,) = system.calls
        assert sent.external_ids == ("msg-1",)
        assert (call.method, call.path, call.headers["idempotency-key"]) == ("POST", "/replies", "msg-1")
        at = int(call.headers["heed-signature"].partition(",")[0].removeprefix("t="))
        assert call.headers["heed-signature"] == signed(call.body, at=at)
        assert json.loads(call.body) == {
            "id": "msg-1",
            "to": {"id": "c", "name": ""},
            "thread": "t",
            "text": "We are on it.",
            "in_reply_to": "2",
            "automatic": False,
            "attachments": [{"name": "a.txt", "media_type": "text/plain", "data": "SGVsbG8="}],
        }

    def test_posts_to_base_url_if_no_other_is_set(self, system: PlainServer) -> None:
        adapter.send(a_reply(), a_connection("api", base_url=f"{system.url}/in"))
        assert system.calls[0].path == "/in"

    def test_without_an_address_the_reply_stays_to_be_read(self) -> None:
        assert adapter.send(a_reply(), a_connection("api")).external_ids == ()

    def test_sends_nothing_into_the_private_network_unless_base_url_names_it(self, system: PlainServer) -> None:
        with pytest.raises(DeliveryFailed, match="loopback"):
            adapter.send(a_reply(), a_connection("api", reply_url=system.url))
        assert system.calls == []

    @pytest.mark.parametrize(
        ("status", "permanent"),
        [
            *((status, True) for status in (302, 400, 401, 404, 410)),
            *((status, False) for status in (408, 425, 429, 500, 503)),
        ],
    )
    def test_tells_for_ever_from_for_now(self, system: PlainServer, status: int, permanent: bool) -> None:
        system.answer = lambda call: Told(status, headers={"Retry-After": "7", "Location": "/login"})
        with pytest.raises(DeliveryFailed, match=str(status)) as failed:
            adapter.send(a_reply(), a_connection("api", base_url=system.url))
        assert failed.value.permanent is permanent
        assert failed.value.retry_after_s == (None if permanent else 7.0)

    def test_needs_a_secret_to_sign_with(self, system: PlainServer) -> None:
        with pytest.raises(DeliveryFailed, match="secret"):
            adapter.send(a_reply(), a_connection("api", secrets=(), base_url=system.url))


class TestFetch:
    def test_gets_a_file_behind_a_link(self, system: PlainServer) -> None:
        system.answer = lambda call: Told(200, b"jpeg")
        body = {"id": "1", "from": {"id": "c"}, "attachments": [{"name": "a.jpg", "url": f"{system.url}/a"}]}
        (message,) = parsed(body)
        assert isinstance(message, InboundMessage)
        file = adapter.fetch(message.attachments[0].fetch or "", a_connection("api", base_url=system.url))
        assert (file.name, file.data) == ("a.jpg", b"jpeg")

    def test_a_link_into_the_private_network_is_refused(self, system: PlainServer) -> None:
        with pytest.raises(DeliveryFailed, match="loopback"):
            adapter.fetch(json.dumps({"url": f"{system.url}/a"}), a_connection("api"))
        assert system.calls == []

    @pytest.mark.parametrize(("status", "permanent"), [(404, True), (429, False), (500, False)])
    def test_a_link_that_is_gone_is_gone(self, system: PlainServer, status: int, permanent: bool) -> None:
        system.answer = lambda call: Told(status)
        with pytest.raises(DeliveryFailed) as failed:
            adapter.fetch(json.dumps({"url": system.url}), a_connection("api", base_url=system.url))
        assert failed.value.permanent is permanent


class TestSetUp:
    def test_says_that_the_address_for_replies_does_not_answer(self) -> None:
        (problem,) = adapter.test(a_connection("api", reply_url="http://127.0.0.1:1/"))
        assert "loopback" in problem

    def test_any_answer_shows_that_the_address_is_reached(self, system: PlainServer) -> None:
        system.answer = lambda call: Told(405)
        assert adapter.test(a_connection("api", base_url=system.url)) == []


def test_our_signature_is_what_we_accept() -> None:
    header = verify.signature(SECRET, BODY, AT)
    assert verify.signature_problem(header, BODY, (SECRET,), NOON + timedelta(minutes=5)) is None


def posted(body: bytes, secret: str, at: datetime) -> Request:
    return a_request(
        body, content_type="application/json", heed_signature=signed(body, secret=secret, at=int(at.timestamp()))
    )


class TestConformance(Conformance):
    case = Case(
        channel="api",
        connection=keeps("api"),
        post=posted,
        timed=True,
        closed=frozenset({"contact"}),
        unknown=(b'{"messages": [{"type": "letter", "id": "1", "text": "Hello"}]}',),
    )
