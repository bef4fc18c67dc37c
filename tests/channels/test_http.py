"""The one door out: where it leads, what it keeps back, when it gives up."""

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

from channels.addresses import refusal
from channels.errors import DeliveryFailed
from channels.http import Door, Response, retry_after_s
from channels.types import Connection
from tests.servers.plain import Call, PlainServer, Told

PUBLIC = "93.184.216.34"  # a public address; no packet goes there, `connect` is ours


def a_connection(base_url: str) -> Connection:
    return Connection("key", "api", "Shop", {"base_url": base_url}, ("secret",))


def never(address: str, port: int, timeout_s: float) -> socket.socket:
    raise AssertionError(f"a connection to {address} was tried")


@pytest.fixture
def server() -> Iterator[PlainServer]:
    with PlainServer() as running:
        yield running


class Outside:
    """A resolver and a connect that stand for the wide world: every name is public, every way leads to one server."""

    def __init__(self, server: PlainServer, names: dict[str, list[str]] | None = None) -> None:
        self.server = server
        self.names = names or {}
        self.looked_up: list[str] = []
        self.connected: list[tuple[str, int]] = []

    def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        return self.names.get(host, [PUBLIC])

    def connect(self, address: str, port: int, timeout_s: float) -> socket.socket:
        self.connected.append((address, port))
        return socket.create_connection(("127.0.0.1", self.server.port), timeout_s)

    def door(self, ca_file: str | None = None) -> Door:
        return Door(self.resolve, self.connect, ca_file)


REFUSED = {
    "loopback": "127.0.0.1",
    "loopback elsewhere": "127.8.9.1",
    "this host": "0.0.0.0",
    "private ten": "10.1.2.3",
    "private 172": "172.16.0.1",
    "private 192": "192.168.1.1",
    "shared (CGNAT, Alibaba metadata)": "100.100.100.200",
    "link-local metadata": "169.254.169.254",
    "Azure metadata": "168.63.129.16",
    "Oracle metadata": "192.0.0.192",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "documentation": "192.0.2.1",
    "loopback, IPv6": "::1",
    "unspecified, IPv6": "::",
    "link-local, IPv6": "fe80::1",
    "link-local with a zone": "fe80::1%eth0",
    "unique local, AWS metadata": "fd00:ec2::254",
    "site-local": "fec0::1",
    "multicast, IPv6": "ff02::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:169.254.169.254",
    "compatible": "::10.0.0.1",
    "NAT64 of a private address": "64:ff9b::a00:1",
    "NAT64 for local use": "64:ff9b:1::5db8:d822",
    "6to4 of a private address": "2002:a00:1::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "documentation, IPv6": "2001:db8::1",
    "newer documentation, IPv6": "3fff::1",
    "no address": "localhost",
}


class TestAddresses:
    @pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED.keys())
    def test_refuses_what_is_not_public(self, address: str) -> None:
        assert refusal(address)

    @pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
    def test_lets_public_ones_pass(self, address: str) -> None:
        assert refusal(address) is None


class TestWhereItLeads:
    @pytest.mark.parametrize("address", [a for a in REFUSED.values() if a != "localhost"])
    def test_a_name_that_leads_inside_is_refused_before_any_connect(self, address: str) -> None:
        with pytest.raises(DeliveryFailed) as failed:
            Door(lambda host, port: [address], never).request("GET", "http://shop.example/", connection=None)
        assert failed.value.permanent
        assert not failed.value.may_have_arrived

    def test_one_private_address_among_public_ones_is_enough_to_refuse(self) -> None:
        with pytest.raises(DeliveryFailed, match="private"):
            Door(lambda host, port: [PUBLIC, "10.0.0.1"], never).request("GET", "http://a.example/", connection=None)

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://127.1/"]
    )
    def test_numbers_that_mean_loopback_are_refused_by_the_real_resolver(self, url: str) -> None:
        with pytest.raises(DeliveryFailed) as failed:
            Door(connect=never).request("GET", url, connection=None)
        assert not failed.value.may_have_arrived

    def test_connects_to_the_very_address_it_looked_up_once(self, server: PlainServer) -> None:
        outside = Outside(server)
        assert outside.door().request("GET", "http://shop.example:8080/x?y=1", connection=None).ok
        assert outside.looked_up == ["shop.example"]
        assert outside.connected == [(PUBLIC, 8080)]
        assert server.calls[0].headers["host"] == "shop.example:8080"
        assert server.calls[0].path == "/x?y=1"

    def test_the_connections_own_base_url_may_be_private(self, server: PlainServer) -> None:
        door = Door()
        assert door.request("GET", f"{server.url}/x", connection=a_connection(server.url)).ok

    def test_base_url_opens_its_exact_port_alone(self, server: PlainServer) -> None:
        with PlainServer() as other, pytest.raises(DeliveryFailed, match="loopback"):
            Door().request("GET", other.url, connection=a_connection(server.url))
        assert other.calls == []

    def test_base_url_opens_its_exact_host_alone(self, server: PlainServer) -> None:
        with pytest.raises(DeliveryFailed, match="loopback"):
            Door().request("GET", f"http://127.0.0.2:{server.port}/", connection=a_connection(server.url))

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://shop.example/",
            "file:///etc/passwd",
            "http://",
            "//shop.example",
            "http://u:p@shop.example/",
            "http://[x/",
        ],
    )
    def test_takes_plain_http_addresses_only(self, url: str) -> None:
        with pytest.raises(DeliveryFailed) as failed:
            Door(connect=never).request("GET", url, connection=None)
        assert failed.value.permanent

    def test_ignores_the_environments_proxy(self, server: PlainServer, monkeypatch: pytest.MonkeyPatch) -> None:
        with PlainServer() as proxy:
            for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url)
            assert Door().request("GET", server.url, connection=a_connection(server.url)).ok
            assert proxy.calls == []

    def test_tries_the_next_address_if_the_first_does_not_answer(self, server: PlainServer) -> None:
        outside = Outside(server, {"shop.example": ["2606:2800:220:1::1", PUBLIC]})

        def connect(address: str, port: int, timeout_s: float) -> socket.socket:
            if ":" in address:
                raise OSError("no route")
            return outside.connect(address, port, timeout_s)

        assert Door(outside.resolve, connect).request("GET", "http://shop.example/", connection=None).ok


class TestRedirects:
    def test_follows_three_and_no_more(self, server: PlainServer) -> None:
        def answer(call: Call) -> Told:
            step = int(call.path.strip("/"))
            return Told(200, b"end") if step == 0 else Told(302, headers={"Location": f"/{step - 1}"})

        server.answer = answer
        own = a_connection(server.url)
        assert Door().request("GET", f"{server.url}/3", connection=own).body == b"end"
        with pytest.raises(DeliveryFailed, match="more than 3"):
            Door().request("GET", f"{server.url}/4", connection=own)

    @pytest.mark.parametrize(
        "inside", ["http://127.0.0.1:1/", "http://169.254.169.254/latest/", "http://inside.example/"]
    )
    def test_refuses_a_redirect_into_the_private_network(self, server: PlainServer, inside: str) -> None:
        server.answer = lambda call: Told(302, headers={"Location": inside})
        names = {"127.0.0.1": ["127.0.0.1"], "169.254.169.254": ["169.254.169.254"], "inside.example": ["10.0.0.1"]}
        outside = Outside(server, names)
        with pytest.raises(DeliveryFailed, match="refused"):
            outside.door().request("GET", "http://shop.example/", connection=None)
        assert len(outside.connected) == 1

    def test_a_credential_does_not_follow_to_another_host_nor_come_back(self, server: PlainServer) -> None:
        def answer(call: Call) -> Told:
            if call.path == "/first":
                return Told(302, headers={"Location": "http://other.example/second"})
            if call.path == "/second":
                return Told(302, headers={"Location": "http://shop.example/third"})
            return Told(200)

        server.answer = answer
        Outside(server).door().request(
            "GET",
            "http://shop.example/first",
            connection=None,
            credential_hosts=("shop.example",),
            credentials={"Authorization": "Bearer canary"},
        )
        assert [call.headers.get("authorization") for call in server.calls] == ["Bearer canary", None, None]

    def test_a_credential_goes_to_declared_hosts_alone(self) -> None:
        with pytest.raises(DeliveryFailed, match="credential"):
            Door(connect=never).request(
                "GET",
                "http://evil.example/",
                connection=None,
                credential_hosts=("shop.example",),
                credentials={"Authorization": "Bearer canary"},
            )

    def test_a_secret_url_is_not_led_elsewhere(self, server: PlainServer) -> None:
        server.answer = lambda call: Told(302, headers={"Location": "http://other.example/"})
        with pytest.raises(DeliveryFailed, match="refused"):
            Outside(server).door().request(
                "GET",
                "http://shop.example/bot-canary",
                connection=None,
                credential_hosts=("shop.example",),
                credential_in_url=True,
            )
        assert len(server.calls) == 1

    def test_a_post_is_not_led_to_another_host_nor_turned_into_a_get(self, server: PlainServer) -> None:
        for status, target in ((307, "http://other.example/"), (302, "/login")):
            server.answer = lambda call, s=status, t=target: Told(s, headers={"Location": t})  # type: ignore[misc]
            response = Outside(server).door().request("POST", "http://shop.example/", connection=None, data=b"x")
            assert response.status == status
        assert [call.method for call in server.calls] == ["POST", "POST"]

    def test_a_post_follows_307_on_its_own_host_with_its_body(self, server: PlainServer) -> None:
        server.answer = lambda call: Told(307, headers={"Location": "/b"}) if call.path == "/a" else Told(200)
        assert Outside(server).door().request("POST", "http://shop.example/a", connection=None, data=b"x").ok
        assert [(call.path, call.body) for call in server.calls] == [("/a", b"x"), ("/b", b"x")]

    def test_cookies_are_not_carried(self, server: PlainServer) -> None:
        server.answer = lambda call: (
            Told(302, headers={"Location": "/b", "Set-Cookie": "a=b"}) if call.path == "/a" else Told(200)
        )
        Outside(server).door().request("GET", "http://shop.example/a", connection=None)
        assert "cookie" not in server.calls[1].headers


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
