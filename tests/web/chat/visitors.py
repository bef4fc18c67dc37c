"""A chat of a site on a desk, and a visitor at its page, for tests of what the page asks and what a flood cannot do."""

import base64
import hmac
import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from router.store import connections
from router.store.connections import ConnectionRow
from tests.a_desk import ORIGIN
from tests.builders import Desk, a_connection_row, now

SITE, SITE_SECRET = "https://shop.example.com", "site-secret_0123456789_0123456789"


def a_chat(at: Desk) -> ConnectionRow:
    """Return a chat of a site that signs its customers."""
    row = a_connection_row(at, "webchat", settings={"allowed_origins": SITE, "identity_secret": SITE_SECRET})
    with at.heed.database.write() as db:
        connections.add_secret(db, at.heed.vault, row.id, "s" * 32, now())
        found = connections.by_id(db, at.heed.vault, row.id)
    assert found is not None
    return found


class Visitor:
    """One visitor at their page."""

    def __init__(self, at: Desk, chat: ConnectionRow, browser: FlaskClient, **headers: str) -> None:
        self.at, self.chat, self.browser = at, chat, browser
        self.base = f"/chat/{chat.connection.key}"
        self.headers = {"Origin": ORIGIN, "Accept": "application/json", **headers}
        answer = browser.post(f"{self.base}/start", headers=self.headers)
        assert answer.status_code == 200, answer.text
        self.headers["X-Heed-Visitor"] = answer.get_json()["token"]
        self.id = self.headers["X-Heed-Visitor"].split(".")[1]

    def says(self, text: str = "Does it come with a plug?", client_id: str = "c1") -> None:
        """Write, and let it be read."""
        assert self.posts("messages", {"id": client_id, "text": text}).status_code == 200
        self.at.drain(self.chat)

    def posts(self, what: str, said: object) -> TestResponse:
        """Post as the page does."""
        return self.browser.post(f"{self.base}/{what}", headers=self.headers, json=said)

    def gets(self, what: str) -> dict[str, Any]:
        """Ask as the page does."""
        answer = self.browser.get(f"{self.base}/{what}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found


def an_identity(**claims: object) -> str:
    """Return a site's word on its customer."""
    named = {"sub": "4711", "name": "Dan", "email": "dan@home.example", "exp": int(now().timestamp()) + 600, **claims}
    parts = [_part(json.dumps(one).encode()) for one in ({"alg": "HS256"}, named)]
    return ".".join([*parts, _part(hmac.new(SITE_SECRET.encode(), ".".join(parts).encode(), "sha256").digest())])


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
