"""Files for the browser: named by their content, compressed, and few enough for a bad line."""

import gzip
import re

import pytest
from flask.testing import FlaskClient

from router.web.assets import SMALLEST, packed_for_a_page
from tests.builders import Desk, an_agent
from tests.web.browsers import signed_in

FIRST_PAINT = 80_000  # bytes on the wire before the inbox shows something of use
SCRIPT = 30_000  # bytes of all modules of the inbox, compressed


@pytest.fixture
def page(desk: Desk) -> FlaskClient:
    """The browser of an agent."""
    return signed_in(desk, an_agent(desk, "Ana"))


def addresses(html: str, pattern: str) -> list[str]:
    """Return the addresses of our own files that a page names."""
    return list(dict.fromkeys(re.findall(pattern, html)))


def wire(page: FlaskClient, path: str) -> int:
    """Return how many bytes an answer's body has on the wire."""
    return len(page.get(path, headers={"Accept-Encoding": "gzip"}).data)


def test_the_inbox_comes_in_few_bytes(desk: Desk, page: FlaskClient) -> None:
    for number in range(60):
        desk.says(
            f"Where is my parcel number {number}? I have waited since Monday and nobody answers me.", who=f"c{number}"
        )
    html = page.get("/?tab=waiting").text
    styles = addresses(html, r'rel="stylesheet" href="([^"]+)"')
    scripts = addresses(html, r'(?:modulepreload" href|module" src)="([^"]+)"')
    assert len(styles) >= 2
    assert len(scripts) >= 8
    assert wire(page, "/?tab=waiting") + sum(wire(page, path) for path in styles) < FIRST_PAINT
    assert sum(wire(page, path) for path in scripts) < SCRIPT


class TestAFile:
    def test_is_kept_for_ever_under_its_release_and_asked_again_under_another(self, page: FlaskClient) -> None:
        path = addresses(page.get("/").text, r'href="([^"]+app\.css)"')[0]
        assert "immutable" in page.get(path).headers["Cache-Control"]
        other = re.sub(r"/static/\w+/", "/static/000000000000/", path)
        assert page.get(other).headers["Cache-Control"] == "no-cache"
        assert page.get(other).data == page.get(path).data

    def test_comes_compressed_to_whoever_takes_it(self, page: FlaskClient) -> None:
        path = addresses(page.get("/").text, r'href="([^"]+app\.css)"')[0]
        plain, packed = page.get(path), page.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["Vary"] == "Accept-Encoding"

    @pytest.mark.parametrize("name", ["nothing.js", "../words.py", "%2e%2e/words.py", ""])
    def test_of_no_such_name_is_404(self, page: FlaskClient, name: str) -> None:
        assert page.get(f"/static/x/{name}").status_code == 404


class TestAPage:
    def test_names_all_modules_at_once(self, page: FlaskClient) -> None:
        html = page.get("/").text
        assert {"ask.js", "morph.js", "panes.js"} <= {
            path.rsplit("/", 1)[-1] for path in addresses(html, r'"modulepreload" href="([^"]+)"')
        }

    def test_compressed_says_the_same_and_never_shows_its_exact_length(self) -> None:
        body = b"<p>Where is my parcel?</p>" * 100
        packed = [packed_for_a_page(body) for _ in range(200)]
        assert {gzip.decompress(one) for one in packed} == {body}
        assert len({len(one) for one in packed}) > 10
        assert len(body) > SMALLEST
