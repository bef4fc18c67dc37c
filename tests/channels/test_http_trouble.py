"""The one door out when the other side is too much, too slow, gone or not who it says: caps, failures, TLS, retries."""

import gzip
import logging
import socket
import ssl
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels.errors import DeliveryFailed
from channels.http import Door, Response, retry_after_s
from tests.channels.outside import Outside, a_connection, never
from tests.servers.plain import PlainServer, Told


@pytest.fixture
def server() -> Iterator[PlainServer]:
    with PlainServer() as running:
        yield running


class TestCaps:
    def test_reads_up_to_the_cap(self, server: PlainServer) -> None:
        server.answer = lambda call: Told(200, b"x" * 100)
        own = a_connection(server.url)
        assert len(Door().request("GET", server.url, connection=own, max_bytes=100).body) == 100
        with pytest.raises(DeliveryFailed, match="larger") as failed:
            Door().request("GET", server.url, connection=own, max_bytes=99)
        assert failed.value.permanent

    def test_counts_after_decompression(self, server: PlainServer) -> None:
        bomb = gzip.compress(b"\0" * 20_000_000)
        server.answer = lambda call: Told(200, bomb, {"Content-Encoding": "gzip"})
        with pytest.raises(DeliveryFailed, match="larger"):
            Door().request("GET", server.url, connection=a_connection(server.url), max_bytes=1_000_000)

    def test_a_dripping_answer_ends_with_its_time(self, server: PlainServer) -> None:
        server.answer = lambda call: Told(200, b"x" * 1000, drip_s=0.05)
        with pytest.raises(DeliveryFailed, match=r"within 0\.3 s") as failed:
            Door().request("POST", server.url, connection=a_connection(server.url), timeout_s=0.3, data=b"")
        assert failed.value.may_have_arrived

    def test_a_dripping_answer_without_a_length_is_not_taken_for_whole(self, server: PlainServer) -> None:
        server.answer = lambda call: Told(200, b"x" * 1000, {"Content-Length": ""}, drip_s=0.05)
        with pytest.raises(DeliveryFailed):
            Door().request("GET", server.url, connection=a_connection(server.url), timeout_s=0.3)


class TestFailures:
    def test_a_refused_connection_sent_nothing_and_may_be_tried_again(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound, not listening
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            with pytest.raises(DeliveryFailed) as failed:
                Door().request("POST", url, connection=a_connection(url), data=b"x")
        assert not failed.value.permanent
        assert not failed.value.may_have_arrived

    def test_an_unknown_name_sent_nothing_and_may_be_tried_again(self) -> None:
        def unknown(host: str, port: int) -> list[str]:
            raise socket.gaierror("not known")

        with pytest.raises(DeliveryFailed, match="not found") as failed:
            Door(unknown, never).request("POST", "http://shop.example/", connection=None)
        assert not failed.value.permanent
        assert not failed.value.may_have_arrived

    @pytest.mark.parametrize(("method", "doubled"), [("POST", True), ("GET", False)])
    def test_no_answer_after_the_request_left_may_have_arrived(
        self, server: PlainServer, method: str, doubled: bool
    ) -> None:
        server.answer = lambda call: Told(hang_up=True)
        with pytest.raises(DeliveryFailed) as failed:
            Door().request(method, server.url, connection=a_connection(server.url))
        assert not failed.value.permanent
        assert failed.value.may_have_arrived is doubled

    def test_neither_errors_nor_logs_hold_path_query_or_body(
        self, server: PlainServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        server.answer = lambda call: Told(hang_up=True) if call.path.startswith("/h") else Told(200, b"canary")
        own = a_connection(server.url)
        said = ""
        for path, cap in (("/hang/canary?canary", 100), ("/large/canary?canary", 1), ("/fine/canary?canary", 100)):
            try:
                Door().request("POST", server.url + path, connection=own, data=b"canary", max_bytes=cap)
            except DeliveryFailed as failed:
                said += "".join(traceback.format_exception(failed)) + repr(failed.__context__)
        with pytest.raises(DeliveryFailed) as refused:
            Door().request("GET", "http://127.0.0.1:1/canary", connection=None)
        lines = [line for line in said.splitlines() if not line.startswith("    ")]  # source lines of the traceback
        assert "canary" not in "\n".join(lines)
        assert "canary" not in str(refused.value)
        assert "canary" not in caplog.text

    def test_a_line_break_in_a_header_is_refused_not_sent(self) -> None:
        with pytest.raises(DeliveryFailed, match="line break"):
            Door(connect=never).request("GET", "http://a.example/", connection=None, headers={"X-A": "b\r\nX-C: d"})

    def test_a_credential_among_plain_headers_is_a_mistake_of_ours(self) -> None:
        with pytest.raises(ValueError, match="credentials"):
            Door(connect=never).request("GET", "http://a.example/", connection=None, headers={"authorization": "x"})


class TestTls:
    def test_name_and_certificate_stay_checked_though_the_address_is_pinned(self, tmp_path: Path) -> None:
        context, ca_file = _certificate(tmp_path, "shop.example")
        names: list[str | None] = []
        context.sni_callback = lambda sock, name, ctx: names.append(name)
        with PlainServer(tls=context) as server:
            door = Outside(server).door(ca_file)
            assert door.request("GET", "https://shop.example/", connection=None).ok
            with pytest.raises(DeliveryFailed, match="certificate") as failed:
                door.request("POST", "https://other.example/", connection=None)
            with pytest.raises(DeliveryFailed, match="certificate"):
                Outside(server).door().request("GET", "https://shop.example/", connection=None)
        assert not failed.value.may_have_arrived
        assert names[0] == "shop.example"
        assert len(server.calls) == 1

    def test_is_not_led_from_https_to_http(self, tmp_path: Path) -> None:
        context, ca_file = _certificate(tmp_path, "shop.example")
        downgrade = Told(302, headers={"Location": "http://shop.example/"})
        with (
            PlainServer(lambda call: downgrade, context) as server,
            pytest.raises(DeliveryFailed, match="https to http"),
        ):
            Outside(server).door(ca_file).request("GET", "https://shop.example/", connection=None)


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("30", 30.0),
            ("0", 0.0),
            ("-5", 0.0),
            ("1e99", 86400.0),
            ("nan", None),
            ("soon", None),
            ("", None),
            ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
            ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
        ],
    )
    def test_reads_seconds_and_dates(self, value: str, seconds: float | None) -> None:
        headers = {"retry-after": value, "date": "Wed, 21 Oct 2026 07:28:00 GMT"}
        assert retry_after_s(Response(429, headers, b"")) == seconds


def _certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, str]:
    """Return a server context with a certificate of its own for `host`, and the file that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    trusted = folder / "ca.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, str(trusted)
