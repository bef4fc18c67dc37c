"""A whole desk as `up` runs it, people at their browsers, and the wait for what must come to be."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from router import preferences, staffing
from router.model import Role
from router.store.audit import COMMAND
from tests.journeys.running import RunningDesk, a_running_desk, now
from tests.servers import free_port

PATIENCE_MS = 30_000.0  # of a person before a page; the machine may be busy
LIVE_MS = 20_000.0  # for what must show without a reload


@contextmanager
def a_whole_desk(folder: Path, **environ: str) -> Iterator[RunningDesk]:
    """Yield a desk on SQLite, all of whose processes run as one program."""
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    with a_running_desk(folder, f"sqlite:///{folder / 'heed.db'}", PORT=port, PUBLIC_URL=url, **environ) as desk:
        desk.start("up")
        yield desk


@contextmanager
def an_inbox(browser: Browser, desk: RunningDesk, name: str, role: Role = Role.AGENT) -> Iterator[Page]:
    """Yield the inbox of a new person, who signed in by the link they were given."""
    email = f"{name.lower()}@desk.example"
    agent_id, link = staffing.add_person(desk.heed, COMMAND, email=email, name=name, role=role.value, now=now())
    preferences.change(desk.heed, agent_id, {"undo_s": "0"})  # their mails leave at once
    context = a_context(browser)
    page = context.new_page()
    page.goto(link)
    page.click("main button")
    page.wait_for_url("**/settings/you")
    page.goto(desk.heed.config.public_url)
    page.wait_for_selector("#presence summary[data-status=online]")
    yield page
    context.close()


def a_context(browser: Browser) -> BrowserContext:
    """Return a window of somebody's own, in no hurry."""
    context = browser.new_context(viewport={"width": 1400, "height": 860})
    context.set_default_timeout(PATIENCE_MS)
    return context


def pull(page: Page) -> str:
    """Pull the next ticket by key and return its id."""
    before = page.get_attribute("#inbox", "data-ticket") or ""
    page.keyboard.press("Escape")  # out of the words that were being written
    page.keyboard.press("n")
    page.wait_for_function("was => document.querySelector('form#composer')?.dataset.ticket !== was && "
                           "document.querySelector('form#composer')", arg=before)  # fmt: skip
    page.wait_for_function("() => document.activeElement?.id === 'text'")
    return page.get_attribute("form#composer", "data-ticket") or ""


def answer(page: Page, text: str) -> None:
    """Write an answer into the open ticket and send it by key."""
    page.click("#text")
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f".line.us:has-text({quoted(text)})")


def resolve(page: Page) -> None:
    """Resolve the open ticket by key."""
    ticket = page.get_attribute("form#composer", "data-ticket")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_selector(f'form#composer[data-ticket="{ticket}"]', state="detached")


def pull_until(page: Page, shown: str) -> str:
    """Pull, resolving what is not meant, until a ticket with this message is open; return its id."""
    while True:
        ticket = pull(page)
        if page.locator(f".line:has-text({quoted(shown)})").count():
            return ticket
        resolve(page)


def shows(page: Page, text: str, kind: str = "") -> None:
    """Return when a message with this text stands in the open conversation; nobody reloads."""
    page.wait_for_selector(f".line{kind}:has-text({quoted(text)})", timeout=LIVE_MS)


def quoted(text: str) -> str:
    """Return a text as a selector has it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def until(holds: Callable[[], object], what: str, within_s: float = 40.0) -> None:
    """Return when something holds."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"Waited {within_s:.0f} s for {what}."
        time.sleep(0.05)
