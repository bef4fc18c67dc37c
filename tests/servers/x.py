"""A local server that stands for X's API: it checks OAuth signatures, gives ids, keeps webhooks, refuses when told.

Sources of the forms: docs.x.com/x-api (posts, direct messages, media, webhooks, errors, rate limits),
RFC 5849 section 3.4 for the signatures, which it makes in its own way.
"""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.servers.plain import Call, Told
from tests.servers.standin import StandIn, named

APP = ("consumer-key-of-the-stand-in", "consumer-secret-of-the-stand-in")
ACCOUNT = ("2975000001-token-of-the-stand-in", "token-secret-of-the-stand-in")
BEARER = "AAAA-bearer-of-the-stand-in"
MAX_POST = 280


@dataclass(frozen=True, slots=True)
class XCall:
    """One call with what it proved itself by: `account`, `app` or `basic`."""

    method: str
    path: str
    proof: str
    body: dict[str, object]


class XServer(StandIn[XCall]):
    """Context manager. `url` is the base_url to set; `calls` are what was asked for, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}  # path -> bytes, given to the account alone
        self.webhooks: list[dict[str, object]] = []
        self.subscribed: list[str] = []
        self.uploads: list[bytes] = []
        self._next = 9000

    def refuse(self, status: int, body: object = None, **headers: str) -> None:
        """Answer the next call so, without a body with a plain problem; header names are written with _ for -."""
        problem = {"title": "Refused", "detail": "Refused", "type": "about:blank", "status": status}
        self.order(Told(status, json.dumps(problem if body is None else body).encode(), named(headers)))

    def asked(self, path: str) -> list[dict[str, object]]:
        """Return the bodies of the calls of one path, oldest first."""
        return [call.body for call in self.calls if call.path == path]

    def take(self, call: Call) -> Told:
        """Check a call, record it and answer."""
        path = urlsplit(call.path).path
        proof = self._proof(call)
        if not proof:
            return _json(401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"})
        json_body = call.headers.get("content-type", "").startswith("application/json")
        self.calls.append(XCall(call.method, path, proof, json.loads(call.body) if json_body else {}))
        return self.ordered() or self._resource(call, path, proof, self.calls[-1].body)

    def _resource(self, call: Call, path: str, proof: str, body: dict[str, object]) -> Told:
        if proof == "basic":
            return _json(200, {"token_type": "bearer", "access_token": BEARER})
        if path.startswith("/2/webhooks") and proof == "app":
            return self._hooks(call.method, path, body)
        if proof != "account":
            return _json(
                403, {"title": "Unsupported Authentication", "detail": "User context is required", "status": 403}
            )
        if (call.method, path) == ("GET", "/2/users/me"):
            return _json(
                200, {"data": {"id": ACCOUNT[0].partition("-")[0], "name": "Shop", "username": "bluedoorshop"}}
            )
        if call.method == "POST" and re.fullmatch(r"/2/dm_conversations/with/\d+/messages", path):
            if not body.get("text") and not body.get("attachments"):
                return _invalid("text or attachments is required")
            return _json(201, {"data": {"dm_conversation_id": "1-2", "dm_event_id": self._id()}})
        if (call.method, path) == ("POST", "/2/tweets"):
            if len(str(body.get("text", ""))) > MAX_POST or not (body.get("text") or body.get("media")):
                return _invalid("text is too long, or missing")
            return _json(201, {"data": {"id": self._id(), "text": body.get("text", "")}})
        if (call.method, path) == ("POST", "/2/media/upload"):
            if b'name="media_category"' not in call.body or b'name="media"' not in call.body:
                return _invalid("media and media_category are required")
            self.uploads.append(call.body)
            return _json(200, {"data": {"id": self._id(), "media_key": "3_1", "expires_after_secs": 86400}})
        if call.method == "POST" and (
            found := re.fullmatch(r"/2/account_activity/webhooks/(\d+)/subscriptions/all", path)
        ):
            self.subscribed.append(found[1])
            return _json(200, {"data": {"subscribed": True}})
        if call.method == "GET" and path in self.files:
            return Told(200, self.files[path], {"Content-Type": "image/jpeg"})
        return _json(404, {"title": "Not Found Error", "detail": "Not found", "type": "about:blank", "status": 404})

    def _hooks(self, method: str, path: str, body: dict[str, object]) -> Told:
        if method == "GET":
            return _json(200, {"data": self.webhooks, "meta": {"result_count": len(self.webhooks)}})
        if method == "POST":
            hook: dict[str, object] = {"id": self._id(), "url": body["url"], "valid": True}
            self.webhooks.append(hook)
            return _json(200, {"data": hook})
        for hook in self.webhooks:
            if path == f"/2/webhooks/{hook['id']}":
                hook["valid"] = True
        return Told(204)

    def _id(self) -> str:
        self._next += 1
        return str(self._next)

    def _proof(self, call: Call) -> str:
        """Return what a call proved itself by, empty if it did not."""
        given = call.headers.get("authorization", "")
        pair = base64.b64encode(f"{APP[0]}:{APP[1]}".encode()).decode()
        if call.path == "/oauth2/token":
            return "basic" if given == f"Basic {pair}" and call.body == b"grant_type=client_credentials" else ""
        if given == f"Bearer {BEARER}":
            return "app"
        fields = {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', given)}
        sent = fields.pop("oauth_signature", "")
        named = (fields.get("oauth_consumer_key"), fields.get("oauth_token")) == (APP[0], ACCOUNT[0])
        return "account" if named and hmac.compare_digest(sent, self._signature(call, fields)) else ""

    def _signature(self, call: Call, fields: dict[str, str]) -> str:
        split = urlsplit(call.path)
        pairs = [*parse_qsl(split.query, keep_blank_values=True), *fields.items()]
        normal = "&".join(sorted(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs))
        message = "&".join(quote(part, safe="~") for part in (call.method, self.url + split.path, normal))
        key = f"{quote(APP[1], safe='~')}&{quote(ACCOUNT[1], safe='~')}"
        return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha1).digest()).decode()


def _json(status: int, value: object) -> Told:
    return Told(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _invalid(detail: str) -> Told:
    problem = "https://api.twitter.com/2/problems/invalid-request"
    return _json(400, {"title": "Invalid Request", "detail": detail, "type": problem, "errors": [{"message": detail}]})
