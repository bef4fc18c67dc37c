"""Pictures of a mail that lie elsewhere, on the page: off until asked, and then as bytes within it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from channels.email.html import clean
from router import desk, remote_pictures
from router.store import people
from router.web import create_app
from tests.a_desk import a_browser
from tests.builders import Desk, a_desk, an_agent, now

PICTURE = b"\x89PNG\r\n\x1a\n1234"
MAIL = clean('<p>Hi <img src="https://shop.example/a.png"><img src="https://shop.example/evil.svg"></p>')


@pytest.fixture
def at(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    with a_desk(sqlite_url, tmp_path) as made:
        yield made
        made.heed.notifier.stop()


@pytest.fixture
def ana(at: Desk) -> FlaskClient:
    me = an_agent(at)
    ticket = at.says()
    at.do("UPDATE message SET html = :h", h=MAIL)
    assert desk.pull(at.heed, me, now()).ticket_id == ticket.id
    with at.heed.database.read() as db:
        row = people.by_id(db, me.agent)
    return a_browser(create_app(heed=at.heed), at.heed, row)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def fetch_all(urls: list[str]) -> dict[str, bytes]:
        found.extend(urls)
        return {url: PICTURE if url.endswith("png") else b"<svg onload=alert(1)>" for url in urls}

    monkeypatch.setattr(remote_pictures, "fetch_all", fetch_all)
    return found


def test_are_fetched_only_when_asked_and_shown_only_if_they_are_pictures(at, ana, asked):
    [message] = at.messages()
    page = ana.get(f"/tickets/{message.home_ticket_id}").text
    assert f'href="/messages/{message.id}/html?pictures" target="laid-out-{message.id}"' in page
    assert ' src="http' not in ana.get(f"/messages/{message.id}/html").text
    assert asked == []
    shown = ana.get(f"/messages/{message.id}/html?pictures")
    assert asked == ["https://shop.example/a.png", "https://shop.example/evil.svg"]
    assert shown.text.count('src="data:image/png;base64,') == 1
    assert "svg onload" not in shown.text and "img-src data:" in shown.headers["Content-Security-Policy"]
