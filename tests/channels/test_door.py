"""No file that a message names leads inside: every channel's fetch, and a mail's pictures, by addresses of every form.

The system's resolver and connect are replaced by ones that fail the test, so that no packet leaves this machine: names
are looked up in a table, and the only socket that opens leads to a server of the test's own that stands for the world.
"""

import gzip
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlsplit

import pytest

import channels
from channels.errors import ChannelError, DeliveryFailed
from channels.http import Door
from channels.types import MAX_MAIL, Answer, Connection, InboundMessage
from router import remote_pictures
from tests.channels.builders import NOON, SECRET
from tests.channels.cases import cases_of
from tests.channels.samples import samples_of
from tests.servers.plain import Call, PlainServer, Told

PUBLIC = "93.184.216.34"  # what every name leads to that the table does not know
PLATFORM = "http://platform.example"
NOTHING_TO_FETCH = ("email", "webchat")  # files come in the body

INSIDE = {
    "loopback": "http://127.0.0.1/x",
    "loopback by name": "http://localhost/x",
    "decimal": "http://2130706433/x",
    "octal": "http://0177.0.0.1/x",
    "hex": "http://0x7f000001/x",
    "short": "http://127.1/x",
    "wide digits": "http://１２７.０.０.１/x",
    "loopback, IPv6": "http://[::1]/x",
    "mapped": "http://[::ffff:127.0.0.1]/x",
    "mapped, in hex": "http://[::ffff:7f00:1]/x",
    "NAT64": "http://[64:ff9b::7f00:1]/x",
    "6to4": "http://[2002:7f00:1::]/x",
    "this host": "http://0.0.0.0/x",
    "private": "http://10.0.0.1/x",
    "private, decimal": "http://3232235777/x",
    "private by name": "http://intranet.example/x",
    "private among public": "http://mixed.example/x",
    "unique local": "http://[fd00::1]/x",
    "link-local": "http://[fe80::1]/x",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata, decimal": "http://2852039166/latest/",
    "metadata, octal": "http://0251.0376.0251.0376/latest/",
    "metadata, mapped": "http://[::ffff:a9fe:a9fe]/latest/",
    "metadata, IPv6": "http://[fd00:ec2::254]/latest/",
    "multicast": "http://224.0.0.1/x",
    "broadcast": "http://255.255.255.255/x",
    "another port of the platform's": "http://127.0.0.1:22/x",
    "over TLS": "https://127.0.0.1/x",
    "user and password": "http://platform.example@127.0.0.1/x",
    "a file": "file:///etc/passwd",
}
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "intranet.example": ["192.168.1.10"],
    "mixed.example": [PUBLIC, "10.0.0.1"],
}


class World:
    """Names and ways out as the tests have them."""

    def __init__(self, server: PlainServer) -> None:
        self.server = server
        self.answers: dict[str, list[list[str]]] = {}  # of names that change them: each look-up takes the next
        self.looked_up: list[str] = []
        self.opened: list[str] = []  # addresses that a socket was opened to
        self._numbers = socket.getaddrinfo
        self._connect = socket.socket.connect

    def getaddrinfo(self, host: str, port: int, *more: object, **named: object) -> list[tuple[object, ...]]:
        """Answer as the system does, numbers in any form included, but ask nobody."""
        self.looked_up.append(host)
        found = self.answers[host].pop(0) if self.answers.get(host) else NAMES.get(host)
        if found is None:
            try:
                return list(self._numbers(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
            except socket.gaierror:
                found = [PUBLIC]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    def create_connection(self, address: tuple[str, int], timeout: float, *more: object) -> socket.socket:
        """Open a way to the world's server for what is public; fail the test for anything else."""
        self.opened.append(address[0])
        assert address[0] == PUBLIC, f"a socket to {address[0]} was about to be opened"
        way = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        way.settimeout(timeout)
        self._connect(way, ("127.0.0.1", self.server.port))
        return way

    def connect(self, address: object) -> None:
        """Fail the test: whoever connects by himself goes around the door."""
        self.opened.append(str(address))
        raise AssertionError(f"a socket to {address} was about to be opened beside the door")


@pytest.fixture(scope="module")
def server() -> Iterator[PlainServer]:
    with PlainServer() as running:
        yield running


@pytest.fixture
def world(server: PlainServer, monkeypatch: pytest.MonkeyPatch) -> World:
    server.answer = lambda call: Told(404)
    world = World(server)
    monkeypatch.setattr(socket, "getaddrinfo", world.getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", world.create_connection)
    monkeypatch.setattr(socket.socket, "connect", lambda way, address: world.connect(address))
    return world


@pytest.fixture(params=[name for name in channels.CHANNELS if name not in NOTHING_TO_FETCH])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@lru_cache
def fetching(channel: str) -> list[tuple[str, Connection]]:
    """Return references to files as a channel's samples name them, one of each form, and who would fetch them."""
    adapter = channels.adapter(channel)
    found: dict[str, tuple[str, Connection]] = {}
    for case in cases_of(channel):
        connection = case.connection((SECRET,))
        connection = replace(connection, settings={**connection.settings, "base_url": PLATFORM})
        for sample in samples_of(channel, case.samples):
            delivery = adapter.receive(case.post(sample.read_bytes(), SECRET, NOON), case.connection((SECRET,)), NOON)
            said = [] if isinstance(delivery, Answer) else _parsed(channel, delivery, connection)
            for message in said:
                for file in message.attachments if isinstance(message, InboundMessage) else ():
                    if file.fetch:
                        form = _form(_with_urls(json.loads(file.fetch), lambda url: "url"))
                        found.setdefault(form, (file.fetch, connection))
    return list(found.values())


def _parsed(channel: str, delivery: object, connection: Connection) -> list[object]:
    try:
        return list(channels.adapter(channel).parse(delivery, connection))  # type: ignore[arg-type]
    except ChannelError:
        return []


def _form(value: object) -> str:
    """Return which fields a reference has, without what is in them."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{_form(inner)}" for name, inner in sorted(value.items())) + "}"
    return "url" if value == "url" else type(value).__name__


def _with_urls(value: object, change: Callable[[str], str]) -> object:
    """Return a reference with every address in it changed."""
    if isinstance(value, dict):
        return {name: _with_urls(inner, change) for name, inner in value.items()}
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return change(value)
    return value


def named(reference: str, change: Callable[[str], str]) -> str:
    """Return a reference whose addresses are changed; one that is no object of its own stays as it is."""
    return json.dumps(_with_urls(json.loads(reference), change))


def on_the_platform(url: str) -> str:
    """Return an address on the platform's own host, where an adapter may take its credential."""
    return PLATFORM + (urlsplit(url).path or "/")


def test_every_channel_with_files_is_tried(channel: str) -> None:
    assert fetching(channel), f"no sample of {channel} names a file"


@pytest.mark.parametrize("inside", INSIDE.values(), ids=INSIDE.keys())
class TestWhatAMessageNames:
    def test_is_refused_before_a_socket_is_opened(self, channel: str, inside: str, world: World) -> None:
        adapter = channels.adapter(channel)
        for reference, connection in fetching(channel):
            hostile = named(reference, lambda url: inside)
            if hostile != named(reference, lambda url: url):
                with pytest.raises(ChannelError) as refused:
                    adapter.fetch(hostile, connection)
                assert not isinstance(refused.value, DeliveryFailed) or refused.value.permanent
                assert world.opened == []

    def test_is_refused_also_if_the_platform_says_it(self, channel: str, inside: str, world: World) -> None:
        where = dict.fromkeys(("url", "href", "file_path", "url_private", "url_private_download", "link"), inside)
        answer = {"ok": True, **where, "result": where, "file": where, "data": where}
        world.server.answer = lambda call: Told(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})
        self.tried(channel, world)

    def test_is_refused_also_behind_a_redirect(self, channel: str, inside: str, world: World) -> None:
        place = inside if inside.isascii() else "http://127.0.0.1/x"
        world.server.answer = lambda call: Told(302, headers={"Location": place})
        self.tried(channel, world)

    @staticmethod
    def tried(channel: str, world: World) -> None:
        for reference, connection in fetching(channel):
            try:
                channels.adapter(channel).fetch(named(reference, on_the_platform), connection)
            except ChannelError as refused:
                assert "127.0.0.1/x" not in str(refused)
        assert set(world.opened) <= {PUBLIC}


@pytest.mark.parametrize("inside", INSIDE.values(), ids=INSIDE.keys())
class TestAPictureOfAMail:
    """A mail's picture that lies elsewhere, once somebody asks to see it."""

    def test_is_not_fetched_from_inside(self, inside: str, world: World) -> None:
        assert remote_pictures.fetch(inside) is None
        assert world.opened == []

    def test_is_not_fetched_from_inside_behind_a_redirect(self, inside: str, world: World) -> None:
        place = inside if inside.isascii() else "http://127.0.0.1/x"
        world.server.answer = lambda call: Told(302, headers={"Location": place})
        assert remote_pictures.fetch("http://pictures.example/1.png") is None
        assert world.opened == [PUBLIC]


class TestANameThatChangesItsMind:
    """Rebinding: the first look-up is public, the next one is not."""

    def test_is_asked_once_and_taken_at_its_word(self, channel: str, world: World) -> None:
        for reference, connection in fetching(channel):
            hostile = named(reference, lambda url: "http://rebind.example/x")
            if hostile == named(reference, lambda url: url):
                continue
            world.answers["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
            world.looked_up.clear()
            with pytest.raises(ChannelError):
                channels.adapter(channel).fetch(hostile, connection)
            assert set(world.opened) <= {PUBLIC}
            assert world.looked_up.count("rebind.example") <= 1

    def test_is_judged_anew_at_every_redirect(self, world: World) -> None:
        def answer(call: Call) -> Told:
            return Told(302, headers={"Location": "http://rebind.example/again"})

        world.server.answer = answer
        world.answers["rebind.example"] = [[PUBLIC], ["169.254.169.254"]]
        with pytest.raises(DeliveryFailed, match="metadata") as refused:
            Door().request("GET", "http://rebind.example/x", connection=None)
        assert refused.value.permanent
        assert world.opened == [PUBLIC]


class TestWhatComesBack:
    def test_is_capped_by_what_it_announces_and_by_what_it_is(self, channel: str, world: World) -> None:
        bomb = gzip.compress(bytes(MAX_MAIL + 1), 1)
        for told in (
            Told(200, b"x", {"Content-Length": str(10**12)}),
            Told(200, bomb, {"Content-Encoding": "gzip"}),
        ):
            world.server.answer = lambda call, told=told: told  # type: ignore[misc]
            for reference, connection in fetching(channel):
                with pytest.raises(ChannelError):
                    channels.adapter(channel).fetch(named(reference, on_the_platform), connection)

    def test_no_credential_goes_to_a_host_that_a_message_names(self, channel: str, world: World) -> None:
        world.server.calls.clear()
        for reference, connection in fetching(channel):
            with suppress(ChannelError):
                channels.adapter(channel).fetch(named(reference, lambda url: "http://evil.example/x"), connection)
            private = _credentials(channel, connection)
            for call in [call for call in world.server.calls if call.headers.get("host") == "evil.example"]:
                assert "authorization" not in call.headers
                assert not any(secret in repr(call) for secret in private)


def _credentials(channel: str, connection: Connection) -> list[str]:
    secret = {setting.name for setting in channels.adapter(channel).INFO.settings if setting.secret}
    return [value for name, value in connection.settings.items() if name in secret and value] + [*connection.secrets]


def test_the_tests_own_seal_holds(world: World) -> None:
    with pytest.raises(AssertionError, match="beside the door"), socket.socket() as way:
        way.connect(("192.0.2.1", 80))
    with pytest.raises(AssertionError, match="about to be opened"):
        socket.create_connection(("192.0.2.1", 80), 1)
