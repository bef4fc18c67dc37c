"""The rules page in a real browser: ops build a rule by mouse and again by keys, back-test it, publish, take it back.

What a second person changes meanwhile comes into the page, and is never overwritten.
"""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from router import jobs
from router.model import Role, Scope
from router.rulemaking import drafting
from router.rulemaking.sheet import Sheet
from router.store.audit import Actor
from rules.explain import rule_in_words
from rules.load import load
from tests.builders import Desk, a_queue, a_skill, an_agent, now, rules
from tests.journeys.test_pages import Watched, a_context, at, site  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DRAWN = """
rules:
- name: Never answer robots
  when: {fact: automatic, is: is, value: true}
  then: [{close_as: automatic}, stop]
- name: Money questions
  when: {fact: intent, is: one_of, value: [refund_request, billing_dispute, invoice_document]}
  then: [{queue: Billing}, {prefer: billing}]
- name: Gold refunds
  when: {all: [{fact: intent, is: is, value: refund_request}, {fact: contact.tier, is: is, value: gold}]}
  then: [{queue: VIP}]
- name: Rest
  when: always
  then: [{queue: General}]
"""
SAYS = (
    "When frustration is at least 70 and customer tier is one of gold or platinum: answer within 10 min, "
    "needs skill de-escalation at level 3 or above, prefers the last agent."
)


def saved(page: Page) -> None:
    """Wait until what was changed is kept."""
    expect(page.locator("#rules-page")).not_to_have_attribute("data-saving", "1")


def built(desk: Desk) -> str:
    """Return the sentence of the rule that was built."""
    rule_set = load(drafting.current(desk.heed, desk.brand_id).source)
    return next(rule_in_words(rule) for rule in rule_set.rules if rule.name == "Angry and valuable first")


def by_mouse(page: Page) -> None:
    page.get_by_role("button", name="Add a rule", exact=True).click()
    form = page.locator("form[data-rule-form]")
    form.get_by_label("Name").fill("Angry and valuable first")
    for fact, operator in (("frustration", "at_least"), ("contact.tier", "one_of")):
        form.get_by_role("button", name="+ condition").click()
        saved(page)
        line = form.locator(".block .line").last
        line.locator("select[name$=-fact]").select_option(fact)
        saved(page)
        line = form.locator(".block .line").last
        line.locator("select[name$=-is]").select_option(operator)
        saved(page)
    form.locator("[name='w.0-value']").fill("70")
    form.locator("[name='w.1-more']").fill("gold, platinum")
    form.locator("[name='w.1-more']").blur()
    saved(page)
    for place, (kind, value) in enumerate(
        (("answer_within", "10m"), ("need_skill", "de-escalation"), ("prefer", "last_agent"))
    ):
        form.get_by_role("button", name="+ then").click()
        saved(page)
        form.locator(f"[name='t.{place}-kind']").select_option(kind)
        saved(page)
        field = form.locator(f"[name='t.{place}-value']")
        field.fill(value) if kind == "answer_within" else field.select_option(value)
        field.blur()
        saved(page)
    form.locator("[name='t.1-level']").fill("3")
    form.locator("[name='t.1-level']").blur()
    saved(page)


def focused(page: Page, name: str) -> None:
    expect(page.locator(f"[name='{name}']")).to_be_focused()


def by_keyboard(page: Page) -> None:
    """Build the same rule with keys alone: Tab, letters in lists, Enter."""
    keys = page.keyboard

    def to(selector: str) -> None:
        for _ in range(80):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            keys.press("Tab")
        raise AssertionError(f"Tab does not reach {selector}")

    def press(selector: str, then: str) -> None:
        to(selector)
        keys.press("Enter")
        saved(page)
        focused(page, then)

    def choose(label: str) -> None:
        keys.type(label)
        keys.press("Tab")
        saved(page)

    press("#add-rule", "name")
    keys.press("Control+a")
    keys.type("Angry and valuable first")
    keys.press("Tab")
    saved(page)
    press("[value='and:w']", "w.0-fact")
    choose("frus")
    to("[name='w.0-is']")
    choose("is at l")
    to("[name='w.0-value']")
    choose("70")
    press("[value='and:w']", "w.1-fact")
    choose("customer t")
    to("[name='w.1-is']")
    choose("is one of")
    to("[name='w.1-more']")
    choose("gold, platinum")
    press("[value=act]", "t.0-kind")
    choose("answer")
    to("[name='t.0-value']")
    choose("10m")
    press("[value=act]", "t.1-kind")
    choose("needs sk")
    to("[name='t.1-value']")
    choose("de-e")
    to("[name='t.1-level']")
    choose("3")
    press("[value=act]", "t.2-kind")
    choose("prefers")
    to("[name='t.2-value']")
    choose("last a")


def test_a_rule_is_built_tried_published_and_taken_back(browser: Browser, site: str, at: Desk) -> None:  # noqa: F811
    for queue in ("Billing", "VIP"):
        a_queue(at, queue)
    for skill in ("billing", "de-escalation"):
        a_skill(at, skill)
    rules(at, DRAWN)
    at.says("I want my money back for this order, please refund me.", "dan")
    olga, omar = (an_agent(at, name, role=Role.OPS) for name in ("Olga", "Omar"))
    seen = Watched(a_context(browser, site, at, olga, "desk", "light"))
    page = seen.page
    page.goto(f"{site}/rules")
    page.wait_for_selector("html[data-rules=ready]")
    by_mouse(page)
    page.get_by_role("link", name="Close").click()
    expect(page.get_by_role("link", name="Close")).to_have_count(0)  # else what is dragged is replaced meanwhile
    card = page.locator("[data-rule='Angry and valuable first']")
    expect(card).to_contain_text("frustration is at least 70")
    saved(page)
    page.locator(".rules-main").evaluate("main => main.scrollTo(0, 0)")  # else its head may cover where it is dropped
    moved, onto = (page.locator("li.rule").nth(n).bounding_box() for n in (-1, 1))
    assert moved is not None and onto is not None
    page.mouse.move(moved["x"] + 30, moved["y"] + 8)
    page.mouse.down()
    page.mouse.move(onto["x"] + 30, onto["y"] + 4, steps=20)
    expect(page.locator("li.rule").nth(1)).to_have_class(re.compile("over-before"))
    page.mouse.up()
    expect(page.locator("li.rule").nth(1)).to_contain_text("Angry and valuable first")
    saved(page)
    expect(page.locator("#checked")).to_contain_text("No errors")
    assert built(at) == SAYS
    gold = page.locator("[data-rule='Gold refunds']")
    expect(gold.locator(".finding")).to_contain_text("Money questions")

    page.get_by_role("link", name="Look over and publish").click()
    page.get_by_role("button", name="Go back to the live rules").click()
    page.wait_for_selector("html[data-rules=ready]")
    expect(page.locator("li.rule")).to_have_count(4)
    by_keyboard(page)
    assert built(at) == SAYS

    page.locator("[data-rule='Money questions']").get_by_role("link").click()
    focused(page, "name")
    note = page.get_by_label("Note for those who come after")
    note.press_sequentially("Mine")
    meanwhile(at, omar, "Rest", "Theirs")
    meanwhile(at, omar, "Money questions", "Theirs")
    note.blur()
    torn = page.locator(".torn")
    expect(torn).to_contain_text("Somebody else changed “Money questions” meanwhile")
    expect(page.locator("[data-rule='Rest']")).to_contain_text("Theirs")
    assert [one for one in seen.check("torn") if "409" not in one] == []
    torn.get_by_role("button", name="Use mine instead").click()
    expect(torn).to_have_count(0)
    page.locator("[name='t.0-value']").select_option("VIP")
    saved(page)
    meanwhile(at, omar, "Gold refunds", "Seen as it happens")
    expect(page.locator("[data-rule='Gold refunds']")).to_contain_text("Seen as it happens")

    section = page.get_by_role("region", name="Back-test")
    section.get_by_label("Last").select_option("7")
    section.get_by_role("button", name="Back-test the draft").click()
    expect(page.locator("main")).to_contain_text("Under way")
    jobs.set_heed(at.heed)
    jobs.backtest(*at.rows("SELECT id FROM backtest")[0])
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("main")).to_contain_text("1 ticket of 7 days")
    expect(page.locator("main")).to_contain_text("1 would have been treated otherwise.")
    assert seen.check("back-test") == []
    page.goto(f"{site}/rules")
    page.wait_for_selector("html[data-rules=ready]")

    page.set_viewport_size({"width": 390, "height": 844})
    assert seen.check("phone") == []
    page.get_by_role("link", name="Look over and publish").click()
    expect(page.locator("main")).to_contain_text("1 of 1 waiting tickets would be treated otherwise.")
    assert seen.check("publish") == []
    page.get_by_label("What changed, and why").fill("Angry people first, money to VIP")
    page.get_by_role("button", name="Publish as version 3").click()
    expect(page.locator("main")).to_contain_text("Version 3 is live.")
    assert queue_of(at) == "VIP"
    page.get_by_role("link", name="history and roll back").click()
    page.get_by_role("button", name="Roll back to 2").click()
    expect(page.locator("main")).to_contain_text("Version 4 is live; it is version 2 again.")
    assert queue_of(at) == "Billing"
    assert seen.complaints == []


def meanwhile(desk: Desk, who: Scope, rule: str, note: str) -> None:
    """Let somebody else write a note at a rule."""
    actor = Actor("agent", who.agent or "")
    revision = drafting.current(desk.heed, desk.brand_id).revision

    def edit(sheet: Sheet) -> Sheet:
        return sheet.with_rules({**sheet.rules, rule: {**sheet.rules[rule], "note": note}})

    drafting.change(desk.heed, actor, who, desk.brand_id, revision, edit, now(), rule=rule)


def queue_of(desk: Desk) -> str:
    """Let a worker ask the rules about what waits, and return where the one ticket is then."""
    jobs.ask_waiting(desk.brand_id)
    [(name,)] = desk.rows("SELECT queue.name FROM ticket JOIN queue ON queue.id = ticket.queue_id")
    return str(name)
