"""A local server that stands for Meta's Graph API: what all its products share. It checks calls as Meta does.

Source of the forms: developers.facebook.com/docs/graph-api (error handling, versioning, secure requests) and the
reference pages that the products' stand-ins name.
"""

import hashlib
import hmac
import json
from abc import abstractmethod
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.plain import Call, Told
from tests.servers.standin import StandIn, read_form

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


class MetaServer(StandIn[GraphCall]):
    """Context manager. `url` is the base_url to set; `calls` are the calls let in, oldest first.

    `before` is called with each call that has come, before it is answered. `media` are files customers sent, by the
    last part of their address; they carry no credential unless `guarded`.
    """

    guarded = False  # whether media asks for the token

    def __init__(self) -> None:
        super().__init__()
        self.media: dict[str, bytes] = {}
        self.app_secret = APP_SECRET
        self._count = 0

    def refuse(self, status: int, code: int, subcode: int | None = None, *, retry_after: int | None = None) -> None:
        """Answer the next call with an error as the Graph API writes it."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.order(error(status, code, subcode, headers=headers))

    def say(self, value: object) -> None:
        """Answer the next call with this, as a success."""
        self.order(result(value))

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

    def take(self, call: Call) -> Told:
        """Check a call, record it and answer."""
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
        made = GraphCall(call.method, url.path.removeprefix(f"/{VERSION}/"), query, *read_form(call))
        if refused := self._unproven(sent, made):
            return refused
        self.calls.append(made)
        return self.ordered() or self.answer(made)

    def _unproven(self, sent: str, call: GraphCall) -> Told | None:
        """Return what is said to a call without the right token or proof."""
        if call.path == f"{APP_ID}/subscriptions":
            return None if sent == f"Bearer {APP_ID}|{self.app_secret}" else error(400, 190)
        if sent != f"Bearer {TOKEN}":
            return error(401, 190)
        proof = hmac.new(self.app_secret.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        return None if call.query.get("appsecret_proof", proof) == proof else error(400, 100)

    @abstractmethod
    def answer(self, call: GraphCall) -> Told:
        """Return what one call is answered; each product says it."""


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
