"""Settings: forms that work without JavaScript, secrets shown once, walls between brands."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from router import connecting, equipping, staffing
from router.app import Heed
from router.model import SYSTEM, Role
from router.store import desk
from router.store.audit import COMMAND
from tests.a_desk import NOON, a_browser, a_person, send


def sent(*arguments: object, **fields: object) -> TestResponse:
    answer = send(*arguments, **fields)  # type: ignore[arg-type]
    assert isinstance(answer, TestResponse)
    return answer


def _saves_to(page: TestResponse) -> str:
    """Return where the form of a page that asks for a name is sent."""
    [path] = re.findall(
        r'<form class="card stack" method="post" action="([^"]*)">(?:(?!</form>).)*name="name"', page.text, re.S
    )
    return str(path)


class TestConnections:
    def test_are_added_step_by_step_and_show_their_secret_once(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.OPS))
        assert "/settings/connections/new/api" in browser.get("/settings/connections/new").text
        made = sent(browser, "/settings/connections/new/api", name="Shop")
        assert made.status_code == 201
        row = connecting.seen_by(heed, SYSTEM)[0]
        assert row.connection.name == "Shop"
        assert row.connection.secrets[0] in made.text and f"/hooks/{row.connection.key}" in made.text
        assert row.connection.secrets[0] not in browser.get(f"/settings/connections/{row.id}").text

    def test_say_what_is_missing_and_keep_what_was_typed(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.OPS))
        answer = sent(browser, "/settings/connections/new/telegram", name="My bot")
        assert answer.status_code == 422
        assert "Bot token" in answer.text and "My bot" in answer.text
        assert not connecting.seen_by(heed, SYSTEM)

    @pytest.mark.parametrize(
        ("port", "status"), [("0", 422), ("1", 201), ("65535", 201), ("65536", 422), ("993 ssl", 422)]
    )
    def test_a_port_is_one_that_there_is(self, app: Flask, heed: Heed, port: str, status: int) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.OPS))
        fields = {"name": "Mail", "set-address": "help@example.com", "set-imap_port": port}
        answer = sent(browser, "/settings/connections/new/email", **fields)
        assert answer.status_code == status
        assert ("give a number from 1 to 65535" in answer.text) == (status == 422)

    def test_a_secret_setting_is_sealed_and_never_shown_again(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.OPS))
        fields = {"set-address": "help@example.com", "set-imap_password": "hunter2 hunter2", "name": "Mail"}
        assert sent(browser, "/settings/connections/new/email", **fields).status_code == 201
        row = connecting.seen_by(heed, SYSTEM)[0]
        assert row.connection.settings["imap_password"] == "hunter2 hunter2"
        with heed.database.read() as db:
            stored = db.exec_driver_sql("SELECT * FROM connection_setting").all()
        assert "hunter2" not in str(stored)
        assert "hunter2" not in browser.get(f"/settings/connections/{row.id}").text
        kept = sent(browser, f"/settings/connections/{row.id}", **{**fields, "set-imap_password": "", "name": "Post"})
        assert kept.status_code == 303
        assert connecting.by_id(heed, row.id).connection.settings["imap_password"] == "hunter2 hunter2"

    def test_a_new_host_asks_for_the_secret_again(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.OPS))
        fields = {"name": "Mail", "set-address": "help@example.com", "set-imap_host": "a.example"}
        sent(browser, "/settings/connections/new/email", **fields, **{"set-imap_password": "hunter2 hunter2"})
        row = connecting.seen_by(heed, SYSTEM)[0]
        moved = sent(browser, f"/settings/connections/{row.id}", **{**fields, "set-imap_host": "b.example"})
        assert moved.status_code == 422
        assert connecting.by_id(heed, row.id).connection.settings["imap_host"] == "a.example"

    @pytest.mark.parametrize(("role", "status"), [(Role.OPS, 422), (Role.ADMIN, 201)])
    def test_base_url_is_the_admins_alone(self, app: Flask, heed: Heed, role: Role, status: int) -> None:
        browser = a_browser(app, heed, a_person(heed, role=role))
        fields = {"name": "API", "set-base_url": "http://10.1.2.3:9000"}
        assert sent(browser, "/settings/connections/new/api", **fields).status_code == status

    def test_can_be_paused_and_tested(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.OPS))
        sent(browser, "/settings/connections/new/api", name="Shop")
        row = connecting.seen_by(heed, SYSTEM)[0]
        assert sent(browser, f"/settings/connections/{row.id}/pause").status_code == 303
        assert not connecting.by_id(heed, row.id).active
        assert sent(browser, f"/settings/connections/{row.id}/test").status_code == 200

    def test_what_is_changed_right_after_it_was_added_tested_or_given_a_secret_is_saved(
        self, app: Flask, heed: Heed
    ) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.OPS))
        added = sent(browser, "/settings/connections/new/api", name="Shop")
        path = f"/settings/connections/{connecting.seen_by(heed, SYSTEM)[0].id}"
        for page in (added, sent(browser, f"{path}/test"), sent(browser, f"{path}/secret")):
            assert _saves_to(page) == path


class TestPeople:
    def test_are_added_with_a_link_that_is_shown_once(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, "Boss", Role.ADMIN))
        made = sent(browser, "/settings/people/new", email="Bo@Example.com", name="Bo", role="agent")
        assert made.status_code == 201
        assert "/login/link/" in made.text
        bo = staffing.by_email(heed, "bo@example.com")
        assert "/login/link/" not in browser.get(f"/settings/people/{bo.id}").text

    def test_what_is_changed_right_after_a_link_was_made_is_saved(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, "Boss", Role.ADMIN))
        added = sent(browser, "/settings/people/new", email="bo@example.com", name="Bo", role="agent")
        path = f"/settings/people/{staffing.by_email(heed, 'bo@example.com').id}"
        for page in (added, sent(browser, f"{path}/link")):
            assert _saves_to(page) == path

    def test_a_new_person_speaks_the_brands_language(self, heed: Heed) -> None:
        a_person(heed, "Ana")
        a_person(heed, "Umar", skills={"Urdu": 5, "billing": 4})
        skills = {line.agent.name: line.skills for line in staffing.everyone(heed, SYSTEM)}
        assert skills == {"Ana": {"en": 3}, "Umar": {"ur": 5, "billing": 4}}

    def test_switching_off_shuts_their_browser_out(self, app: Flask, heed: Heed) -> None:
        boss, bo = a_person(heed, "Boss", Role.ADMIN), a_person(heed, "Bo")
        theirs = a_browser(app, heed, bo)
        assert theirs.get("/settings/you").status_code == 200
        sent(a_browser(app, heed, boss), f"/settings/people/{bo.id}/off")
        assert theirs.get("/settings/you").status_code == 303


class TestDesk:
    def test_a_queue_a_skill_and_levels(self, app: Flask, heed: Heed) -> None:
        ops = a_person(heed, "Olga", Role.OPS)
        browser = a_browser(app, heed, ops)
        assert sent(browser, "/settings/skills", name="Billing").status_code == 303
        queue = {"name": "Money", "mode": "pull", "topic": "billing", "answer_minutes": "30"}
        assert sent(browser, "/settings/queues", **queue).status_code == 303
        found = {q.name: (q.topic, q.answer_s) for q in equipping.queues(heed, SYSTEM)}
        assert found["Money"] == ("billing", 1800)
        assert sent(browser, "/settings/levels", **{f"{ops.id}/billing": "4", f"{ops.id}/en": "0"}).status_code == 303
        assert staffing.everyone(heed, SYSTEM)[0].skills == {"billing": 4}

    @pytest.mark.parametrize("level", ["6", "-1", "x", "99999999999"])
    def test_a_level_out_of_range_is_refused(self, app: Flask, heed: Heed, level: str) -> None:
        ops = a_person(heed, "Olga", Role.OPS)
        assert sent(a_browser(app, heed, ops), "/settings/levels", **{f"{ops.id}/en": level}).status_code == 422

    @pytest.mark.parametrize("path", ["connections", "people", "queues", "skills", "levels", "you"])
    @pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN])
    def test_every_page_can_be_read(self, app: Flask, heed: Heed, path: str, role: Role) -> None:
        browser = a_browser(app, heed, a_person(heed, role=role))
        assert browser.get(f"/settings/{path}").status_code == 200
        assert browser.get("/rules").status_code == 200

    def test_names_of_people_cannot_write_html(self, app: Flask, heed: Heed) -> None:
        a_person(heed, "Boss", Role.ADMIN)
        boss = staffing.by_email(heed, "boss@example.com")
        browser = a_browser(app, heed, boss)
        sent(browser, "/settings/you", name="<script>alert(1)</script>", zone="UTC", locale="en")
        assert "<script>alert" not in browser.get("/settings/people").text


def test_another_brands_desk_is_not_there(app: Flask, heed: Heed) -> None:
    with heed.database.write() as db:
        other = desk.add_brand(db, key="other", name="Other", language="de", zone="UTC", now=NOON)
        queue_id = desk.add_queue(db, brand_id=other, name="Secret queue", mode="pull", now=NOON)
    made = connecting.add_connection(
        heed, COMMAND, SYSTEM, brand_id=other, channel="api", name="Secret shop", settings={}, now=NOON
    )
    theirs = a_person(heed, "Theirs", Role.ADMIN, brands=[other])
    first = equipping.brand_named(heed, "main")
    browser = a_browser(app, heed, a_person(heed, "Ana", Role.ADMIN, brands=[first]))
    for path in ("connections", "people", "queues", "levels"):
        page = browser.get(f"/settings/{path}").text
        assert "Secret" not in page and "Theirs" not in page
    assert "Other" not in browser.get("/rules").text
    for path in (f"connections/{made.id}", f"people/{theirs.id}", f"queues/{queue_id}"):
        assert browser.get(f"/settings/{path}").status_code == 404
        assert sent(browser, f"/settings/{path}", name="x", mode="pull", role="agent").status_code == 404
    for path in (f"connections/{made.id}/test", f"connections/{made.id}/secret", f"people/{theirs.id}/off"):
        assert sent(browser, f"/settings/{path}").status_code == 404
    taken = sent(browser, "/settings/queues", brand=other, name="x", mode="pull")
    assert taken.status_code == 404


class TestHowTheDeskBehaves:
    def test_is_kept_for_the_person_and_told_to_the_page(self, app: Flask, heed: Heed) -> None:
        ana = a_person(heed)
        browser = a_browser(app, heed, ana)
        chosen = {"theme": "dark", "undo_s": "0", "sound": ["mine", "offers"], "hints": "on"}
        assert sent(browser, "/settings/you/likes", **chosen).status_code == 303
        page = a_browser(app, heed, ana).get("/settings/you").text  # another browser of hers
        root = page[page.index("<html") : page.index("<head")]
        for said in ('data-theme="dark"', 'data-keys="off"', 'data-sound="mine offers"', 'data-undo="0"'):
            assert said in root
        assert 'data-hints="on"' in root and 'data-notify=""' in root

    def test_refuses_what_is_not_offered(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed))
        assert "undo_s" in sent(browser, "/settings/you/likes", undo_s="3600", theme="dark").text
        assert 'data-undo="10"' in browser.get("/settings/you").text

    def test_the_theme_of_the_menu_is_the_same(self, app: Flask, heed: Heed) -> None:
        ana = a_person(heed)
        sent(a_browser(app, heed, ana), "/looks", theme="dark")
        assert 'data-theme="dark"' in a_browser(app, heed, ana).get("/settings/you").text
