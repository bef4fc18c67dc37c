"""Those who use a desk from outside: customers' platforms, and programs of agents.

They do here as they do anywhere: what was not answered, or answered 5xx, they send again, with the same id or key.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from channels import verify

AGAIN_S = 0.05  # before a platform sends again
PATIENCE_S = 60.0  # then even a platform gives up


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk answered."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> dict:
        """Return the body as JSON."""
        found: dict = json.loads(self.body)
        return found


class Client:
    """One kept-alive connection to the desk."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Make one attempt. Raises OSError or HTTPException if there is no answer."""
        try:
            self._connection.request(method, path, body, dict(headers or {}))
            answer = self._connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except (OSError, HTTPException):
            self._connection.close()
            raise

    def insist(
        self, method: str, path: str, body: bytes = b"", headers: Callable[[], Mapping[str, str]] = dict
    ) -> Answer:
        """Ask until there is an answer below 500."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with suppress(OSError, HTTPException):
                answer = self.ask(method, path, body, headers())
                if answer.status < 500:
                    return answer
            assert time.monotonic() < deadline, f"{method} {path.split('?')[0]} was never answered"
            time.sleep(AGAIN_S)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Hook:
    """A connection of the desk as its platform knows it."""

    id: str
    path: str
    channel: str
    secret: str

    def body(self, said: str, who: int | str, message: int | str) -> bytes:
        """Return what the platform posts when a customer writes."""
        if self.channel == "telegram":
            person = {"id": who, "is_bot": False, "first_name": f"Customer {who}"}
            chat = {"id": who, "type": "private"}
            update = {"message_id": message, "from": person, "chat": chat, "date": 1_760_000_000, "text": said}
            return json.dumps({"update_id": message, "message": update}).encode()
        return json.dumps({"id": str(message), "from": {"id": f"customer-{who}"}, "text": said}).encode()

    def headers(self, body: bytes) -> dict[str, str]:
        """Return the proof that comes with a body, made now."""
        if self.channel == "telegram":
            return {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": self.secret}
        signed = verify.signature(self.secret, body, int(time.time()))
        return {"Content-Type": "application/json", "Heed-Signature": signed}


@dataclass(frozen=True, slots=True)
class Program:
    """Somebody's program with a token of theirs."""

    agent_id: str
    token: str

    def headers(self, key: str = "") -> dict[str, str]:
        """Return what goes with each call."""
        known = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return {**known, "Idempotency-Key": key} if key else known


def in_threads(count: int, work: Callable[[int], object]) -> None:
    """Do something in several threads at the same moment, each with its number; raise what one of them raised."""
    gate, trouble = threading.Barrier(count), []

    def one(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if trouble:
        raise trouble[0]
