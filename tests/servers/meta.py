"""A local server that stands for Meta's Graph API: what all its products share. It checks calls as Meta does.

Source of the forms: developers.facebook.com/docs/graph-api (error handling, versioning, secure requests) and the
reference pages that the products' stand-ins name.
"""

import hashlib
import hmac
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.plain import Call, PlainServer, Told

TOKEN = "EAAtest0token0of0the0local0server"
APP_SECRET = "0123456789abcdef0123456789abcdef"
APP_ID = "1517776481860111"
VERSION = "v25.0"


@dataclass(frozen=True, slots=True)
class GraphCall:
    """One call: method, path behind the version, query, fields of its JSON or form, files as name and bytes."""

    method: str
    path: str
    query: dict[str, str]
    fields: dict[str, object] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


class MetaServer:
    """Context manager. `url` is the base_url to set; `calls` are the calls let in, oldest first.

    `before` is called with each call that has come, before it is answered. `media` are files customers sent, by the
    last part of their address; they carry no credential unless `guarded`.
    """

    guarded = False  # whether media asks for the token

    def __init__(self) -> None:
        self.calls: list[GraphCall] = []
        self.media: dict[str, bytes] = {}
        self.before: Callable[[Call], object] = lambda call: None
        self.app_secret = APP_SECRET
        self._orders: deque[Told | None] = deque()
        self._lock = threading.Lock()
        self._plain = PlainServer(self._answer)
        self._count = 0
        self.url = self._plain.url

    def __enter__(self) -> Self:
        self._plain.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._plain.__exit__(kind, error, trace)

    def refuse(self, status: int, code: int, subcode: int | None = None, *, retry_after: int | None = None) -> None:
        """Answer the next call with an error as the Graph API writes it."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._orders.append(error(status, code, subcode, headers=headers))

    def say(self, value: object) -> None:
        """Answer the next call with this, as a success."""
        self._orders.append(result(value))

    def hang_up(self) -> None:
        """Take the next call and close without an answer."""
        self._orders.append(Told(hang_up=True))

    def accept(self) -> None:
        """Answer the next call as usual; orders given later wait behind it."""
        self._orders.append(None)

    def called(self, end: str, method: str = "POST") -> list[GraphCall]:
        """Return the calls whose path ends so, oldest first."""
        return [call for call in self.calls if call.path.endswith(end) and call.method == method]

    def media_url(self, name: str) -> str:
        """Return the address of a file a customer sent."""
        return f"{self.url}/media/{name}"

    def next_id(self) -> int:
        """Return a number that no answer has held yet."""
        self._count += 1
        return 1_000_000 + self._count

    def _answer(self, call: Call) -> Told:
        self.before(call)
        with self._lock:
            url = urlsplit(call.path)
            query = dict(parse_qsl(url.query))
            sent = call.headers.get("authorization", "")
            if url.path.startswith("/media/"):
                if (sent == f"Bearer {TOKEN}") is not self.guarded:
                    return Told(401)
                data = self.media.get(unquote(url.path.removeprefix("/media/")))
                return Told(404) if data is None else Told(200, data, {"Content-Type": "application/octet-stream"})
            if not url.path.startswith(f"/{VERSION}/"):
                return error(400, 2635)
            if "access_token" in query:
                return error(400, 100)  # ours never stands in a URL
            made = GraphCall(call.method, url.path.removeprefix(f"/{VERSION}/"), query, *read_body(call))
            if refused := self._unproven(sent, made):
                return refused
            self.calls.append(made)
            if self._orders and (order := self._orders.popleft()) is not None:
                return order
            return self.answer(made)

    def _unproven(self, sent: str, call: GraphCall) -> Told | None:
        """Return what is said to a call without the right token or proof."""
        if call.path == f"{APP_ID}/subscriptions":
            return None if sent == f"Bearer {APP_ID}|{self.app_secret}" else error(400, 190)
        if sent != f"Bearer {TOKEN}":
            return error(401, 190)
        proof = hmac.new(self.app_secret.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        return None if call.query.get("appsecret_proof", proof) == proof else error(400, 100)

    def answer(self, call: GraphCall) -> Told:
        """Return what one call is answered; each product says it."""
        raise NotImplementedError


def result(value: object) -> Told:
    """Return an answer of the Graph API."""
    return Told(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def error(status: int, code: int, subcode: int | None = None, *, headers: dict[str, str] | None = None) -> Told:
    """Return an error of the Graph API; what it says holds private words, as Meta's may."""
    held: dict[str, object] = {
        "message": f"(#{code}) private words of Meta",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": "private words of Meta"},
        "fbtrace_id": "BLBz/WZt8dN",
    }
    if subcode is not None:
        held["error_subcode"] = subcode
    body = json.dumps({"error": held}).encode()
    return Told(status, body, {"Content-Type": "application/json", **(headers or {})})


def read_body(call: Call) -> tuple[dict[str, object], dict[str, tuple[str, bytes]]]:
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
