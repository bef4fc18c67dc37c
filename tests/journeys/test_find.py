"""The search field in a real browser: results while one types, by keyboard, on a phone, and what was typed is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from router import desk, saved_views
from router.model import Role, Scope
from router.store.audit import Actor
from tests.builders import Desk, an_agent, now
from tests.journeys.test_pages import Watched, a_context, at, site  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture
def ana(at: Desk) -> Iterator[Scope]:  # noqa: F811
    """A supervisor."""
    yield an_agent(at, "Ana", role=Role.SUPERVISOR, slots={"live": 3})


def test_find_by_keyboard_and_give_the_list_back(
    browser: Browser, site: str, at: Desk, ana: Scope, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    kettle = at.says("My kettle leaks <b>badly</b>", who="dan")
    held = at.says("Where is my parcel?", who="eva")
    desk.pull(at.heed, ana, now())
    desk.pull(at.heed, ana, now())
    saved_views.save(at.heed, ana, Actor("agent", ana.agent or ""), "Held", "state:open", now())
    faults: list[str] = []
    for size, theme in (("desk", "light"), ("phone", "dark")):
        context = a_context(browser, site, at, ana, size, theme)
        watched = Watched(context)
        page = watched.page
        page.goto(site)
        page.wait_for_load_state("load")
        page.keyboard.press("/")
        page.wait_for_selector("#q:focus")
        page.keyboard.type("kett")
        expect(page.locator("#found article")).to_have_count(1)
        expect(page.locator("#found mark")).to_have_text("kettle")
        expect(page.locator("#tickets")).to_be_hidden()
        expect(page.locator("#said")).to_have_text("1 found")
        faults += watched.check(f"{size}: found")
        page.screenshot(path=tmp_path / f"found-{size}.png")
        page.keyboard.type("zz")
        page.wait_for_selector("#found h2:has-text('Nothing found')")
        faults += watched.check(f"{size}: nothing found")
        page.keyboard.press("Escape")
        expect(page.locator("#tickets")).to_be_visible()
        assert page.input_value("#q") == ""
        page.keyboard.press("/")
        page.keyboard.type("parcel")
        expect(page.locator("#found article")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.dataset.open") == held.id
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#talk[data-ticket='{held.id}']")
        if size == "desk":
            page.click("#views > summary")
            expect(page.locator("#views-list .count")).to_have_text("2")
            faults += watched.check("views menu")
            page.screenshot(path=tmp_path / "views.png")
        for path in (
            "/search",
            "/search?q=kettle",
            "/views",
            "/contacts",
            f"/contacts/{at.ticket(kettle.id).contact_id}",
        ):
            page.goto(site + path)
            page.wait_for_load_state("load")
            faults += watched.check(f"{size}: {path}")
            page.screenshot(path=tmp_path / f"{size}{path.replace('/', '-')[:12]}.png", full_page=True)
        page.goto(f"{site}/search")
        page.fill("#q", "kett")
        expect(page.locator("#found article")).to_have_count(1)
        page.wait_for_url("**/search?q=kett")
        context.close()
    assert not faults, "\n".join(faults)
