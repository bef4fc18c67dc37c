"""Views that people keep beside Mine and Waiting: made from a question, renamed, put in order, shared, removed.

Everybody keeps their own; a supervisor may share one with a brand. A view never shows more than its reader may see.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from router import query
from router.app import Heed
from router.desk.errors import NotFound
from router.finding import UTC_ZONE, pick
from router.mistakes import Mistake
from router.model import Role, Scope
from router.store import audit, saved
from router.store.audit import Actor
from router.store.db import Connection as Db
from router.store.saved import SavedView as SavedView
from router.store.views import picking
from router.store.views.lines import COUNTED
from router.store.views.picking import Picked

MOST = 50  # views of one person
MAX_NAME = 60  # characters


def views(heed: Heed, scope: Scope) -> list[SavedView]:
    """Return the views of whoever asks: their own in order, then those shared with their brands."""
    if scope.agent is None:
        return []
    with heed.database.read() as db:
        return saved.seen_by(db, scope)


def view(heed: Heed, scope: Scope, view_id: str) -> SavedView:
    """Return one view. Raises NotFound, also for another's own and another brand's."""
    found = next((one for one in views(heed, scope) if one.id == view_id), None)
    if found is None:
        raise NotFound("There is no such view.")
    return found


def walls_of(view: SavedView, now: datetime) -> Picked:
    """Return what a view narrows every question to: its brand, if it has one."""
    return Picked(now=now, brands=frozenset({view.brand_id}) if view.brand_id else None)


def counts(heed: Heed, scope: Scope, now: datetime, zone: ZoneInfo = UTC_ZONE) -> dict[str, int | None]:
    """Return how many tickets stand behind each view that asks by filters alone, up to COUNTED + 1.

    None: it asks for words, or counting takes too long.
    """
    found: dict[str, int | None] = {}
    with heed.database.read() as db:
        for one in saved.seen_by(db, scope) if scope.agent else []:
            asked = query.read(one.query, zone)
            picked, _ = pick(db, scope, asked, now)
            picked = replace(picked, brands=frozenset({one.brand_id}) if one.brand_id else picked.brands)
            found[one.id] = None if asked.words else picking.count(db, scope, picked, COUNTED)
    return found


def save(
    heed: Heed, scope: Scope, actor: Actor, name: str, typed: str, now: datetime, *, share_with: str | None = None
) -> str:
    """Keep a question under a name and return the view's id; `share_with` is a brand. Raises Mistake, NotFound."""
    name, typed = _checked(name, typed)
    assert scope.agent is not None
    _may_share(scope, share_with)
    with heed.database.write() as db:
        own = _own(db, scope)
        if len(own) >= MOST:
            raise Mistake(f"You keep {MOST} views already: remove one first.")
        view_id = saved.add(
            db, scope.agent, name, typed, now, brand_id=share_with, shared=bool(share_with), position=len(own)
        )
        if share_with:
            audit.append(db, actor, "view shared", view_id, now, brand_id=share_with)
    return view_id


def change(
    heed: Heed,
    scope: Scope,
    actor: Actor,
    view_id: str,
    name: str,
    typed: str,
    now: datetime,
    *,
    share_with: str | None = None,
) -> None:
    """Rename one's own view, ask something else by it, share it or keep it to oneself. Raises Mistake, NotFound."""
    name, typed = _checked(name, typed)
    _may_share(scope, share_with)
    with heed.database.write() as db:
        before = _mine(db, scope, view_id)
        saved.change(db, view_id, name=name, query=typed, brand_id=share_with, shared=bool(share_with))
        if share_with != (before.brand_id if before.shared else None):
            act = "view shared" if share_with else "view no longer shared"
            audit.append(db, actor, act, view_id, now, brand_id=share_with or before.brand_id)


def move(heed: Heed, scope: Scope, view_id: str, step: int) -> None:
    """Put one's own view a step earlier (−1) or later (+1). Raises NotFound."""
    with heed.database.write() as db:
        _mine(db, scope, view_id)
        ids = [one.id for one in _own(db, scope)]
        at = ids.index(view_id)
        ids.insert(max(0, min(at + step, len(ids) - 1)), ids.pop(at))
        saved.place(db, ids)


def remove(heed: Heed, scope: Scope, actor: Actor, view_id: str, now: datetime) -> None:
    """Take one's own view away. Raises NotFound."""
    with heed.database.write() as db:
        before = _mine(db, scope, view_id)
        saved.remove(db, view_id, now)
        if before.shared:
            audit.append(db, actor, "view no longer shared", view_id, now, brand_id=before.brand_id)


def may_share(scope: Scope) -> bool:
    """Say whether somebody may share views with their brands."""
    return scope.role.rank >= Role.SUPERVISOR.rank


def _own(db: Db, scope: Scope) -> list[SavedView]:
    return [one for one in saved.seen_by(db, scope) if one.agent_id == scope.agent]


def _mine(db: Db, scope: Scope, view_id: str) -> SavedView:
    found = next((one for one in _own(db, scope) if one.id == view_id), None)
    if found is None:
        raise NotFound("There is no such view of yours.")
    return found


def _may_share(scope: Scope, brand_id: str | None) -> None:
    if brand_id is None:
        return
    if brand_id not in scope.brands:
        raise NotFound("There is no such brand.")
    if not may_share(scope):
        raise Mistake("Only a supervisor can share a view. Keep it for yourself.")


def _checked(name: str, typed: str) -> tuple[str, str]:
    name, typed = " ".join(name.split()), " ".join(typed.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Mistake(f"A view needs a name of 1 to {MAX_NAME} characters.")
    if not query.read(typed, UTC_ZONE):
        raise Mistake("A view needs a question: words, or a filter such as state:waiting.")
    return name, typed[: query.MAX_QUERY]
