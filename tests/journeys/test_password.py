"""A form that brings a new session, such as a new password, is answered while the page hears that the old one ended."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from router.model import Scope
from tests.builders import Desk
from tests.journeys.test_pages import a_context, ana, at, site  # noqa: F401

pytestmark = pytest.mark.browser

HEARS = """async (leaves) => {
  const ask = await import(document.querySelector('link[href$="/ask.js"]').href);
  if (leaves) dispatchEvent(new Event("beforeunload"));
  ask.signedOut();
}"""


def test_a_page_on_its_way_to_an_answer_is_not_taken_to_the_sign_in(
    browser: Browser,
    site: str,  # noqa: F811
    at: Desk,  # noqa: F811
    ana: Scope,  # noqa: F811
) -> None:
    context = a_context(browser, site, at, ana, "desk", "light")
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{site}/settings/you")
    page.evaluate(HEARS, True)
    for name in ("new", "again"):
        page.fill(f"input[name={name}]", "correct horse battery")
    page.click("form[action$=password] button")
    expect(page.get_by_text("Your password is set.")).to_be_visible()
    assert "/login" not in asked
    with page.expect_request("**/login?next=**"):
        page.evaluate(HEARS, False)
    context.close()
