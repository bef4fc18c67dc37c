"""What the local stand-ins of platforms share: they record calls, fail when told to, else answer as their platform."""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from tests.servers.plain import Call, PlainServer, Told

JSON = {"Content-Type": "application/json"}


class StandIn:
    """Context manager. `url` is the base_url to set; `calls` are the requests that came, oldest first.

    `before` is called with each call that has come, before it is answered.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.before: Callable[[Call], object] = lambda call: None
        self._orders: deque[Told | None] = deque()
        self._lock = threading.Lock()
        self._plain = PlainServer(self._next)
        self.url = self._plain.url

    def __enter__(self) -> Self:
        self._plain.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._plain.__exit__(kind, error, trace)

    def answer(self, call: Call) -> Told:
        """Answer as the platform would."""
        raise NotImplementedError

    def refuse(self, status: int, body: object = None, **headers: str) -> None:
        """Answer the next call with a status and a JSON body; header names are written with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._orders.append(Told(status, json.dumps(body).encode() if body is not None else b"", {**JSON, **named}))

    def hang_up(self) -> None:
        """Take the next call and close without an answer."""
        self._orders.append(Told(hang_up=True))

    def accept(self) -> None:
        """Answer the next call as usual; orders given later wait behind it."""
        self._orders.append(None)

    def called(self, end: str) -> list[Call]:
        """Return the calls whose path ends so, oldest first."""
        return [call for call in self.calls if call.path.partition("?")[0].endswith(end)]

    def _next(self, call: Call) -> Told:
        self.before(call)
        with self._lock:
            self.calls.append(call)
            if self._orders and (order := self._orders.popleft()) is not None:
                return order
            return self.answer(call)


def told(body: Mapping[str, object], status: int = 200, **headers: str) -> Told:
    """Return a JSON answer; header names are written with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Told(status, json.dumps(body).encode(), {**JSON, **named})


def sent(call: Call) -> dict[str, object]:
    """Return the JSON object of a call, empty if it is none."""
    try:
        body = json.loads(call.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
