"""The composer in a real browser: no word is lost, sent twice or sent blind; what was sent can be taken back."""

# ruff: noqa: F401, F811  the desk and the site are fixtures of test_pages

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from router import desk
from router.model import Scope
from tests.builders import Desk, a_connection_row, mail, now
from tests.journeys.test_pages import Watched, a_context, ana, at, site

pytestmark = pytest.mark.browser

CC = "eva@home.example, jo@home.example"


@pytest.fixture
def held(at: Desk, ana: Scope) -> str:
    """A mail with Cc that Ana has."""
    row = a_connection_row(at, "email")
    external_id = mail(at, row, "Where is my order 4711?", Cc=CC)
    desk.pull(at.heed, ana, now())
    return at.ticket_of(external_id, row).id


@pytest.fixture
def context(browser: Browser, site: str, at: Desk, ana: Scope) -> Iterator[BrowserContext]:
    """A window in which Ana is signed in."""
    found = a_context(browser, site, at, ana, "desk", "light")
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext, site: str, held: str) -> Page:
    """The ticket in a tab."""
    return opened(context, site, held)


def opened(context: BrowserContext, site: str, ticket_id: str) -> Page:
    """Return a new tab with a ticket whose script runs."""
    page = context.new_page()
    page.goto(f"{site}/tickets/{ticket_id}")
    page.wait_for_selector("form#composer[data-begun]")
    return page


def drafts(of: Desk) -> list[str]:
    return [text for (text,) in of.rows("SELECT text FROM draft")]


def kept(page: Page) -> None:
    """Return once the server has what was typed."""
    page.wait_for_function(
        "() => Object.entries(localStorage).some(([n, v]) => n.startsWith('heed.draft.') && JSON.parse(v).saved)"
    )


def sent(of: Desk) -> list[tuple[str, str]]:
    return of.rows("SELECT text, state FROM message WHERE direction = 'outbound' ORDER BY at, id")  # type: ignore[return-value]


def test_drafts_are_nobody_elses_and_survive_everything(
    browser: Browser,
    context: BrowserContext,
    page: Page,
    site: str,
    at: Desk,
    ana: Scope,
    held: str,
) -> None:
    page.fill("#text", "Dear Dan, it left this")
    kept(page)
    assert drafts(at) == ["Dear Dan, it left this"]
    page.reload()
    expect(page.locator("#text")).to_have_value("Dear Dan, it left this")
    expect(page.locator(".tag.draft")).to_be_visible()

    # typed while the server is out of reach, then the power goes: the browser has it
    page.click("#text")
    context.set_offline(True)
    page.locator("#text").press_sequentially(" morning")
    context.set_offline(False)
    other_tab = opened(context, site, held)
    page.close()
    expect(other_tab.locator("#text")).to_have_value("Dear Dan, it left this morning")
    other_tab.wait_for_function("() => Object.values(localStorage).some(v => v.includes('\"saved\":true'))")
    assert drafts(at) == ["Dear Dan, it left this morning"]

    # another machine, at the same time: the newer words are shown, the older ones offered
    elsewhere = a_context(browser, site, at, ana, "desk", "light")
    far = opened(elsewhere, site, held)
    expect(far.locator("#text")).to_have_value("Dear Dan, it left this morning")
    far.fill("#text", "Written far away")
    kept(far)
    other_tab.fill("#text", "Written here")
    other_tab.wait_for_selector("#other-draft:visible")
    assert "Written far away" in other_tab.inner_text("#other-draft")
    assert drafts(at) == ["Written here"]
    other_tab.click("#other-draft [data-use]")
    expect(other_tab.locator("#text")).to_have_value("Written far away")
    elsewhere.close()

    # signing out leaves nothing on the machine, and nothing is lost
    other_tab.wait_for_function("() => Object.values(localStorage).some(v => v.includes('\"saved\":true'))")
    other_tab.click("#presence summary")
    other_tab.click("form[action='/logout'] button")
    other_tab.wait_for_url("**/login**")
    assert other_tab.evaluate("Object.keys(localStorage).filter(n => n.startsWith('heed.draft.'))") == []
    assert drafts(at) == ["Written far away"]


def test_a_mail_is_taken_back_by_key_or_leaves(page: Page, at: Desk, held: str) -> None:
    page.fill("#text", "Too soon")
    page.set_input_files("#files", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#undo-bar")
    assert at.ticket(held).state == "pending"
    page.keyboard.press("Escape")
    page.focus("#lines")
    page.keyboard.press("u")
    expect(page.locator("#text")).to_have_value("Too soon")
    expect(page.locator("#chosen [name=keep_file]")).to_be_checked()
    expect(page.locator(".line.us")).to_have_count(0)
    assert at.ticket(held).state == "open"
    assert page.evaluate("document.activeElement.id") == "text"
    page.locator("#text").press_sequentially(", sorry")
    page.click("#send-more summary")
    page.click("#send-resolve")
    page.wait_for_url("**/?tab=mine")
    assert at.ticket(held).state == "resolved"
    assert sent(at) == [("Too soon", "withdrawn"), ("Too soon, sorry", "queued")]
    assert at.rows("SELECT name FROM attachment ORDER BY id") == [("a.pdf",), ("a.pdf",)]
    assert drafts(at) == []


def test_recipients_files_and_length_are_checked_before_anything_is_sent(
    context: BrowserContext,
    page: Page,
    site: str,
    at: Desk,
    ana: Scope,
    held: str,
) -> None:
    page.click("#recipients summary")
    page.fill("[name=cc]", "eva@home.example, boss@shop.example, nonsense")
    expect(page.locator("#new-address")).to_contain_text("boss@shop.example")
    page.fill("#text", "Hello")
    page.click("#send")
    expect(page.locator("[name=cc]")).to_be_focused()
    expect(page.locator("#bad-address")).to_contain_text("nonsense")
    assert sent(at) == []
    page.click("button[data-cc='']")
    expect(page.locator("[data-said]")).to_have_text("to dan@home.example")
    page.fill("[name=bcc]", "boss@shop.example")

    page.set_input_files("#files", [{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": b"x"} for n in range(3)])
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["png"], "image.png", {type: "image/png"}));
          const pasted = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
          document.getElementById("text").dispatchEvent(pasted);
          const many = new DataTransfer();
          for (let n = 0; n < 9; n++) many.items.add(new File(["x"], n + ".log"));
          document.getElementById("lines").dispatchEvent(new DragEvent("drop", {dataTransfer: many, bubbles: true}));
        }"""
    )
    expect(page.locator("#says")).to_contain_text("At most 10 files")
    page.click("#chosen [data-file='0'] button")
    names = page.locator("#chosen bdi").all_inner_texts()
    assert names[:2] == ["1.txt", "2.txt"]
    assert names[2].startswith("picture-")
    page.click("#send")
    page.wait_for_selector("#undo-bar")
    parties = at.rows("SELECT role, address FROM message_party p JOIN message m ON m.id = p.message_id "
                      "WHERE m.direction = 'outbound' ORDER BY p.seq")  # fmt: skip
    assert parties == [("to", "dan@home.example"), ("bcc", "boss@shop.example")]
    assert len(at.rows("SELECT id FROM attachment")) == 3


def test_later_is_shown_with_its_moment_and_comes_back(page: Page, at: Desk, held: str) -> None:
    watched = [page.evaluate("document.documentElement.scrollWidth <= innerWidth")]
    page.fill("#text", "Good morning")
    page.click("#send-more summary")
    page.click("button[value='later:+3600']")
    page.wait_for_selector(".line.us .leaves")
    assert (at.ticket(held).state, sent(at)) == ("snoozed", [("Good morning", "scheduled")])
    page.click(".leaves [data-undo] button")
    expect(page.locator("#text")).to_have_value("Good morning")
    expect(page.locator(".line.us")).to_have_count(0)
    assert at.ticket(held).state == "open"
    assert watched == [True]


def test_without_script_everything_is_a_form(
    browser: Browser,
    site: str,
    at: Desk,
    ana: Scope,
    held: str,
) -> None:
    signed_in = a_context(browser, site, at, ana, "phone", "dark")
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.storage_state())
    page = context.new_page()
    page.goto(f"{site}/tickets/{held}")
    page.fill("#text", "Too soon")
    page.click("#recipients summary")
    page.fill("[name=cc]", "nonsense")
    page.click("#send")
    expect(page.locator("#says")).to_contain_text("is no mail address")
    expect(page.locator("#text")).to_have_value("Too soon")
    expect(page.locator("[name=cc]")).to_have_value("nonsense")
    page.click("#recipients summary")
    page.fill("[name=cc]", "eva@home.example")
    page.click("#send")
    page.click(".line.us .leaves button")
    expect(page.locator("#text")).to_have_value("Too soon")
    assert sent(at) == [("Too soon", "withdrawn")]
    at.do("UPDATE message SET state = 'unknown', visibility = 'public' WHERE direction = 'outbound'")
    page.goto(f"{site}/tickets/{held}")
    page.click(".line.us .leaves a")
    expect(page.locator(".dialog-body")).to_contain_text("may have arrived already")
    page.click(".dialog-body .primary")
    assert sent(at)[0][1] in ("queued", "sending")
    context.close()
    signed_in.close()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_no_state_has_a_fault(browser: Browser, site: str, at: Desk, ana: Scope, held: str, size: str) -> None:
    context = a_context(browser, site, at, ana, size, "light" if size == "desk" else "dark")
    watched = Watched(context)
    page, faults = watched.page, []
    page.goto(f"{site}/tickets/{held}")
    page.wait_for_selector("form#composer[data-begun]")
    page.click("#recipients summary")
    page.fill("[name=cc]", "new@home.example, nonsense")
    page.fill("#text", "Hello")
    page.set_input_files("#files", {"name": "a long name of a file.pdf", "mimeType": "text/plain", "buffer": b"x"})
    page.wait_for_selector("#chosen [data-file]")
    faults += watched.check("recipients and files")
    page.click("#send-more summary")
    faults += watched.check("ways to send")
    page.keyboard.press("Escape")
    page.fill("[name=cc]", "")
    page.click("#send")
    page.wait_for_selector("#undo-bar")
    page.wait_for_selector(".line.us .leaves")
    faults += watched.check("to be undone")
    context.close()
    assert not faults, "\n".join(faults)
