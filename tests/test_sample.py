"""The sample desk: what customers say in it, how it comes in, and how a page offers it."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask import Flask

from channels import CHANNELS, adapter
from channels.types import Connection, Delivery, InboundMessage, Request
from channels.webchat.visitor import issue_visitor
from router import delivery, drain, inbox, publishing, sample
from router.app import Heed
from router.mistakes import Mistake
from router.model import SYSTEM, Role, Scope
from router.samples import posts
from router.samples.chats import CHAT_HANDLING
from router.samples.equipment import connections_of
from router.samples.mails import MAIL_HANDLING
from router.samples.people import COLLEAGUES, CONNECTIONS
from router.samples.words import Said
from router.samplework import HANDLING
from router.store import connections, people, samples
from router.web import create_app
from rules.starter import starter_text
from tests.a_desk import a_browser, a_heed, a_person, send

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ALL = (*sample.FIRST, *sample.LATER)


class TestWhatIsSaid:
    def test_has_about_forty_first_messages_on_every_channel_of_the_company(self) -> None:
        """The company has four of the channels there are: a new one needs no words here."""
        assert 35 <= len(sample.FIRST) <= 45
        used = {channel for channel, _, _ in CONNECTIONS}
        assert {said.channel for said in sample.FIRST} == used <= set(CHANNELS)

    def test_every_message_has_a_key_of_its_own(self) -> None:
        assert [key for key, n in Counter(said.key for said in ALL).items() if n > 1] == []

    def test_every_handling_belongs_to_a_first_message(self) -> None:
        assert set(HANDLING) <= {said.key for said in sample.FIRST}

    def test_nothing_is_answered_where_an_answer_would_leave_the_machine(self) -> None:
        outside = {said.key for said in ALL if said.channel in ("email", "telegram")}
        answered = {key for key, handling in {**CHAT_HANDLING, **MAIL_HANDLING}.items() if handling.answer}
        assert answered & outside == set()

    @pytest.mark.parametrize("said", ALL, ids=lambda said: said.key)
    def test_each_message_passes_its_channel_s_own_checks(self, said: Said) -> None:
        connection = Connection("k" * 26, said.channel, "x", {"address": "support@lumen.example"}, ("s" * 43,))
        token = issue_visitor(connection, NOW)
        post = posts.post_of(said, connection, NOW, token)
        headers = {name.lower(): value for name, value in {**post.headers, **post.credentials}.items()}
        request = Request("POST", "http://127.0.0.1:8000/hooks/k", headers, post.body)
        delivery = adapter(said.channel).receive(request, connection, NOW)
        assert isinstance(delivery, Delivery), delivery
        found = adapter(said.channel).parse(delivery, connection)
        (message,) = (one for one in found if isinstance(one, InboundMessage))  # a bounce is a receipt as well
        assert message.external_id == posts.external_id(said, token.split(".")[1])
        assert said.text.split("\n")[0] in message.text
        assert message.automatic is said.automatic
        assert [a.name for a in message.attachments] == list(said.files)

    def test_a_picture_that_the_mail_shows_stands_in_it(self) -> None:
        said = next(one for one in ALL if one.html)
        mail = posts.mail(said, "support@lumen.example", NOW)
        (message,) = adapter("email").parse(
            Delivery("k", "", {}, mail), Connection("k", "email", "x", {"address": "support@lumen.example"})
        )
        assert isinstance(message, InboundMessage)
        assert message.attachments[0].inline and f"cid:{message.attachments[0].content_id}".strip("<>") in str(
            said.html
        )


class Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def a_web_process(heed: Heed) -> Iterator[None]:
    """Serve a desk's real webhooks on its port."""
    server = make_server("127.0.0.1", heed.config.port, create_app(heed=heed), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def a_desk_at(database_url: str, folder: Path, port: int) -> Iterator[Heed]:
    heed = a_heed(database_url, folder, PORT=str(port))
    with closing(heed.database):
        yield heed


def workers_of(heed: Heed) -> object:
    """Return a pause in which the workers' work is done: what was posted is read, what was answered is sent."""

    def pause(_seconds: float) -> None:
        for connection_id, _ in connections_of(heed).values():
            drain.drain(heed, connection_id)
        for message_id in delivery.due(heed, datetime.now(UTC)):
            delivery.send(heed, message_id)

    return pause


def loaded(heed: Heed) -> sample.Progress:
    return sample.load(heed, pause=workers_of(heed))  # type: ignore[arg-type]


class TestLoad:
    @pytest.fixture
    def heed(self, database_url: str, tmp_path: Path, port: int) -> Iterator[Heed]:
        with a_desk_at(database_url, tmp_path, port) as heed:
            yield heed

    def test_fills_every_list_of_whoever_loads_it_and_doubles_nothing(self, heed: Heed) -> None:
        admin = a_person(heed, "Root", Role.ADMIN)
        with a_web_process(heed):
            far = loaded(heed)
            assert (far.state, far.done, far.visitors) == ("done", far.all, {})
            with pytest.raises(Mistake, match="empty one"):
                loaded(heed)
        with heed.database.read() as db:
            scope = Scope(Role.ADMIN, people.brands_of(db, admin.id), admin.id)
            found = db.exec_driver_sql("SELECT direction, state, count(*) FROM message GROUP BY 1, 2").all()
        said = {(direction, state): count for direction, state, count in found}
        assert said[("inbound", "received")] == len(ALL)
        assert set(said) <= {
            ("inbound", "received"),
            ("note", "received"),
            ("outbound", "sent"),
            ("outbound", "queued"),
        }
        assert inbox.mine(heed, scope).items and inbox.snoozed(heed, scope).items and inbox.done(heed, scope).items
        assert len(inbox.waiting(heed, scope).items) >= 10
        tickets = inbox.tickets(heed, scope, limit=200).items
        assert len(tickets) == len(sample.FIRST)
        assert {0, 1, 2, 3} <= {line.heat for line in tickets}
        assert any(line.frustration > (line.frustration_before or 100) for line in tickets), "no mood rose"
        with heed.database.read() as db:
            assert {who.email for who in people.everyone(db)} >= {one.email for one in COLLEAGUES}
            brand_id = next(iter(scope.brands))
        assert publishing.live_source(heed, brand_id) == starter_text()

    def test_goes_on_where_it_was_cut_off(self, heed: Heed) -> None:
        a_person(heed, "Root", Role.ADMIN)
        calls = iter(range(1000))
        work = workers_of(heed)

        def pause(seconds: float) -> None:
            work(seconds)  # type: ignore[operator]
            if next(calls) == 0:
                raise KeyboardInterrupt

        with a_web_process(heed):
            with pytest.raises(KeyboardInterrupt):
                sample.load(heed, pause=pause)
            assert sample.progress(heed).state == "loading"
            assert loaded(heed).state == "done"
        assert len(inbox.tickets(heed, SYSTEM, limit=200).items) == len(sample.FIRST)


class TestRefusals:
    @pytest.fixture
    def heed(self, sqlite_url: str, tmp_path: Path, port: int) -> Iterator[Heed]:
        with a_desk_at(sqlite_url, tmp_path, port) as heed:
            yield heed

    def test_without_a_web_process_says_so_and_can_be_tried_again(self, heed: Heed) -> None:
        with pytest.raises(Mistake, match="No web process answers at http"):
            loaded(heed)
        assert sample.progress(heed).state == "failed"

    def test_without_workers_says_so(self, heed: Heed) -> None:
        with a_web_process(heed), pytest.raises(Mistake, match="start a worker"):
            sample.load(heed, pause=lambda _: None)

    def test_another_desk_on_the_port_is_noticed(self, heed: Heed, tmp_path: Path, _migrated_sqlite: Path) -> None:
        other = tmp_path / "other.db"
        copyfile(_migrated_sqlite, other)
        with (
            a_desk_at(f"sqlite:///{other}", tmp_path, heed.config.port) as stranger,
            a_web_process(stranger),
            pytest.raises(Mistake, match="HTTP 404: is it another desk's"),
        ):
            loaded(heed)


class TestPage:
    @pytest.fixture
    def heed(self, sqlite_url: str, tmp_path: Path) -> Iterator[Heed]:
        heed = a_heed(sqlite_url, tmp_path)
        yield heed
        heed.database.close()

    @pytest.fixture
    def app(self, heed: Heed) -> Flask:
        return create_app(heed=heed)

    @pytest.mark.parametrize("path", ["/", "/settings/you", "/welcome"])
    def test_an_admin_of_an_empty_desk_is_offered_the_sample_or_a_connection(
        self, app: Flask, heed: Heed, path: str
    ) -> None:
        page = a_browser(app, heed, a_person(heed, role=Role.ADMIN)).get(path).text
        assert "Load the sample desk" in page
        assert "Start empty: add a connection" in page and "/settings/connections/new" in page

    def test_nobody_else_is_offered_it(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.OPS))
        assert "Load the sample desk" not in browser.get("/").text
        assert browser.get("/welcome").status_code == 403

    def test_a_desk_with_a_connection_offers_nothing(self, app: Flask, heed: Heed) -> None:
        with heed.database.write() as db:
            brand_id = db.exec_driver_sql("SELECT id FROM brand").scalar_one()
            connections.add(db, brand_id=brand_id, key="k" * 26, channel="api", name="Shop", queue_id=None, now=NOW)
        browser = a_browser(app, heed, a_person(heed, role=Role.ADMIN))
        assert "Load the sample desk" not in browser.get("/").text
        assert browser.get("/welcome").status_code == 303

    def test_loading_shows_how_far_it_is_and_then_goes_to_the_inbox(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.ADMIN))
        assert send(browser, "/welcome/sample").headers["Location"] == "/welcome"  # type: ignore[attr-defined]
        page = browser.get("/welcome")
        assert "Waiting for a worker" in page.text and page.headers["Refresh"] == "2"
        now = datetime.now(UTC)
        with heed.database.write() as db:
            samples.keep(db, {"state": "loading", "done": 12}, now)
        assert "12 of 48 messages" in browser.get("/welcome").text
        with heed.database.write() as db:
            samples.keep(db, {"state": "loading", "done": 12}, now - timedelta(minutes=2))
        assert "Try again" in browser.get("/welcome").text
        with heed.database.write() as db:
            samples.keep(db, {"state": "failed", "reason": "No web process answers."}, now)
        assert "No web process answers." in browser.get("/welcome").text
        with heed.database.write() as db:
            samples.keep(db, {"state": "done"}, now)
        assert browser.get("/welcome").headers["Location"] == "/"
        assert "Load the sample desk" not in browser.get("/").text

    def test_a_form_without_its_token_loads_nothing(self, app: Flask, heed: Heed) -> None:
        browser = a_browser(app, heed, a_person(heed, role=Role.ADMIN))
        assert browser.post("/welcome/sample", headers={"Origin": "http://127.0.0.1:8000"}).status_code in (400, 403)
        assert sample.progress(heed).state == ""
