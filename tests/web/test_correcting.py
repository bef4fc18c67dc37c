"""Correcting a reading in the inbox and by the API: one click, with script and without."""

from flask.testing import FlaskClient

from router.model import Scope
from router.web import create_app
from tests.builders import Desk
from tests.web.api_desk import ApiDesk
from tests.web.browsers import post

FURIOUS = "This is a disgrace. Third time I ask, you never answer. I am furious and I will cancel."


def test_a_form_corrects_and_the_page_says_who_did(at: Desk, browser: FlaskClient) -> None:
    ticket = at.says(FURIOUS)
    message = at.messages(ticket.id)[0].id
    page = browser.get(f"/tickets/{ticket.id}").text
    assert 'id="mood-not"' in page
    answer = post(browser, f"/tickets/{ticket.id}/correct", message=message, field="frustration", value="dismissed")
    assert answer.status_code == 303
    page = browser.get(f"/tickets/{ticket.id}").text
    assert "Ana said: not so." in page
    assert at.ticket(ticket.id).heat == 0
    again = post(browser, f"/tickets/{ticket.id}/correct", message=message, field="frustration", value="")
    assert again.status_code == 303
    assert at.ticket(ticket.id).heat == ticket.heat


def test_the_script_is_told_what_happened(at: Desk, browser: FlaskClient) -> None:
    ticket = at.says(FURIOUS)
    message, path = at.messages(ticket.id)[0].id, f"/tickets/{ticket.id}/correct"
    good = post(browser, path, json=True, message=message, field="intent", value="complaint")
    assert good.json == {"ticket": ticket.id, "words": "Corrected. It stays so."}
    bad = post(browser, path, json=True, message=message, field="intent", value="fly")
    assert (bad.status_code, "no intent" in bad.json["detail"]) == (409, True)


def test_the_dialog_offers_every_field_of_every_message(at: Desk, browser: FlaskClient) -> None:
    ticket = at.says(FURIOUS, "eve", thread="t")
    at.says("Hello?", "eve", thread="t")
    page = browser.get(f"/tickets/{ticket.id}/correct?fragment=1").text
    assert page.count('name="field" value="intent"') == 2
    for words in ("Where is my refund", "Roman Urdu", "Not so", "Angrier than that"):
        assert words in page


def test_nothing_is_offered_where_mood_is_off(at: Desk, browser: FlaskClient) -> None:
    at.do("UPDATE brand SET mood_on = :no", no=False)
    ticket = at.says(FURIOUS)
    assert 'id="mood-angrier"' not in browser.get(f"/tickets/{ticket.id}").text


def test_a_program_corrects_too(at: Desk, ana: Scope) -> None:
    ticket = at.says(FURIOUS)
    message = at.messages(ticket.id)[0].id
    program = ApiDesk(at, create_app(heed=at.heed)).program(ana)
    body = {"message": message, "field": "intent", "value": "account_close"}
    answer = program.post(f"/tickets/{ticket.id}/corrections", body)
    assert (answer.status_code, answer.json["intent"], answer.json["intent_confidence"]) == (200, "account_close", 1.0)
    assert program.post(f"/tickets/{ticket.id}/corrections", {**body, "value": "fly"}).status_code == 409
