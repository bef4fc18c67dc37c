"""The page behind a customer's link: asks, takes, changes; says nothing of the ticket and nothing to strangers."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from router import desk as acts
from router import survey_settings, surveying
from router.app import Heed
from router.model import Role
from router.store.audit import COMMAND
from router.store.desk import brands
from router.survey_settings import Switch
from router.web import create_app
from tests.a_desk import a_browser, a_person
from tests.builders import Desk, a_connection_row, a_supervisor, mail, now

CLOSED = "This question is closed"


@pytest.fixture
def at(heed: Heed, tmp_path) -> Desk:
    """The desk behind the web application; its brand asks."""
    with heed.database.read() as db:
        brand = brands(db)[0]
    survey_settings.put(heed, COMMAND, brand.id, Switch(on=True), now())
    return Desk(heed, brand.id, tmp_path)


@pytest.fixture
def asked(at: Desk) -> tuple[str, str]:
    """A ticket whose customer was asked by mail, and the path of their link."""
    row = a_connection_row(at, "email")
    ticket = at.ticket_of(mail(at, row, "My parcel is lost"), row)
    sue = a_supervisor(at)
    acts.reply(at.heed, sue, ticket.id, "Found it.", now())
    acts.resolve(at.heed, sue, ticket.id, now())
    for later in (timedelta(0), timedelta(hours=1)):
        surveying.ask_due(at.heed, now() + later)
    [question] = [m for m in at.messages(ticket.id) if m.automatic]
    with at.heed.database.read() as db:
        text = surveying.with_link(at.heed, db, question.id, question.text)
    found = re.search(r"/feedback/[0-9a-f]{32}", text)
    assert found
    at.do("UPDATE survey SET asked_at = :at", at=f"{now() - timedelta(seconds=1):%Y-%m-%d %H:%M:%S.%f}")
    return ticket.id, found[0]


def stored(at: Desk):
    return at.rows("SELECT score, comment FROM survey")


class TestThePage:
    def test_stores_nothing_when_a_mail_program_follows_its_link(self, app: Flask, at: Desk, asked):
        page = app.test_client().get(f"{asked[1]}?score=5")
        assert page.status_code == 200 and re.search(r'value="5" required checked', page.text)
        assert stored(at) == [(None, None)]

    def test_takes_an_answer_and_another_one_without_a_session(self, app: Flask, at: Desk, asked):
        browser = app.test_client()
        page = browser.post(asked[1], data={"score": "4", "comment": " fine <b> "})
        assert page.status_code == 200 and "Thank you" in page.text and "&lt;b&gt;" in page.text
        assert stored(at) == [(4, "fine <b>")]
        browser.post(asked[1], data={"score": "1", "comment": ""})
        assert stored(at) == [(1, None)]

    def test_shows_nothing_of_the_ticket(self, app: Flask, asked):
        page = app.test_client().get(asked[1]).text
        assert "parcel" not in page and "Found it" not in page and "Order" not in page

    def test_is_in_no_search_engine_and_in_no_frame(self, app: Flask, asked):
        headers = app.test_client().get(asked[1]).headers
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Referrer-Policy"] == "no-referrer" and headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_reads_the_same_for_a_strange_link_and_one_that_is_over(self, app: Flask, at: Desk, asked, method):
        open_ = getattr(app.test_client(), method)
        strange = open_(f"/feedback/{'0' * 32}", data={"score": "1"})
        at.do("UPDATE survey SET asked_at = '2026-01-01 00:00:00.000000'")
        over = open_(asked[1], data={"score": "1"})
        assert strange.status_code == over.status_code == 410
        assert CLOSED in strange.text and strange.text == over.text
        assert stored(at) == [(None, None)]

    @pytest.mark.parametrize("data", [{}, {"score": "9"}, {"score": "2", "comment": "x" * 2001}])
    def test_says_what_is_missing(self, app: Flask, at: Desk, asked, data):
        page = app.test_client().post(asked[1], data=data)
        assert page.status_code == 422 and 'role="alert"' in page.text
        assert stored(at) == [(None, None)]

    def test_is_in_the_language_of_the_ticket(self, app: Flask, at: Desk, asked):
        at.do("UPDATE survey SET language = 'ur'")
        page = app.test_client().get(asked[1], headers={"Accept-Language": "en"}).text
        assert '<html lang="ur" dir="rtl">' in page

    def test_is_not_asked_for_without_end(self, heed: Heed, asked):
        browser = create_app(heed=heed).test_client()
        answers = [browser.post(asked[1], data={"score": "3"}).status_code for _ in range(25)]
        assert answers[0] == 200 and answers[-1] == 429


class TestTheDesk:
    def test_sees_the_score_and_the_words_beside_the_ticket(self, app: Flask, heed: Heed, asked):
        app.test_client().post(asked[1], data={"score": "2", "comment": "Too slow"})
        page = a_browser(app, heed, a_person(heed, "Sam", Role.SUPERVISOR)).get(f"/tickets/{asked[0]}").text
        assert "2 of 5" in page and "Too slow" in page
        assert "the customer gave 2 of 5" in page

    def test_never_sees_the_customers_link(self, app: Flask, heed: Heed, asked):
        page = a_browser(app, heed, a_person(heed, "Sam", Role.SUPERVISOR)).get(f"/tickets/{asked[0]}").text
        assert asked[1] not in page and "/feedback/…" in page
