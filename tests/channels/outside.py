"""A wide world for the one door out: no packet of a test leaves this machine."""

import socket

from channels.http import Door
from channels.types import Connection
from tests.servers.plain import PlainServer

PUBLIC = "93.184.216.34"  # a public address; no packet goes there, `connect` is ours


def a_connection(base_url: str) -> Connection:
    return Connection("key", "api", "Shop", {"base_url": base_url}, ("secret",))


def never(address: str, port: int, timeout_s: float) -> socket.socket:
    raise AssertionError(f"a connection to {address} was tried")


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
