"""webchat: customers whom a site vouches for."""

import base64
import dataclasses
import hashlib
import hmac
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.types import Delivery, Request
from channels.webchat import adapter
from channels.webchat.identity import identity_of, mail_address
from channels.webchat.visitor import issue_known, issue_visitor, visitor_of
from tests.channels.builders import NOON, a_connection, a_request
from tests.channels.conformance import Case, Conformance, keeps

SITE_SECRET = "site-secret_0123456789_0123456789"
KNOWN = a_connection("webchat", identity_secret=SITE_SECRET)


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
