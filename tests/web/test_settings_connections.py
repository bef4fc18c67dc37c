"""Connections as ops see them: settings as the channel describes them, secrets that rotate, what came, what did not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from channels import adapter
from channels.api import adapter as api
from channels.errors import NotUnderstood
from channels.types import Connection, Delivery, Parsed, Setting
from router import connecting, equipping, intake, watching
from router.app import Heed
from router.drain import drain
from router.model import SYSTEM, Role
from router.store import connections
from router.store.audit import COMMAND
from router.store.connections import ConnectionRow
from tests import workers
from tests.a_desk import NOON, a_browser, a_person, send
from tests.builders import now, raw

SETTINGS = (
    Setting("app_secret", "App secret", "From the app's page.", secret=True, rotates=True),
    Setting("region", "Region", "Where the account is.", choices=(("eu", "Europe"), ("us", "America"))),
)
mended = False


def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
    if not mended and b"odd" in delivery.body:
        raise NotUnderstood("It is of a kind we do not know.")
    return api.parse(delivery, connection)


@pytest.fixture(autouse=True)
def _standin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    global mended
    mended = False
    module = workers.stand_in(parse)
    about = replace(adapter("api").INFO, key="standin", label="Post", settings=SETTINGS, generates_secret=False)
    module.__dict__["INFO"] = about
    monkeypatch.setattr("router.connecting.CHANNELS", ("standin",))
    monkeypatch.setattr("router.web.settings.connections.CHANNELS", ("standin",))
    yield


@pytest.fixture
def ada(app: Flask, heed: Heed) -> FlaskClient:
    return a_browser(app, heed, a_person(heed, "Ada", Role.ADMIN))


@pytest.fixture
def row(heed: Heed) -> ConnectionRow:
    made = connecting.add_connection(
        heed, COMMAND, SYSTEM, brand_id=equipping.brand_named(heed, None), channel="standin", name="Shop",
        settings={"app_secret": "s3cret-1", "region": "eu"}, now=NOON,
    )  # fmt: skip
    return connecting.by_id(heed, made.id)


def sent(*arguments: object, **fields: object) -> TestResponse:
    answer = send(*arguments, **fields)  # type: ignore[arg-type]
    assert isinstance(answer, TestResponse)
    return answer


def fresh(heed: Heed, row: ConnectionRow) -> Connection:
    return connecting.by_id(heed, row.id).connection


def comes(heed: Heed, row: ConnectionRow, *bodies: str) -> None:
    for body in bodies:
        intake.accept(heed, row, raw(body.encode()), now())
    drain(heed, row.id)


def said(text: str, number: int = 1) -> str:
    return f'{{"id": "m{number}", "from": {{"id": "dan"}}, "text": "{text}"}}'


class TestSettings:
    def test_offer_what_a_channel_lets_one_choose_and_take_nothing_else(self, heed, row, ada):
        page = ada.get(f"/settings/connections/{row.id}").text
        assert '<option value="eu" selected>Europe</option>' in page
        wrong = sent(ada, f"/settings/connections/{row.id}", **{"name": "Shop", "set-region": "mars"})
        assert wrong.status_code == 422 and "none of: eu, us" in wrong.text
        assert "America" in ada.get("/settings/connections/new/standin").text

    def test_keep_the_former_secret_until_it_is_retired(self, heed, row, ada):
        change = {"name": "Shop", "set-region": "eu"}
        sent(ada, f"/settings/connections/{row.id}", **change, **{"set-app_secret": ""})
        assert fresh(heed, row).setting("app_secret_before") == "", "an empty field changes nothing"
        sent(ada, f"/settings/connections/{row.id}", **change, **{"set-app_secret": "s3cret-2"})
        found = fresh(heed, row)
        assert (found.setting("app_secret"), found.setting("app_secret_before")) == ("s3cret-2", "s3cret-1")
        page = ada.get(f"/settings/connections/{row.id}").text
        assert "End the older secret" in page and "s3cret-1" not in page and "s3cret-2" not in page
        sent(ada, f"/settings/connections/{row.id}", **change, **{"set-app_secret": "s3cret-3"})
        assert fresh(heed, row).setting("app_secret_before") == "s3cret-2"
        sent(ada, f"/settings/connections/{row.id}/secret/retire")
        found = fresh(heed, row)
        assert (found.setting("app_secret"), found.setting("app_secret_before")) == ("s3cret-3", "")
        with heed.database.read() as db:
            plain = db.exec_driver_sql("SELECT value FROM connection_setting WHERE name LIKE 'app_secret%'").all()
        assert {value for (value,) in plain} == {None}, "sealed"

    def test_let_nobody_set_the_former_secret_by_hand(self, heed, row, ada):
        fields = {"name": "Shop", "set-region": "eu", "set-app_secret_before": "mine"}
        sent(ada, f"/settings/connections/{row.id}", **fields)
        assert fresh(heed, row).setting("app_secret_before") == ""


class TestWhatCame:
    def test_is_counted_and_what_was_not_understood_says_why(self, heed, row, ada):
        comes(heed, row, said("Hello"), said("odd"), said("Again", 3))
        day = watching.last_day(heed, [row], now())[row.id]
        assert (day.events, day.not_understood) == (3, 1)
        page = ada.get(f"/settings/connections/{row.id}").text
        assert "3 deliveries in 24 hours" in page and "33 % not understood" in page
        assert "It is of a kind we do not know." in page
        assert "1 not understood" in ada.get("/settings/connections").text
        assert watching.last_day(heed, [row], now() + timedelta(hours=26))[row.id].events == 0

    def test_is_read_again_one_by_one_or_all_at_once_and_stays_one(self, heed, row, ada):
        global mended
        comes(heed, row, said("odd", 1), said("odd too", 2), said("odd three", 3))
        mended = True
        with heed.database.read() as db:
            ids = [number for (number,) in db.exec_driver_sql("SELECT id FROM inbound_event ORDER BY id").all()]
        sent(ada, f"/settings/connections/{row.id}/replay", event=str(ids[1]))
        drain(heed, row.id)
        sent(ada, f"/settings/connections/{row.id}/replay")
        drain(heed, row.id)
        sent(ada, f"/settings/connections/{row.id}/replay")
        drain(heed, row.id)
        with heed.database.read() as db:
            texts = {text for (text,) in db.exec_driver_sql("SELECT text FROM message").all()}
        assert texts == {"odd", "odd too", "odd three"}

    def test_is_shown_raw_to_admins_alone_and_each_look_is_on_the_trail(self, app, heed, row, ada):
        comes(heed, row, said("odd <script>"))
        page = ada.get(f"/settings/connections/{row.id}/events/1")
        assert page.status_code == 200 and "odd &lt;script&gt;" in page.text
        with heed.database.read() as db:
            acts = db.exec_driver_sql("SELECT object FROM audit_event WHERE act = 'raw event read'").all()
        assert [subject for (subject,) in acts] == [row.id]
        oda = a_browser(app, heed, a_person(heed, "Oda", Role.OPS))
        assert oda.get(f"/settings/connections/{row.id}/events/1").status_code == 403
        assert "See it as it came" not in oda.get(f"/settings/connections/{row.id}").text
        assert ada.get(f"/settings/connections/{row.id}/events/2").status_code == 404


class TestSilence:
    def test_is_told_to_admins_once_and_is_over_with_the_next_message(self, heed, row, ada):
        at = now()
        with heed.database.write() as db:
            for week in range(1, 5):
                for hour in range(-30, 3):
                    connections.note_event(db, row.id, at - timedelta(weeks=week, hours=-hour), 20)
            connections.note_event(db, row.id, at - timedelta(hours=3), 20)
        assert [watching.tell_silence(heed, at), watching.tell_silence(heed, at)] == [1, 0]
        with heed.database.read() as db:
            [(role, because)] = db.exec_driver_sql("SELECT role, because FROM notice").all()
        assert role == "admin" and because.startswith("Shop: Nothing has come for 3 hours, in which about 60 messages")
        assert "unusually silent" in ada.get("/settings/connections").text
        assert "A connection fell silent" in ada.get("/notices").text
        comes(heed, row, said("Hello"))
        assert "unusually silent" not in ada.get("/settings/connections").text

    def test_of_a_paused_connection_is_no_news(self, heed, row):
        at = now()
        with heed.database.write() as db:
            for week in range(5):
                connections.note_event(db, row.id, at - timedelta(weeks=5 - week, hours=1), 90)
        connecting.pause(heed, COMMAND, row.id, at, active=False)
        assert watching.tell_silence(heed, at) == 0
