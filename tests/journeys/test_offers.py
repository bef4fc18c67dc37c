"""An offer in two browsers: it appears, is said and counted down, is declined by key, goes to the next, is taken."""

# ruff: noqa: F401, F811 (pytest knows fixtures by their names)

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from router.desk import moving
from router.model import Role, Scope
from tests.builders import Desk, an_agent, now
from tests.journeys.test_pages import Watched, a_context, at, site

pytestmark = pytest.mark.browser


def an_inbox(browser: Browser, site: str, at: Desk, who: Scope, theme: str, size: str = "desk") -> Watched:
    """Open the inbox of somebody who is here by it."""
    seen = Watched(a_context(browser, site, at, who, size, theme))
    seen.page.goto(site)
    seen.page.wait_for_selector("#presence summary[data-status=online]")
    seen.page.wait_for_selector("#offers[data-ready]", state="attached")
    return seen


def offer_on(page: Page) -> str:
    """Return the id of the offer that a page shows."""
    return page.locator("#offers [data-offer]").get_attribute("data-offer") or ""


def test_an_offer_goes_from_page_to_page(browser: Browser, site: str, at: Desk) -> None:
    at.do("UPDATE queue SET mode = 'push', offer_s = 600")
    ana, bo = an_agent(at, "Ana", presence=None), an_agent(at, "Bo", presence=None)
    mine = an_inbox(browser, site, at, ana, "light")
    ticket = at.says("This is the third time I ask where my parcel is!", "dan")
    offer = mine.page.locator("#offers [data-offer]")
    expect(offer).to_contain_text("third time I ask")
    expect(mine.page.locator("#said")).to_contain_text("is offered to you: Dan")
    expect(mine.page).to_have_title("(1) Offer · Inbox · Heed")
    shown = offer.locator("[data-count]").inner_text()
    mine.page.wait_for_function(
        "was => Number(document.querySelector('[data-count]').textContent) < Number(was)", arg=shown
    )
    assert mine.check("offer") == []

    theirs = an_inbox(browser, site, at, bo, "dark", "phone")
    first = offer_on(mine.page)
    mine.page.fill("#offers input[name=reason]", "not my field")
    mine.page.keyboard.press("Escape")  # out of the field, so that a letter is a key
    mine.page.keyboard.press("q")
    expect(offer).to_have_count(0)
    expect(mine.page).to_have_title("Inbox · Heed")
    expect(theirs.page.locator("#offers")).to_contain_text("third time I ask")
    assert at.rows("SELECT state, reason FROM offer WHERE id = :o", o=first) == [("declined", "not my field")]
    assert theirs.check("offer on a phone in the dark") == []

    theirs.page.keyboard.press("o")
    expect(theirs.page.locator("form#composer")).to_be_visible()
    assert (at.ticket(ticket.id).state, at.ticket(ticket.id).agent_id) == ("open", bo.agent)
    expect(theirs.page.locator("#offers [data-offer]")).to_have_count(0)
    assert mine.complaints == theirs.complaints == []


@pytest.mark.parametrize("path", ["/rules", "/settings/you", "/reports"])
def test_an_offer_is_shown_wherever_somebody_is_here(browser: Browser, site: str, at: Desk, path: str) -> None:
    at.do("UPDATE queue SET mode = 'push', offer_s = 600")
    oda = an_agent(at, "Oda", presence=None, role=Role.OPS)
    seen = Watched(a_context(browser, site, at, oda, "desk", "light"))
    seen.page.goto(site + path)
    seen.page.wait_for_selector("#presence summary[data-status=online]")  # said without a reload
    expect(seen.page.locator("#presence [value=online]")).to_have_attribute("aria-pressed", "true")
    expect(seen.page.locator("#presence summary")).to_have_accessible_name("Oda: Online. Change presence")
    seen.page.wait_for_selector("#offers[data-ready]", state="attached")
    first = at.says("This is the third time I ask where my parcel is!", "dan")
    offer = seen.page.locator("#offers [data-offer]")
    expect(offer).to_contain_text("third time I ask")
    expect(seen.page.locator("#said")).to_contain_text("is offered to you: Dan")
    assert seen.check("offer") == []

    seen.page.keyboard.press("q")
    expect(offer).to_have_count(0)
    assert seen.page.url == site + path, "declining leaves the page as it is"
    assert at.rows("SELECT state FROM offer WHERE ticket_id = :t", t=first.id) == [("declined",)]

    at.says("Where is my lamp?", "eva")
    expect(offer).to_contain_text("my lamp")
    seen.page.keyboard.press("o")
    expect(seen.page.locator("form#composer")).to_be_visible()
    assert seen.complaints == []


def test_the_menu_of_presence_follows_and_keeps_the_focus(browser: Browser, site: str, at: Desk) -> None:
    ana = an_agent(at, "Ana", presence=None)
    seen = Watched(a_context(browser, site, at, ana, "desk", "light"))
    held: list[Route] = []
    seen.page.route("**/inbox/offers**", lambda route: held.append(route))
    with seen.page.expect_request("**/inbox/offers**"):
        seen.page.goto(site)
    seen.page.keyboard.press("p")
    online = seen.page.locator("#presence [value=online]")
    expect(online).to_be_focused()
    for one in held:
        one.continue_()
    seen.page.unroute("**/inbox/offers**")
    expect(online).to_have_attribute("aria-pressed", "true")
    expect(online).to_be_focused()
    assert seen.complaints == []


def test_an_offer_that_goes_elsewhere_says_so(browser: Browser, site: str, at: Desk) -> None:
    at.do("UPDATE queue SET mode = 'push', offer_s = 600")
    ana = an_agent(at, "Ana", presence=None)
    seen = an_inbox(browser, site, at, ana, "light")
    ticket = at.says("This is the third time I ask where my parcel is!", "dan")
    expect(seen.page.locator("#offers [data-offer]")).to_have_count(1)
    sam, bo = an_agent(at, "Sam", role=Role.SUPERVISOR), an_agent(at, "Bo")
    moving.assign(at.heed, sam, ticket.id, bo.agent, now())
    expect(seen.page.locator("#offer-gone")).to_have_text("The ticket is no longer offered to you.")
    expect(seen.page.locator("#said")).to_have_text("The ticket is no longer offered to you.")
    assert seen.check("offer gone") == []
