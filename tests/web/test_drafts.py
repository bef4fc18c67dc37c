"""Drafts and unsent replies over the web: kept by JSON, forms without script, nobody else's, no garbage."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from router import desk, preferences
from router.model import Scope
from tests.a_desk import token_on
from tests.builders import Desk, a_connection_row, an_agent, mail, now
from tests.web.browsers import post, signed_in

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def held(at: Desk, ana: Scope) -> str:
    """A mail that Ana has."""
    row = a_connection_row(at, "email")
    external_id = mail(at, row, Cc="bo@home.example")
    desk.pull(at.heed, ana, now())
    return at.ticket_of(external_id, row).id


def put(browser: FlaskClient, ticket_id: str, body: Any) -> Any:
    """Keep a draft as our script does."""
    headers = {"Origin": ORIGIN, "X-CSRFToken": token_on(browser.get("/").text)}
    return browser.put(f"/tickets/{ticket_id}/draft", json=body, headers=headers)


class TestKeep:
    def test_tells_the_version_and_the_page_shows_it(self, at: Desk, browser: FlaskClient, held: str) -> None:
        said = put(browser, held, {"text": "Dear <Dan>", "to": "x@y.example", "bcc": "z@y.example", "key": "k"}).json
        page = browser.get(f"/tickets/{held}").text
        assert f'data-base="{said["at"]}"' in page
        for shown in (
            "Dear &lt;Dan&gt;</textarea>",
            'value="x@y.example"',
            'value="z@y.example"',
            'name="key" value="k"',
        ):
            assert shown in page
        assert 'class="tag draft"' in browser.get("/").text

    @pytest.mark.parametrize("body", [[], "x", None, 7])
    def test_takes_objects_alone(self, browser: FlaskClient, held: str, body: Any) -> None:
        assert put(browser, held, body).status_code == 400

    def test_takes_no_garbage_for_words(self, at: Desk, browser: FlaskClient, held: str) -> None:
        odd = {"text": ["x"], "kind": 3, "age_ms": "soon", "base": "yesterday", "key": None}
        assert put(browser, held, odd).json == {"at": "", "sent": False, "other": None}
        assert put(browser, held, {"text": "x\x00y", "kind": "shout", "age_ms": 1e30}).status_code == 200
        assert at.rows("SELECT text, kind FROM draft") == [("xy", "reply")]
        assert put(browser, held, {"text": "x" * 100_001}).status_code == 409

    def test_needs_our_own_page(self, browser: FlaskClient, held: str) -> None:
        assert browser.put(f"/tickets/{held}/draft", json={"text": "x"}).status_code == 403
        assert put(browser, "nothing", {"text": "x"}).status_code == 404

    def test_is_its_writers_also_when_somebody_else_has_the_ticket(
        self, at: Desk, browser: FlaskClient, ana: Scope, held: str
    ) -> None:
        put(browser, held, {"text": "My words"})
        bo = an_agent(at, "Bo")
        desk.transfer(at.heed, ana, held, now(), agent=bo.agent)
        assert "My words" not in signed_in(at, bo).get(f"/tickets/{held}").text
        assert "Your unsent words" in browser.get(f"/tickets/{held}").text
        post(browser, f"/tickets/{held}/draft/discard")
        assert "My words" not in browser.get(f"/tickets/{held}").text


class TestUnsent:
    def test_a_mail_can_be_taken_back_as_long_as_its_writer_likes(
        self, at: Desk, browser: FlaskClient, ana: Scope, held: str
    ) -> None:
        said = post(browser, f"/tickets/{held}/reply", json=True, text="Hi", key="k1").json  # type: ignore[attr-defined]
        assert 8 < float(said["undo_s"]) <= 10
        undone = post(browser, f"/messages/{said['message']}/undo", json=True).json  # type: ignore[attr-defined]
        assert (undone["draft"]["text"], undone["draft"]["to"]) == ("Hi", "dan@home.example")
        again = post(browser, f"/tickets/{held}/reply", json=True, text="Hi", key="k1")
        assert (again.status_code, again.json["fresh"]) == (409, True)  # type: ignore[attr-defined]
        assert ana.agent is not None
        preferences.change(at.heed, ana.agent, {"undo_s": "0"})
        said = post(browser, f"/tickets/{held}/reply", json=True, text="Hi", key="k2").json  # type: ignore[attr-defined]
        assert said["undo_s"] == "0.0"

    def test_of_anothers_cannot_be_taken_back(self, at: Desk, browser: FlaskClient, held: str) -> None:
        said = post(browser, f"/tickets/{held}/reply", json=True, text="Hi", key="k").json  # type: ignore[attr-defined]
        other = signed_in(at, an_agent(at, "Bo"))
        for act in ("undo", "now", "again"):
            assert post(other, f"/messages/{said['message']}/{act}").status_code in (403, 409)  # type: ignore[attr-defined]
            assert post(other, f"/messages/nothing/{act}").status_code == 404  # type: ignore[attr-defined]

    @pytest.mark.parametrize("when", ["later:", "later:+x", "later:yesterday", "later"])
    def test_later_needs_a_moment(self, browser: FlaskClient, held: str, when: str) -> None:
        answer = post(browser, f"/tickets/{held}/reply", text="Kept words", key="k", then=when)
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert "Kept words</textarea>" in answer.text  # type: ignore[attr-defined]

    def test_later_is_typed_in_the_readers_zone(self, at: Desk, browser: FlaskClient, held: str) -> None:
        at.do("UPDATE agent SET zone = 'Asia/Karachi'")
        year = now().year + 1
        typed = {"then": "later", "later_at": f"{year}-01-01T09:00"}
        assert post(browser, f"/tickets/{held}/reply", text="Hi", key="k", **typed).status_code == 303  # type: ignore[attr-defined]
        assert f"{year}-01-01 04:00" in str(at.rows("SELECT due_at FROM outgoing"))
