"""Keeping oriented: what is new, the number in the title, the palette, one's place after a reload, a second tab."""

# ruff: noqa: F401, F811  the desk and the site are fixtures of test_pages

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from router import desk, preferences
from router.model import Scope
from tests.builders import Desk, now
from tests.journeys.test_pages import a_context, ana, at, site

pytestmark = pytest.mark.browser


@pytest.fixture
def context(browser: Browser, site: str, at: Desk, ana: Scope) -> Iterator[BrowserContext]:
    """A window in which Ana is signed in."""
    found = a_context(browser, site, at, ana, "desk", "light")
    yield found
    found.close()


def inbox(context: BrowserContext, address: str) -> Page:
    """Return a tab whose stream is open."""
    page = context.new_page()
    with page.expect_response("**/events"):
        page.goto(address)
    return page


def pulled(at: Desk, who: Scope, *texts: str) -> list[str]:
    """Let customers write, and the agent have their tickets."""
    ids = [at.says(text, who=f"c{number}", thread=f"t{number}").id for number, text in enumerate(texts)]
    while desk.pull(at.heed, who, now()):
        pass
    return ids


def test_what_is_new_is_marked_counted_and_seen_by_looking(
    context: BrowserContext, site: str, at: Desk, ana: Scope
) -> None:
    first, second = pulled(at, ana, "Where is it?", "And mine?")
    page = inbox(context, site)
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    expect(page.locator(".ticket[data-new]")).to_have_count(2)
    expect(page.get_by_role("link", name=re.compile("^new: "))).to_have_count(2)
    page.click(f'[data-open="{first}"]')
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator(".ticket[data-new]")).to_have_count(1)
    other = inbox(context, f"{site}/tickets/{second}")  # a second tab: what it saw, both know
    expect(page.locator(".ticket[data-new]")).to_have_count(0)
    expect(page).not_to_have_title(re.compile(r"^\("))
    at.says("Still waiting", who="c1", thread="t1")  # seen at once by the tab that shows it
    expect(other.locator(".line", has_text="Still waiting")).to_be_visible()
    assert at.rows("SELECT count(*) FROM presence WHERE valid_to IS NULL") == [(1,)]


def test_one_tab_alone_notifies_of_what_a_person_chose(
    context: BrowserContext, site: str, at: Desk, ana: Scope
) -> None:
    preferences.change(at.heed, ana.agent or "", {"notify": "mine", "sound": "mine"})
    context.grant_permissions(["notifications"], origin=site)
    context.add_init_script(
        "window.told = []; const Own = Notification;"
        "window.Notification = class extends EventTarget {"
        " constructor(words, how) { super(); window.told.push([words, how.tag]); } close() {} };"
        "Object.defineProperty(window.Notification, 'permission', {get: () => 'granted'});"
        "document.hasFocus = () => false"
    )
    (ticket,) = pulled(at, ana, "Where is it?")
    tabs = [inbox(context, site), inbox(context, site)]
    at.says("Hello? Please answer.", who="c0", thread="t0")
    told = "() => window.told.length"
    expect(tabs[0].locator(".ticket[data-new]")).to_have_count(1)
    expect(tabs[1].locator(".ticket[data-new]")).to_have_count(1)
    first, second = (at.says("First", who="n1", thread="n1"), at.says("Second", who="n2", thread="n2"))
    while desk.pull(at.heed, ana, now()):
        pass
    for tab in tabs:
        expect(tab.locator(".ticket[data-new]")).to_have_count(3)
    said = [one for tab in tabs for one in tab.evaluate("() => window.told")]
    assert sorted(tag for _, tag in said) == sorted([first.id, second.id])
    assert all("Please answer" not in words and "First" not in words for words, _ in said), "the words stay inside"
    assert sorted(tab.evaluate(told) for tab in tabs) == [0, 2]
    assert ticket


def test_the_palette_does_what_is_possible_here_and_finds_tickets(
    context: BrowserContext, site: str, at: Desk, ana: Scope
) -> None:
    (ticket,) = pulled(at, ana, "My zeppelin has not come")
    page = inbox(context, f"{site}/tickets/{ticket}")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="What do you want to do?")
    expect(box).to_be_focused()
    page.keyboard.type("snoo")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Snooze")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Snooze"))).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("zeppelin")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket}**")
    page.goto(f"{site}/settings")
    page.keyboard.press("Control+k")
    assert page.get_by_role("option", name="Resolve").count() == 0
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()


def test_a_reload_gives_back_ones_place(context: BrowserContext, site: str, at: Desk, ana: Scope) -> None:
    (ticket,) = pulled(at, ana, "Message 0")
    for number in range(1, 30):
        at.says(f"Message {number}: " + "and so on. " * 40, who="c0", thread="t0")
    page = inbox(context, f"{site}/tickets/{ticket}")
    page.evaluate("() => { document.getElementById('lines').scrollTop = 300 }")
    page.fill("#text", "Half a sen")
    page.reload()
    page.wait_for_selector("form#composer[data-begun]")
    assert abs(page.evaluate("() => document.getElementById('lines').scrollTop") - 300) < 3
    expect(page.locator("#text")).to_have_value("Half a sen")
    assert page.url.startswith(f"{site}/tickets/{ticket}")


def test_who_is_signed_out_keeps_the_page_and_comes_back_to_it(
    context: BrowserContext, site: str, at: Desk, ana: Scope
) -> None:
    (ticket,) = pulled(at, ana, "Where is it?")
    page = inbox(context, f"{site}/tickets/{ticket}")
    page.fill("#text", "It is on its w")
    at.do("UPDATE session SET ended_at = created_at")
    page.get_by_role("button", name="Send", exact=False).first.click()
    banner = page.locator("#signed-out")
    expect(banner).to_be_visible()
    expect(page.locator("#text")).to_have_value("It is on its w")
    assert f"next=%2Ftickets%2F{ticket}" in (banner.get_by_role("link").get_attribute("href") or "")


def test_the_zone_of_the_browser_is_offered_once(browser: Browser, site: str, at: Desk, ana: Scope) -> None:
    context = a_context(browser, site, at, ana, "desk", "light", zone="Asia/Karachi")
    page = inbox(context, site)
    offer = page.locator("#zone-offer")
    expect(offer).to_contain_text("Asia/Karachi")
    offer.get_by_role("button", name="Use the browser's").click()
    expect(page.locator("#zone-offer")).to_be_hidden()
    assert at.rows("SELECT zone FROM agent WHERE id = :a", a=ana.agent) == [("Asia/Karachi",)]
    context.close()
