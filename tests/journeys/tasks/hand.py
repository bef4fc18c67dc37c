"""A hand that works at the desk: what every task is written over, and what is watched after each of its steps."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect
from playwright.sync_api import Error as BrowserError

from router.store.rows import Ticket
from tests.journeys import axe
from tests.journeys.tasks.words import ISOLATES, Words
from tests.servers.chromium import PATIENCE_MS

STAYS_MS = 10_000  # within this time the focus is somewhere again
LOST = "() => !window.heedStep || !!document.activeElement && document.activeElement !== document.body"


class Hand(ABC):
    """Someone signed in who does things at one page, each thing as this kind of hand does it.

    Texts are English ones of the interface; `**values` fill their placeholders. Controls are found by role and name.
    """

    name = ""

    def __init__(self, context: BrowserContext, site: str, words: Words) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.words = words
        self.site = site
        self.trail: list[str] = []
        self.complaints: list[str] = []
        self.meant = ""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def begin(self) -> None:
        """Come to the desk: the inbox, with nothing open."""
        self.page.goto(f"{self.site}/")
        self.page.wait_for_load_state("load")
        self.trail.clear()
        self.complaints.clear()
        self.meant = ""

    # what a hand does

    @abstractmethod
    def open(self, ticket: Ticket, tab: str = "Mine") -> None:
        """Open a ticket that stands in a list."""

    @abstractmethod
    def find(self, words: str, who: str) -> None:
        """Search for words and open the ticket found of someone."""

    @abstractmethod
    def go(self, place: str) -> None:
        """Go to a place of the desk."""

    @abstractmethod
    def command(self, name: str) -> None:
        """Give a command of the table of commands, by its id."""

    @abstractmethod
    def press(self, *name: str, **values: object) -> None:
        """Press the button or link of this name, or unfold what is folded under it."""

    @abstractmethod
    def press_first(self, name: str, **values: object) -> None:
        """Press the button or link whose name begins so."""

    @abstractmethod
    def fill(self, label: str, text: str) -> None:
        """Write into a field, in place of what stands there."""

    @abstractmethod
    def write(self, text: str) -> None:
        """Write a reply to the customer, in place of what stands there."""

    @abstractmethod
    def choose(self, label: str, *option: str, **values: object) -> None:
        """Choose the option of a list that begins so."""

    @abstractmethod
    def pick(self, label: str) -> None:
        """Choose one of several: the one whose label begins so."""

    @abstractmethod
    def tick(self, label: str, **values: object) -> None:
        """Tick the box whose label begins so."""

    @abstractmethod
    def take(self, option: str) -> None:
        """Take what is offered while one writes."""

    @abstractmethod
    def attach(self, label: str, files: Sequence[Path]) -> None:
        """Choose files in the system's dialog."""

    def list(self, tab: str) -> None:
        """Show a list of the inbox."""
        self.press(tab)

    def look_aside(self) -> None:  # noqa: B027 most hands have it in sight
        """Look at what is known about the ticket, where that is not in sight."""

    def save(self, name: str) -> str:
        """Press what gives a file and return its text."""
        with self.page.expect_download() as saved:
            self.press(name)
        return saved.value.path().read_text(encoding="utf-8-sig")

    # what a hand sees

    def sees(self, *text: str, **values: object) -> None:
        """See a text, soon."""
        found = self.page.get_by_text(self.words.part(*text, **values)).locator("visible=true").first
        expect(found).to_be_visible()
        self._whole(f"seeing “{text[0]}”")

    def misses(self, text: str, **values: object) -> None:
        """Soon see a text no more."""
        expect(self.page.get_by_text(self.words.part(text, **values)).locator("visible=true")).to_have_count(0)

    def hears(self, *text: str, **values: object) -> None:
        """Hear what happened, as a screen reader says it: a live region holds the words."""
        live = self.page.locator("#said, [role=status], [role=alert]")
        expect(live.filter(has_text=self.words.part(*text, **values)).first).to_be_attached()
        self._whole(f"hearing “{text[0]}”")

    def holds(self, label: str, text: str) -> None:
        """See that a field holds a text."""
        expect(self._field(label)).to_have_value(re.compile(re.escape(text)))

    def sees_page(self, attribute: str, value: str) -> None:
        """See that the whole page is as it was asked to be: its language, its theme."""
        expect(self.page.locator("html")).to_have_attribute(attribute, value)

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """Do what the server is meant to refuse; the browser itself complains of that."""
        self.meant = f"the server responded with a status of {status}"
        with self.page.expect_response(lambda answer: answer.status == status):
            yield

    def faults(self) -> list[str]:
        """Return what the checker of accessibility finds on the page as it stands, and whether it is too wide.

        Colours are asked about in English alone: no language has others.
        """
        found = axe.faults(self.page, but=() if self.words.language == "en" else axe.CONTRAST)
        wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
        return [*found, *(["wider than the screen"] if wide else [])]

    # how things are found

    @property
    def scope(self) -> Page | Locator:
        """The dialog that is open, else the page."""
        dialog = self.page.locator("dialog[open]")
        return dialog if dialog.count() else self.page

    def _control(self, pattern: re.Pattern[str]) -> Locator:
        scope = self.scope
        found = scope.get_by_role("button", name=pattern).or_(scope.get_by_role("link", name=pattern))
        named = scope.locator("summary").and_(scope.get_by_label(pattern))
        folded = scope.locator("summary").filter(has_text=pattern).or_(named)
        return found.or_(folded).locator("visible=true").first

    def _field(self, label: str) -> Locator:
        fields = "input:not([type=checkbox], [type=radio], [type=hidden]), textarea, select"
        named = self.scope.get_by_label(self.words.first(label))
        return named.and_(self.page.locator(fields)).locator("visible=true").first

    def _box(self, role: str, label: str, **values: object) -> Locator:
        return self.scope.get_by_role(role, name=self.words.first(label, **values)).first  # type: ignore[arg-type]

    def _option(self, field: Locator, *option: str, **values: object) -> str:
        """Return the whole words of an option that begins so."""
        expect(field.locator("option").first).to_be_attached()
        words = self.words.first(*option, **values)
        return next(one for one in field.locator("option").all_inner_texts() if words.search(one))

    def _shows(self, ticket: Ticket) -> None:
        self.page.wait_for_selector(f"#talk[data-ticket='{ticket.id}']")
        self.page.wait_for_function("() => !document.querySelector('form#composer:not([data-begun])')")

    def _asked(self) -> None:
        """Wait until a dialog asks."""
        self.page.wait_for_selector("dialog[open] :is(h1, h2)")
        self.page.wait_for_function("() => document.activeElement?.closest('dialog')")

    def _hear(self, told: ConsoleMessage) -> None:
        if told.type in ("error", "warning") and not (self.meant and self.meant in told.text):
            self.complaints.append(told.text)

    def _called(self, *text: str, **values: object) -> str:
        """Return a text as the table of tasks calls it: in English, without a number that differs from run to run."""
        if "number" in values:
            values["number"] = "…"
        return ISOLATES.sub("", replace(self.words, language="en").said(*text, **values))

    @contextmanager
    def _doing(self, step: str) -> Iterator[None]:
        """Do one step, and see that nothing complains and the focus is somewhere."""
        self.trail.append(step)
        try:
            self.page.evaluate("() => { window.heedStep = true; }")
        except BrowserError:
            self.page.wait_for_load_state("load")
        yield
        self._whole(step)

    def _whole(self, step: str) -> None:
        assert not self.complaints, f"after {step}: {self.complaints}"
        try:
            self.page.wait_for_function(LOST, timeout=STAYS_MS)
        except BrowserError as error:
            raise AssertionError(f"the focus was lost after {step}; before: {self.trail}") from error
