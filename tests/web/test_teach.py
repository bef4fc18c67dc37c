"""The teach page and its API: what ops paste, check, publish and undo, without script."""

import pytest
from flask.testing import FlaskClient

from router.jobs import set_heed, teach
from router.model import Role, Scope
from router.web import create_app
from tests.builders import Desk, a_brand, an_agent
from tests.teaching.builders import GIFTS, NEW
from tests.web.api_desk import ApiDesk
from tests.web.browsers import post, signed_in


@pytest.fixture
def olga(sqlite_desk: Desk) -> Scope:
    """Somebody of ops."""
    return an_agent(sqlite_desk, "Olga", role=Role.OPS)


@pytest.fixture
def browser(sqlite_desk: Desk, olga: Scope) -> FlaskClient:
    """Olga's browser."""
    return signed_in(sqlite_desk, olga)


def make(desk: Desk) -> None:
    """Let a worker make what was asked for."""
    set_heed(desk.heed)
    for (version_id,) in desk.rows("SELECT id FROM taught_version WHERE state = 'asked'"):
        teach(version_id)


def test_an_intent_is_added_checked_published_and_taken_back(sqlite_desk: Desk, browser: FlaskClient) -> None:
    assert "Nothing was taught yet" in browser.get("/settings/teach").text
    made = post(browser, "/settings/teach/intents", label="Gift cards", group="billing", description="Vouchers")
    assert made.status_code == 303
    place = "/settings/teach/intents/gift_cards"
    looked = post(browser, place, lines="\n".join(GIFTS), look="1")
    assert "What would take these lines now" in looked.text
    assert GIFTS[0] in looked.text
    assert post(browser, place, lines="\n".join(GIFTS)).status_code == 303
    assert "10 examples" in browser.get(place).text
    assert post(browser, "/settings/teach/check").status_code == 303
    assert "being checked" in browser.get("/settings/teach").text
    make(sqlite_desk)
    page = browser.get("/settings/teach").text
    for words in ("holds in the test", "Each intent, its examples left out", "Publish version 1"):
        assert words in page
    refused = post(browser, "/settings/teach/publish", number="1", comment="")
    assert (refused.status_code, "Say in a few words" in refused.text) == (422, True)
    assert post(browser, "/settings/teach/publish", number="1", comment="Gift cards").status_code == 303
    assert "Version 1 holds now." in browser.get("/settings/teach").text
    ticket = sqlite_desk.says(NEW, "bob")
    assert ticket.intent == "gift_cards"
    assert "Gift cards" in browser.get("/?tab=waiting").text
    assert post(browser, "/settings/teach/undo").status_code == 303
    page = browser.get("/settings/teach").text
    assert "Nothing was taught yet" in page
    assert "Publish it again" in page


def test_examples_are_removed(sqlite_desk: Desk, browser: FlaskClient) -> None:
    place = "/settings/teach/intents/refund_request"
    post(browser, place, lines="\n".join(GIFTS[:2]))
    [(first,)] = sqlite_desk.rows("SELECT id FROM taught_example WHERE text = :t", t=GIFTS[0])
    assert post(browser, "/settings/teach/examples/remove", example=first, intent="refund_request").status_code == 303
    page = browser.get(place).text
    assert GIFTS[0] not in page
    assert GIFTS[1] in page


def test_an_intent_that_is_none_is_not_there(browser: FlaskClient) -> None:
    assert browser.get("/settings/teach/intents/fly").status_code == 404


def test_another_brand_is_not_there(sqlite_desk: Desk, browser: FlaskClient) -> None:
    other = a_brand(sqlite_desk, "Other")
    assert browser.get(f"/settings/teach?brand={other}").status_code == 404
    assert post(browser, "/settings/teach/check", brand=other).status_code == 404


def test_programs_teach_too(sqlite_desk: Desk, olga: Scope) -> None:
    program = ApiDesk(sqlite_desk, create_app(heed=sqlite_desk.heed)).program(olga)
    assert program.post("/teaching/intents", {"label": "Gift cards", "group": "billing"}).status_code == 200
    added = program.post("/teaching/examples", {"intent": "gift_cards", "texts": list(GIFTS)})
    assert [one["examples"] for one in added.json["intents"] if one["is_own"]] == [10]
    assert len(program.get("/teaching/examples?intent=gift_cards").json["items"]) == 10
    assert program.post("/teaching/check", {}).json["versions"][0]["state"] == "asked"
    assert program.post("/teaching/publish", {"version": 1, "comment": "x"}).status_code == 422
    make(sqlite_desk)
    told = program.get("/teaching").json["versions"][0]
    assert (told["state"], told["figures"]["left_out"]["gift_cards"]["of"]) == ("ready", 10)
    assert program.post("/teaching/publish", {"version": 1, "comment": "Gift cards"}).json["live"] == 1
    assert program.post("/teaching/undo", {}).json["live"] is None
    [first, *_] = program.get("/teaching/examples").json["items"]
    gone = program.post("/teaching/examples/remove", {"examples": [first["id"]]})
    assert [one["examples"] for one in gone.json["intents"] if one["is_own"]] == [9]
    gone = program.post("/teaching/intents/remove", {"intent": "gift_cards"})
    assert [one for one in gone.json["intents"] if one["is_own"]] == []
