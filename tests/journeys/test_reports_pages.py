"""Reports and the customer's answer in a real browser: nothing amiss in either theme, direction and width."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from router import desk as acts
from router import survey_settings, surveying
from router.model import Role, Scope
from router.store.audit import COMMAND
from router.survey_settings import Switch
from tests.builders import Desk, a_connection_row, a_supervisor, mail, now
from tests.journeys.test_pages import Watched, a_context, ana, at, site

__all__ = ["ana", "at", "site"]  # fixtures

pytestmark = pytest.mark.browser


@pytest.fixture
def link(at: Desk) -> str:
    """The path a customer was sent; six tickets of hers were answered and resolved."""
    survey_settings.put(at.heed, COMMAND, at.brand_id, Switch(on=True), now())
    sue = a_supervisor(at, slots={"live": 9, "mail": 9})
    row = a_connection_row(at, "email")
    for number in range(6):
        ticket = at.ticket_of(mail(at, row, f"Where is parcel {number}?"), row)
        acts.reply(at.heed, sue, ticket.id, "On its way.", now())
        acts.resolve(at.heed, sue, ticket.id, now())
    for later in (timedelta(0), timedelta(hours=1)):
        surveying.ask_due(at.heed, now() + later)
    [question] = [m for m in at.messages() if m.automatic]
    with at.heed.database.read() as db:
        text = surveying.with_link(at.heed, db, question.id, question.text)
    found = re.search(r"/feedback/[0-9a-f]{32}", text)
    assert found
    return found[0]


@pytest.mark.parametrize(("theme", "size", "locale"), [("light", "desk", "en"), ("dark", "phone", "ur")])
def test_no_page_has_a_fault(
    browser: Browser, site: str, at: Desk, ana: Scope, link: str, theme: str, size: str, locale: str
) -> None:
    at.do("UPDATE agent SET locale = :tag", tag=locale)
    at.do("UPDATE survey SET language = :tag", tag=locale)
    at.do("UPDATE brand SET mood_on = true")
    context = a_context(browser, site, at, ana, size, theme)
    watched = Watched(context)
    faults: list[str] = []
    for path in ("/reports", "/reports?days=7&split=channel", "/reports/mine", f"{link}?score=4"):
        watched.page.goto(site + path)
        watched.page.wait_for_load_state("load")
        faults += watched.check(path)
    expect(watched.page.locator("input:checked")).to_have_value("4")
    watched.page.keyboard.press("Tab")
    watched.page.locator("button.primary").click()
    expect(watched.page.locator("[role=status]")).to_be_visible()
    faults += watched.check("answered")
    context.close()
    assert not faults, "\n".join(faults)
    assert at.rows("SELECT score FROM survey WHERE asked_at IS NOT NULL") == [(4,)]


def test_a_chat_asks_in_its_own_page_and_keeps_the_answer(browser: Browser, site: str, at: Desk, link: str) -> None:
    sam = a_supervisor(at, "Sam", role=Role.ADMIN, slots={"live": 9, "mail": 9})
    chat = a_connection_row(at, "webchat")
    with at.heed.database.write() as db:
        surveying.connections.add_secret(db, at.heed.vault, chat.id, "s" * 32, now())
    watched = Watched(browser.new_context())
    watched.page.goto(f"{site}/chat/{chat.connection.key}")
    watched.page.fill("#text", "Hello there")
    watched.page.keyboard.press("Enter")
    expect(watched.page.locator(".said .me")).to_contain_text("sent")
    at.drain(chat)
    [(ticket,)] = at.rows("SELECT id FROM ticket WHERE channel = 'webchat'")
    acts.reply(at.heed, sam, ticket, "Hello!", now())
    acts.resolve(at.heed, sam, ticket, now())
    surveying.ask_due(at.heed, now())
    watched.page.get_by_label("Anything you want to add?").fill("Quick!")
    watched.page.get_by_role("button", name="5, Very satisfied").click()
    expect(watched.page.locator("#rating [aria-pressed=true]")).to_be_focused()
    expect(watched.page.locator("#rating")).to_contain_text("Thank you for your answer.")
    assert watched.check("chat") == []
    watched.page.reload()
    expect(watched.page.locator("#rating [aria-pressed=true]")).to_have_text("5")
    assert at.rows("SELECT score, comment FROM survey WHERE channel = 'webchat'") == [(5, "Quick!")]
    watched.page.context.close()
