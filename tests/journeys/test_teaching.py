"""Teaching in a real browser: an agent corrects by key and dialog, ops paste examples, check, publish, take back."""

import pytest
from playwright.sync_api import Browser, expect

from router import desk
from router.jobs import set_heed, teach
from router.model import Role
from tests.builders import Desk, an_agent, now
from tests.journeys.test_pages import Watched, a_context, at, site  # noqa: F401
from tests.teaching.builders import GIFTS, NEW

pytestmark = pytest.mark.browser

FURIOUS = "This is a disgrace. Third time I ask, you never answer. I am furious and I will cancel."


def test_correct_by_key_and_dialog_then_teach_an_intent(browser: Browser, site: str, at: Desk) -> None:  # noqa: F811
    olga = an_agent(at, "Olga", role=Role.OPS)
    at.says(FURIOUS)
    mine = desk.pull(at.heed, olga, now())
    assert mine is not None
    seen = Watched(a_context(browser, site, at, olga, "desk", "light"))
    page = seen.page
    page.goto(f"{site}/tickets/{mine.ticket_id}")
    page.locator("#lines").focus()
    page.keyboard.press("d")
    expect(page.locator("#said")).to_contain_text("Corrected. It stays so.")
    expect(page.locator("#panel")).to_contain_text("Olga said: not so.")
    assert at.ticket(mine.ticket_id).heat == 0
    page.locator("#lines").focus()
    page.keyboard.press("w")
    expect(page.locator("#dialog h1")).to_contain_text("Correct what was read")
    assert seen.check("correcting") == []
    page.locator("#dialog").get_by_label("What they want").select_option("complaint")
    page.locator("#dialog").get_by_role("button", name="This is what they want").click()
    expect(page.locator("#dialog")).to_be_hidden()
    assert at.ticket(mine.ticket_id).intent == "complaint"

    page.goto(f"{site}/settings/teach")
    page.get_by_label("Name").fill("Gift cards")
    page.get_by_role("button", name="Add it").click()
    page.get_by_label("One a line").fill("\n".join(GIFTS))
    page.get_by_role("button", name="Look first").click()
    expect(page.locator("table")).to_contain_text(GIFTS[0])
    assert seen.check("looking") == []
    page.get_by_role("button", name="Add them").click()
    expect(page.locator("body")).to_contain_text("10 examples were added.")
    page.get_by_role("link", name="All intents").click()
    page.get_by_role("button", name="Check the examples").click()
    set_heed(at.heed)
    [(version,)] = at.rows("SELECT id FROM taught_version")
    teach(version)
    page.goto(f"{site}/settings/teach")
    page.get_by_text("Each intent, its examples left out").click()
    assert seen.check("checked") == []
    page.get_by_label("What changed").fill("Gift cards")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("body")).to_contain_text("Version 1 holds now.")
    assert at.says(NEW, "bob").intent == "gift_cards"
    page.set_viewport_size({"width": 390, "height": 844})
    assert seen.check("phone") == []
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("body")).to_contain_text("Nothing was taught yet")
    assert at.says(NEW, "cid").intent != "gift_cards"
    assert seen.complaints == []
