"""What supervisors see and do, in a real browser: live, by keyboard, in both themes, on a desk and a phone."""

import pytest
from playwright.sync_api import Browser, expect

from router import desk, minutes
from router.model import Presence, Scope
from tests.builders import Desk, a_queue, a_skill, an_agent, now, rules
from tests.journeys.test_pages import Watched, a_context, ana, at, site

__all__ = ["ana", "at", "site"]  # fixtures

pytestmark = pytest.mark.browser

MONEY = (
    "rules:\n  - name: Money\n    when: {fact: text, is: mentions, value: invoice}\n"
    "    then: [{queue: Money}, {need_skill: billing, level: 4}]\n"
)


@pytest.fixture
def busy(at: Desk, ana: Scope) -> tuple[str, str]:
    """A ticket with a history, and one that nobody may take."""
    a_skill(at, "billing")
    a_queue(at, "Money")
    rules(at, MONEY)
    an_agent(at, "Omar", presence=Presence.AWAY)
    one = at.says("This is the third time I write! I will cancel.", who="dan")
    desk.pull(at.heed, ana, now())
    desk.reply(at.heed, ana, one.id, "I am sorry.", now(), key="k", last_seen=None, keep_open=True)
    stuck = at.says("The invoice is wrong.", who="eva")
    minutes.measure(at.heed, now())
    return one.id, stuck.id


@pytest.mark.parametrize(("theme", "size"), [("light", "desk"), ("dark", "phone")])
def test_no_page_of_a_supervisor_has_a_fault(
    browser: Browser, site: str, at: Desk, ana: Scope, busy: tuple[str, str], theme: str, size: str
) -> None:
    one, stuck = busy
    ((queue,),) = at.rows("SELECT id FROM queue WHERE name = 'Money'")
    paths = ["/wallboard", f"/tickets/{one}/history", f"/tickets/{stuck}/assign"]
    if size == "phone":  # where room is scarce
        paths += [
            "/settings", "/settings/people/import", "/settings/levels", f"/settings/brands/{at.brand_id}",
            f"/settings/brands/{at.brand_id}/question", "/settings/calendars", f"/settings/queues/{queue}",
            "/settings/audit?check=1", "/settings/audit?act=none",
        ]  # fmt: skip
    context = a_context(browser, site, at, ana, size, theme)
    watched = Watched(context)
    faults: list[str] = []
    for path in paths:
        watched.page.goto(site + path)
        watched.page.wait_for_load_state("load")
        faults += watched.check(path)
    context.close()
    assert not faults, "\n".join(faults)


def test_the_wallboard_is_live_and_keeps_its_place(
    browser: Browser, site: str, at: Desk, ana: Scope, busy: tuple[str, str]
) -> None:
    context = a_context(browser, site, at, ana, "desk", "light")
    page = context.new_page()
    page.goto(f"{site}/wallboard")
    waiting = page.locator(".figures .big").first
    expect(waiting).to_have_text("1")
    expect(page.locator("#live")).to_have_text("live")
    table = page.locator(".table-wrap").first
    table.focus()
    at.says("Where is my parcel?", who="fay")
    expect(waiting).to_have_text("2")
    assert page.evaluate("document.activeElement.className") == "table-wrap", "focus stays where it was"
    context.set_offline(True)
    expect(page.locator("#live")).to_have_text("connection lost")
    at.says("And mine?", who="gus")
    context.set_offline(False)
    expect(waiting).to_have_text("3")
    expect(page.locator("#live")).to_have_text("live")
    context.close()


def test_a_ticket_is_assigned_by_keyboard_and_its_history_opened(
    browser: Browser, site: str, at: Desk, ana: Scope, busy: tuple[str, str]
) -> None:
    _, stuck = busy
    context = a_context(browser, site, at, ana, "desk", "light")
    watched = Watched(context)
    page = watched.page
    page.goto(f"{site}/tickets/{stuck}?tab=waiting")
    page.wait_for_load_state("load")
    page.keyboard.press("a")
    page.wait_for_selector("dialog[open] input[type=radio]")
    assert watched.check("assign dialog") == []
    page.keyboard.press("Space")  # the first person has the focus
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]", state="detached")
    assert at.ticket(stuck).agent_id is not None
    page.keyboard.press("h")
    page.wait_for_url("**/history")
    expect(page.locator(".record")).to_contain_text("by hand")
    context.close()


def test_a_sheet_of_people_and_the_grid_are_worked_by_keyboard(
    browser: Browser, site: str, at: Desk, ana: Scope
) -> None:
    a_skill(at, "billing")
    context = a_context(browser, site, at, ana, "desk", "light")
    page = context.new_page()
    page.goto(f"{site}/settings/people/import")
    page.fill("textarea[name=sheet] >> visible=true", "email,name,skills\nzoe@example.com,Zoe,billing=2\n")
    page.click("text=Look at it")
    page.click("text=Do it: 1 person")
    with page.expect_download() as saved:
        page.click("text=Save as a file")
    assert "/login/link/" in saved.value.path().read_text()
    page.goto(f"{site}/settings/levels")
    page.locator("[data-grid] input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("4")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-grid-says]")).to_have_text("one changed")
    page.click("text=See what changes")
    expect(page.locator("section[role=status]")).to_contain_text("2 → 4")
    context.close()
