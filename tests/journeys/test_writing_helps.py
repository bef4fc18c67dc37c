"""What helps to write, in a real browser by keyboard: saved answers, names in notes, hints, the bell, a new ticket."""

import pytest
from playwright.sync_api import Browser, expect

from router import desk, notices, saved_answers
from router.model import Scope
from router.store.audit import COMMAND
from tests.builders import Desk, a_connection_row, an_agent, mail, now
from tests.journeys.test_pages import Watched, a_context, ana, at, site  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_night_of_writing(browser: Browser, site: str, at: Desk, ana: Scope, size: str) -> None:  # noqa: F811
    bo = an_agent(at, "Bo Lee")
    row = a_connection_row(at, "email")
    letter = mail(at, row, "The lamp is broken and nobody answers me.")
    ticket = at.ticket_of(letter, row)
    desk.pull(at.heed, ana, now())
    for name, text in (("Sorry", "Dear {first_name},\nwe are sorry about order {order}."), ("Thanks", "Thank you!")):
        saved_answers.put(at.heed, COMMAND, ana, at.brand_id, name, {"en": text}, now())
    context = a_context(browser, site, at, ana, size, "light")
    watched = Watched(context)
    page, faults, held = watched.page, [], []
    page.goto(f"{site}/tickets/{ticket.id}")
    page.wait_for_load_state("load")

    # a saved answer goes where the cursor is, and what is to be filled in is chosen
    page.fill("#text", "AB")
    page.evaluate("document.getElementById('text').setSelectionRange(1, 1); document.activeElement.blur()")
    with page.expect_request("**/answers.js"):
        page.route("**/answers.js", lambda script: held.append(script))
        page.keyboard.press("m")
    expect(page.locator("dialog[open]")).to_have_count(0)  # before it is heard, a choice would leave the page
    held.pop().continue_()
    page.wait_for_selector("dialog[open] #answers")
    faults += watched.check("the picker")
    page.keyboard.type("sorry")
    expect(page.locator("#answers button")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("ADear Dan,\nwe are sorry about order ⟦order⟧.B")
    assert page.evaluate("document.activeElement.id") == "text"
    expect(page.locator("#to-fill")).to_contain_text("⟦order⟧")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#says")).to_contain_text("Fill in ⟦order⟧")
    watched.complaints.clear()  # the browser tells that it was refused
    assert page.input_value("#text").startswith("ADear Dan")
    page.fill("#text", "We are sorry about the broken lamp. We will send another one today.")
    expect(page.locator("#hints > :visible")).to_have_count(3)
    faults += watched.check("hints")
    page.fill("#text", "We are sorry.")
    expect(page.locator("#hints")).to_be_hidden()

    # a name in a note, by arrows and Enter
    page.fill("#text", "")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("i")
    page.keyboard.type("Ask @bo")
    page.wait_for_selector("#named [aria-selected=true]")
    faults += watched.check("names")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("Ask @Bo Lee ")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".line.note:has-text('Ask @Bo Lee')")
    assert notices.unseen(at.heed, bo) == 1

    # the bell rings by itself and leads to the note
    desk.note(at.heed, bo, ticket.id, "@Ana yes, I know", now())
    expect(page.locator("#bell-count")).to_have_text("1")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("b")
    page.wait_for_selector("dialog[open] #notices")
    faults += watched.check("the bell")
    page.click("#notices a")
    page.wait_for_url("**/tickets/*#m-*")
    expect(page.locator("#bell-count")).to_be_hidden()

    # forwarding: what goes along is chosen
    if size == "desk":
        page.click("[aria-label^=Forward]")
    else:
        page.goto(f"{site}/tickets/{ticket.id}/forward")
    page.check("form.forward [name=what][value=some]")
    faults += watched.check("forwarding")
    page.fill("form.forward [name=to]", "lab@partner.example")
    page.fill("form.forward [name=text]", "Can you look?")
    page.click("form.forward button:text-is('Forward')")
    page.wait_for_selector(".line.direct:has-text('Can you look?')")

    # a new ticket: its draft survives a reload
    page.wait_for_selector("form#composer[data-begun]")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("c")
    page.wait_for_selector("dialog[open] [data-begun]")
    page.fill("dialog [name=to]", "da")
    expect(page.locator("#known-customers option")).to_have_count(1)
    page.fill("dialog [name=to]", "eva@home.example")
    page.fill("dialog [name=subject]", "Recall")
    page.fill("dialog textarea[name=text]", "Please stop.")
    faults += watched.check("a new ticket")
    page.reload()
    page.wait_for_selector("form#composer[data-begun]")
    page.keyboard.press("c")
    page.wait_for_selector("dialog[open] [data-begun]")
    expect(page.locator("dialog textarea[name=text]")).to_have_value("Please stop.")
    page.click("#start-send")
    page.wait_for_selector(".line.us:has-text('Please stop.')")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('heed.new'))") == []
    for path in ("/notices", "/tickets/new", "/settings/answers", "/settings/answers/new"):
        page.goto(site + path)
        page.wait_for_load_state("load")
        faults += watched.check(path)
    context.close()
    assert not faults, "\n".join(faults)
