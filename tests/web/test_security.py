"""What stands before every page, and what every answer says."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from router.app import Heed
from router.model import Role
from router.store.audit import COMMAND
from router.tokens import create_token
from router.web import create_app
from router.web.audience import audience_of, check_audiences
from router.web.security import own_origins
from tests.a_desk import NOON, ORIGIN, a_browser, a_heed, a_person, token_on

ROLES = tuple(Role)
OPEN = (  # to who has not signed in: the view itself asks for a proof, or there is nothing to keep
    "/api/v1/openapi.json", "/chat/<key>", "/chat/<key>/…", "/feedback/<token>", "/healthz", "/lent/<token>/<name>",
    "/login", "/login/link/<token>", "/metrics", "/readyz", "/static/…",
)  # fmt: skip


def path_of(rule: Rule) -> str:
    """Return an address that a route answers."""
    return re.sub(
        r"<(?:(\w+):)?(\w+)>", lambda m: "api" if m[2] == "channel" else "1" if m[1] == "int" else "x", rule.rule
    )


class TestAudiences:
    def test_every_route_says_whom_it_is_for(self, app: Flask) -> None:
        check_audiences(app)

    def test_one_that_does_not_keeps_the_application_from_starting(self, app: Flask) -> None:
        app.view_functions["forgotten"] = lambda: "?"
        app.url_map.add(app.url_rule_class("/forgotten", endpoint="forgotten", methods={"GET"}))
        with pytest.raises(LookupError, match="forgotten"):
            check_audiences(app)

    def test_these_are_all_routes_that_ask_nobody_to_sign_in(self, app: Flask) -> None:
        found = {
            re.sub(r"^(/chat/<key>|/static)/.*", r"\1/…", rule.rule)
            for rule in app.url_map.iter_rules()
            if audience_of(app, rule.endpoint).role is None and audience_of(app, rule.endpoint).who != "token"
        }
        assert found == set(OPEN)

    @pytest.mark.parametrize("role", ROLES)
    def test_nobody_passes_below_their_role(self, app: Flask, heed: Heed, role: Role) -> None:
        browser = a_browser(app, heed, a_person(heed, "Ana", role))
        refused = 0
        for rule in app.url_map.iter_rules():
            wanted = audience_of(app, rule.endpoint).role
            if wanted is None or audience_of(app, rule.endpoint).who == "token" or role.rank >= wanted.rank:
                continue
            path = path_of(rule)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = browser.open(path, method=method, headers={"Origin": ORIGIN})
                assert answer.status_code == 403, (method, path)
                refused += 1
        assert refused or role is Role.ADMIN

    def test_nobody_passes_without_signing_in(self, app: Flask) -> None:
        for rule in app.url_map.iter_rules():
            wanted = audience_of(app, rule.endpoint)
            if wanted.role is None and wanted.who != "token":
                continue
            path = path_of(rule)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = app.test_client().open(path, method=method, headers={"Origin": ORIGIN})
                at_login = answer.status_code == 303 and answer.headers["Location"].startswith("/login")
                assert at_login or answer.status_code == 401, (method, path, answer.status_code)


class TestOrigin:
    @pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", f"{ORIGIN}.elsewhere.example"])
    def test_a_form_of_another_site_changes_nothing(self, app: Flask, heed: Heed, origin: str | None) -> None:
        browser = a_browser(app, heed, a_person(heed))
        token = token_on(browser.get("/settings/you").text)
        headers = {} if origin is None else {"Origin": origin}
        assert browser.post("/settings/you", data={"csrf_token": token}, headers=headers).status_code == 403

    def test_a_form_without_its_token_changes_nothing(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed))
        answer = browser.post("/settings/you", data={"name": "Eve"}, headers={"Origin": ORIGIN})
        assert answer.status_code == 400

    def test_loopback_is_ours_under_each_of_its_names_and_nothing_else_is(self) -> None:
        assert "http://localhost:8000" in own_origins("http://127.0.0.1:8000")
        assert own_origins("https://desk.example.com/heed") == {"https://desk.example.com"}


class TestHeaders:
    @pytest.mark.parametrize("path", ["/login", "/healthz", "/nowhere", "/settings/you"])
    def test_every_answer_says_what_may_run_on_it(self, app: Flask, path: str) -> None:
        headers = app.test_client().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers

    def test_under_tls_the_cookie_is_bound_to_this_host(self, sqlite_url: str, tmp_path: object) -> None:
        heed = a_heed(sqlite_url, tmp_path, PUBLIC_URL="https://desk.example.com")  # type: ignore[arg-type]
        answer = create_app(heed=heed).test_client().get("/login", base_url="https://desk.example.com")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-heed=")
        assert all(said in cookie for said in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        assert "Domain" not in cookie
        assert "Strict-Transport-Security" in answer.headers
        heed.database.close()


class TestProxies:
    @pytest.mark.parametrize(("peer", "seen"), [("10.0.0.9", "203.0.113.5"), ("192.0.2.1", "192.0.2.1")])
    def test_only_trusted_ones_say_who_asks(self, sqlite_url: str, tmp_path: object, peer: str, seen: str) -> None:
        heed = a_heed(sqlite_url, tmp_path, TRUSTED_PROXIES="10.0.0.0/8")  # type: ignore[arg-type]
        app = create_app(heed=heed)
        found: list[str | None] = []
        from flask import request  # the request of this one call

        app.before_request(lambda: found.append(request.remote_addr))
        app.test_client().get(
            "/healthz", environ_overrides={"REMOTE_ADDR": peer}, headers={"X-Forwarded-For": "203.0.113.5"}
        )
        assert found == [seen]
        heed.database.close()


class TestHealth:
    def test_ready_means_that_the_database_takes_a_write(self, app: Flask, heed: Heed) -> None:
        assert app.test_client().get("/healthz").status_code == 200
        assert app.test_client().get("/readyz").status_code == 200
        with heed.database.write() as db:
            db.exec_driver_sql("ALTER TABLE desk_setting RENAME TO gone")
        assert app.test_client().get("/healthz").status_code == 200
        assert app.test_client().get("/readyz").status_code == 503

    def test_details_are_for_this_host_and_for_tokens(self, app: Flask, heed: Heed) -> None:
        away = {"REMOTE_ADDR": "203.0.113.5"}
        token = create_token(heed, COMMAND, a_person(heed), NOON)
        client = app.test_client()
        assert "broker" in client.get("/readyz").json
        assert "broker" not in client.get("/readyz", headers={"X-Forwarded-For": "203.0.113.5"}).json
        assert client.get("/readyz", environ_overrides=away).json == {"ready": True}
        assert client.get("/metrics", environ_overrides=away).status_code == 401
        held = client.get("/metrics", environ_overrides=away, headers={"Authorization": f"Bearer {token}"})
        assert held.status_code == 200
        assert "heed_tickets" in held.text


def test_an_error_tells_nothing_of_what_happened_inside(app: Flask) -> None:
    def fails() -> str:
        raise RuntimeError("hunter2")

    fails.__dict__["heed_audience"] = audience_of(app, "health.healthz")
    app.view_functions["fails"] = fails
    app.url_map.add(app.url_rule_class("/fails", endpoint="fails", methods={"GET"}))
    answer = app.test_client().get("/fails")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
