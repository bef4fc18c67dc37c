"""The states that pages can be in. Each leads there; what it put in the way is taken away by the stage."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from router.model import Presence
from router.presence import set_presence
from tests.builders import now
from tests.journeys.stage import Stage

HEARS = """() => new Promise((hears) => {
  document.addEventListener("heed:line", hears, { once: true });
  dispatchEvent(new Event("online"));
})"""


def loading(on: Stage) -> None:
    on.ticket("chat")
    on.page.route(re.compile("/conversation"), lambda route: on.page.wait_for_timeout(0))  # never answered
    on.page.evaluate("id => document.getElementById('open-' + id).click()", on.of["oven"])
    on.page.wait_for_selector("#talk[aria-busy=true]")


def lost(on: Stage) -> None:
    on.ticket("chat")
    on.page.evaluate(HEARS)  # else the stream's first word, coming late, says that the line works
    on.context.set_offline(True)
    on.page.wait_for_selector("#lost:visible")


def act_failed(on: Stage) -> None:
    # before the page: a list that it asks for and gets late would take the place of what the pull says
    on.page.route(re.compile("/inbox/list"), lambda route: route.abort())
    on.ticket("chat")
    on.page.route(re.compile("/(pull|events|here)|/conversation"), lambda route: route.abort())
    on.page.click("#pull")
    expect(on.page.locator("#pull-says")).not_to_be_empty()


def signed_out(on: Stage) -> None:
    on.ticket("chat")
    on.page.route(re.compile("/inbox/list"), lambda route: route.fulfill(status=401, body="{}"))
    on.page.evaluate("document.dispatchEvent(new CustomEvent('heed:hint', {detail: {kind: 'look'}}))")
    on.page.wait_for_selector("#signed-out:visible")


def no_permission(on: Stage) -> None:
    on.go("/settings/brands")
    expect(on.page.locator(".soft")).to_have_text("403")
    on.watched.complaints.clear()


def not_found(on: Stage) -> None:
    on.go(f"/tickets/{on.of['oven']}")
    on.watched.complaints.clear()


def away(on: Stage) -> None:
    set_presence(on.at.heed, on.scene.cleo.agent or "", Presence.AWAY, now())
    on.go("/")
    expect(on.page.locator("#pull-says")).not_to_be_empty()


def at_capacity(on: Stage) -> None:
    set_presence(on.at.heed, on.scene.cleo.agent or "", Presence.ONLINE, now())
    on.at.do("UPDATE agent_slot SET slots = 0 WHERE agent_id = :a", a=on.scene.cleo.agent)
    on.go("/")


def undo_bar(on: Stage) -> None:
    page = on.ticket("undo")
    page.fill("#text", "It leaves today.")
    page.click("#send")
    page.wait_for_selector("#undo-bar")
    page.wait_for_selector(".line.us .leaves")


def newer(on: Stage) -> None:
    page = on.ticket("chat")
    page.fill("#text", "Dear Iris, it is on its way")
    on.at.says("Hello? It is urgent now!", "iris", thread="chat")
    page.wait_for_selector("#newer:visible")


def draft(on: Stage) -> None:
    on.ticket("chat")
    on.page.reload()
    on.page.wait_for_selector("form#composer[data-begun]")
    expect(on.page.locator("#text")).to_have_value(re.compile("Iris"))


def others(on: Stage) -> None:
    page = on.ticket("oven")
    on.omar("types")
    page.wait_for_selector("#here .types")


def composer(on: Stage) -> None:
    page = on.ticket("undo")
    page.click("#recipients summary")
    page.fill("[name=cc]", "eva@home.example, boss@shop.example, nonsense")
    page.fill("#text", "Dear Dan,\n\nWe are sorry about the broken lamp. We will send another one today.")
    files = [{"name": f"{'a-long-name-' * 9}{n}.pdf", "mimeType": "text/plain", "buffer": b"x"} for n in range(3)]
    page.set_input_files("#files", files)  # type: ignore[arg-type]
    page.wait_for_selector("#chosen [data-file='2']")


def ways_to_send(on: Stage) -> None:
    on.ticket("oven")
    on.page.click("#send-more summary")


def note(on: Stage) -> None:
    page = on.ticket("oven")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("i")
    page.keyboard.type("@om")
    page.wait_for_selector("#named [role=option]")


def menu(on: Stage, of: str) -> None:
    on.ticket("oven")
    on.page.click(f"{of} summary")


def found(on: Stage, typed: str) -> None:
    on.ticket("oven")
    on.page.fill("#q", typed)
    on.page.wait_for_selector("#found-list")


def palette(on: Stage) -> None:
    on.ticket("oven")
    on.page.keyboard.press("Control+k")
    on.page.wait_for_selector("dialog[open] [role=option]")


def choosing(on: Stage, then: str = "") -> None:
    on.go("/?tab=waiting")
    on.page.click("#choose")
    for box in on.page.locator("#tickets input[name=ticket]").all()[:4]:
        box.check()
    if then:
        on.page.click("#many button.primary")
        on.page.wait_for_load_state("load")
        on.page.click(f"button[value={then}]")
        on.page.wait_for_load_state("load")


def of_ticket(shows: str) -> Callable[[Stage], object]:
    return lambda on: on.ticket(shows)


def at_page(path: str) -> Callable[[Stage], object]:
    return lambda on: on.go(path.format(**on.of))


def in_dialog(path: str, over: str = "oven") -> Callable[[Stage], object]:
    return lambda on: (on.ticket(over), on.dialog(path.format(**on.of)))


QUIET: dict[str, Callable[[Stage], object]] = {  # seen by someone of a brand where nothing happened
    "empty": at_page("/"),
    "empty-waiting": at_page("/?tab=waiting"),
    "empty-contacts": at_page("/contacts"),
    "empty-notices": at_page("/notices"),
    "empty-aside": at_page("/aside"),
    "empty-wallboard": at_page("/wallboard"),
    "few-cases": at_page("/reports"),
    "no-permission": no_permission,
    "not-found": not_found,
    "away": away,
    "at-capacity": at_capacity,
}
STATES: dict[str, Callable[[Stage], object]] = {
    "inbox": at_page("/?tab=mine"),
    "waiting": at_page("/?tab=waiting"),
    "snoozed": at_page("/?tab=snoozed"),
    "done": at_page("/?tab=done"),
    "ticket": of_ticket("oven"),
    "loading": loading,
    "lost": lost,
    "failed-retry": act_failed,
    "signed-out": signed_out,
    "theirs": of_ticket("theirs"),
    "not-sent": of_ticket("failed"),
    "may-have-arrived": of_ticket("unknown"),
    "attachment-missing": of_ticket("missing"),
    "long": of_ticket("long"),
    "thousand": of_ticket("thousand"),
    "undo": undo_bar,
    "scheduled": of_ticket("scheduled"),
    "newer": newer,
    "draft": draft,
    "others": others,
    "merged": of_ticket("merged"),
    "spam": of_ticket("spam"),
    "aside": at_page("/aside"),
    "notices": in_dialog("/notices"),
    "composer": composer,
    "ways-to-send": ways_to_send,
    "note": note,
    "presence-menu": lambda on: menu(on, "#presence"),
    "more-menu": lambda on: menu(on, "#more-acts"),
    "views-menu": lambda on: menu(on, "#views"),
    "found": lambda on: found(on, "refund"),
    "nothing-found": lambda on: found(on, "zzzzz"),
    "search-page": at_page("/search?q=refund"),
    "palette": palette,
    "keys": in_dialog("/keys"),
    "answers": in_dialog("/tickets/{oven}/answers"),
    "transfer": in_dialog("/tickets/{oven}/transfer"),
    "snooze": in_dialog("/tickets/{oven}/snooze"),
    "forward": in_dialog("/tickets/{oven}/forward"),
    "merge": in_dialog("/tickets/{oven}/merge"),
    "mark-spam": in_dialog("/tickets/{oven}/spam"),
    "follow-up": in_dialog("/tickets/{oven}/follow-up"),
    "why": in_dialog("/tickets/{oven}/why"),
    "assign": in_dialog("/tickets/{oven}/assign"),
    "again": in_dialog("/tickets/new"),
    "choosing": choosing,
    "dry-run": lambda on: choosing(on, "resolve"),
    "history": at_page("/tickets/{oven}/history"),
    "contacts": at_page("/contacts"),
    "contact": at_page("/contacts/{contact}"),
    "views": at_page("/views"),
    "wallboard": at_page("/wallboard"),
    "report": at_page("/reports?days=14"),
    "report-mine": at_page("/reports/mine"),
    "rules": at_page("/rules"),
    "settings": at_page("/settings"),
    "settings-you": at_page("/settings/you"),
    "settings-people": at_page("/settings/people"),
    "settings-levels": at_page("/settings/levels"),
    "settings-queues": at_page("/settings/queues"),
    "settings-queue": at_page("/settings/queues/{queue}"),
    "settings-connections": at_page("/settings/connections"),
    "settings-answers": at_page("/settings/answers"),
    "settings-brands": at_page("/settings/brands"),
    "settings-calendars": at_page("/settings/calendars"),
    "settings-audit": at_page("/settings/audit"),
}
