"""The one table of commands: the keys dialog, the palette and the page's script all read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flask import Flask, g

from router.model import Role
from router.web.words import look_up as _

Act = Literal["click", "dialog", "go", "run", ""]
Where = Literal["anywhere", "list", "ticket"]


@dataclass(frozen=True, slots=True)
class Command:
    """Something one can do by a key or from the palette.

    click: press the element with id `target`, where it stands on the page. dialog, go: open the path `target`, in which
    {ticket} is the ticket shown. run: what the script registered under `id`. Empty: only named among the keys.
    """

    id: str
    words: str
    key: str = ""
    act: Act = "run"
    target: str = ""
    where: Where = "anywhere"
    role: Role = Role.AGENT


COMMANDS = (
    Command("pull", "Pull the next ticket", "N", "click", "pull"),
    Command("accept", "Accept what is offered", "O", "click", "offer-accept"),
    Command("decline", "Decline what is offered", "Q", "click", "offer-decline"),
    Command("next", "Next ticket of the list", "J", where="list"),
    Command("previous", "Previous ticket of the list", "K", where="list"),
    Command("reply", "Write a reply", "R", where="ticket"),
    Command("note", "Write a note", "I", where="ticket"),
    Command("resolve", "Resolve", "E", "click", "act-resolve", "ticket"),
    Command("snooze", "Snooze", "Z", "click", "act-snooze", "ticket"),
    Command("transfer", "Transfer", "T", "click", "act-transfer", "ticket"),
    Command("forward", "Forward to someone else", "", "dialog", "/tickets/{ticket}/forward", "ticket"),
    Command("start", "Write to a customer", "C", "dialog", "/tickets/new"),
    Command("answers", "Saved answers", "M", "click", "act-answers", "ticket"),
    Command("merge", "Merge with another ticket", "X", "dialog", "/tickets/{ticket}/merge", "ticket"),
    Command("why", "Who else was considered", "", "dialog", "/tickets/{ticket}/why", "ticket"),
    Command("assign", "Assign to a person", "A", "dialog", "/tickets/{ticket}/assign", "ticket", Role.SUPERVISOR),
    Command("correct", "Correct what was read", "W", "dialog", "/tickets/{ticket}/correct", "ticket"),
    Command("mood-right", "Frustration: right", "Y", "click", "mood-right", "ticket"),
    Command("mood-not", "Frustration: not so", "D", "click", "mood-not", "ticket"),
    Command("mood-angrier", "Frustration: angrier than that", "G", "click", "mood-angrier", "ticket"),
    Command("history", "Whole history", "H", "go", "/tickets/{ticket}/history", "ticket"),
    Command("follow", "Come back to this", "F", "dialog", "/tickets/{ticket}/follow-up", "ticket"),
    Command("spam", "Spam", "", "dialog", "/tickets/{ticket}/spam", "ticket"),
    Command("choose", "Choose several tickets", "", where="list"),
    Command("undo-many", "Undo what was done to many tickets", "", "go", "/bulk"),
    Command("aside", "Set aside", "", "go", "/aside"),
    Command("find", "Find", "/"),
    Command("presence", "Change presence", "P"),
    Command("end-shift", "End my shift", "", "go", "/shift/end"),
    Command("notices", "Notices", "B", "dialog", "/notices"),
    Command("palette", "All commands", "Ctrl K"),
    Command("keys", "Show these keys", "?", "dialog", "/keys"),
    Command("inbox", "Inbox", "", "go", "/"),
    Command("contacts", "Contacts", "", "go", "/contacts"),
    Command("views", "Views", "", "go", "/views"),
    Command("rules", "Rules", "", "go", "/rules"),
    Command("reports", "Reports", "", "go", "/reports"),
    Command("wallboard", "Wallboard", "", "go", "/wallboard", role=Role.SUPERVISOR),
    Command("settings", "Settings", "", "go", "/settings"),
    Command("leave", "Close a dialog, leave a field", "Esc", ""),
    Command("undo", "Take back what was just sent", "U", "click", "undo-send"),
    Command("send", "Send", "Ctrl ↵", "", where="ticket"),
)


def commands_for(role: Role) -> list[Command]:
    """Return the commands of a role, in the order they are shown."""
    return [command for command in COMMANDS if role.rank >= command.role.rank]


def as_rows(commands: Iterable[Command]) -> list[dict[str, str]]:
    """Return commands as the page's script reads them, in the reader's language."""
    return [
        {"id": c.id, "words": _(c.words), "key": c.key, "act": c.act, "target": c.target, "where": c.where}
        for c in commands
    ]


def register(app: Flask) -> None:
    """Give the templates the commands of whoever reads."""

    def rows() -> list[dict[str, str]]:
        who = g.get("agent")
        return as_rows(commands_for(who.role)) if who else []

    app.jinja_env.globals["commands"] = rows
