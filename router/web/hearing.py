"""Who may hear of a change, how soon, and what they are told: ids only, and of people nothing but themselves."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass

from router.model import Role, Scope
from router.notify import Change

FOR_VISITORS = ("typing", "seen")  # what an agent does at a chat, told to its customer alone
GATHERED = 50  # ids of one gathered hint; more: look at everything


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who watches, what they may see, and how to ask whether they still may."""

    scope: Scope
    holds: Callable[[], bool]
    everything: bool = False  # programs: every change they may read, at once
    thread: str = ""  # a visitor: this conversation alone


def concerns(change: Change, viewer: Viewer) -> bool:
    """Say whether a viewer may hear of a change at all."""
    if viewer.thread:
        return change.thread == viewer.thread
    if change.kind in FOR_VISITORS:
        return False
    if change.kind == "session":
        return change.agent == viewer.scope.agent
    if change.brand and not viewer.scope.sees(change.brand):
        return False
    if change.kind == "rules" and viewer.scope.role.rank < Role.OPS.rank:
        return False  # a draft is theirs who may change it
    mine = viewer.everything or change.agent == viewer.scope.agent
    return mine or (change.kind != "presence" and not (change.kind == "notice" and change.agent))


def is_theirs(change: Change, viewer: Viewer) -> bool:
    """Say whether a change is about the viewer's own work, so that it is sent at once."""
    if viewer.everything or viewer.thread or change.kind in ("session", "presence", "notice", "here", "rules"):
        return True
    return viewer.scope.agent is not None and viewer.scope.agent in (change.agent, change.before)


def told(change: Change, viewer: Viewer) -> dict[str, object]:
    """Return what a viewer hears of a change: ids only, and of people nothing but themselves."""
    if viewer.thread:
        return {"kind": change.kind if change.kind in FOR_VISITORS else "message", **_doing(change)}
    said: dict[str, object] = {"kind": change.kind}
    if change.ticket:
        said["ticket"] = change.ticket
    if change.kind in ("ticket", "notice") and viewer.scope.agent:
        said["mine"] = change.agent == viewer.scope.agent
        said["was_mine"] = change.before == viewer.scope.agent
    return said


def _doing(change: Change) -> dict[str, object]:
    return {"doing": change.doing} if change.kind == "typing" else {}


def moved(gathered: Collection[str], spread_s: float) -> dict[str, object]:
    """Return what moved elsewhere, and over how many milliseconds the pages should spread their looks at it."""
    named: dict[str, object] = {"tickets": list(gathered)} if len(gathered) <= GATHERED else {"all": True}
    return named | {"spread": round(spread_s * 1000)}


def event(name: str, data: dict[str, object]) -> str:
    """Return one event; source: HTML standard, server-sent events."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
