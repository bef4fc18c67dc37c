"""webchat: what a visitor's browser posts, and who may post."""

import base64
import dataclasses
import hashlib
import hmac
import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import channels.webchat
from channels.errors import ChannelError, NotUnderstood
from channels.types import Answer, Connection, Delivery, InboundMessage, Request
from channels.webchat import adapter, reading
from channels.webchat.identity import identity_of, mail_address
from channels.webchat.visitor import allowed_origins, issue_known, issue_visitor, origin_allowed, visitor_of
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection, a_delivery, a_reply, a_request, mutated
from tests.channels.conformance import Case, Conformance, keeps

CHAT = a_connection("webchat", allowed_origins="https://shop.example.com, http://localhost:8000")
SITE_SECRET = "site-secret_0123456789_0123456789"
KNOWN = a_connection("webchat", identity_secret=SITE_SECRET)
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


def an_identity(secret: str = SITE_SECRET, *, alg: str = "HS256", **claims: object) -> str:
    """Return a token as any JWT library makes it; source: RFC 7515 appendix A.1."""
    named = {
        "sub": "4711",
        "name": "Ana Ruiz",
        "email": "Ana@Example.com",
        "exp": int(NOON.timestamp()) + 600,
        **claims,
    }
    parts = [as_base64url(json.dumps(part).encode()) for part in ({"alg": alg, "typ": "JWT"}, named)]
    mac = hmac.new(secret.encode(), ".".join(parts).encode(), "sha256").digest()
    return ".".join([*parts, as_base64url(mac)])


def as_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TestIdentity:
    def test_a_site_vouches_for_its_customer(self) -> None:
        found = identity_of(an_identity(), KNOWN, NOON)
        assert found is not None
        assert (found.user_id, found.name, found.email) == ("4711", "Ana Ruiz", "ana@example.com")
        assert found.ends_at == NOON + timedelta(minutes=10)

    def test_reads_the_example_of_the_standard(self) -> None:
        """RFC 7515 appendix A.1 signs with its own key; ours refuses it, and its form is understood."""
        standard = (
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        )
        assert identity_of(standard, KNOWN, NOON) is None

    def test_both_secrets_hold_while_the_site_changes_over(self) -> None:
        new = "n" * 40
        changed = a_connection("webchat", identity_secret=new, identity_secret_before=SITE_SECRET)
        assert identity_of(an_identity(), changed, NOON)
        assert identity_of(an_identity(new), changed, NOON)
        assert identity_of(an_identity(), a_connection("webchat", identity_secret=new), NOON) is None

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": int(NOON.timestamp())},
            {"exp": int(NOON.timestamp()) - 60},
            {"exp": int(NOON.timestamp()) + 24 * 3600 + 1},
            {"exp": None},
            {"exp": "soon"},
            {"exp": 10**30},
            {"sub": None},
            {"sub": ""},
            {"sub": ["4711"]},
            {"name": 5},
            {"name": "x" * 201},
            {"alg": "none"},
            {"alg": "HS512"},
        ],
        ids=str,
    )
    def test_is_refused_when_it_is_over_too_long_or_not_in_form(self, claims: dict[str, object]) -> None:
        assert identity_of(an_identity(**claims), KNOWN, NOON) is None  # type: ignore[arg-type]

    @pytest.mark.parametrize("token", ["", ".", "a.b", "a.b.c", "é.é.é", "a" * 9000, "..", "e30.e30."])
    def test_is_refused_when_it_is_none(self, token: str) -> None:
        assert identity_of(token, KNOWN, NOON) is None

    @pytest.mark.parametrize("secret", ["", "short", "x" * 31])
    def test_a_secret_that_is_none_vouches_for_nobody(self, secret: str) -> None:
        weak = a_connection("webchat", identity_secret=secret)
        assert identity_of(an_identity(secret), weak, NOON) is None
        assert bool(adapter.test(weak)) == bool(secret)

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 400), st.sampled_from("aZ09-_.=é"))
    def test_no_changed_word_vouches_for_anybody(self, place: int, character: str) -> None:
        token = an_identity()
        at = place % (len(token) - 1)  # the last letter of a base64 text holds bits that nobody reads
        changed = token[:at] + character + token[at + 1 :]
        assert changed == token or identity_of(changed, KNOWN, NOON) is None

    def test_a_customer_has_one_conversation_on_all_devices_while_the_word_holds(self) -> None:
        known = identity_of(an_identity(), KNOWN, NOON)
        assert known is not None
        first, second = issue_known(KNOWN, known), issue_known(KNOWN, known)
        assert visitor_of(first, KNOWN, NOON) == visitor_of(second, KNOWN, NOON)
        assert visitor_of(first, KNOWN, NOON + timedelta(minutes=10)) is None

    def test_of_another_customer_it_says_nothing(self) -> None:
        guest = issue_visitor(KNOWN, NOON)
        named = {"content_type": "application/json", "x_heed_visitor": guest, "x_heed_identity": an_identity()}
        delivery = adapter.receive(a_request(b'{"id": "m-1", "text": "Hi"}', **named), KNOWN, NOON)
        assert isinstance(delivery, Delivery)
        assert list(delivery.headers) == ["heed-visitor-id"]

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            (" Ana@Example.COM ", "ana@example.com"),
            ("a+b@mail.example.co.uk", "a+b@mail.example.co.uk"),
            ("ana@example", ""),
            ("ana@@example.com", ""),
            ("ana@example.com\nBcc: x@example.com", ""),
            ("ana@example.com, bo@example.com", ""),
            ("@example.com", ""),
            ("x" * 65 + "@example.com", ""),
        ],
    )
    def test_an_address_is_one_or_none(self, typed: str, kept: str) -> None:
        assert mail_address(typed) == kept


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


def posted_with_identity(body: bytes, secret: str, at: datetime) -> Request:
    """Post what a customer wrote whom their site vouches for, with a token as README describes it, made by hand."""
    visitor, seconds = hashlib.sha256(b"heed-user.v1.hook-key.4711").hexdigest()[:24], int(at.timestamp()) + 600
    mac = hmac.new(secret.encode(), f"heed-visitor.v2.hook-key.{visitor}.{seconds}".encode(), "sha256").hexdigest()
    said = an_identity(sub=4711, exp=seconds)
    token = f"v2.{visitor}.{seconds}.{mac}"
    return a_request(body, content_type="application/json", x_heed_visitor=token, x_heed_identity=said)


def only_the_token(request: Request) -> list[Request]:
    """Return a post without the visitor's token, and with one cut short; the site's word alone opens nothing."""
    cut = {**request.headers, "x-heed-visitor": request.headers["x-heed-visitor"][:-1]}
    without = {name: value for name, value in request.headers.items() if name != "x-heed-visitor"}
    return [dataclasses.replace(request, headers=headers) for headers in (without, cut)]


class TestConformanceOfKnownCustomers(Conformance):
    case = Case(
        channel="webchat",
        connection=keeps("webchat", identity_secret=SITE_SECRET),
        post=posted_with_identity,
        unknown=(),
        unproven=only_the_token,
        proves_body=False,
        keeps_odd=False,
        samples="identity_*",
    )
