"""The customer's chat: one conversation, seen by its own visitor alone, framed by its own sites alone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from router.app import Heed
from router.drain import drain
from router.store import connections
from router.store.connections import ConnectionRow
from router.store.desk import brands
from tests.a_desk import NOON, ORIGIN

SITE = "https://shop.example.com"


@pytest.fixture
def chat(heed: Heed) -> ConnectionRow:
    """A web chat that one site may frame."""
    with heed.database.write() as db:
        brand = brands(db)[0]
        made = connections.add(
            db, brand_id=brand.id, key="chatkey", channel="webchat", name="Shop", queue_id=None, now=NOON
        )
        connections.put_settings(db, heed.vault, made, {"allowed_origins": SITE}, frozenset(), NOON)
        connections.add_secret(db, heed.vault, made, "s" * 32, NOON)
        row = connections.by_id(db, heed.vault, made)
    assert row is not None
    return row


@pytest.fixture
def visitor(app: Flask, chat: ConnectionRow) -> FlaskClient:
    """A browser without a session."""
    return app.test_client()


def a_token(visitor: FlaskClient) -> dict[str, str]:
    """Return the headers of a new visitor."""
    said = visitor.post("/chat/chatkey/start", headers={"Origin": ORIGIN}).get_json()
    return {"X-Heed-Visitor": said["token"], "Origin": ORIGIN, "Accept": "application/json"}


def say(visitor: FlaskClient, who: dict[str, str], text: str, client_id: str = "c1") -> int:
    """Send one message and return the status."""
    return visitor.post("/chat/chatkey/messages", headers=who, json={"id": client_id, "text": text}).status_code


class TestPage:
    def test_is_there_without_signing_in(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/chat/chatkey")
        assert answer.status_code == 200 and "How can we help?" in answer.text

    def test_only_its_own_sites_may_frame_it(self, visitor: FlaskClient) -> None:
        policy = visitor.get("/chat/chatkey?frame=1").headers["Content-Security-Policy"]
        assert f"frame-ancestors {SITE}" in policy

    def test_the_widget_can_be_loaded_from_another_site(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/chat/chatkey/widget.js")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.mimetype == "text/javascript"
        answer.close()

    @pytest.mark.parametrize("path", ["/chat/nothing", "/chat/nothing/widget.js", "/chat/%20"])
    def test_a_key_that_is_none_is_not_found(self, visitor: FlaskClient, path: str) -> None:
        assert visitor.get(path).status_code == 404


class TestTalk:
    def test_what_is_said_is_stored_before_it_is_answered(self, visitor: FlaskClient, heed: Heed) -> None:
        assert say(visitor, a_token(visitor), "Hello") == 200
        with heed.database.read() as db:
            assert db.exec_driver_sql("SELECT count(*) FROM inbound_event").scalar() == 1

    def test_the_same_message_again_is_one(self, visitor: FlaskClient, heed: Heed, chat: ConnectionRow) -> None:
        who = a_token(visitor)
        for _ in range(3):
            assert say(visitor, who, "Hello") == 200
        drain(heed, chat.id)
        found = visitor.get("/chat/chatkey/messages", headers=who).get_json()["messages"]
        assert [(one["text"], one["client"], one["ours"]) for one in found] == [("Hello", "c1", True)]

    def test_a_visitor_sees_their_own_conversation_alone(
        self, visitor: FlaskClient, heed: Heed, chat: ConnectionRow
    ) -> None:
        one, other = a_token(visitor), a_token(visitor)
        say(visitor, one, "My secret")
        drain(heed, chat.id)
        assert visitor.get("/chat/chatkey/messages", headers=other).get_json() == {"messages": []}

    def test_a_note_never_reaches_the_visitor(self, visitor: FlaskClient, heed: Heed, chat: ConnectionRow) -> None:
        who = a_token(visitor)
        say(visitor, who, "Hello")
        drain(heed, chat.id)
        with heed.database.write() as db:
            db.exec_driver_sql(
                "INSERT INTO message (id, brand_id, home_ticket_id, direction, visibility, subject, text, state,"
                " state_detail, automatic, proven, at) SELECT 'n1', brand_id, home_ticket_id, 'note', 'internal', '',"
                " 'difficult one', 'received', '', 0, 0, at FROM message"
            )
        found = visitor.get("/chat/chatkey/messages", headers=who).get_json()["messages"]
        assert [one["text"] for one in found] == ["Hello"]

    @pytest.mark.parametrize("path", ["messages", "events", "files/x"])
    def test_without_a_token_of_this_chat_nothing_is_told(self, visitor: FlaskClient, path: str) -> None:
        for token in ("", "v1.x", "v1." + "a" * 24 + ".1." + "b" * 64):
            answer = visitor.get(f"/chat/chatkey/{path}", headers={"X-Heed-Visitor": token})
            assert answer.status_code == 401

    def test_a_page_of_another_site_cannot_speak(self, visitor: FlaskClient) -> None:
        who = {**a_token(visitor), "Origin": "https://elsewhere.example"}
        assert say(visitor, who, "Hello") == 403
        assert visitor.post("/chat/chatkey/start", headers={"Origin": "https://elsewhere.example"}).status_code == 403

    def test_too_much_at_once_is_refused_clearly(self, visitor: FlaskClient) -> None:
        who = a_token(visitor)
        found = [say(visitor, who, "Hello", f"c{number}") for number in range(25)]
        assert found[0] == 200 and found[-1] == 429

    @pytest.mark.parametrize(
        "body", [b"", b"{", b'{"id": "x"}', b'{"id": "", "text": "a"}', b"[]", b'{"id":1,"text":2}']
    )
    def test_what_is_not_understood_is_refused(self, visitor: FlaskClient, body: bytes) -> None:
        answer = visitor.post(
            "/chat/chatkey/messages", headers={**a_token(visitor), "Content-Type": "application/json"}, data=body
        )
        assert answer.status_code == 422
