"""Browsers without script, in which people of a desk are signed in, and what they do there."""

from flask.testing import FlaskClient

from router.model import Scope
from router.store import people
from router.store.people import AgentRow
from router.web import create_app
from tests.a_desk import ORIGIN, a_browser, token_on
from tests.builders import Desk


def row_of(at: Desk, who: Scope) -> AgentRow:
    """Return the person of a scope."""
    with at.heed.database.read() as db:
        found = people.by_id(db, who.agent or "")
    assert found is not None
    return found


def signed_in(at: Desk, who: Scope) -> FlaskClient:
    """Return a browser in which someone is signed in."""
    return a_browser(create_app(heed=at.heed), at.heed, row_of(at, who))


def post(browser: FlaskClient, path: str, json: bool = False, **fields: object) -> object:
    """Send a form as the browser would; `json`: as our script would."""
    headers = {"Origin": ORIGIN, "X-CSRFToken": token_on(browser.get("/").text)}
    return browser.post(path, data=fields, headers=headers | ({"Accept": "application/json"} if json else {}))
