"""The teach page as ops see it: intents with their examples, what was checked, what holds, and what to add next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from router.app import Heed
from router.model import Scope
from router.store import desk, taught, teaching
from router.store.desk import Brand
from router.store.taught import HeldRow, VersionRow
from router.store.teaching import ExampleRow, LabelRow
from router.teaching.lessons import check_lines, may, offered_in, too_few
from router.teaching.loaded import holding
from router.teaching.making import examples_of
from router.triage.intents import INTENTS, OTHER
from router.triage.taught import nearest

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Lesson:
    """One intent of a brand and what is known of it."""

    key: str
    label: str
    group: str
    description: str
    is_own: bool
    examples: int
    offered: int  # corrected messages that may become examples


@dataclass(frozen=True, slots=True)
class School:
    """What a brand teaches."""

    brand: Brand
    lessons: tuple[Lesson, ...]  # own ones first, then those with examples, then the rest
    offered: tuple[LabelRow, ...]
    held_back: int  # labelled messages that versions are compared on
    versions: tuple[VersionRow, ...]  # newest first
    live: int | None  # number of the version that holds
    history: tuple[HeldRow, ...]
    changed: bool  # the examples are others than those of the newest version
    few: Mapping[str, int]  # own intents with too few examples to learn from

    @property
    def newest(self) -> VersionRow | None:
        """Return the version that was checked last."""
        return self.versions[0] if self.versions else None

    def label(self, key: str) -> str:
        """Return what an intent is called."""
        return next((one.label for one in self.lessons if one.key == key), key.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Near:
    """A line somebody wants to add, and which intents would have taken it so far."""

    text: str
    intents: tuple[tuple[str, float], ...]  # key and likelihood 0 … 1, the likeliest first


def brands(heed: Heed, scope: Scope) -> list[Brand]:
    """Return the brands one may choose from, the oldest first."""
    with heed.database.read() as db:
        return desk.brands_seen_by(db, scope)


def school(heed: Heed, scope: Scope, brand_id: str) -> School:
    """Return what a brand teaches. Raises Mistake for whoever may not teach it."""
    may(scope, brand_id)
    with heed.database.read() as db:
        brand = next(one for one in desk.brands(db) if one.id == brand_id)
        examples, own = teaching.examples(db, brand_id), teaching.intents(db, brand_id)
        labels = teaching.labelled(db, brand_id)
        versions = taught.versions(db, brand_id, "intents")
        live = taught.live(db, brand_id).get("intents")
        history = taught.history(db, brand_id, "intents")
        sources = taught.sources(db, versions[0].id) if versions else frozenset()
    offered = offered_in(labels)
    return School(
        brand=brand,
        lessons=_lessons(own, examples, offered),
        offered=tuple(offered),
        held_back=len(labels),
        versions=tuple(versions),
        live=live[1] if live else None,
        history=tuple(history),
        changed=sources != examples_of(examples),
        few=too_few(examples, own),
    )


def examples(heed: Heed, scope: Scope, brand_id: str, intent: str | None = None) -> list[ExampleRow]:
    """Return the examples of a brand, or of one of its intents, oldest first. Raises Mistake."""
    may(scope, brand_id)
    with heed.database.read() as db:
        return teaching.examples(db, brand_id, intent)


def look(heed: Heed, scope: Scope, brand_id: str, texts: Sequence[str]) -> list[Near]:
    """Return for each line which intents would take it as things stand: what a new example takes from.

    Raises Mistake for lines that cannot be examples.
    """
    may(scope, brand_id)
    check_lines(texts)
    with heed.database.read() as db:
        model = holding(db, brand_id).taught
    return [Near(text, tuple(nearest(model, text, NEAREST))) for text in texts]


def _lessons(
    own: Mapping[str, teaching.IntentRow], examples: Sequence[ExampleRow], offered: Sequence[LabelRow]
) -> tuple[Lesson, ...]:
    count, more = Counter(one.intent for one in examples), Counter(one.intent for one in offered)
    found = [
        Lesson(one.key, one.label, one.group, one.description, True, count[one.key], more[one.key])
        for one in own.values()
    ]
    found += [
        Lesson(one.key, one.label, one.group, one.description, False, count[one.key], more[one.key])
        for one in INTENTS.values()
        if one.key != OTHER
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_own, -one.examples, -one.offered)))
