"""What WhatsApp, Messenger and Instagram share: Meta's handshake, signature, batches, Graph calls and refusals."""

import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from channels.errors import DeliveryFailed, NotUnderstood
from channels.meta import graph, hooks, pieces
from channels.types import Answer, Attachment, Connection, Delivery, Request
from channels.verify import digest
from tests.channels.builders import OLD_SECRET, SECRET, a_connection, a_request
from tests.servers.messenger import PAGE, MessengerServer
from tests.servers.meta import APP_SECRET, TOKEN

# printf '%s' BODY | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
BODY = rb'{"text":"Gr\u00f6\u00dfe \/ \ud83d\ude21"}'
MADE_BY_OPENSSL = "c0d0df9ed0b5a10fd37d93542fbb9bb2c7c089287bba86f0cf7e007d23b82ec2"
ODD_TIMES: tuple[object, ...] = ("", "soon", 0, -1, 1.5, True, None, [], 10**400, "9" * 400, 10**14)
BEFORE = {"app_secret_before": APP_SECRET}


@pytest.fixture
def meta() -> Iterator[MessengerServer]:
    with MessengerServer() as running:
        yield running


def a_page(meta: MessengerServer, **settings: str) -> Connection:
    given = {"access_token": TOKEN, "page_id": PAGE, "app_secret": APP_SECRET, "base_url": meta.url, **settings}
    return Connection("hook-key", "messenger", "Page", given, (SECRET, OLD_SECRET))


def asked(**query: str) -> Request:
    """Return the handshake as Meta makes it: `hub_mode` is written for `hub.mode`."""
    named = urlencode({name.replace("hub_", "hub."): value for name, value in query.items()})
    return Request("GET", f"https://desk.example/hooks/hook-key?{named}", {}, b"")


def answered(request: Request, connection: Connection | None = None) -> Answer:
    answer = hooks.receive(request, connection or a_connection("whatsapp"))
    assert isinstance(answer, Answer)
    return answer


class TestHandshake:
    @pytest.mark.parametrize("token", [SECRET, OLD_SECRET])
    def test_returns_the_challenge_to_who_knows_a_verify_token(self, token: str) -> None:
        answer = answered(asked(hub_mode="subscribe", hub_verify_token=token, hub_challenge="1158201444"))
        assert (answer.status, answer.body) == (200, "1158201444")
        assert answer.content_type.startswith("text/plain")

    @pytest.mark.parametrize("token", ["", "wrong", SECRET + "x", SECRET[:-1], "é"])
    def test_refuses_another_token(self, token: str) -> None:
        answer = answered(asked(hub_mode="subscribe", hub_verify_token=token, hub_challenge="1"))
        assert answer.status == 403
        assert "hub.verify_token" in answer.body

    def test_an_empty_secret_never_verifies(self) -> None:
        for secrets in ((), ("",)):
            request = asked(hub_mode="subscribe", hub_verify_token="", hub_challenge="1")
            assert answered(request, a_connection("whatsapp", secrets=secrets)).status == 403

    def test_the_app_secret_is_no_verify_token(self) -> None:
        request = asked(hub_mode="subscribe", hub_verify_token=APP_SECRET, hub_challenge="1")
        assert answered(request, a_connection("whatsapp", app_secret=APP_SECRET)).status == 403

    @pytest.mark.parametrize(
        "query",
        [{"hub_mode": "unsubscribe"}, {}, {"hub_challenge": ""}, {"hub_challenge": "9" * 201}],
        ids=["another mode", "no mode", "no challenge", "a long challenge"],
    )
    def test_refuses_what_is_no_handshake(self, query: dict[str, str]) -> None:
        full = {"hub_mode": "subscribe", "hub_verify_token": SECRET, "hub_challenge": "1", **query}
        assert answered(asked(**(full if query else {"hub_verify_token": SECRET}))).status == 400


class TestSignature:
    @pytest.mark.parametrize("settings", [{"app_secret": APP_SECRET}, {"app_secret": "new", **BEFORE}])
    def test_covers_the_raw_bytes_and_takes_the_secret_before(self, settings: dict[str, str]) -> None:
        request = a_request(BODY, x_hub_signature_256=f"sha256={MADE_BY_OPENSSL}")
        delivery = hooks.receive(request, Connection("hook-key", "whatsapp", "Shop", settings))
        assert isinstance(delivery, Delivery)
        assert delivery.body == BODY
        assert delivery.answer.status == 200

    def test_a_body_written_anew_does_not_verify(self) -> None:
        anew = '{"text":"Größe / 😡"}'.encode()
        request = a_request(anew, x_hub_signature_256=f"sha256={MADE_BY_OPENSSL}")
        assert answered(request, a_connection("whatsapp", app_secret=APP_SECRET)).status == 403

    @pytest.mark.parametrize("sent", ["", "sha256=", MADE_BY_OPENSSL, f"sha1={MADE_BY_OPENSSL}", "sha256=" + "0" * 64])
    def test_refuses_another_proof(self, sent: str) -> None:
        answer = answered(a_request(BODY, x_hub_signature_256=sent), a_connection("whatsapp", app_secret=APP_SECRET))
        assert answer.status == 403

    def test_the_verify_token_signs_nothing(self) -> None:
        signed = "sha256=" + digest(SECRET, BODY)
        assert answered(a_request(BODY, x_hub_signature_256=signed)).status == 403


class TestEntries:
    def test_a_post_of_another_product_says_which_it_is(self) -> None:
        with pytest.raises(NotUnderstood, match="of Instagram: give that product"):
            hooks.entries(b'{"object": "instagram", "entry": []}', "page")

    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            (1763640000, datetime(2025, 11, 20, 12, tzinfo=UTC)),
            ("1763640000", datetime(2025, 11, 20, 12, tzinfo=UTC)),
            (1763640000123, datetime(2025, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)),
            ("1763640000123", datetime(2025, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)),
            *[(odd, None) for odd in ODD_TIMES],
        ],
    )
    def test_reads_seconds_and_milliseconds(self, sent: object, read: datetime | None) -> None:
        assert hooks.when(sent) == read


class TestPieces:
    @pytest.mark.parametrize(
        ("kind", "url", "name", "media_type"),
        [
            ("image", "https://cdn.example/v/1_n.png?oh=1", "1_n.png", "image/png"),
            ("image", "https://cdn.example/v/1_n", "image.jpg", "image/jpeg"),
            ("audio", "https://cdn.example/v/audioclip-1.mp4?x", "audioclip-1.mp4", "audio/mp4"),
            ("file", "https://cdn.example/v/bill%20(1).pdf?dl=1", "bill (1).pdf", "application/pdf"),
            ("file", "https://cdn.example/v/a%2F..%2Fb.pdf", "file", "application/octet-stream"),
            ("file", "https://cdn.example/v/setup.exe", "setup.exe", "application/octet-stream"),
        ],
    )
    def test_names_a_file_after_its_address(self, kind: str, url: str, name: str, media_type: str) -> None:
        _, (file,) = pieces.read({"attachments": [{"type": kind, "payload": {"url": url}}]})
        assert (file.name, file.media_type) == (name, media_type)

    def test_an_address_that_is_none_is_not_fetched(self) -> None:
        for url in ("My Documents/foo.doc", "/reel/1/", "javascript:alert(1)", "file:///etc/passwd", ""):
            _, (file,) = pieces.read({"attachments": [{"type": "file", "payload": {"url": url}}]})
            assert file.fetch is None
            assert file.error


class TestGraph:
    def test_proves_that_it_holds_the_app_secret_and_keeps_the_token_out_of_urls(self, meta: MessengerServer) -> None:
        graph.call(a_page(meta), "GET", PAGE)
        (call,) = meta.calls
        assert call.query == {"appsecret_proof": digest(APP_SECRET, TOKEN.encode())}

    def test_an_app_secret_of_another_app_is_refused(self, meta: MessengerServer) -> None:
        with pytest.raises(DeliveryFailed, match="error 100"):
            graph.call(a_page(meta, app_secret="wrong"), "GET", PAGE)

    @pytest.mark.parametrize(
        ("settings", "named"),
        [
            ({"access_token": ""}, "access_token"),
            ({"access_token": "a b"}, "access_token"),
            ({"access_token": "a\r\nX: y"}, "access_token"),
            ({"graph_version": "v25.0/../v1"}, "graph_version"),
            ({"base_url": "https://graph.facebook.com/?x=1"}, "base_url"),
        ],
    )
    def test_a_setting_of_another_form_is_never_sent(
        self, meta: MessengerServer, settings: dict[str, str], named: str
    ) -> None:
        with pytest.raises(DeliveryFailed, match=named) as failed:
            graph.call(a_page(meta, **settings), "GET", PAGE)
        assert failed.value.permanent
        assert meta.calls == []

    def test_an_id_that_is_no_number_is_never_put_into_a_url(self, meta: MessengerServer) -> None:
        with pytest.raises(DeliveryFailed, match="no number"):
            graph.node(a_page(meta, page_id="1/../me"), "page_id")

    @pytest.mark.parametrize(
        ("status", "code", "subcode", "permanent"),
        [
            (400, 190, 463, False),  # a token that ended: the reply waits for a new one
            (401, 190, None, False),
            (400, 200, None, True),
            (403, 10, None, True),
            (400, 368, None, True),
            (400, 4, None, False),
            (400, 613, None, False),
            (429, 99999, None, False),
            (400, 99999, None, True),
            (403, 99999, None, False),
            (503, 2, None, False),
        ],
    )
    def test_tells_for_ever_from_for_now(
        self, meta: MessengerServer, status: int, code: int, subcode: int | None, permanent: bool
    ) -> None:
        meta.refuse(status, code, subcode)
        with pytest.raises(DeliveryFailed) as failed:
            graph.call(a_page(meta), "POST", f"{PAGE}/messages", json={})
        assert failed.value.permanent is permanent
        assert not failed.value.may_have_arrived

    def test_waits_as_long_as_it_is_asked_to(self, meta: MessengerServer) -> None:
        meta.refuse(429, 613, retry_after=14)
        with pytest.raises(DeliveryFailed) as failed:
            graph.call(a_page(meta), "POST", f"{PAGE}/messages", json={})
        assert failed.value.retry_after_s == 14

    @pytest.mark.parametrize("safe", [True, False])
    def test_no_answer_may_have_arrived_unless_it_does_no_harm_twice(self, meta: MessengerServer, safe: bool) -> None:
        for trouble in (meta.hang_up, lambda: meta.refuse(500, 1)):
            trouble()
            with pytest.raises(DeliveryFailed) as failed:
                graph.call(a_page(meta), "POST", f"{PAGE}/messages", json={}, safe=safe)
            assert failed.value.may_have_arrived is not safe
            assert not failed.value.permanent

    @pytest.mark.parametrize("status", [0, 400, 401, 429, 500])
    def test_no_error_holds_the_token_or_the_words_of_meta(
        self, meta: MessengerServer, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(0)
        meta.refuse(status, 1) if status else meta.hang_up()
        with pytest.raises(DeliveryFailed) as failed:
            graph.call(a_page(meta), "POST", f"{PAGE}/messages", json={"message": {"text": "canary-text"}})
        said = "".join(traceback.format_exception(failed.value))
        lines = "\n".join(line for line in said.splitlines() if not line.startswith("    "))  # not our own source
        for private in (TOKEN, APP_SECRET, "canary-text", "private words", digest(APP_SECRET, TOKEN.encode())):
            assert private not in lines
            assert private not in caplog.text
            assert private not in repr(failed.value.__context__)

    def test_a_token_of_instagram_login_takes_no_proof(self) -> None:
        page = a_connection("instagram", access_token=TOKEN, app_secret=APP_SECRET)
        assert graph._proof(page)
        settings = {**page.settings, "base_url": "https://graph.instagram.com"}
        assert graph._proof(Connection("k", "instagram", "Shop", settings)) == {}

    def test_a_file_without_bytes_is_no_part(self) -> None:
        with pytest.raises(DeliveryFailed, match="no bytes"):
            graph.file_part(Attachment("a", "text/plain"))
