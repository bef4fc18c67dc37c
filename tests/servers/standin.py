"""What the local stand-ins of platforms share: they record calls, fail when told to, else answer as their platform."""

import json
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from email.parser import BytesParser
from types import TracebackType
from typing import Generic, Self, TypeVar

from tests.servers.plain import Call, PlainServer, Told

JSON = {"Content-Type": "application/json"}
Taken = TypeVar("Taken")  # what a platform makes of a call


class StandIn(ABC, Generic[Taken]):
    """Context manager. `url` is the base_url to set; `calls` are those that were let in, oldest first.

    `before` is called with each call that has come, before it is answered.
    """

    def __init__(self) -> None:
        self.calls: list[Taken] = []
        self.before: Callable[[Call], object] = lambda call: None
        self._orders: deque[Told | None] = deque()
        self._lock = threading.Lock()
        self._plain = PlainServer(self._hear)
        self.url = self._plain.url

    def __enter__(self) -> Self:
        self._plain.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._plain.__exit__(kind, error, trace)

    @abstractmethod
    def take(self, call: Call) -> Told:
        """Check a call as the platform does, record it and answer; `ordered` comes before the usual answer."""

    def order(self, told: Told) -> None:
        """Let the next call be answered so."""
        self._orders.append(told)

    def hang_up(self) -> None:
        """Take the next call and close without an answer."""
        self.order(Told(hang_up=True))

    def accept(self) -> None:
        """Answer the next call as usual; orders given later wait behind it."""
        self._orders.append(None)

    def ordered(self) -> Told | None:
        """Return what was ordered for this call; None: the usual."""
        return self._orders.popleft() if self._orders else None

    def _hear(self, call: Call) -> Told:
        self.before(call)
        with self._lock:
            return self.take(call)


class JsonStandIn(StandIn[Call]):
    """One that takes every call, and is told its refusals in JSON."""

    @abstractmethod
    def answer(self, call: Call) -> Told:
        """Answer as the platform would."""

    def refuse(self, status: int, body: object = None, **headers: str) -> None:
        """Answer the next call with a status and a JSON body; header names are written with _ for -."""
        self.order(Told(status, json.dumps(body).encode() if body is not None else b"", {**JSON, **named(headers)}))

    def called(self, end: str) -> list[Call]:
        """Return the calls whose path ends so, oldest first."""
        return [call for call in self.calls if call.path.partition("?")[0].endswith(end)]

    def take(self, call: Call) -> Told:
        """Record a call and answer it."""
        self.calls.append(call)
        return self.ordered() or self.answer(call)


def named(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers that were written with _ for - by their names."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def told(body: Mapping[str, object], status: int = 200, **headers: str) -> Told:
    """Return a JSON answer; header names are written with _ for -."""
    return Told(status, json.dumps(body).encode(), {**JSON, **named(headers)})


def sent(call: Call) -> dict[str, object]:
    """Return the JSON object of a call, empty if it is none."""
    try:
        body = json.loads(call.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def read_form(call: Call) -> tuple[dict[str, object], dict[str, tuple[str, bytes]]]:
    """Return fields and files of a JSON or multipart body."""
    kind = call.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return (json.loads(call.body) if call.body else {}), {}
    mail = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.body)
    fields: dict[str, object] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for part in mail.get_payload():
        assert not isinstance(part, str)
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        file_name = part.get_filename()
        if file_name is None:
            fields[name] = data.decode()
        else:
            files[name] = (file_name, data)
    return fields, files
