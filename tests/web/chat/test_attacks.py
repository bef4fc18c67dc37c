"""The chat cannot be turned on others: what a token opens, what a flood costs, who may frame, what a page weighs."""

import base64
import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from router.store.connections import ConnectionRow
from router.web.streams import Hub, Viewer
from tests.a_desk import a_browser
from tests.builders import Desk, a_connection_row, a_supervisor, an_agent
from tests.web.browsers import row_of
from tests.web.chat.visitors import Visitor


class TestAttacks:
    @pytest.mark.parametrize("what", ["standing", "messages", "events", "files/x"])
    def test_a_stolen_token_opens_one_conversation_and_no_page_of_the_desk(
        self, at: Desk, chat: ConnectionRow, browser: FlaskClient, visitor: Visitor, what: str
    ) -> None:
        other_chat = a_connection_row(at, "webchat")
        answer = browser.get(f"/chat/{other_chat.connection.key}/{what}", headers=visitor.headers)
        assert answer.status_code == 401
        for path in ("/", "/events", "/api/v1/tickets", "/settings"):
            found = browser.get(
                path, headers={**visitor.headers, "Authorization": f"Bearer {visitor.headers['X-Heed-Visitor']}"}
            )
            assert found.status_code in (303, 401)

    def test_another_visitors_ticket_message_and_file_stay_shut(
        self, at: Desk, chat: ConnectionRow, browser: FlaskClient, visitor: Visitor
    ) -> None:
        victim = Visitor(at, chat, browser)
        file = {"name": "a.txt", "media_type": "text/plain", "data": base64.b64encode(b"secret").decode()}
        victim.posts("messages", {"id": "c1", "text": "My secret", "attachments": [file]})
        at.drain(chat)
        (theirs,) = victim.gets("messages")["messages"]
        (kept,) = theirs["files"]
        assert browser.get(f"{victim.base}/files/{kept['id']}", headers=victim.headers).data == b"secret"
        assert browser.get(f"{visitor.base}/files/{kept['id']}", headers=visitor.headers).status_code == 404
        assert visitor.gets(f"messages?after={theirs['id']}") == {"messages": []}
        assert visitor.posts("seen", {"message": theirs["id"]}).get_json() == {"more": False}

    def test_a_thousand_posts_of_one_visitor_slow_nobody_else(
        self, at: Desk, chat: ConnectionRow, browser: FlaskClient, visitor: Visitor
    ) -> None:
        neighbour = Visitor(at, chat, browser)  # behind the same network address
        found = []
        for number in range(1000):
            answer = visitor.posts("messages", {"id": f"c{number}", "text": "x"})
            found.append(answer.status_code)
        assert answer.headers["Retry-After"]
        assert found.count(200) == 20 and set(found) == {200, 429}
        assert at.rows("SELECT count(*) FROM inbound_event") == [(20,)], "what is refused costs no row"
        assert neighbour.posts("messages", {"id": "c1", "text": "Me too?"}).status_code == 200

    def test_a_body_too_large_is_refused_before_it_is_read(self, visitor: Visitor) -> None:
        class Endless:
            read_bytes = 0

            def read(self, size: int = -1) -> bytes:
                self.read_bytes += max(size, 0)
                assert self.read_bytes < 64 * 1024 * 1024
                return b"x" * max(size, 0)

        body = Endless()
        answer = visitor.browser.post(
            f"{visitor.base}/messages",
            headers={**visitor.headers, "Content-Type": "application/json"},
            environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(100 * 1024 * 1024)},
        )
        assert answer.status_code == 413
        assert body.read_bytes == 0

    def test_visitors_cannot_take_the_desks_streams(self, at: Desk) -> None:
        hub = Hub(at.heed)
        most = at.heed.config.max_streams
        ana = an_agent(at)
        visitors = [hub.join(Viewer(ana, lambda: True, thread=f"c:v{n}")) for n in range(3)]
        assert all(visitors)

        hub._visitors = most // 3 + 1
        assert hub.join(Viewer(ana, lambda: True, thread="c:late")) is None
        agent = hub.join(Viewer(ana, lambda: True))
        assert agent is not None
        hub._visitors = 3
        for client in visitors:
            assert client is not None
            hub.leave(client)
            hub.leave(client)
        assert hub._visitors == 0
        assert not hub.visitors()


class TestPages:
    def test_every_page_but_the_chat_refuses_to_be_framed(self, app: Flask, at: Desk, chat: ConnectionRow) -> None:
        who = a_browser(app, at.heed, row_of(at, a_supervisor(at)))
        framed = []
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "streams.events", "streams.api_events"):
                continue
            path = re.sub(
                r"<(?:\w+:)?(\w+)>", lambda found: chat.connection.key if found[1] == "key" else "x", rule.rule
            )
            answer = who.get(path)
            policy = answer.headers.get("Content-Security-Policy", "")
            answer.close()
            if "frame-ancestors 'none'" not in policy and "sandbox" not in policy:
                framed.append(rule.rule)
        assert framed == ["/chat/<key>"]

    @pytest.mark.parametrize("asked", ["en", "ur"])
    def test_page_and_widget_together_are_at_most_20_kb(
        self, browser: FlaskClient, chat: ConnectionRow, asked: str
    ) -> None:
        sizes: dict[str, int] = {}

        def fetch(path: str) -> str:
            answer = browser.get(path, headers={"Accept-Encoding": "gzip", "Accept-Language": asked})
            assert answer.status_code == 200, path
            sizes[path] = len(answer.data)
            body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
            answer.close()
            return body.decode()

        base = f"/chat/{chat.connection.key}"
        page = fetch(f"{base}?frame=1")
        fetch(f"{base}/widget.js")
        for path in sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))):
            fetch(path)
        assert len(sizes) >= 10
        assert sum(sizes.values()) <= 20 * 1024, sizes

    def test_the_widget_carries_no_cookie_and_the_page_sets_none(self, browser: FlaskClient, visitor: Visitor) -> None:
        for path in (f"{visitor.base}?frame=1", f"{visitor.base}/widget.js", f"{visitor.base}/standing"):
            assert "Set-Cookie" not in browser.get(path, headers=visitor.headers).headers

    def test_what_is_closed_and_whether_mail_may_follow_is_on_the_page(
        self, browser: FlaskClient, visitor: Visitor, mailbox: ConnectionRow
    ) -> None:
        page = browser.get(visitor.base).text
        assert 'data-open="1"' in page and 'data-mail="1"' in page
