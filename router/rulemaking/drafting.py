"""The draft of a brand's rules: kept with every change, for several people at once, and taken back change by change.

Each change names the revision it was made on. What others did since is put together with it (`merging`); only where
both changed the same rule is it refused, with what each of them wants.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from router.app import Heed
from router.mistakes import Mistake
from router.model import Role, Scope
from router.notify import Change
from router.rulemaking.merging import Conflict, merge
from router.rulemaking.sheet import NO_RULES, Sheet, parse, text_of
from router.store import audit, rule_drafts, rulebook
from router.store.audit import Actor
from router.store.db import Connection
from router.store.rule_drafts import Revision

NOBODY = "heed"
LIVE = "live"  # other rules went live
TAKEN_BACK = "undone"
Edit = Callable[[Sheet], Sheet]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is; revision 0 and the live rules where nobody changed anything yet."""

    brand_id: str
    revision: int
    source: str
    author: str
    at: datetime | None
    live_source: str
    live_number: int  # 0 before the first version

    @property
    def changed(self) -> bool:
        """Say whether it differs from the live rules."""
        return not parse(self.source).same_as(parse(self.live_source))


@dataclass(frozen=True, slots=True)
class Saved:
    """A change that was kept."""

    revision: int
    others: tuple[Revision, ...] = ()  # what other people did since the revision it was made on, oldest first


class Behind(Exception):
    """The draft moved on, and the change cannot be put together with what others did."""

    def __init__(self, revision: int, others: Sequence[Revision], conflicts: Sequence[Conflict]) -> None:
        super().__init__("Somebody else changed the draft meanwhile.")
        self.revision, self.others, self.conflicts = revision, tuple(others), tuple(conflicts)


def may_edit(scope: Scope, brand_id: str) -> bool:
    """Say whether somebody may change a brand's rules."""
    return scope.role.rank >= Role.OPS.rank and scope.sees(brand_id)


def current(heed: Heed, brand_id: str) -> Draft:
    """Return the draft of a brand."""
    with heed.database.read() as db:
        return _current(db, brand_id)


def lately(heed: Heed, brand_id: str, limit: int = 20) -> list[Revision]:
    """Return the last changes of a draft, newest first."""
    with heed.database.read() as db:
        return rule_drafts.last(db, brand_id, limit)


def change(
    heed: Heed, actor: Actor, scope: Scope, brand_id: str, revision: int, edit: Edit, now: datetime,
    *, did: str = "changed", rule: str = "", renamed: Mapping[str, str] | None = None,
) -> Saved:  # fmt: skip
    """Keep a change that was made on a revision. Raises Behind, Mistake if it may not be or has no sense there."""
    _allow(scope, brand_id)
    with heed.database.write() as db:
        rule_drafts.lock(db, brand_id)
        held = _current(db, brand_id)
        base_source = _source_at(db, held, revision)
        if base_source is None:
            raise Behind(held.revision, (), ())
        base = parse(base_source)
        mine = edit(base)
        merged = merge(base, mine, parse(held.source), renamed)
        others = _others(db, brand_id, revision, actor)
        if merged.conflicts:
            raise Behind(held.revision, others, merged.conflicts)
        saved = _keep(db, held, text_of(merged.sheet), actor, did, rule, now)
    _tell(heed, brand_id)
    return Saved(saved, others)


def replace(
    heed: Heed, actor: Actor, scope: Scope, brand_id: str, revision: int, source: str, now: datetime
) -> int:  # fmt: skip
    """Put a whole file in place of a draft and return its revision.

    Raises RuleErrors if it is no rule file, Behind if the draft is not at this revision any more.
    """
    _allow(scope, brand_id)
    sheet = parse(source)
    with heed.database.write() as db:
        rule_drafts.lock(db, brand_id)
        held = _current(db, brand_id)
        if held.revision != revision:
            raise Behind(held.revision, _others(db, brand_id, revision, actor), ())
        saved = _keep(db, held, text_of(sheet), actor, "imported", "", now)
    _tell(heed, brand_id)
    return saved


def undo(heed: Heed, actor: Actor, scope: Scope, brand_id: str, now: datetime) -> Saved:
    """Take back the last change somebody made, keeping what others did since. Raises Mistake, Behind."""
    _allow(scope, brand_id)
    with heed.database.write() as db:
        rule_drafts.lock(db, brand_id)
        held = _current(db, brand_id)
        last = undoable(rule_drafts.last(db, brand_id, rule_drafts.KEPT), actor.id)
        before = rule_drafts.at(db, brand_id, last.revision - 1) if last else None
        if last is None or before is None:
            raise Mistake("There is no change of yours to take back.")
        merged = merge(parse(last.source), parse(before.source), parse(held.source))
        if merged.conflicts:
            raise Mistake(f"Somebody else changed “{merged.conflicts[0].name or 'the order'}” since: edit it instead.")
        rule_drafts.mark_undone(db, brand_id, last.revision)
        saved = _keep(db, held, text_of(merged.sheet), actor, TAKEN_BACK, last.rule, now)
    _tell(heed, brand_id)
    return Saved(saved)


def undoable(newest_first: Sequence[Revision], author: str) -> Revision | None:
    """Return the last change of somebody that can be taken back: none from before other rules went live."""
    for one in newest_first:
        if one.did == LIVE:
            return None
        if one.author == author and not one.undone and one.did != TAKEN_BACK:
            return one
    return None


def drop(heed: Heed, actor: Actor, scope: Scope, brand_id: str, revision: int, now: datetime) -> int:
    """Go back to the live rules and return the draft's revision. Raises Behind, Mistake."""
    live = current(heed, brand_id).live_source
    return replace(heed, actor, scope, brand_id, revision, live, now)


def follow(db: Connection, brand_id: str, before: Draft, source: str, author: str, now: datetime) -> None:
    """Let the draft stand on rules that went live in this transaction; what was not published stays in it.

    Where the draft and the live rules changed the same thing, the draft keeps its own: live is never lost.
    """
    base, mine, live = parse(before.live_source), parse(before.source), parse(source)
    _keep(db, before, text_of(merge(base, live, mine).sheet), Actor("heed", author), LIVE, "", now)


def held(db: Connection, brand_id: str) -> Draft:
    """Return the draft of a brand within a transaction, locked against other changes of its rules."""
    rule_drafts.lock(db, brand_id)
    return _current(db, brand_id)


def _current(db: Connection, brand_id: str) -> Draft:
    live = rulebook.live(db, brand_id)
    number = rulebook.number_of(db, live[0]) if live else 0
    live_source = live[1] if live else NO_RULES
    newest = rule_drafts.newest(db, brand_id)
    if newest is None:
        return Draft(brand_id, 0, live_source, "", None, live_source, number)
    return Draft(brand_id, newest.revision, newest.source, newest.author, newest.at, live_source, number)


def _source_at(db: Connection, held: Draft, revision: int) -> str | None:
    if revision == held.revision:
        return held.source
    found = rule_drafts.at(db, held.brand_id, revision)
    return found.source if found else None


def _others(db: Connection, brand_id: str, since: int, actor: Actor) -> tuple[Revision, ...]:
    found = rule_drafts.last(db, brand_id, rule_drafts.KEPT)
    return tuple(one for one in reversed(found) if one.revision > since and one.author != (actor.id or NOBODY))


def _keep(db: Connection, held: Draft, source: str, actor: Actor, did: str, rule: str, now: datetime) -> int:
    author = actor.id or NOBODY
    rows = [Revision(held.brand_id, held.revision + 1, source, author, did, rule, now)]
    if held.revision == 0:  # so that windows open since before the first change know what they show
        rows.insert(0, Revision(held.brand_id, 0, held.source, NOBODY, LIVE, "", now))
    rule_drafts.add(db, rows)
    if did in ("imported",):
        audit.append(db, actor, "rule draft imported", f"revision {rows[-1].revision}", now, brand_id=held.brand_id)
    return rows[-1].revision


def _allow(scope: Scope, brand_id: str) -> None:
    if not may_edit(scope, brand_id):
        raise Mistake("Changing rules takes the role ops.")


def _tell(heed: Heed, brand_id: str) -> None:
    heed.notifier.publish([Change(kind="rules", brand=brand_id)])
