"""Working together in a real browser: two agents at one ticket, many tickets at once, spam and its way back."""

# ruff: noqa: F401, F811 (pytest knows fixtures by their names)

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Route, expect

from router import desk
from router.model import Role, Scope
from tests.builders import Desk, a_supervisor, an_agent, now
from tests.journeys.test_pages import Watched, a_context, at, site

pytestmark = pytest.mark.browser


@pytest.fixture
def sue(at: Desk) -> Iterator[Scope]:
    """A supervisor with a ticket of her own, and five that wait."""
    sue = a_supervisor(at, slots={"live": 9, "mail": 9})
    for number in range(6):
        at.says(f"Where is parcel {number}?", f"customer{number}")
    assert desk.pull(at.heed, sue, now()) is not None
    yield sue


def test_who_else_reads_and_writes_is_shown_and_goes_again(browser: Browser, site: str, at: Desk, sue: Scope) -> None:
    omar = an_agent(at, "Omar Khan", role=Role.SUPERVISOR)
    [(ticket,)] = at.rows("SELECT id FROM ticket WHERE state = 'open'")
    mine, theirs = (Watched(a_context(browser, site, at, who, "desk", "light")) for who in (sue, omar))
    mine.page.goto(f"{site}/tickets/{ticket}")
    expect(mine.page.locator("#here")).to_be_empty()
    theirs.page.goto(f"{site}/tickets/{ticket}")
    expect(mine.page.locator("#here")).to_contain_text("Omar Khan reads this")
    expect(mine.page.locator("#said")).to_contain_text("Omar Khan reads this")
    mine.page.fill("#text", "Dear customer")
    expect(theirs.page.locator("#here")).to_contain_text("Sue is writing")
    assert mine.check("together") == []
    theirs.page.goto(f"{site}/?tab=waiting")
    expect(mine.page.locator("#here")).to_be_empty()
    assert mine.complaints == theirs.complaints == []


def test_who_came_before_the_stream_opened_is_shown_when_it_opens(
    browser: Browser, site: str, at: Desk, sue: Scope
) -> None:
    omar = an_agent(at, "Omar Khan", role=Role.SUPERVISOR)
    [(ticket,)] = at.rows("SELECT id FROM ticket WHERE state = 'open'")
    mine, theirs = (Watched(a_context(browser, site, at, who, "desk", "light")) for who in (sue, omar))
    held: list[Route] = []
    mine.page.route("**/events", lambda stream: held.append(stream))
    mine.page.clock.install()
    mine.page.clock.pause_at(now() + timedelta(hours=1))  # no look by the clock
    with mine.page.expect_response("**/here"), mine.page.expect_request("**/events"):
        mine.page.goto(f"{site}/tickets/{ticket}")
    with theirs.page.expect_response("**/here"):
        theirs.page.goto(f"{site}/tickets/{ticket}")
    expect(mine.page.locator("#here")).to_be_empty()
    held.pop().continue_()
    expect(mine.page.locator("#here")).to_contain_text("Omar Khan reads this")
    assert mine.complaints == theirs.complaints == []


def test_without_a_stream_a_page_asks_who_is_here_and_tells_nothing_new(
    browser: Browser, site: str, at: Desk, sue: Scope
) -> None:
    [(ticket,)] = at.rows("SELECT id FROM ticket WHERE state = 'open'")
    mine = Watched(a_context(browser, site, at, sue, "desk", "light"))
    mine.page.route("**/events", lambda stream: None)  # never opens
    asked: list[str] = []
    mine.page.on("request", lambda request: asked.append(request.method) if request.url.endswith("/here") else None)
    mine.page.clock.install()
    mine.page.clock.pause_at(now() + timedelta(hours=1))
    with mine.page.expect_response("**/here"):
        mine.page.goto(f"{site}/tickets/{ticket}")
    for _ in range(3):
        with mine.page.expect_response("**/here"):
            mine.page.clock.run_for(4_000)
    assert asked[0] == "POST"
    assert set(asked[1:]) == {"GET"}
    assert mine.complaints == []


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_many_tickets_are_chosen_changed_and_put_back(
    browser: Browser,
    site: str,
    at: Desk,
    sue: Scope,
    size: str,
) -> None:
    seen = Watched(a_context(browser, site, at, sue, size, "dark"))
    page = seen.page
    page.goto(f"{site}/?tab=waiting")
    page.click("#choose")
    boxes = page.locator("#tickets input[name=ticket]")
    boxes.nth(0).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator("#chosen-count")).to_have_text("4 chosen")
    assert seen.check("choosing") == []
    page.click("#many .primary")
    page.click("button[value=tag]")
    page.fill("input[name=tag]", "vip")
    page.keyboard.press("Enter")
    expect(page.locator("#would")).to_contain_text("vip")
    assert seen.check("dry run") == []
    page.click("#confirm")
    expect(page.locator("h1")).to_have_text("4 tickets tagged")
    assert seen.check("result") == []
    assert at.rows("SELECT count(*) FROM ticket_tag") == [(4,)]
    page.click("#undo")
    expect(page.locator("h1")).to_have_text("4 tickets are as they were")
    assert at.rows("SELECT count(*) FROM ticket_tag") == [(0,)]
    assert seen.complaints == []


def test_spam_by_dialog_and_back_and_a_follow_up_by_key(browser: Browser, site: str, at: Desk, sue: Scope) -> None:
    [(ticket,)] = at.rows("SELECT id FROM ticket WHERE state = 'open'")
    seen = Watched(a_context(browser, site, at, sue, "desk", "light"))
    page = seen.page
    page.goto(f"{site}/tickets/{ticket}")
    page.keyboard.press("f")
    page.fill("dialog input[name=note]", "Call the depot")
    assert seen.check("follow-up") == []
    page.click("dialog .choices button >> nth=0")
    expect(page.locator("#panel")).to_contain_text("Call the depot")
    page.click("#more-acts summary")
    page.click(f"a[href='/tickets/{ticket}/spam']")
    page.check("dialog input[name=block]")
    assert seen.check("spam") == []
    page.click("dialog .primary")
    expect(page.locator(".notice.aside")).to_contain_text("Set aside as spam")
    assert seen.check("set aside") == []
    page.click("#not-spam")
    expect(page.locator("form#composer")).to_be_visible()
    assert at.ticket(ticket).state == "open"
    page.goto(f"{site}/aside")
    assert seen.check("aside, empty") == []


def test_a_presence_is_heard_while_the_list_still_comes(browser: Browser, site: str, at: Desk, sue: Scope) -> None:
    page = Watched(a_context(browser, site, at, sue, "desk", "light")).page
    page.goto(site)
    status = page.locator("#presence summary")
    expect(status).to_have_attribute("data-status", "online")
    page.route("**/inbox/list**", lambda route: page.wait_for_timeout(0))  # never answered
    for choice in ("Away", "Online"):
        status.click()
        page.get_by_role("button", name=choice, exact=True).click()
        expect(status).to_have_attribute("data-status", choice.lower())
    page.unroute_all(behavior="ignoreErrors")
