"""Where a walk through all states takes place: two people's windows, and how each state is looked at."""

import hashlib
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from router.model import Scope
from router.notify import Change
from tests.journeys import axe
from tests.journeys.full_desk import Scene
from tests.journeys.test_pages import Watched, a_context
from tests.servers.chromium import PATIENCE_MS

PICTURES = Path(__file__).parents[2] / ".tools" / "states"
MEASURE = (Path(__file__).parent / "measuring.js").read_text()
FEWEST_BYTES = 40  # different ones in a picture that shows something
AT_ONCE = 1 << 16  # bytes of a picture
DIRECTIONS = {"ltr": "en", "rtl": "ur"}
THEMES = ("light", "dark")
PRINTS: dict[tuple[str, str], dict[str, str]] = {}  # (state, theme) -> direction -> what the picture hashes to
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

    def take(self, name: str, lead: Callable[["Stage"], object], *, shape: bool = False) -> None:
        """Lead there and look, `shape`: at nothing but the shape; the walk goes on whatever is wrong, to tell all."""
        if not re.search(os.environ.get("STATES", ""), name):
            return
        try:
            lead(self)
            self.look(name, shape=shape)
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

    def look(self, name: str, *, shape: bool = False) -> None:
        """Take the pictures of a state and note what is wrong.

        axe is asked about everything in the light and one direction, about colours in the dark and the other. `shape`:
        the look after others, at another width. Its colours are the same, so nobody is asked about them.
        """
        whole = self.direction == "ltr" and not shape
        wrong = self.watched.check(name) if whole else self._heard(name)
        if name in CUT_OFF:  # the browser's own word for what the state is about
            wrong = [one for one in wrong if "Failed to load resource" not in one]
        wrong += [f"{name}: {one}" for one in self.page.evaluate(MEASURE)]
        for theme in THEMES[:1] if shape else THEMES:
            if theme != "light":
                self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            wrong += [f"{name}, {theme}: {one}" for one in self._seen(name, theme)]
        if not (whole or shape):
            wrong += [f"{name}, dark: {one}" for one in axe.faults(self.page, axe.CONTRAST)]
        self.page.emulate_media(color_scheme="light")
        self.faults += wrong

    def _seen(self, name: str, theme: str) -> list[str]:
        """Take one picture and return what is wrong with it."""
        picture = self.page.screenshot(animations="disabled", caret="hide")
        (PICTURES / f"{name}-{theme}-{self.direction}.png").write_bytes(picture)
        prints = PRINTS.setdefault((name, theme), {})
        prints[self.direction] = hashlib.sha256(picture).hexdigest()
        same = len(prints) > len(set(prints.values()))
        return ["looks the same in both directions"] * same + ["nothing is drawn"] * (not shows_something(picture))

    def omar(self, does: str) -> None:
        """Let a colleague do something at a ticket."""
        said = Change("here", self.at.brand_id, self.of["oven"], self.scene.omar.agent or "", doing=does)
        self.at.heed.notifier.publish([said])

    def _heard(self, name: str) -> list[str]:
        said = [f"{name}: {one}" for one in self.watched.complaints]
        self.watched.complaints.clear()
        return said

    def close(self) -> None:
        for window in self.windows:
            window.page.context.close()


def shows_something(png: bytes) -> bool:
    """Say whether a picture's rows hold more than a few different bytes, reading no further than it must."""
    seen: set[int] = set()
    rows, at = zlib.decompressobj(), 8
    while at < len(png) and len(seen) < FEWEST_BYTES:
        size, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        packed = png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        while packed and len(seen) < FEWEST_BYTES:
            seen.update(rows.decompress(packed, AT_ONCE))
            packed = rows.unconsumed_tail
        at += size + 12
    return len(seen) >= FEWEST_BYTES
