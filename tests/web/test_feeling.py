"""Where a brand switched mood off, no page and no answer of the API says how a customer feels; the order is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Desk, a_supervisor
from tests.web.api_desk import ApiDesk, an_api
from tests.web.browsers import signed_in

ANGRY = "This is the third time I write! Nobody answers me. Refund me or I cancel my account."
FIGURES = (
    'class="mood',
    "not read",
    "frustrat",
    "How they feel",
    "Mood,",
    ">Mood<",
    "furious",
    "third time I write</mark>",
)


@pytest.fixture
def at(sqlite_desk: Desk) -> Desk:
    """A desk whose brand switched mood off, on what was read before."""
    sqlite_desk.says(ANGRY, "mia")
    sqlite_desk.do("UPDATE brand SET mood_on = false")
    sqlite_desk.says(ANGRY, "dan")
    return sqlite_desk


@pytest.fixture
def api(sqlite_url: str, tmp_path: Path) -> Iterator[ApiDesk]:
    """The same with its API."""
    with an_api(sqlite_url, tmp_path) as api:
        yield api


def test_no_page_says_how_they_feel(at: Desk) -> None:
    browser = signed_in(at, a_supervisor(at))
    before, after = at.tickets
    pages = [f"/tickets/{one.id}{more}" for one in (before, after) for more in ("", "/why", "/history")]
    for path in ("/?tab=waiting", *pages, "/wallboard", "/search?q=refund", "/reports"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        found = [words for words in FIGURES if words in answer.text]
        assert found == [], f"{path} says {found}"
    assert "promise and age alone decide the order" in browser.get(f"/tickets/{after.id}").text
    assert "promise and age alone decide the order" in browser.get(f"/tickets/{after.id}/why").text


def test_the_api_knows_no_figure(api: ApiDesk) -> None:
    before = api.desk.says(ANGRY, "mia")
    api.desk.do("UPDATE brand SET mood_on = false")
    program = api.agent()
    ticket = program.get(f"/tickets/{before.id}").json
    assert (ticket["frustration"], ticket["sentiment"], ticket["heat"], ticket["urgency"]) == (None, None, 0, 0)
    assert ticket["mood"] == {"read": False, "trend": "steady", "history": []}
    reading = ticket["messages"][0]["reading"]
    assert (reading["read"], reading["frustration"], reading["kind"], reading["cues"]) == (False, 0, "", [])
    assert reading["intent"] == ticket["intent"]
    assert "promise and age alone" in program.get(f"/tickets/{before.id}/why").json["without_mood"]
