"""How the one door connects: look the host up once, judge every address, connect to that very address.

The check sits inside the library's own connect, so no difference between two URL parsers can get around it. Name,
certificate check and Host header stay with the host's name. A watchdog ends the attempt when its time is over, however
slowly the other side drips. Used by channels.http alone.
"""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from channels.addresses import refusal
from channels.errors import DeliveryFailed

CONNECT_S = 10.0  # seconds for one address to accept
MAX_ADDRESSES = 4  # of one host, tried in the resolver's order

Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[str, int, float], socket.socket]


def resolve_host(host: str, port: int) -> Sequence[str]:
    """Return the host's addresses in the system's order. Raises OSError or UnicodeError if there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def connect_socket(address: str, port: int, timeout_s: float) -> socket.socket:
    """Return a socket connected to an address. Raises OSError."""
    sock = socket.create_connection((address, port), timeout_s)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class Attempt:
    """One request on its way: where it may go, how long it may take, how far it got."""

    def __init__(
        self, resolve: Resolve, connect: Connect, own: tuple[str, int] | None, deadline: float, timeout_s: float
    ) -> None:
        self._resolve = resolve
        self._connect = connect
        self._own = own  # host and port of the connection's base_url, which may be private
        self._deadline = deadline
        self.timeout_s = timeout_s
        self.connected = False  # True as soon as the request itself may have left
        self.expired = False
        self._watchdog: threading.Timer | None = None
        self._handle: socket.socket | None = None

    def left(self) -> float:
        """Return the seconds left, never less than a hundredth."""
        return max(0.01, self._deadline - time.monotonic())

    def open(self, host: str, port: int) -> socket.socket:
        """Return a socket to the host. Raises DeliveryFailed: nothing was sent."""
        host = host.strip("[]").rstrip(".").lower()
        try:
            addresses = list(self._resolve(host, port))[:MAX_ADDRESSES]
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise DeliveryFailed(f"The host {host} was not found: check the name, or the network.")
        if (host, port) != self._own:
            for address in addresses:
                if why := refusal(address):
                    reason = f"{host} leads to an address that {why}: requests to it are refused."
                    raise DeliveryFailed(reason, permanent=True)
        for address in addresses:
            if time.monotonic() >= self._deadline:
                break
            with suppress(OSError):
                return self._watched(self._connect(address, port, min(CONNECT_S, self.left())))
        raise DeliveryFailed(f"{host} port {port} does not accept connections now.")

    def end(self) -> None:
        """Stop the watchdog."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            self._watchdog.join()
        if self._handle is not None:
            self._handle.close()

    def _watched(self, sock: socket.socket) -> socket.socket:
        self.end()
        self._handle = sock.dup()  # shutting this down ends the connection, whoever wraps the first handle in TLS
        self._watchdog = threading.Timer(self.left(), self._expire)
        self._watchdog.daemon = True
        self._watchdog.start()
        return sock

    def _expire(self) -> None:
        self.expired = True
        if self._handle is not None:
            with suppress(OSError):
                self._handle.shutdown(socket.SHUT_RDWR)


def connections(attempt: Attempt) -> tuple[type[HTTPConnection], type[HTTPSConnection]]:
    """Return the library's two connection classes, http and https, with their way to a socket replaced."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return attempt.open(self._dns_host, self.port)

        def connect(self) -> None:
            super().connect()
            attempt.connected = True

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return attempt.open(self._dns_host, self.port)

        def connect(self) -> None:
            try:
                super().connect()
            except (HTTPError, OSError, ValueError):
                late = " in time" if attempt.expired else ""
                reason = f"No safe connection to {self.host}{late}: check its certificate, or the address."
                raise DeliveryFailed(reason) from None
            attempt.connected = True

    return Plain, Secure
