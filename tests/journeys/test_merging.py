"""Merging in a real browser: by key and dialog, taken back above the conversation, a customer's two addresses."""

import pytest
from playwright.sync_api import Browser, expect

from router import desk
from tests.builders import Desk, a_connection_row, a_supervisor, mail, now
from tests.journeys.test_pages import Watched, a_context, at, site  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_merge_by_key_see_both_and_take_it_back(browser: Browser, site: str, at: Desk, size: str) -> None:  # noqa: F811
    sue = a_supervisor(at, slots={"live": 9, "mail": 9})
    at.says("Where is my parcel?", "dan", thread="a", subject="Parcel")
    other = at.says("And where is my refund? Third time I ask!", "dan", thread="b", subject="Refund")
    mail(at, a_connection_row(at, "email"), "The same from my mail account", who="dan")
    mine = desk.pull(at.heed, sue, now())
    assert mine is not None
    [second] = [t.id for t in at.tickets[:2] if t.id != mine.ticket_id]
    seen = Watched(a_context(browser, site, at, sue, size, "light" if size == "desk" else "dark"))
    page = seen.page
    page.goto(f"{site}/tickets/{mine.ticket_id}")
    page.fill("#text", "Dear Dan")
    page.locator("#lines").focus()
    page.keyboard.press("x")
    expect(page.locator("#dialog h1")).to_contain_text("Merge ticket")
    assert seen.check("asking") == []
    page.click("#dialog .primary")
    expect(page.locator(".merged")).to_contain_text("With ticket")
    expect(page.locator("#said")).to_contain_text("Merged.")
    expect(page.locator("#lines")).to_contain_text("refund?")
    expect(page.locator("#text")).to_have_value("Dear Dan")
    assert seen.check("merged") == []
    page.click(".merged button")
    expect(page.locator("#said")).to_contain_text("Taken apart")
    expect(page.locator("#talk")).to_have_attribute("data-ticket", second)
    page.goto(f"{site}/contacts/{other.contact_id}")
    page.click(".may-be summary, #one-person summary")
    assert seen.check("customer") == []
    assert seen.complaints == []
