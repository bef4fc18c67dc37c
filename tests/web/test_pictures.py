"""Pictures of a mail that lie elsewhere, on the page: off until asked, and then as bytes within it."""

import pytest

from channels.email.html import clean
from router import remote_pictures
from router.model import Scope
from tests.builders import Desk, pulled

PICTURE = b"\x89PNG\r\n\x1a\n1234"
MAIL = clean('<p>Hi <img src="https://shop.example/a.png"><img src="https://shop.example/evil.svg"></p>')


@pytest.fixture(autouse=True)
def _a_mail_with_pictures(at: Desk, ana: Scope) -> None:
    at.says()
    at.do("UPDATE message SET html = :h", h=MAIL)
    pulled(at, ana)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def fetch_all(urls: list[str]) -> dict[str, bytes]:
        found.extend(urls)
        return {url: PICTURE if url.endswith("png") else b"<svg onload=alert(1)>" for url in urls}

    monkeypatch.setattr(remote_pictures, "fetch_all", fetch_all)
    return found


def test_are_fetched_only_when_asked_and_shown_only_if_they_are_pictures(at, browser, asked):
    [message] = at.messages()
    page = browser.get(f"/tickets/{message.home_ticket_id}").text
    assert f'href="/messages/{message.id}/html?pictures" target="laid-out-{message.id}"' in page
    assert ' src="http' not in browser.get(f"/messages/{message.id}/html").text
    assert asked == []
    shown = browser.get(f"/messages/{message.id}/html?pictures")
    assert asked == ["https://shop.example/a.png", "https://shop.example/evil.svg"]
    assert shown.text.count('src="data:image/png;base64,') == 1
    assert "svg onload" not in shown.text and "img-src data:" in shown.headers["Content-Security-Policy"]
