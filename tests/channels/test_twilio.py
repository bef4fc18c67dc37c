"""Twilio: proofs as its own library makes them; what messages and receipts say."""

import hashlib
import json
from datetime import datetime
from urllib.parse import parse_qs, urlencode

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from channels import verify
from channels.errors import NotUnderstood
from channels.twilio import adapter
from channels.types import Answer, Connection, Delivery, InboundMessage, Parsed, Receipt, Request
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection
from tests.channels.conformance import Case, Conformance, holds

URL = "https://desk.example/hooks/hook-key"
FORM = "application/x-www-form-urlencoded"
CUSTOMER, OURS = "+15550123", "+15550100"


class Params(dict[str, list[str]]):
    """A form with repeated names, in the shape Twilio's validator takes."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def form_of(body: bytes) -> Params:
    return Params(parse_qs(body.decode("utf-8", "surrogateescape"), keep_blank_values=True, errors="surrogateescape"))


def signed(
    body: bytes, secret: str = SECRET, *, url: str = URL, called: str | None = None, algorithm: str | None = None
) -> Request:
    """Return a form that Twilio posted to `url`, of which we see `called`, signed by Twilio's own library."""
    try:
        signature = RequestValidator(secret).compute_signature(url, form_of(body), algorithm)
    except UnicodeEncodeError:  # bytes that are no text, which the library cannot sign
        signature = "unsigned"
    headers = {"content-type": FORM, "x-twilio-signature": signature}
    if algorithm:
        headers["x-twilio-webhooks-signature-settings"] = f"key=webhooks_sharedkey_1,algorithm={algorithm}"
    return Request("POST", called or url, headers, body)


def the_connection(**settings: str) -> Connection:
    return a_connection("twilio", secrets=(), **{"auth_token": SECRET, "from_number": OURS, **settings})


def a_body(**fields: str) -> bytes:
    base = {"MessageSid": "SM" + "1" * 32, "From": CUSTOMER, "To": OURS, "SmsStatus": "received", "NumMedia": "0"}
    return urlencode({**base, **fields}).encode()


def parsed(body: bytes, url: str = URL, connection: Connection | None = None) -> list[Parsed]:
    return adapter.parse(Delivery("1", url, {}, body), connection or the_connection())


def the_message(body: bytes, **settings: str) -> InboundMessage:
    (message,) = parsed(body, connection=the_connection(**settings))
    assert isinstance(message, InboundMessage)
    return message


def accepted(request: Request, connection: Connection | None = None) -> bool:
    found = adapter.receive(request, connection or the_connection(), NOON)
    assert isinstance(found, Delivery) or found.status == 403
    return isinstance(found, Delivery)


class TestReceive:
    def test_answers_with_no_words_for_the_customer(self) -> None:
        delivery = adapter.receive(signed(a_body(Body="Hi")), the_connection(), NOON)
        assert isinstance(delivery, Delivery)
        assert delivery.answer.body == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
        assert delivery.answer.content_type.startswith("text/xml")

    def test_the_query_of_the_address_is_part_of_the_proof(self) -> None:
        assert accepted(signed(a_body(), url=f"{URL}?From=%2B1&a=b"))
        assert not accepted(signed(a_body(), url=f"{URL}?a=b", called=f"{URL}?a=c"))

    @pytest.mark.parametrize(
        ("signed_for", "called"),
        [
            ("https://desk.example:443/hooks/k", "https://desk.example/hooks/k"),
            ("https://desk.example/hooks/k", "https://desk.example:443/hooks/k"),
            ("http://desk.example:80/hooks/k", "http://desk.example/hooks/k"),
            ("https://desk.example/hooks/k", "https://desk.example:8443/hooks/k"),
            ("https://desk.example:8443/hooks/k", "https://desk.example:8443/hooks/k"),
        ],
    )
    def test_a_port_may_be_named_or_left_out_as_with_their_own_library(self, signed_for: str, called: str) -> None:
        request = signed(a_body(), url=signed_for, called=called)
        signature = request.headers["x-twilio-signature"]
        assert RequestValidator(SECRET).validate(called, form_of(request.body), signature)
        assert accepted(request)

    @pytest.mark.parametrize("called", ["http://desk.example/hooks/hook-key", "https://other.example/hooks/hook-key"])
    def test_another_address_refuses(self, called: str) -> None:
        assert not accepted(signed(a_body(), called=called))

    def test_repeated_names_and_empty_values_are_covered(self) -> None:
        body = b"Body=&MediaUrl0=b&MediaUrl0=a&MediaUrl0=a&From=%2B1&Body=x&%C3%A9=%E2%82%AC+1"
        assert accepted(signed(body))

    def test_bytes_that_are_no_text_are_proven_as_bytes(self) -> None:
        body = b"Body=%ff%fe"
        mac = verify.digest_base64(SECRET, URL.encode() + b"Body\xff\xfe", "sha1")
        assert accepted(Request("POST", URL, {"content-type": FORM, "x-twilio-signature": mac}, body))

    def test_a_form_of_thousands_of_fields_refuses(self) -> None:
        assert not accepted(signed(b"&".join(b"a%d=1" % n for n in range(1001))))

    def test_a_body_that_is_no_form_is_proven_by_its_hash_in_the_address(self) -> None:
        body = b'{"MessageSid": "SM1"}'
        url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
        headers = {"content-type": "application/json"}
        headers["x-twilio-signature"] = RequestValidator(SECRET).compute_signature(url, {})
        assert accepted(Request("POST", url, headers, body))
        assert not accepted(Request("POST", url, headers, body + b" "))

    def test_a_body_that_is_no_form_and_has_no_hash_refuses(self) -> None:
        signature = RequestValidator(SECRET).compute_signature(URL, {})
        headers = {"content-type": "application/json", "x-twilio-signature": signature}
        assert not accepted(Request("POST", URL, headers, b'{"MessageSid": "SM1"}'))

    def test_a_shared_key_signs_with_the_algorithm_it_names(self) -> None:
        shared = the_connection(shared_key="shared")
        assert accepted(signed(a_body(), "shared", algorithm="HMAC_SHA256"), shared)
        assert accepted(signed(a_body(), "shared", algorithm="HMAC_SHA1"), shared)
        assert accepted(signed(a_body(), algorithm="HMAC_SHA256"), shared)
        assert not accepted(signed(a_body(), "another", algorithm="HMAC_SHA256"), shared)

    @pytest.mark.parametrize("settings", ["key=a,algorithm=HMAC_SHA512", "algorithm=none", "algorithm= md5"])
    def test_an_algorithm_we_do_not_know_refuses(self, settings: str) -> None:
        request = signed(a_body())
        headers = {**request.headers, "x-twilio-webhooks-signature-settings": settings}
        answer = adapter.receive(Request("POST", URL, headers, request.body), the_connection(), NOON)
        assert isinstance(answer, Answer)
        assert answer.status == 403
        assert "HMAC_SHA256" in answer.body

    @pytest.mark.parametrize("settings", ["", "key=a", "algorithm="])
    def test_settings_without_an_algorithm_mean_the_old_one(self, settings: str) -> None:
        request = signed(a_body())
        headers = {**request.headers, "x-twilio-webhooks-signature-settings": settings}
        assert accepted(Request("POST", URL, headers, request.body))

    def test_a_signature_of_the_other_algorithm_refuses(self) -> None:
        request = signed(a_body(), algorithm="HMAC_SHA256")
        del request.headers["x-twilio-webhooks-signature-settings"]  # type: ignore[attr-defined]
        assert not accepted(request)

    def test_a_get_is_told_to_post(self) -> None:
        url = f"{URL}?MessageSid=SM1"
        signature = RequestValidator(SECRET).compute_signature(url, {})
        answer = adapter.receive(Request("GET", url, {"x-twilio-signature": signature}, b""), the_connection(), NOON)
        assert isinstance(answer, Answer)
        assert answer.status == 405


class TestMessages:
    def test_a_button_counts_on_whatsapp_alone(self) -> None:
        pressed = {"Body": "Msg", "ButtonText": "Confirm"}
        assert the_message(a_body(**pressed)).text == "Msg"
        assert the_message(a_body(**pressed, From="whatsapp:+1", To="whatsapp:+2")).text == "Confirm"

    def test_the_prefix_left_out_follows_from_our_own_address(self) -> None:
        message = the_message(a_body(Body="Hi"), from_number="whatsapp:+15550100")
        assert (message.sender.address, message.thread) == (CUSTOMER, f"whatsapp:{CUSTOMER}")

    def test_the_sender_of_a_text_message_is_not_proven(self) -> None:
        assert not the_message(a_body(Body="Hi")).proven
        assert the_message(a_body(Body="Hi", From="whatsapp:+1", To="whatsapp:+2")).proven

    @pytest.mark.parametrize("told", ["", "0", "many", "-1"])
    def test_takes_the_files_there_are_whatever_their_number_says(self, told: str) -> None:
        files = the_message(a_body(NumMedia=told, MediaUrl0="https://a.example/1", MediaUrl1="https://a.example/2"))
        assert len(files.attachments) == 2

    @pytest.mark.parametrize("latitude", ["", "north", "nan", "inf", "91e3"])
    def test_a_place_without_coordinates_loses_no_words(self, latitude: str) -> None:
        assert the_message(a_body(Body="Here", Latitude=latitude, Longitude="3")).text == "Here"

    @pytest.mark.parametrize(
        "text",
        [
            "a" * 80,
            "https://shop.example/" + "a" * 63,
            "QmFubm9uIEV4cGxhaW5zIFRoZSBXb3JsZA==",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v" + "A" * 4,
            "Doesitlooklikebase64thoughitisonlylongwordswithoutanyspaceinthem",
        ],
        ids=["one letter", "a link", "short", "unprintable", "words"],
    )
    def test_only_what_reads_as_words_is_taken_for_base64(self, text: str) -> None:
        assert the_message(a_body(Body=text)).text == text

    def test_a_message_that_names_no_sender_is_kept_for_ops(self) -> None:
        with pytest.raises(NotUnderstood, match="From"):
            parsed(a_body(Body="Hi", From=""))
        with pytest.raises(NotUnderstood, match="MessageSid"):
            parsed(a_body(Body="Hi", MessageSid=""))

    def test_json_of_the_same_names_reads_the_same(self) -> None:
        body = json.dumps({"MessageSid": "SM1", "From": CUSTOMER, "To": OURS, "Body": "Hi", "NumMedia": 0}).encode()
        assert the_message(body).text == "Hi"


class TestReceipts:
    @pytest.mark.parametrize("status", ["accepted", "queued", "sending", "scheduled", "something_new"])
    def test_what_is_on_its_way_says_nothing(self, status: str) -> None:
        assert parsed(a_body(MessageStatus=status, SmsStatus=status)) == []

    @pytest.mark.parametrize(
        ("code", "said"),
        [("30003", "off, abroad"), ("21610", "STOP"), ("63016", "24 hours"), ("12345", "error 12345"), ("", "Twilio")],
    )
    def test_a_failure_says_why_in_words(self, code: str, said: str) -> None:
        (receipt,) = parsed(a_body(MessageStatus="failed", ErrorCode=code))
        assert isinstance(receipt, Receipt)
        assert receipt.state == "failed"
        assert said in receipt.detail


def posted(body: bytes, secret: str, at: datetime) -> Request:
    request = signed(body, secret)
    if request.headers["x-twilio-signature"] != "unsigned":
        return request
    fields = sorted({tuple(part.split(b"=", 1)) if b"=" in part else (part, b"") for part in body.split(b"&") if part})
    mac = verify.digest_base64(secret, URL.encode() + b"".join(map(b"".join, fields)), "sha1")
    return Request("POST", URL, {"content-type": FORM, "x-twilio-signature": mac}, body)


class TestConformance(Conformance):
    case = Case(
        channel="twilio",
        connection=holds("twilio", "auth_token", from_number=OURS),
        post=posted,
        unknown=(b"CallSid=CA1&CallStatus=ringing", b"EventType=something.new&MessageSid=SM1", b"MessageSid=SM1"),
    )


def test_both_tokens_hold_while_the_token_changes() -> None:
    changing = the_connection(auth_token_before=OLD_SECRET)
    assert accepted(signed(a_body(), OLD_SECRET), changing)
    assert accepted(signed(a_body(), SECRET), changing)
