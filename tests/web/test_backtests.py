"""Back-tests by page and API: asked for, waited for, shown with their intervals, and beside what happened."""

import pytest
from flask.testing import FlaskClient

from router.accounts import COMMAND
from router.backtest import running
from router.model import SYSTEM, Role
from router.rulemaking import drafting
from router.web import create_app
from tests.builders import Desk, a_queue, an_agent, now, rules
from tests.web.api_desk import ApiDesk, Program
from tests.web.browsers import post, signed_in

LIVE = "rules:\n- {name: One, when: always, then: [{answer_within: 20m}]}\n"
DRAFT = "rules:\n- {name: All, when: always, then: [{queue: Billing}]}\n"


@pytest.fixture
def olga(sqlite_desk: Desk) -> Program:
    """A program of somebody of ops; one customer wrote."""
    a_queue(sqlite_desk, "Billing")
    rules(sqlite_desk, LIVE)
    sqlite_desk.says()
    return ApiDesk(sqlite_desk, create_app(heed=sqlite_desk.heed)).program(an_agent(sqlite_desk, "Olga", role=Role.OPS))


def test_a_file_is_replayed_by_a_worker(olga: Program, sqlite_desk: Desk) -> None:
    asked = olga.post("/rules/backtest", {"yaml": DRAFT, "days": 3})
    assert (asked.status_code, asked.json["state"], asked.json["figures"]) == (202, "asked", [])
    running.make(sqlite_desk.heed, asked.json["id"], now())
    found = olga.get(f"/rules/backtests/{asked.json['id']}").json
    assert (found["state"], found["tickets"], found["changed"]) == ("done", 1, 1)
    assert [(one["after"], one["count"]) for one in found["elsewhere"]] == [("Billing", 1)]
    assert {one["key"] for one in found["figures"]} >= {"left", "nobody"}
    listed = olga.get("/rules/backtests").json
    assert ([one["id"] for one in listed["items"]], listed["happened"]) == ([found["id"]], [])


def test_the_draft_is_taken_where_no_file_is_given(olga: Program, sqlite_desk: Desk) -> None:
    olga.call("PUT", "/rules/draft", {"yaml": DRAFT, "revision": 0})
    asked = olga.post("/rules/backtest", {})
    running.make(sqlite_desk.heed, asked.json["id"], now())
    assert olga.get(f"/rules/backtests/{asked.json['id']}").json["changed"] == 1


def test_rules_that_are_wrong_are_refused(olga: Program) -> None:
    refused = olga.post("/rules/backtest", {"yaml": DRAFT.replace("Billing", "Nowhere")})
    assert (refused.status_code, "Nowhere" in refused.json["detail"]) == (422, True)
    assert olga.get("/rules/backtests/0000000000000000000000000a").status_code == 404


class TestThePage:
    @pytest.fixture
    def browser(self, sqlite_desk: Desk) -> FlaskClient:
        a_queue(sqlite_desk, "Billing")
        rules(sqlite_desk, LIVE)
        sqlite_desk.says()
        return signed_in(sqlite_desk, an_agent(sqlite_desk, "Olga", role=Role.OPS))

    def test_asks_waits_and_shows_what_the_draft_would_have_changed(
        self, sqlite_desk: Desk, browser: FlaskClient
    ) -> None:
        assert "Nothing was replayed yet" in browser.get("/rules/backtest").text
        drafting.replace(sqlite_desk.heed, COMMAND, SYSTEM, sqlite_desk.brand_id, 0, DRAFT, now())
        assert post(browser, "/rules/backtest", days="7").status_code == 303
        assert "Under way" in browser.get("/rules/backtest").text
        [(asked, days)] = sqlite_desk.rows("SELECT id, days FROM backtest")
        running.make(sqlite_desk.heed, asked, now())
        page = browser.get("/rules/backtest").text
        for words in ("1 ticket of 7 days", "1 would have been treated otherwise", "Billing", "No one may take them"):
            assert words in page
        assert days == 7

    def test_says_why_it_could_not_be_done(self, sqlite_desk: Desk, browser: FlaskClient) -> None:
        broken = DRAFT.replace("Billing", "Nowhere")
        drafting.replace(sqlite_desk.heed, COMMAND, SYSTEM, sqlite_desk.brand_id, 0, broken, now())
        answer = post(browser, "/rules/backtest", days="7")
        assert (answer.status_code, "Nowhere" in answer.text) == (422, True)

    def test_is_for_ops(self, sqlite_desk: Desk) -> None:
        assert signed_in(sqlite_desk, an_agent(sqlite_desk)).get("/rules/backtest").status_code == 403

    def test_stands_as_a_section_of_the_rules_page(self, sqlite_desk: Desk, browser: FlaskClient) -> None:
        assert "Back-test the draft" in browser.get("/rules").text
        post(browser, "/rules/backtest", days="7")
        [(asked,)] = sqlite_desk.rows("SELECT id FROM backtest")
        running.make(sqlite_desk.heed, asked, now())
        assert "1 ticket replayed; 0 would have been treated otherwise." in browser.get("/rules").text
