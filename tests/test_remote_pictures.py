"""Pictures of a mail that lie elsewhere: only when asked, only pictures, never from inside our own network."""

from html import escape

import pytest

from channels import http, pinned
from channels.email.html import clean
from router import remote_pictures
from router.remote_pictures import MOST, addresses, fetch, fetch_all, put_in

MAIL = clean(
    '<p>Hi <img src="https://shop.example/a.png?x=1&amp;y=2" alt="a"><img src="https://shop.example/b.png"></p>'
)


class TestAddresses:
    def test_are_those_the_mail_names_each_once_and_not_too_many(self):
        assert addresses(MAIL + MAIL) == ["https://shop.example/a.png?x=1&y=2", "https://shop.example/b.png"]
        many = clean("".join(f'<img src="https://shop.example/{n}.png">' for n in range(MOST + 9)))
        assert len(addresses(many)) == MOST

    def test_are_not_what_merely_looks_like_one(self):
        assert addresses(clean(f"<p>{escape('<img data-src=')}&quot;https://shop.example/x&quot;</p>")) == []


class TestPutIn:
    def test_shows_those_that_came_and_leaves_the_others_out(self):
        shown = put_in(MAIL, {"https://shop.example/b.png": "data:image/png;base64,AA=="}.get)
        assert shown.count(' src="data:image/png;base64,AA=="') == 1
        assert "https://shop.example/a.png" in shown and ' src="https' not in shown


class TestFetch:
    @pytest.mark.parametrize(
        "url",
        [
            "http://127.0.0.1/x.png", "http://2130706433/x.png", "http://0x7f000001/x.png", "http://[::1]/x.png",
            "http://[::ffff:127.0.0.1]/x.png", "http://169.254.169.254/latest", "http://10.0.0.7/x.png",
            "//192.168.1.1/x.png", "http://localhost:6379/x.png", "ftp://shop.example/x.png", "file:///etc/passwd",
        ],
    )  # fmt: skip
    def test_never_opens_a_socket_to_an_address_of_our_own_network(self, url, monkeypatch):
        def no_socket(*_: object) -> None:
            raise AssertionError("a socket was opened")

        def resolve(host: str, port: int) -> list[str]:
            known = {"localhost": ["127.0.0.1"], "2130706433": ["127.0.0.1"], "0x7f000001": ["127.0.0.1"]}
            return known.get(host, [host])

        door = http.Door(resolve=resolve, connect=no_socket)  # type: ignore[arg-type]
        monkeypatch.setattr(remote_pictures.http, "request", door.request)
        monkeypatch.setattr(pinned, "connect_socket", no_socket)
        assert fetch(url) is None

    def test_of_all_keeps_what_came_within_the_cap_and_forgets_what_failed(self, monkeypatch):
        monkeypatch.setattr(remote_pictures, "MAX_ALL", 25)
        found = fetch_all([f"u{n}" for n in range(5)], lambda url: None if url == "u0" else b"0123456789")
        assert len(found) == 2 and "u0" not in found
