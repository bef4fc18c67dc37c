"""A new version is learned from a brand's examples, and compared with the one that holds before anybody relies on it.

The comparison is on messages of the brand of which somebody said what is wanted and that are no examples. A version
that reads fewer of them right is kept with its figures and cannot be published.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from router import triage
from router.app import Heed
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.store import taught, teaching
from router.store.audit import Actor
from router.store.db import Connection
from router.store.taught import Made, VersionRow
from router.store.teaching import ExampleRow, LabelRow
from router.teaching.lessons import LEAST, may, too_few
from router.teaching.loaded import NONE, Holding, holding
from router.triage.calibration import Scale
from router.triage.taught import Example, Taught, learn, leave_one_out

HEED = "heed"  # author of what nobody asked for
PATIENCE = timedelta(seconds=30)  # after which a version that nobody has made is asked for again
GIVEN_UP = timedelta(hours=1)  # after which nobody tries any more
MOVES_SHOWN = 12
AGAINST = "against"  # among the figures: the number of the version that it was compared with, 0: as Heed came
RENEWED = "Learned anew: an example was erased"


@dataclass(frozen=True, slots=True)
class Compared:
    """How the version that holds and a new one read messages that people labelled."""

    of: int
    old: int  # right
    new: int  # right
    lost: Mapping[str, int]  # intent -> messages that the old one read right and the new one does not

    @property
    def worse(self) -> bool:
        """Say whether the new one reads fewer of them right."""
        return self.new < self.old


def ask(heed: Heed, actor: Actor, scope: Scope, brand_id: str, now: datetime) -> VersionRow:
    """Ask for a version of the examples as they are; a worker makes it. Raises Mistake for what cannot be learned."""
    may(scope, brand_id)
    with heed.database.write() as db:
        row = _ask(db, brand_id, actor.id, now)
    heed.background.enqueue("slow", "router.jobs.teach", row.id)
    return row


def _ask(db: Connection, brand_id: str, author: str, now: datetime) -> VersionRow:
    examples, own = teaching.examples(db, brand_id), teaching.intents(db, brand_id)
    if not examples:
        raise Mistake("There are no examples to learn from. Add some first.")
    for key, count in too_few(examples, own).items():
        raise Mistake(f"“{own[key].label}” has {count} examples: give it at least {LEAST}, or remove it.")
    return taught.ask(db, brand_id, "intents", author, now)


def make(heed: Heed, version_id: str, now: datetime) -> VersionRow | None:
    """Make a version that was asked for; None if another worker did. May run twice without harm."""
    with heed.database.read() as db:
        row = taught.one(db, version_id)
        if row is None or row.state != "asked":
            return None
        rows = [one for one in teaching.examples(db, row.brand_id) if one.text.strip()]
        held = holding(db, row.brand_id)
        against = holds_now(db, row.brand_id)
        labels, recent = teaching.labelled(db, row.brand_id), teaching.recent(db, row.brand_id)
        called = {key: own.label for key, own in teaching.intents(db, row.brand_id).items()}
    state, loads, figures = _learn(rows, called, held, labels, list(recent.values()))
    with heed.database.write() as db:
        taught.lock(db, row.brand_id)
        first = taught.made(
            db, version_id, state, now, loads=loads, figures={**figures, AGAINST: against},
            example_ids=[one.id for one in rows],
        )  # fmt: skip
        if first and row.author == HEED:
            _replace_erased(db, row.brand_id, version_id if state == "ready" else None, now)
        made = taught.one(db, version_id)
    heed.notifier.publish([Change(kind="desk", brand=row.brand_id)])
    return made if first else None


def _learn(
    rows: Sequence[ExampleRow],
    called: Mapping[str, str],
    held: Holding,
    labels: Sequence[LabelRow],
    recent: Sequence[str],
) -> tuple[Made, str | None, Mapping[str, object]]:
    """Return what became of learning from examples, what triage loads, and the figures that are shown."""
    if not rows:
        return "failed", None, {}
    examples = [Example(one.text, one.intent) for one in rows]
    new = learn(examples, called)
    compared = compare(labels, held.taught, new, held.scale)
    figures: Mapping[str, object] = {
        "held_back": asdict(compared),
        "left_out": {key: asdict(found) for key, found in leave_one_out(examples, called).items()},
        "recent": len(recent),
        "moved": moves(recent, held.taught, new, held.scale),
    }
    return ("worse" if compared.worse else "ready"), new.dump(), figures


def forgotten(heed: Heed, now: datetime) -> list[str]:
    """Return versions that were asked for a while ago and that no worker has made."""
    with heed.database.read() as db:
        return taught.forgotten(db, now - GIVEN_UP, now - PATIENCE)


def renew_erased(heed: Heed, now: datetime) -> None:
    """Let go of what was learned from examples that were erased, and learn anew from those that are left."""
    asked = []
    with heed.database.write() as db:
        for brand_id in taught.drop_erased(db):
            try:
                asked.append(_ask(db, brand_id, HEED, now).id)
            except Mistake:  # too few are left: the intents that came with Heed are read alone
                taught.lock(db, brand_id)
                _replace_erased(db, brand_id, None, now)
    for version_id in asked:
        heed.background.enqueue("slow", "router.jobs.teach", version_id)


def _replace_erased(db: Connection, brand_id: str, version_id: str | None, now: datetime) -> None:
    """Let a version hold where an erased one does; what people published meanwhile stays."""
    live = taught.live(db, brand_id).get("intents")
    if live is not None and taught.payload(db, live[0]) is None:
        taught.hold(db, brand_id, "intents", version_id, HEED, RENEWED, now)


def compare(labels: Sequence[LabelRow], old: Taught | None, new: Taught, scale: Scale | None) -> Compared:
    """Return how both read labelled messages; whoever published last is the old one, None: as Heed came."""
    was = [intent_of(one.text, old, scale) == one.intent for one in labels]
    becomes = [intent_of(one.text, new, scale) == one.intent for one in labels]
    lost = Counter(one.intent for one, a, b in zip(labels, was, becomes, strict=True) if a and not b)
    return Compared(len(labels), sum(was), sum(becomes), dict(lost.most_common()))


def moves(texts: Iterable[str], old: Taught | None, new: Taught, scale: Scale | None) -> list[tuple[str, str, int]]:
    """Return (intent now, intent then, how many) of recent messages that would be read otherwise, most first."""
    pairs = ((intent_of(text, old, scale), intent_of(text, new, scale)) for text in texts)
    changed = Counter(pair for pair in pairs if pair[0] != pair[1])
    return [(was, becomes, count) for (was, becomes), count in changed.most_common(MOVES_SHOWN)]


def intent_of(text: str, model: Taught | None, scale: Scale | None) -> str:
    """Return what a message asks for, as one version reads it."""
    return triage.read(text, taught=model, scale=scale).intent


def holds_now(db: Connection, brand_id: str) -> int:
    """Return the number of the version that holds; 0: messages are read as Heed came."""
    return taught.live(db, brand_id).get("intents", NONE)[1]


def examples_of(rows: Sequence[ExampleRow]) -> frozenset[str]:
    """Return the ids of examples that can be learned from."""
    return frozenset(one.id for one in rows if one.text.strip())
