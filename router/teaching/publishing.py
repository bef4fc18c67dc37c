"""A version that was checked holds for every worker from its publish on; one click takes it back."""

from datetime import datetime

from router.app import Heed
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.store import audit, taught, teaching
from router.store.audit import Actor
from router.store.taught import VersionRow
from router.teaching.lessons import may
from router.teaching.making import AGAINST, examples_of, holds_now

MAX_COMMENT = 300  # characters


def publish(heed: Heed, actor: Actor, scope: Scope, brand_id: str, number: int, comment: str, now: datetime) -> None:
    """Let a checked version hold for a brand, or one that held before. Raises Mistake with what to do first."""
    may(scope, brand_id)
    comment = " ".join(comment.split())[:MAX_COMMENT]
    if not comment:
        raise Mistake("Say in a few words what changed, so that others understand it later.")
    with heed.database.write() as db:
        taught.lock(db, brand_id)
        row = next((one for one in taught.versions(db, brand_id, "intents", 1000) if one.number == number), None)
        if row is None:
            raise Mistake(f"There is no version {number}.")
        _check(row)
        now_holds = holds_now(db, brand_id)
        if now_holds == number:
            raise Mistake(f"Version {number} holds already.")
        held = {one.number for one in taught.history(db, brand_id, "intents", 1000)}
        if number not in held:
            if taught.sources(db, row.id) != examples_of(teaching.examples(db, brand_id)):
                raise Mistake("The examples changed since this check. Check again, then publish.")
            if row.figures.get(AGAINST) != now_holds:
                raise Mistake("Another version holds since this check. Check again, then publish.")
        taught.hold(db, brand_id, "intents", row.id, actor.id, comment, now)
        audit.append(db, actor, "teaching published", f"version {number}", now, brand_id=brand_id)
    heed.notifier.publish([Change(kind="desk", brand=brand_id)])


def undo(heed: Heed, actor: Actor, scope: Scope, brand_id: str, now: datetime) -> int | None:
    """Let the version before hold again and return its number; None: triage reads as Heed came. Raises Mistake."""
    may(scope, brand_id)
    with heed.database.write() as db:
        taught.lock(db, brand_id)
        found = taught.before(db, brand_id, "intents")
        if found is None or found[0] is None:
            raise Mistake("Nothing was published, so there is nothing to undo.")
        row = taught.one(db, found[1]) if found[1] else None
        number = row.number if row else None
        comment = f"Back to version {number}" if number else "Back to how Heed came"
        taught.hold(db, brand_id, "intents", found[1], actor.id, comment, now)
        audit.append(db, actor, "teaching undone", f"version {number or 0}", now, brand_id=brand_id)
    heed.notifier.publish([Change(kind="desk", brand=brand_id)])
    return number


def _check(row: VersionRow) -> None:
    """Raise Mistake, with what to do, unless a version may be published as far as it alone says."""
    number = row.number
    if row.state == "worse":
        found = row.figures["held_back"]
        of, new, old = found["of"], found["new"], found["old"]
        lost = ", ".join(sorted(found["lost"])) or "–"
        raise Mistake(
            f"Version {number} reads {new} of {of} labelled messages right, the one that holds {old}. It loses: {lost}."
            " Remove or sharpen the examples nearest to these, then check again."
        )
    if row.state == "asked":
        raise Mistake(f"Version {number} is still being checked. Look again in a moment.")
    if row.state == "erased":
        raise Mistake(f"An example of version {number} was erased, so it is gone. Check again to make a new one.")
    if row.state != "ready":
        raise Mistake(f"Version {number} could not be made. Check again.")
