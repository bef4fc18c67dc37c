"""Every state a page can be in, looked at in both themes and both directions: whole, legible, nothing cut or covered.

Each state leaves a picture under .tools/states, for people to look at. There is no state of an offer with its
countdown yet: no queue offers tickets so far.
"""

import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from router.model import Presence, Scope
from router.notify import Change
from router.presence import set_presence
from tests.builders import now
from tests.journeys.full_desk import Scene, a_full_desk
from tests.journeys.test_pages import Watched, a_context, axe_of
from tests.servers import free_port
from tests.servers.valkey import empty

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / ".tools" / "states"
MEASURE = (Path(__file__).parent / "measuring.js").read_text()
FEWEST_BYTES = 40  # different ones in a picture that shows something
DIRECTIONS = {"ltr": "en", "rtl": "ur"}
THEMES = ("light", "dark")
LEGIBLE = "r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))"
PRINTS: dict[tuple[str, str], dict[str, str]] = {}  # (state, theme) -> direction -> what the picture hashes to
PATIENCE_MS = 10_000.0
CUT_OFF = ("lost", "failed-retry", "signed-out")  # states of a page whose requests fail


class Stage:
    """One window of each of two people, in one direction; each look is taken in both themes."""

    def __init__(self, browser: Browser, scene: Scene, direction: str) -> None:
        self.scene, self.at, self.of = scene, scene.at, scene.of
        self.direction = direction
        self.at.do("UPDATE agent SET locale = :tag", tag=DIRECTIONS[direction])
        self.windows = [self._window(browser, who) for who in (scene.ana, scene.cleo)]
        self.watched = self.windows[0]
        self.faults: list[str] = []
        self.axe = axe_of()
        PICTURES.mkdir(parents=True, exist_ok=True)

    def _window(self, browser: Browser, who: Scope) -> Watched:
        context = a_context(browser, self.scene.site, self.at, who, "desk", "light")
        context.set_default_timeout(PATIENCE_MS)
        return Watched(context)

    @property
    def page(self) -> Page:
        """The page of whoever acts."""
        return self.watched.page

    @property
    def context(self) -> BrowserContext:
        """The window of whoever acts."""
        return self.page.context

    def go(self, path: str) -> Page:
        """Open a page; a ticket with its script at work."""
        self.page.goto(self.scene.site + path)
        self.page.wait_for_load_state("load")
        if self.page.locator("form#composer").count():
            self.page.wait_for_selector("form#composer[data-begun]")
        return self.page

    def ticket(self, shows: str) -> Page:
        """Open the ticket that shows something."""
        return self.go(f"/tickets/{self.of[shows]}")

    def dialog(self, path: str) -> Page:
        """Open a dialog over the shown ticket."""
        self.page.evaluate("path => { const a = document.createElement('a'); a.href = path; a.dataset.dialog = '';"
                           " document.body.append(a); a.click(); a.remove() }", path)  # fmt: skip
        self.page.wait_for_selector("dialog[open] :is(h1, h2)")
        return self.page

    def take(self, name: str, lead: Callable[["Stage"], object], *, axe: bool | None = None) -> None:
        """Lead there and look; the walk goes on whatever is wrong, so that all of it is told at once."""
        if not re.search(os.environ.get("STATES", ""), name):
            return
        try:
            lead(self)
            self.look(name, axe=self.direction == "ltr" if axe is None else axe)
        except Exception as error:
            self.faults.append(f"{name}: {str(error).splitlines()[0]}")
        self.context.set_offline(False)
        self.page.unroute_all(behavior="ignoreErrors")
        if name in CUT_OFF:
            self.page.goto("about:blank")
            self.watched.complaints.clear()
        if name in ("draft", "note", "composer"):
            self.page.evaluate("localStorage.clear()")
            self.at.do("DELETE FROM draft")
        if name == "others":
            self.omar("left")

    def look(self, name: str, *, axe: bool) -> None:
        """Take the pictures of a state and note what is wrong with them; `axe`: ask it about more than the colours."""
        wrong = self.watched.check(name) if axe else self._heard(name)
        if name in CUT_OFF:  # the browser's own word for what the state is about
            wrong = [one for one in wrong if "Failed to load resource" not in one]
        wrong += [f"{name}: {one}" for one in self.page.evaluate(MEASURE)]
        for theme in THEMES:
            if theme != "light":
                self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            wrong += [f"{name}, {theme}: {one}" for one in self._seen(name, theme)]
        if not axe:
            wrong += [f"{name}, dark: {one}" for one in self._legible()]
        self.page.emulate_media(color_scheme="light")
        self.faults += wrong

    def _seen(self, name: str, theme: str) -> list[str]:
        """Take one picture and return what is wrong with it."""
        picture = self.page.screenshot(animations="disabled", caret="hide")
        (PICTURES / f"{name}-{theme}-{self.direction}.png").write_bytes(picture)
        prints = PRINTS.setdefault((name, theme), {})
        prints[self.direction] = hashlib.sha256(picture).hexdigest()
        same = len(prints) > len(set(prints.values()))
        empty = len(set(drawn(picture))) < FEWEST_BYTES
        return ["looks the same in both directions"] * same + ["nothing is drawn"] * empty

    def omar(self, does: str) -> None:
        """Let a colleague do something at a ticket."""
        said = Change("here", self.at.brand_id, self.of["oven"], self.scene.omar.agent or "", doing=does)
        self.at.heed.notifier.publish([said])

    def _legible(self) -> list[str]:
        """Return what does not stand out from its paper."""
        self.page.evaluate(self.axe)
        asked = f"axe.run(document, {{runOnly: ['color-contrast'], iframes: false}}).then({LEGIBLE})"
        found: list[str] = self.page.evaluate(asked)
        return found

    def _heard(self, name: str) -> list[str]:
        said = [f"{name}: {one}" for one in self.watched.complaints]
        self.watched.complaints.clear()
        return said

    def close(self) -> None:
        for window in self.windows:
            window.page.context.close()


def drawn(png: bytes) -> bytes:
    """Return the bytes of a picture's rows."""
    found, at = b"", 8
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        found += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    return zlib.decompress(found)


# The states. Each leads the page there; what it put in the way is taken away afterwards.


def loading(on: Stage) -> None:
    on.ticket("chat")
    on.page.route(re.compile("/conversation"), lambda route: on.page.wait_for_timeout(0))  # never answered
    on.page.evaluate("id => document.getElementById('open-' + id).click()", on.of["oven"])
    on.page.wait_for_selector("#talk[aria-busy=true]")


def lost(on: Stage) -> None:
    on.ticket("chat")
    on.context.set_offline(True)
    on.page.wait_for_selector("#lost:visible")


def act_failed(on: Stage) -> None:
    on.ticket("chat")
    on.page.route(re.compile("/(pull|inbox/list|events|here)|/conversation"), lambda route: route.abort())
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
PAGES = {
    name: STATES[name] for name in ("inbox", "ticket", "composer", "long", "wallboard", "report", "settings-people")
}
SIZES = {"narrow": (1000, 800), "phone": (390, 844), "zoomed": (700, 430)}  # zoomed: 1,400 by 860 at 200 %


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, _migrated_sqlite: Path, _valkey_server: str) -> Iterator[Scene]:
    """A desk with all there is to see."""
    folder = tmp_path_factory.mktemp("states")
    (folder / "heed.db").write_bytes(_migrated_sqlite.read_bytes())
    empty(_valkey_server)
    with a_full_desk(f"sqlite:///{folder / 'heed.db'}", folder, _valkey_server, free_port()) as scene:
        yield scene


@pytest.mark.timeout(400)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_state_is_whole_in_both_themes(browser: Browser, scene: Scene, direction: str) -> None:
    on = Stage(browser, scene, direction)
    for window, states in zip(on.windows, (STATES, QUIET), strict=True):
        on.watched = window
        for name, lead in states.items():
            on.take(name, lead)
    on.close()
    assert not on.faults, "\n".join(on.faults)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_pages_are_whole_at_every_width_and_zoom(browser: Browser, scene: Scene, direction: str) -> None:
    on = Stage(browser, scene, direction)
    for size, (width, height) in SIZES.items():
        on.page.set_viewport_size({"width": width, "height": height})
        for name, lead in PAGES.items():
            on.take(f"{name}-{size}", lead, axe=False)
    on.close()
    assert not on.faults, "\n".join(on.faults)
