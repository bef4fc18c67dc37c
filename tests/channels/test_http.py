"""The one door out: where it leads, and what it keeps back."""

import socket
from collections.abc import Iterator

import pytest

from channels.addresses import refusal
from channels.errors import DeliveryFailed
from channels.http import Door
from tests.channels.outside import PUBLIC, Outside, a_connection, never
from tests.servers.plain import Call, PlainServer, Told


@pytest.fixture
def server() -> Iterator[PlainServer]:
    with PlainServer() as running:
        yield running


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
