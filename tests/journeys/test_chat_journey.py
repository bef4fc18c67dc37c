"""Web chat with two browsers: a visitor's and an agent's, live both ways, on its own page and in shops' pages."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.journeys.axe import faults
from tests.journeys.inboxes import (
    LIVE_MS,
    PATIENCE_MS,
    a_context,
    a_whole_desk,
    an_inbox,
    answer,
    pull,
    pull_until,
    quoted,
    shows,
    until,
)
from tests.journeys.outside import Hook
from tests.journeys.running import RunningDesk
from tests.servers.plain import Call, PlainServer, Told
from tests.web.chat.visitors import SITE_SECRET, an_identity

PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)  # one dot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A whole desk."""
    with a_whole_desk(tmp_path_factory.mktemp("chat")) as desk:
        yield desk


@pytest.fixture(scope="module")
def shop(desk: RunningDesk) -> Iterator[PlainServer]:
    """A shop on another origin, on whose pages the chat may be shown."""
    with PlainServer() as server:
        yield server


@pytest.fixture(scope="module")
def chat(desk: RunningDesk, shop: PlainServer) -> Hook:
    """A chat that the shop may show."""
    hook = desk.hook("webchat", allowed_origins=shop.url, greeting="How can we help?")
    shop.answer = with_widget(desk, hook)
    return hook


@pytest.fixture(scope="module")
def ana(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    """Ana at her browser."""
    with an_inbox(browser, desk, "Ana") as page:
        yield page


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A browser of somebody who never was here."""
    context = a_context(browser)
    yield context.new_page()
    context.close()


def chat_page(desk: RunningDesk, chat: Hook) -> str:
    """Return the address of the chat's own page."""
    return f"{desk.heed.config.public_url}/chat/{key_of(chat)}"


def key_of(chat: Hook) -> str:
    """Return the part of a connection's addresses that is its own."""
    return chat.path.rpartition("/")[2]


def with_widget(desk: RunningDesk, chat: Hook, identity: str = "") -> Callable[[Call], Told]:
    """Return a site, each of whose pages offers the chat, and says who its customer is."""
    script = f'<script src="{chat_page(desk, chat)}/widget.js" data-identity="{identity}"></script>'
    page = f"<!doctype html><title>Shop</title><h1>Lamps</h1>{script}"

    def respond(_call: Call) -> Told:
        return Told(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    return respond


def say(page: Page, text: str) -> None:
    """Write into the chat and send by key."""
    page.fill("#text", text)
    page.press("#text", "Enter")


def said(page: Page) -> list[str]:
    """Return what the visitor wrote, as their page shows it."""
    return [text.split("\n")[0] for text in page.locator("#said .me").all_inner_texts()]


def messages(desk: RunningDesk, text: str) -> int:
    """Return how often a text was kept."""
    return desk.count("SELECT count(*) FROM message WHERE text = :t", t=text)


def test_both_talk_live_and_a_reload_keeps_the_conversation(
    desk: RunningDesk, chat: Hook, ana: Page, visitor: Page
) -> None:
    visitor.goto(chat_page(desk, chat))
    say(visitor, "Does the lamp come with a plug?")
    desk.until(lambda: messages(desk, "Does the lamp come with a plug?"), "the message to be read")

    ticket = pull(ana)
    shows(ana, "Does the lamp come with a plug?")
    for page in (ana, visitor):
        page.evaluate("window.sameyet = true")
    answer(ana, "Yes, with both.")
    visitor.wait_for_selector('#said .them:has-text("Yes, with both.")', timeout=LIVE_MS)
    say(visitor, "Then I take two.")
    shows(ana, "Then I take two.", ":not(.us)")
    answer(ana, "They are on their way.")
    visitor.wait_for_selector('#said .them:has-text("They are on their way.")', timeout=LIVE_MS)
    assert all(page.evaluate("window.sameyet") for page in (ana, visitor)), "nothing was reloaded"

    visitor.reload()

    visitor.wait_for_selector('#said .them:has-text("They are on their way.")')
    assert said(visitor) == ["Does the lamp come with a plug?", "Then I take two."]
    assert visitor.locator("#said .them:not(.greeting)").count() == 2
    say(visitor, "Thank you!")
    shows(ana, "Thank you!", ":not(.us)")
    assert ana.get_attribute("form#composer", "data-ticket") == ticket
    assert desk.count("SELECT count(*) FROM message WHERE home_ticket_id = :t", t=ticket) == 5


def test_a_message_whose_answer_was_lost_is_sent_again_and_is_one(desk: RunningDesk, chat: Hook, visitor: Page) -> None:
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)  # it comes to the desk; the page never hears
            route.abort()
        else:
            route.continue_()

    visitor.route(f"**/chat/{key_of(chat)}/messages*", lose_the_first)
    visitor.goto(chat_page(desk, chat))
    say(visitor, "Once only, please")
    visitor.wait_for_selector('#said .me:not(.unsent):has-text("Once only, please")', timeout=LIVE_MS)
    desk.until(desk.is_caught_up, "all that came to be read")
    visitor.reload()
    visitor.wait_for_selector('#said .me:not(.unsent):has-text("Once only, please")')
    assert lost == [200] and said(visitor) == ["Once only, please"]
    assert messages(desk, "Once only, please") == 1


def test_a_cut_loses_and_doubles_nothing_and_each_sees_the_other_write_and_read(
    desk: RunningDesk, chat: Hook, ana: Page, visitor: Page
) -> None:
    visitor.goto(chat_page(desk, chat))
    say(visitor, "Is it dimmable?")
    desk.until(lambda: messages(desk, "Is it dimmable?"), "the message to be read")
    pull_until(ana, "Is it dimmable?")
    visitor.wait_for_selector('#said .me:has-text("seen")', timeout=LIVE_MS)

    ana.click("#text")
    ana.keyboard.insert_text("Let me look")
    visitor.wait_for_selector("#writes:visible", timeout=LIVE_MS)
    visitor.fill("#text", "Also")
    ana.wait_for_selector('#here:has-text("The customer is writing")', timeout=LIVE_MS)

    visitor.context.set_offline(True)
    say(visitor, "Also: is it blue?")
    visitor.wait_for_selector('#said .unsent:has-text("is it blue")')
    ana.fill("#text", "")
    answer(ana, "It is dimmable.")
    visitor.wait_for_selector("#notice:visible")
    visitor.context.set_offline(False)

    visitor.wait_for_selector('#said .them:has-text("It is dimmable.")', timeout=PATIENCE_MS)
    visitor.wait_for_selector('#said .me:not(.unsent):has-text("is it blue")', timeout=PATIENCE_MS)
    shows(ana, "Also: is it blue?", ":not(.us)")
    ana.wait_for_selector('.line.us:has-text("It is dimmable."):has-text("read")', timeout=LIVE_MS)
    assert messages(desk, "Also: is it blue?") == 1
    assert visitor.locator('#said .them:has-text("It is dimmable.")').count() == 1
    answer(ana, "Blue, too.")


def test_a_stranger_sees_nothing_of_it(desk: RunningDesk, chat: Hook, visitor: Page, browser: Browser) -> None:
    visitor.goto(chat_page(desk, chat))
    say(visitor, "My number is 7")
    desk.until(lambda: messages(desk, "My number is 7"), "the message to be read")
    other = a_context(browser)
    page = other.new_page()
    page.goto(chat_page(desk, chat))
    say(page, "Hello?")
    page.wait_for_selector('#said .me:not(.unsent):has-text("Hello?")', timeout=LIVE_MS)
    assert page.locator(f"#said li:has-text({quoted('My number is 7')})").count() == 0
    other.close()


def test_the_widget_talks_on_a_site_that_may_show_it(
    desk: RunningDesk, chat: Hook, shop: PlainServer, visitor: Page
) -> None:
    visitor.goto(f"{shop.url}/lamps")
    visitor.click("#heed-chat button")
    frame = visitor.frame_locator("#heed-chat iframe")
    frame.locator("#text").fill("Written on the shop's page")
    frame.locator("#text").press("Enter")
    frame.locator('#said .me:not(.unsent):has-text("Written on the shop\'s page")').wait_for(timeout=LIVE_MS)
    desk.until(lambda: messages(desk, "Written on the shop's page") == 1, "the message to be read")


def test_a_known_customer_on_a_phone_in_urdu_sends_a_photo(
    desk: RunningDesk, shop: PlainServer, browser: Browser, tmp_path: Path
) -> None:
    chat = desk.hook("webchat", allowed_origins=shop.url, identity_secret=SITE_SECRET)
    before, shop.answer = shop.answer, with_widget(desk, chat, an_identity())
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="ur-PK", color_scheme="dark", has_touch=True
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    late: list[Route] = []
    page.route("**/picked.js*", lambda script: late.append(script))
    page.goto(f"{shop.url}/lamps")
    page.click("#heed-chat button")
    frame = page.frame_locator("#heed-chat iframe")
    frame.locator("html[dir=rtl][lang=ur]").wait_for(state="attached")
    photo = tmp_path / "چراغ.png"
    photo.write_bytes(PICTURE)
    frame.locator("#write .file:not(.camera) input").set_input_files(photo)  # before the script has come
    for script in late:
        script.continue_()
    page.unroute("**/picked.js*")
    frame.locator("#picked li").wait_for()
    inner = next(one for one in page.frames if one is not page.main_frame)
    assert not (found := faults(inner)), found
    frame.locator("#text").fill("یہ ٹوٹا ہوا ہے")
    frame.locator("#text").press("Enter")
    frame.locator("#said .me:not(.unsent) a").wait_for(timeout=LIVE_MS)
    desk.until(lambda: messages(desk, "یہ ٹوٹا ہوا ہے") == 1, "the message to be read")
    assert (
        desk.count("SELECT count(*) FROM chat_visitor WHERE email = :e AND trust = 'signed'", e="dan@home.example") == 1
    )
    assert desk.count("SELECT count(*) FROM attachment WHERE name = :n AND state = 'stored'", n=photo.name) == 1
    assert inner.evaluate("Object.keys(localStorage).filter(name => name.startsWith('heed.visitor'))") == []
    page.keyboard.press("Escape")
    page.wait_for_selector("#heed-chat > button[aria-expanded=false]:focus")
    context.close()
    shop.answer = before
    assert not complaints


def test_a_site_that_may_not_cannot_show_it(desk: RunningDesk, chat: Hook, visitor: Page) -> None:
    with PlainServer(with_widget(desk, chat)) as elsewhere:
        complaints: list[str] = []
        visitor.on("console", lambda line: complaints.append(line.text))
        visitor.goto(f"{elsewhere.url}/lamps")
        visitor.click("#heed-chat button")
        until(lambda: visitor.evaluate("1") and any("frame-ancestors" in line for line in complaints), "a refusal", 20)
        assert all(frame.locator("#text").count() == 0 for frame in visitor.frames)
        refused = visitor.evaluate(
            "url => fetch(url + '/start', {method: 'POST'}).then(a => 'read ' + a.status, () => 'refused')",
            chat_page(desk, chat),
        )
        assert refused == "refused"
