"""Every page of the desk in a real browser: both themes, desk and phone, dialogs open, by keyboard; nothing amiss."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, Route, expect
from werkzeug.serving import make_server

from router import accounts, desk
from router.model import Role, Scope
from router.web import create_app
from tests.a_desk import token_on
from tests.builders import Desk, a_connection_row, a_desk, an_agent, mail, now
from tests.journeys import axe

pytestmark = pytest.mark.browser

SIZES = {"desk": (1400, 860), "phone": (390, 844)}


@pytest.fixture
def at(sqlite_url: str, tmp_path: Path, valkey: str, port: int) -> Iterator[Desk]:
    """A desk with one ticket open, one waiting, one resolved, and a chat."""
    public = f"http://127.0.0.1:{port}"
    with a_desk(sqlite_url, tmp_path, REDIS_URL=valkey, PORT=str(port), PUBLIC_URL=public) as found:
        yield found
        found.heed.notifier.stop()


@pytest.fixture
def ana(at: Desk) -> Scope:
    """An admin, who sees every page."""
    return an_agent(at, "Ana", role=Role.ADMIN, slots={"live": 3, "mail": 2})


@pytest.fixture
def site(at: Desk) -> Iterator[str]:
    """The address of a running web server."""
    port = at.heed.config.port
    server = make_server("127.0.0.1", port, create_app(heed=at.heed), threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield at.heed.config.public_url
    at.heed.notifier.stop()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_ticket(at: Desk, ana: Scope) -> str:
    """A mail with Cc that Ana has, a chat that waits, a ticket that is done."""
    at.says("Thank you!", who="fay")
    done = desk.pull(at.heed, ana, now())
    assert done is not None
    desk.resolve(at.heed, ana, done.ticket_id, now())
    mail(at, a_connection_row(at, "email"), "This is the third time I write. I will cancel.", Cc="eva@home.example")
    got = desk.pull(at.heed, ana, now())
    assert got is not None
    at.says("ok but where is the reset link?", who="dan")
    return got.ticket_id


def a_context(
    browser: Browser, site: str, at: Desk, who: Scope, size: str, theme: str, zone: str = "UTC"
) -> BrowserContext:
    """Return a browser window in which someone is signed in, by a link whose page is not drawn for it."""
    width, height = SIZES[size]
    screen = {"width": width, "height": height}
    context = browser.new_context(viewport=screen, color_scheme=theme, timezone_id=zone)  # type: ignore[arg-type]
    link = accounts.sign_in_link(at.heed, who.agent or "", now())
    token = token_on(context.request.get(link).text())
    landed = context.request.post(link, form={"csrf_token": token}, headers={"Origin": site})
    assert landed.ok and "/login/" not in landed.url, landed.text()
    return context


class Watched:
    """A page whose every complaint is kept."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def check(self, name: str) -> list[str]:
        """Return what is wrong with the page as it stands."""
        found = axe.faults(self.page)
        wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
        said = [*found, *self.complaints, *(["wider than the screen"] if wide else [])]
        self.complaints.clear()
        return [f"{name}: {one}" for one in said]


def faults_of(watched: Watched, site: str, paths: Sequence[str]) -> list[str]:
    """Return what is wrong with pages."""
    found: list[str] = []
    for path in paths:
        watched.page.goto(site + path)
        watched.page.wait_for_load_state("load")
        found += watched.check(path)
    return found


def of_settings(at: Desk, ana: Scope) -> list[str]:
    """Return the pages of the settings that hold one thing, or add one."""
    [(connection,)] = at.rows("SELECT id FROM connection ORDER BY id LIMIT 1")
    return [
        "/settings/connections/new", "/settings/connections/new/email", "/settings/connections/new/telegram",
        f"/settings/connections/{connection}", "/settings/people/new", f"/settings/people/{ana.agent}",
        f"/settings/people/{ana.agent}/shifts", "/settings/skills", "/welcome",
    ]  # fmt: skip


class TestOnAPhoneInTheDark:
    def test_no_page_has_a_fault(self, browser: Browser, site: str, at: Desk, ana: Scope, open_ticket: str) -> None:
        chat, contact = a_connection_row(at, "webchat"), at.ticket(open_ticket).contact_id
        ticket = f"/tickets/{open_ticket}"
        paths = [
            "/", "/shift/end", "/?tab=waiting", "/?tab=snoozed", "/?tab=done", f"{ticket}/why", f"{ticket}/transfer",
            f"{ticket}/snooze", f"{ticket}/forward", f"/contacts/{contact}", "/keys", f"/chat/{chat.connection.key}",
            ticket,
        ]  # fmt: skip
        context = a_context(browser, site, at, ana, "phone", "dark")
        watched = Watched(context)
        faults = faults_of(watched, site, paths)
        for link in ("#act-transfer", "#act-snooze", "[aria-label^=Forward]"):
            watched.page.click(link)
            watched.page.wait_for_selector("dialog[open] h1, dialog[open] h2")
            faults += watched.check(f"dialog {link}")
            watched.page.keyboard.press("Escape")
        watched.page.click("#presence summary")
        faults += watched.check("presence menu")
        context.close()
        assert not faults, "\n".join(faults)

    def test_no_page_of_the_settings_has_a_fault(
        self, browser: Browser, site: str, at: Desk, ana: Scope, open_ticket: str
    ) -> None:
        [(queue,)] = at.rows("SELECT id FROM queue ORDER BY id LIMIT 1")
        paths = [
            *of_settings(at, ana), "/settings/connections", "/settings/people", "/settings/queues",
            f"/settings/queues/{queue}", "/settings/levels", "/settings/you", "/rules",
            "/rules/backtest", "/rules/examples?new=1",
        ]  # fmt: skip
        context = a_context(browser, site, at, ana, "phone", "dark")
        watched = Watched(context)
        faults = faults_of(watched, site, paths)
        context.clear_cookies()
        faults += faults_of(watched, site, ["/login"])
        context.close()
        assert not faults, "\n".join(faults)


class TestAtADesk:
    def test_no_page_has_a_fault_that_is_none_of_the_states(
        self, browser: Browser, site: str, at: Desk, ana: Scope, open_ticket: str
    ) -> None:
        """The others are looked at in test_states."""
        chat = a_connection_row(at, "webchat")
        context = a_context(browser, site, at, ana, "desk", "light")
        watched = Watched(context)
        faults = faults_of(watched, site, [*of_settings(at, ana), f"/chat/{chat.connection.key}"])
        context.clear_cookies()
        faults += faults_of(watched, site, ["/login"])
        context.close()
        assert not faults, "\n".join(faults)


class TestByKeyboard:
    def test_pull_answer_and_resolve(self, browser: Browser, site: str, at: Desk, ana: Scope) -> None:
        ticket = at.says("Where is my parcel?")
        context = a_context(browser, site, at, ana, "desk", "light")
        page = context.new_page()
        page.goto(site)
        page.keyboard.press("n")
        page.wait_for_selector("form#composer")
        page.wait_for_selector("#text:focus")
        page.keyboard.type("On its way. net")  # letters that are keys do nothing here
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(".line.us")
        page.keyboard.press("Escape")
        page.keyboard.press("e")
        page.wait_for_url("**/?tab=mine")
        expect(page.locator("#said")).to_have_text("Resolved.")
        expect(page).to_have_title("Inbox · Heed")
        assert at.ticket(ticket.id).state == "resolved"
        assert [m.text for m in at.messages(ticket.id) if m.direction == "outbound"] == ["On its way. net"]
        context.close()

    def test_enter_pressed_twice_sends_one_reply(self, browser: Browser, site: str, at: Desk, ana: Scope) -> None:
        ticket = at.says()
        desk.pull(at.heed, ana, now())
        context = a_context(browser, site, at, ana, "desk", "light")
        page = context.new_page()
        page.goto(f"{site}/tickets/{ticket.id}")
        page.fill("#text", "Once")
        page.evaluate("document.getElementById('send').click(); document.getElementById('send').click()")
        page.wait_for_selector(".line.us")
        assert [m.text for m in at.messages(ticket.id) if m.direction == "outbound"] == ["Once"]
        context.close()


class TestLive:
    def test_an_older_answer_that_comes_later_does_not_bring_the_page_back(
        self, browser: Browser, site: str, at: Desk, ana: Scope
    ) -> None:
        ticket = at.says("one", thread="t")
        desk.pull(at.heed, ana, now())
        context = a_context(browser, site, at, ana, "desk", "light")
        page = context.new_page()
        page.goto(f"{site}/tickets/{ticket.id}")
        page.wait_for_load_state("load")
        seen: list[Route] = []
        older: list[APIResponse] = []

        def hold_the_first(route: Route) -> None:
            seen.append(route)
            if len(seen) > 1:
                route.continue_()
            else:
                older.append(route.fetch())
                page.evaluate("document.body.dataset.held = ''")

        page.route("**/conversation*", hold_the_first)
        page.evaluate("document.dispatchEvent(new CustomEvent('heed:hint', {detail: {kind: 'look'}}))")
        page.wait_for_selector("body[data-held]")
        at.says("two", thread="t")
        page.wait_for_selector(".line:has-text('two')")
        with page.expect_response("**/conversation*"):
            seen[0].fulfill(response=older[0])
        page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
        expect(page.locator(".line:has-text('two')")).to_be_visible()
        context.close()

    def test_a_new_message_shows_while_one_writes_and_no_word_is_lost(
        self, browser: Browser, site: str, at: Desk, ana: Scope
    ) -> None:
        ticket = at.says("one", thread="t")
        desk.pull(at.heed, ana, now())
        context = a_context(browser, site, at, ana, "desk", "light")
        page = context.new_page()
        page.goto(f"{site}/tickets/{ticket.id}")
        page.wait_for_load_state("load")
        page.click("#text")
        page.keyboard.type("To one")
        at.says("two", thread="t")
        page.wait_for_selector(".line:has-text('two')")
        assert page.input_value("#text") == "To one"
        assert page.evaluate("document.activeElement.id") == "text"
        page.wait_for_selector("#newer:visible")
        page.reload()
        expect(page.locator("#text")).to_have_value("To one")
        context.close()
