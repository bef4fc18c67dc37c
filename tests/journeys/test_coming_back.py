"""Whatever happens to the line, the server or the tab while one types, sends or pulls: no lost word, one reply.

And the page shows what it missed by itself. It asks again within a second or two of coming back (static/live.js); how
long a busy machine takes to answer is not measured here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.inboxes import LIVE_MS, an_inbox, pull, quoted, until
from tests.journeys.outside import Hook
from tests.journeys.running import WHOLE, RunningDesk, a_running_desk
from tests.servers import free_port

BACK_MS = LIVE_MS  # nobody reloads
WORDS = "It left our house today and will be "
REST = "with you on Monday."

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningDesk, Hook]]:
    """A desk whose processes run each by itself, and a shop whose customers write."""
    folder = tmp_path_factory.mktemp("desk")
    port = str(free_port())
    given = {"PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with a_running_desk(folder, f"sqlite:///{folder / 'heed.db'}", **given) as desk:
        desk.start(*WHOLE)
        yield desk, desk.hook("api")


@contextmanager
def web_killed(desk: RunningDesk, page: Page) -> Iterator[None]:
    """kill -9 of the web server, and a new one."""
    desk.kill("web")
    yield
    desk.start("web")


@contextmanager
def network_cut(desk: RunningDesk, page: Page) -> Iterator[None]:
    """The line of this browser is dead for a while."""
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible()
    yield
    page.context.set_offline(False)


@contextmanager
def tab_frozen(desk: RunningDesk, page: Page) -> Iterator[None]:
    """The lid is closed for a while: the tab's script stands still."""
    page.evaluate("() => 0")
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    yield
    session.send("Page.setWebLifecycleState", {"state": "active"})


Trouble = Callable[[RunningDesk, Page], object]
TROUBLES = {"the web server is killed": web_killed, "the network is cut": network_cut, "the tab is frozen": tab_frozen}
troubles = pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)


def writes(desk: RunningDesk, shop: Hook, who: str, number: int) -> None:
    """Let a customer write, and return once it is read."""
    body = shop.body(f"Message {number} of {who}", who, f"{who}-{number}")
    client = desk.client()
    assert client.insist("POST", shop.path, body, lambda: shop.headers(body)).status == 200
    client.close()
    desk.until(
        lambda: desk.count("SELECT count(*) FROM message WHERE external_id LIKE :e", e=f"%{who}-{number}"),
        "the message",
    )


def replies(desk: RunningDesk, text: str) -> int:
    """Return how many replies begin with a text."""
    return desk.count("SELECT count(*) FROM message WHERE direction = 'outbound' AND text LIKE :t", t=f"{text}%")


@troubles
def test_while_one_types(browser: Browser, place: tuple[RunningDesk, Hook], trouble: Trouble) -> None:
    desk, shop = place
    who = f"typing-{trouble.__name__}"
    with an_inbox(browser, desk, f"Ana-{who}") as page:
        writes(desk, shop, who, 1)
        pull(page)
        page.keyboard.type(WORDS)
        with trouble(desk, page):  # type: ignore[attr-defined]
            if trouble is not tab_frozen:
                page.keyboard.type(REST)
            if trouble is not web_killed:
                writes(desk, shop, who, 2)
        if trouble is web_killed:
            writes(desk, shop, who, 2)
        expect(page.locator(f".line:has-text({quoted(f'Message 2 of {who}')})")).to_be_visible(timeout=BACK_MS)
        expect(page.locator("#text")).to_have_value(WORDS + (REST if trouble is not tab_frozen else ""))
        expect(page.locator("#lost")).to_be_hidden(timeout=BACK_MS)
        until(
            lambda: desk.count("SELECT count(*) FROM draft WHERE text LIKE :t", t=f"{WORDS}%"), "the server to have it"
        )
        page.reload()
        expect(page.locator("#text")).to_have_value(WORDS + (REST if trouble is not tab_frozen else ""))


@troubles
def test_while_one_sends(browser: Browser, place: tuple[RunningDesk, Hook], trouble: Trouble) -> None:
    desk, shop = place
    who = f"sending-{trouble.__name__}"
    text = f"An answer to {who}"
    with an_inbox(browser, desk, f"Ana-{who}") as page:
        writes(desk, shop, who, 1)
        pull(page)
        page.keyboard.type(text)
        if trouble is tab_frozen:
            page.keyboard.press("Control+Enter")
            with trouble(desk, page):  # type: ignore[attr-defined]
                pass
        else:
            with trouble(desk, page):  # type: ignore[attr-defined]
                page.keyboard.press("Control+Enter")
                expect(page.locator("#says")).to_contain_text("Not sent")
                expect(page.locator("#text")).to_have_value(text)
            page.locator("#text").focus()
            page.keyboard.press("Control+Enter")
            page.keyboard.press("Control+Enter")
        expect(page.locator(f".line.us:has-text({quoted(text)})")).to_be_visible(timeout=BACK_MS)
        expect(page.locator("#text")).to_have_value("")
    assert replies(desk, text) == 1


@troubles
def test_while_one_pulls(browser: Browser, place: tuple[RunningDesk, Hook], trouble: Trouble) -> None:
    desk, shop = place
    who = f"pulling-{trouble.__name__}"
    with an_inbox(browser, desk, f"Ana-{who}") as page:
        agent = desk.rows("SELECT id FROM agent WHERE email LIKE :e", e=f"ana-{who}@%")[0][0]
        writes(desk, shop, who, 1)
        if trouble is tab_frozen:
            page.keyboard.press("n")
            with trouble(desk, page):  # type: ignore[attr-defined]
                pass
        else:
            with trouble(desk, page):  # type: ignore[attr-defined]
                page.keyboard.press("n")
                expect(page.locator("#pull-says")).to_contain_text("No connection")
            page.keyboard.press("n")
        expect(page.locator(f".line:has-text({quoted(f'Message 1 of {who}')})")).to_be_visible(timeout=BACK_MS)
        expect(page.locator("#tickets .ticket")).to_have_count(1)
    assert desk.rows("SELECT count(*) FROM ticket WHERE agent_id = :a", a=agent) == [(1,)]


def test_a_pull_whose_answer_was_lost_is_shown_when_the_page_is_back(
    browser: Browser, place: tuple[RunningDesk, Hook]
) -> None:
    desk, shop = place
    with an_inbox(browser, desk, "Ana-lost") as page:
        writes(desk, shop, "lost", 1)
        page.route("**/pull", lambda route: (route.fetch(), route.abort()))  # taken, and the answer never comes
        page.keyboard.press("n")
        expect(page.locator("#tickets .ticket")).to_have_count(1, timeout=BACK_MS)
