"""Four hands: by mouse, by keyboard only, by touch on a phone, and by mouse in Urdu, which runs right to left."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import ElementHandle, Locator, expect

from router.store.rows import Ticket
from router.web.inbox.commands import COMMANDS
from tests.journeys.tasks.hand import Hand

BY_ID = {command.id: command for command in COMMANDS}
ASKS = {"transfer", "snooze", "answers", "palette"} | {one.id for one in COMMANDS if one.act == "dialog"}
BY_MOUSE: dict[str, tuple[str, ...]] = {  # command -> what is pressed, one after the other
    "pull": ("Pull next ticket",),
    "resolve": ("Resolve",),
    "snooze": ("Snooze",),
    "transfer": ("Transfer",),
    "forward": ("Forward to someone else",),
    "start": ("Write to a customer",),
    "answers": ("Saved answers",),
    "merge": ("More", "Merge with another ticket"),
    "why": ("More", "Who else was considered"),
    "assign": ("More", "Assign to a person"),
    "history": ("More", "Whole history"),
    "follow": ("More", "Come back to this"),
    "spam": ("More", "Spam"),
    "choose": ("Choose several tickets",),
    "undo": ("Undo",),
    "send": ("Send",),
}
TYPING = "() => !!document.activeElement?.matches('textarea, select, input:not([type=radio], [type=checkbox])')"
ENTRY = (  # where Tab comes to a group of rounds: the one that is chosen, else the first
    "el => { const named = [...document.getElementsByName(el.name)];"
    " const all = named.filter((one) => one.form === el.form && !one.disabled);"
    " return all.find((one) => one.checked) ?? all[0]; }"
)
STEPS = "(el, words) => [...el.options].findIndex((one) => one.innerText.trim() === words) - el.selectedIndex"
WAY = "el => { const on = document.activeElement; return on === el ? 0 : on.compareDocumentPosition(el) & 4 ? 1 : -1; }"
MOST_TABS = 150  # presses to a control that is said to be reached by keyboard


class Mouse(Hand):
    """Presses what is in sight."""

    name = "mouse"

    def open(self, ticket: Ticket, tab: str = "Mine") -> None:
        if tab != "Mine":
            self.list(tab)
        rows = self.page.get_by_role("region", name=self.words.whole("Tickets"))
        with self._doing(f"press the ticket in “{tab}”"):
            self._press(rows.locator(f"article[data-ticket='{ticket.id}']").get_by_role("link").first)
            self._shows(ticket)

    def find(self, words: str, who: str) -> None:
        field = self.page.get_by_label(self.words.whole("Find tickets and customers"))
        with self._doing(f"write “{words}” into the search field"):
            self._press(field)
            field.fill(words)
        with self._doing("press what is found"):
            found = self.page.locator("#found article[data-ticket]").get_by_role("link")
            self._press(found.filter(has_text=who).first)
            self.page.wait_for_selector("#talk[data-ticket]")

    def go(self, place: str) -> None:
        with self._doing(f"press “{place}” at the edge"):
            rail = self.page.get_by_role("navigation", name=self.words.whole("Main"))
            self._press(rail.get_by_role("link", name=self.words.whole(place)))

    def command(self, name: str) -> None:
        if name in ("note", "reply"):
            self.pick("Note" if name == "note" else "Reply")
        elif name == "notices":
            self._step("press the bell", self.page.get_by_role("navigation").get_by_role("link", name=self._bell()))
        elif name == "presence":
            with self._doing("press your initials"):
                self._press(self.page.locator("summary").and_(self.page.get_by_label(self._presence())))
        else:
            for words in BY_MOUSE[name]:
                self.press(words)
        if name in ASKS:
            self._asked()

    def press(self, *name: str, **values: object) -> None:
        self._step(f"press “{self._called(*name, **values)}”", self._control(self.words.whole(*name, **values)))

    def press_first(self, name: str, **values: object) -> None:
        self._step(f"press “{self._called(name, **values)}”", self._control(self.words.first(name, **values)))

    def fill(self, label: str, text: str) -> None:
        with self._doing(f"write into “{label}”"):
            field = self._field(label)
            self._press(field)
            field.fill(text)

    def write(self, text: str) -> None:
        self.fill("Your words", text)

    def choose(self, label: str, *option: str, **values: object) -> None:
        with self._doing(f"choose “{self._called(*option, **values)}” of “{label}”"):
            field = self._field(label)
            field.focus()  # as pressing the list would; the list itself is the system's
            field.select_option(label=self._option(field, *option, **values))

    def pick(self, label: str) -> None:
        with self._doing(f"choose “{label}”"):
            self._press_label(self._box("radio", label))
            expect(self._box("radio", label)).to_be_checked()

    def tick(self, label: str, **values: object) -> None:
        with self._doing(f"tick “{self._called(label, **values)}”"):
            self._press_label(self._box("checkbox", label, **values))
            expect(self._box("checkbox", label, **values)).to_be_checked()

    def take(self, option: str) -> None:
        with self._doing(f"press “{option}” of those offered"):
            self._press(self.page.get_by_role("option", name=self.words.part(option)).first)

    def attach(self, label: str, files: Sequence[Path]) -> None:
        with self._doing(f"press “{label}” and choose the files"), self.page.expect_file_chooser() as asked:
            self._press(self.scope.get_by_label(self.words.first(label)).first)
        asked.value.set_files(files)

    def _bell(self) -> re.Pattern[str]:
        return self.words.first("Notices")

    def _presence(self) -> re.Pattern[str]:
        said = self.words.part("{name}: {status}. Change presence", name="Ana", status="STATUS").pattern
        return re.compile(said.replace("STATUS", ".*"))

    def _step(self, step: str, control: Locator) -> None:
        with self._doing(step):
            self._press(control)

    def _press(self, control: Locator) -> None:
        control.click()

    def _press_label(self, box: Locator) -> None:
        """Press a box or round, or the words beside it where those are what is drawn."""
        words = box.locator("xpath=ancestor::label")
        self._press(words if words.count() else box)


class Urdu(Mouse):
    """Presses what is in sight, on pages in Urdu."""

    name = "urdu"

    def begin(self) -> None:
        super().begin()
        assert self.page.locator("html").get_attribute("dir") == "rtl"

    def _bell(self) -> re.Pattern[str]:
        one = self.words.first("Notices, {n} new", "Notices, {n} new", n=1).pattern
        return re.compile(f"{one}|{self.words.first('Notices').pattern}")


class Phone(Mouse):
    """Taps on a narrow screen, where a list or a conversation is shown, never both."""

    name = "phone"

    def list(self, tab: str) -> None:
        back = self.page.get_by_role("link", name=self.words.whole("Back to the list"))
        if back.is_visible():
            self._step("tap “Back to the list”", back)
        super().list(tab)

    def look_aside(self) -> None:
        self._step("tap “About this ticket”", self.page.get_by_role("link", name=self.words.whole("About this ticket")))

    def _press(self, control: Locator) -> None:
        control.tap()


class Keyboard(Hand):
    """Presses keys and nothing else."""

    name = "keyboard"

    def open(self, ticket: Ticket, tab: str = "Mine") -> None:
        self._key("/", "`/`")
        with self._doing("its number, `Enter`"):
            self.page.keyboard.type(f"#{ticket.number}")
            self.page.wait_for_selector(f"#found article[data-ticket='{ticket.id}']")
            self.page.keyboard.press("Enter")
            self._shows(ticket)

    def find(self, words: str, who: str) -> None:
        self._key("/", "`/`")
        with self._doing(f"“{words}”, `Enter`"):
            with self.page.expect_response(lambda answer: f"?q={quote(words)}&" in answer.url):
                self.page.keyboard.type(words)  # what a part of them found may be the same
            expect(self.page.locator("#found article[data-ticket]").filter(has_text=who)).to_have_count(1)
            self.page.keyboard.press("Enter")
            self.page.wait_for_selector("#talk[data-ticket]")

    def go(self, place: str) -> None:
        self._palette(place)

    def command(self, name: str) -> None:
        one = BY_ID[name]
        if name == "send":
            self._key("Control+Enter", "`Ctrl ↵`", leave=False)
        elif one.key:
            self._key("Control+k" if name == "palette" else one.key.lower(), f"`{one.key}`")
        else:
            self._palette(one.words)
        if name in ASKS:
            self._asked()

    def press(self, *name: str, **values: object) -> None:
        with self._doing(f"`Tab` to “{self._called(*name, **values)}”, `Enter`"):
            self._reach(self._control(self.words.whole(*name, **values)))
            self.page.keyboard.press("Enter")

    def press_first(self, name: str, **values: object) -> None:
        with self._doing(f"`Tab` to “{self._called(name, **values)}”, `Enter`"):
            self._reach(self._control(self.words.first(name, **values)))
            self.page.keyboard.press("Enter")

    def fill(self, label: str, text: str) -> None:
        field = self._field(label)
        with self._doing("write" if field.evaluate(WAY) == 0 else f"`Tab` to “{label}”, write"):
            self._reach(field)
            if field.input_value():
                self.page.keyboard.press("Control+a")
            self.page.keyboard.type(text)

    def write(self, text: str) -> None:
        field = self._field("Your words")
        if field.evaluate(WAY) != 0:
            self._key("r", "`R`")
            expect(field).to_be_focused()
        self.fill("Your words", text)

    def choose(self, label: str, *option: str, **values: object) -> None:
        with self._doing(f"`Tab` to “{label}”, arrows to “{self._called(*option, **values)}”"):
            field = self._field(label)
            self._reach(field)
            words = self._option(field, *option, **values)
            steps = field.evaluate(STEPS, words.strip())
            for _ in range(abs(steps)):
                self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
            assert field.evaluate(STEPS, words.strip()) == 0, f"no arrow leads to “{words}”"

    def pick(self, label: str) -> None:
        with self._doing(f"`Tab` and arrows to “{label}”"):
            wanted = self._box("radio", label)
            first = wanted.evaluate_handle(ENTRY).as_element()
            assert first is not None
            self._reach(first)
            for _ in range(20):
                if wanted.evaluate("el => document.activeElement === el"):
                    break
                self.page.keyboard.press("ArrowDown")
            if not wanted.is_checked():
                self.page.keyboard.press("Space")
            expect(wanted).to_be_checked()

    def tick(self, label: str, **values: object) -> None:
        with self._doing(f"`Tab` to “{self._called(label, **values)}”, `Space`"):
            box = self._box("checkbox", label, **values)
            self._reach(box)
            self.page.keyboard.press("Space")
            expect(box).to_be_checked()

    def take(self, option: str) -> None:
        with self._doing(f"`Enter` takes “{option}”"):
            expect(self.page.get_by_role("option", name=self.words.part(option), selected=True)).to_have_count(1)
            self.page.keyboard.press("Enter")

    def attach(self, label: str, files: Sequence[Path]) -> None:
        with self._doing(f"`Tab` to “{label}”, `Enter`, choose the files"), self.page.expect_file_chooser() as asked:
            self._reach(self.scope.get_by_label(self.words.first(label)).first)
            self.page.keyboard.press("Enter")
        asked.value.set_files(files)

    def _key(self, key: str, shown: str, *, leave: bool = True) -> None:
        if leave and self.page.evaluate(TYPING):
            with self._doing("`Esc`"):
                self.page.keyboard.press("Escape")
        with self._doing(shown):
            self.page.keyboard.press(key)

    def _palette(self, words: str) -> None:
        self._key("Control+k", "`Ctrl K`", leave=False)
        with self._doing(f"“{words}”, `Enter`"):
            self.page.wait_for_selector("#palette:focus")
            self.page.keyboard.type(words)
            expect(self.page.get_by_role("option", name=self.words.first(words), selected=True)).to_have_count(1)
            self.page.keyboard.press("Enter")

    def _reach(self, control: Locator | ElementHandle) -> None:
        """Press Tab, or Shift and Tab, until the focus is on a control."""
        for _ in range(MOST_TABS):
            where = control.evaluate(WAY)
            if where == 0:
                return
            self.page.keyboard.press("Tab" if where > 0 else "Shift+Tab")
        raise AssertionError(f"Tab does not lead to {control}; steps: {self.trail}")


HANDS: dict[str, type[Hand]] = {one.name: one for one in (Mouse, Keyboard, Phone, Urdu)}
