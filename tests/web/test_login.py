"""Signing in and out, as a browser does it."""

from flask import Flask
from flask.testing import FlaskClient

from router import accounts
from router.app import Heed
from router.model import Role
from router.web.security import now
from tests.a_desk import ORIGIN, a_browser, a_person, send, token_on

PASSWORD = "correct horse battery"


def a_member(heed: Heed, name: str = "Ana") -> None:
    who = a_person(heed, name)
    session_id = accounts.open_session(heed, who, "", now(), by="link")
    me = accounts.scope_of_session(heed, session_id, now())
    assert me is not None
    accounts.set_password(heed, me, PASSWORD, now(), old=None)


def sign_in(browser: FlaskClient, email: str, password: str, **more: str) -> tuple[int, str, str]:
    token = token_on(browser.get("/login").text)
    fields = {"csrf_token": token, "email": email, "password": password, **more}
    answer = browser.post("/login", data=fields, headers={"Origin": ORIGIN})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


class TestPassword:
    def test_leads_to_the_inbox(self, app: Flask, heed: Heed) -> None:
        a_member(heed)
        browser = app.test_client()
        assert sign_in(browser, "ana@example.com", PASSWORD)[:2] == (303, "/")
        assert browser.get("/settings/you").status_code == 200

    def test_leads_to_where_one_wanted_to_go_but_never_away(self, app: Flask, heed: Heed) -> None:
        a_member(heed)
        wanted = {"/settings/you": "/settings/you", "//elsewhere.example": "/", "https://elsewhere.example": "/"}
        for asked, led in {**wanted, "/\\elsewhere.example": "/", "/\nx": "/"}.items():
            assert sign_in(app.test_client(), "ana@example.com", PASSWORD, next=asked)[1] == led

    def test_says_the_same_of_a_wrong_address_and_a_wrong_password(self, app: Flask, heed: Heed) -> None:
        a_member(heed)
        wrong = sign_in(app.test_client(), "ana@example.com", "nope nope nope")
        unknown = sign_in(app.test_client(), "eve@example.com", "nope nope nope")
        assert wrong[0] == unknown[0] == 422
        said = [page.partition('role="alert"')[2].partition("</p>")[0] for page in (wrong[2], unknown[2])]
        assert said[0] == said[1] and said[0]

    def test_gives_another_cookie_than_before(self, app: Flask, heed: Heed) -> None:
        a_member(heed)
        browser = app.test_client()
        before = token_on(browser.get("/login").text)
        sign_in(browser, "ana@example.com", PASSWORD)
        assert token_on(browser.get("/settings/you").text) != before

    def test_an_answer_to_a_session_that_ended_leaves_the_cookie_alone(self, app: Flask, heed: Heed) -> None:
        """It may come after the answer that brought a new one."""
        who = a_person(heed)
        browser = a_browser(app, heed, who)
        session_id = accounts.open_session(heed, who, "", now(), by="link")
        me = accounts.scope_of_session(heed, session_id, now())
        assert me is not None
        accounts.sign_out_everywhere(heed, me, now())
        for path in ("/notices/count", "/inbox/offers?fragment=1"):
            answer = browser.get(path, headers={"Accept": "application/json"})
            assert (answer.status_code, answer.headers.get("Set-Cookie")) == (401, None)

    def test_stops_guessing_even_without_a_broker(self, app: Flask, heed: Heed) -> None:
        a_member(heed)
        browser = app.test_client()
        for _ in range(10):
            assert sign_in(browser, "ana@example.com", "guess guess")[0] == 422
        assert sign_in(browser, "ana@example.com", PASSWORD)[0] == 429
        assert sign_in(browser, "bo@example.com", "guess guess")[0] == 422


class TestLink:
    def test_asking_for_the_page_does_not_use_it_up(self, app: Flask, heed: Heed) -> None:
        path = accounts.sign_in_link(heed, a_person(heed).id, now()).removeprefix(ORIGIN)
        browser = app.test_client()
        browser.get(path)
        token = token_on(browser.get(path).text)
        answer = browser.post(path, data={"csrf_token": token}, headers={"Origin": ORIGIN})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/you")
        assert app.test_client().get(path).status_code == 410

    def test_then_a_password_is_chosen_without_an_old_one(self, app: Flask, heed: Heed) -> None:
        path = accounts.sign_in_link(heed, a_person(heed).id, now()).removeprefix(ORIGIN)
        browser = app.test_client()
        browser.post(path, data={"csrf_token": token_on(browser.get(path).text)}, headers={"Origin": ORIGIN})
        page = browser.get("/settings/you").text
        assert page.index('name="new"') < page.index('name="zone"'), "what is asked for first stands first"
        answer = send(browser, "/settings/you/password", new=PASSWORD, again=PASSWORD)
        assert answer.status_code == 303  # type: ignore[attr-defined]
        assert browser.get("/settings/you").status_code == 200
        assert sign_in(app.test_client(), "ana@example.com", PASSWORD)[0] == 303


class TestSigningOut:
    def test_ends_the_session_itself_not_only_the_cookie(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed))
        kept = browser.get_cookie("heed")
        assert kept is not None
        send(browser, "/logout")
        thief = app.test_client()
        thief.set_cookie("heed", kept.value)
        assert thief.get("/settings/you").status_code == 303

    def test_everywhere(self, app: Flask, heed: Heed) -> None:
        who = a_person(heed, role=Role.ADMIN)
        one, other = a_browser(app, heed, who), a_browser(app, heed, who)
        send(one, "/settings/you/sessions/end")
        assert other.get("/settings/you").status_code == 303


def test_a_cookie_we_did_not_sign_is_nobody(app: Flask) -> None:
    browser = app.test_client()
    browser.set_cookie("heed", "eyJzaWQiOiJ4In0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert browser.get("/settings/you").status_code == 303
