"""Open pages for benchmarks: people who are signed in, and the event streams their pages hold open."""

import json
import logging
import selectors
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from router import accounts, staffing
from router.app import Heed
from router.store.audit import COMMAND
from router.web import create_app
from router.web.security import SESSION_KEY

OPENS_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of one stream."""

    stream: int  # in the order they were opened
    name: str  # change, line, resync …
    data: Mapping[str, object]
    at: float  # time.perf_counter()


def cookies(heed: Heed, count: int) -> list[str]:
    """Add agents, each with a session, and return the Cookie header of each one's browser."""
    logging.getLogger("router.notify").setLevel(logging.ERROR)  # the desk does not run yet: nobody is to be told
    app, now = create_app(heed=heed), datetime.now(UTC)
    made = []
    for number in range(count):
        email = f"agent-{number}@example.com"
        staffing.add_person(heed, COMMAND, email=email, name=f"Agent {number}", role="agent", now=now)
        browser = app.test_client()
        session_id = accounts.open_session(heed, staffing.by_email(heed, email), "a bench", now, by="password")
        with browser.session_transaction() as session:
            session[SESSION_KEY] = session_id
        cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        made.append(f"{app.config['SESSION_COOKIE_NAME']}={cookie.value}")
    return made


class Streams:
    """Event streams of many pages, read by one thread."""

    def __init__(self, port: int, cookies: Sequence[str]) -> None:
        self._selector = selectors.DefaultSelector()
        self._rest = [b""] * len(cookies)
        self._sockets = []
        for number, cookie in enumerate(cookies):
            one = socket.create_connection(("127.0.0.1", port), timeout=OPENS_WITHIN_S)
            one.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ, number)
            self._sockets.append(one)

    def until_open(self) -> None:
        """Return when every stream has said hello. Raises TimeoutError."""
        greeted: set[int] = set()
        deadline = time.monotonic() + OPENS_WITHIN_S
        while len(greeted) < len(self._sockets):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(greeted)} of {len(self._sockets)} streams opened.")
            greeted |= {heard.stream for heard in self.read(0.5) if heard.name == "hello"}

    def read(self, timeout_s: float) -> list[Heard]:
        """Return what is heard now, waiting for it as long as `timeout_s`. Raises ConnectionError at a stream's end."""
        found = []
        for key, _ in self._selector.select(timeout_s):
            assert isinstance(key.fileobj, socket.socket)
            data, at = key.fileobj.recv(65536), time.perf_counter()
            if not data:
                raise ConnectionError(f"Stream {key.data} ended: {self._rest[key.data][:200]!r}")
            *whole, self._rest[key.data] = (self._rest[key.data] + data).split(b"\n\n")
            for block in whole:
                fields = dict(line.split(b": ", 1) for line in block.splitlines() if b": " in line)
                if b"event" in fields:
                    found.append(Heard(key.data, fields[b"event"].decode(), json.loads(fields[b"data"]), at))
        return found

    def close(self) -> None:
        """Close every stream, as pages do that are left."""
        for one in self._sockets:
            self._selector.unregister(one)
            one.close()
        self._selector.close()
