"""One desk, one server and one signed-in person for each hand."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import make_server

from router import accounts
from router.model import Role, Scope
from router.store import people
from router.web import create_app
from tests.builders import Desk, a_connection_row, a_desk, a_supervisor, an_agent, now
from tests.journeys.tasks.bench import Bench
from tests.journeys.tasks.hand import Hand
from tests.journeys.tasks.hands import HANDS
from tests.journeys.tasks.words import Words
from tests.servers import free_port

DESK = {"viewport": {"width": 1400, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
MANY = {"live": 90, "mail": 90}


@pytest.fixture(scope="module", params=list(HANDS))
def seat(
    request: pytest.FixtureRequest,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    _migrated_sqlite: Path,
    _valkey_server: str,
) -> Iterator[tuple[Hand, Bench]]:
    """A hand at the desk: all tasks are done by it, one after the other."""
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    shutil.copyfile(_migrated_sqlite, folder / "heed.db")
    site = f"http://127.0.0.1:{port}"
    with a_desk(
        f"sqlite:///{folder / 'heed.db'}", folder, REDIS_URL=_valkey_server, PORT=str(port), PUBLIC_URL=site
    ) as at:
        ana = an_agent(at, "Ana", role=Role.ADMIN, slots=MANY)
        omar = a_supervisor(at, "Omar", slots=MANY)
        language = "ur" if request.param == "urdu" else "en"
        at.do("UPDATE agent SET locale = :l WHERE id = :a", l=language, a=ana.agent)
        [(queue,)] = at.rows("SELECT id FROM queue")
        bench = Bench(at, ana, omar, a_connection_row(at, "email"), queue)
        app = create_app(heed=at.heed)
        with _served(at, app, port):
            context = _signed_in(browser, at, ana, PHONE if request.param == "phone" else DESK)
            yield HANDS[request.param](context, site, Words(app, language)), bench
            context.close()


@contextmanager
def _served(at: Desk, app: object, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)  # type: ignore[arg-type]
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        at.heed.notifier.stop()
        server.shutdown()
        thread.join()
        server.server_close()


def _signed_in(browser: Browser, at: Desk, who: Scope, screen: dict[str, object]) -> BrowserContext:
    context = browser.new_context(**screen, accept_downloads=True)  # type: ignore[arg-type]
    with at.heed.database.read() as db:
        person = people.by_id(db, who.agent or "")
    assert person is not None
    page = context.new_page()
    page.goto(accounts.sign_in_link(at.heed, person.id, now()))
    page.click("main button")
    page.wait_for_url(lambda url: "/login/link/" not in url)
    page.goto("about:blank")
    return context
