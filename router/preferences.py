"""How each person likes their desk: theme, keys, sounds, notifications, time to take a mail back, hints.

`SETTINGS` is the one table: the page of settings, the store and whoever asks `of` read it. A setting is either “off” or
“on”, one of its choices, or several of them by blanks; what is stored and no longer known reads as its default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from router.app import Heed
from router.mistakes import Mistake
from router.store import preferences as store
from router.store.db import Connection as Db


class Kind(StrEnum):
    """What a setting can be."""

    SWITCH = "switch"  # off, on
    CHOICE = "choice"  # one of its choices
    SEVERAL = "several"  # any of its choices, by blanks


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a person may choose."""

    name: str
    kind: Kind
    default: str
    choices: tuple[str, ...] = ("off", "on")


MOMENTS = ("mine", "waiting", "offers")  # a message on my tickets, somebody new waits, a ticket is offered to me

SETTINGS = (
    Setting("theme", Kind.CHOICE, "system", ("system", "light", "dark")),
    Setting("keys", Kind.SWITCH, "on"),  # one-letter keys
    Setting("sound", Kind.SEVERAL, "", MOMENTS),
    Setting("notify", Kind.SEVERAL, "", MOMENTS),  # notifications of the system
    Setting("undo_s", Kind.CHOICE, "10", ("0", "5", "10", "20", "30")),  # a mail can be taken back so long; 0: never
    Setting("hints", Kind.SWITCH, "on"),  # while writing
    Setting("auto_accept", Kind.SWITCH, "off"),  # what queues would offer is given at once
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How one person likes their desk; the fields are named like the settings."""

    theme: str
    keys: bool
    sound: frozenset[str]  # of MOMENTS; empty: silence
    notify: frozenset[str]  # of MOMENTS; empty: no notifications
    undo_s: int
    hints: bool
    auto_accept: bool


def of(db: Db, agent_id: str) -> Preferences:
    """Return how a person likes their desk."""
    return _read(store.of(db, agent_id))


def usual() -> Preferences:
    """Return what holds for somebody who has chosen nothing."""
    return _read({})


def read(heed: Heed, agent_id: str) -> Preferences:
    """Return how a person likes their desk, in a transaction of its own."""
    with heed.database.read() as db:
        return of(db, agent_id)


def change(heed: Heed, agent_id: str, given: Mapping[str, str]) -> None:
    """Keep what a person chose and leave their other settings alone. Raises Mistake for what cannot be chosen."""
    known = {setting.name: setting for setting in SETTINGS}
    kept: dict[str, str | None] = {}
    for name, value in given.items():
        if name not in known:
            raise Mistake(f"There is no setting called “{name}”. There are: {', '.join(known)}.")
        setting = known[name]
        if not _holds(setting, value):
            raise Mistake(f"“{name}” is “{value[:40]}”: choose from {', '.join(setting.choices)}.")
        kept[name] = None if value == setting.default else value
    with heed.database.write() as db:
        store.put(db, agent_id, kept)


def _holds(setting: Setting, value: str) -> bool:
    if setting.kind is Kind.SEVERAL:
        return all(part in setting.choices for part in value.split())
    return value in setting.choices


def _read(stored: Mapping[str, str]) -> Preferences:
    said = {
        setting.name: stored[setting.name]
        if setting.name in stored and _holds(setting, stored[setting.name])
        else setting.default
        for setting in SETTINGS
    }
    return Preferences(
        theme=said["theme"],
        keys=said["keys"] == "on",
        sound=frozenset(said["sound"].split()),
        notify=frozenset(said["notify"].split()),
        undo_s=int(said["undo_s"]),
        hints=said["hints"] == "on",
        auto_accept=said["auto_accept"] == "on",
    )
