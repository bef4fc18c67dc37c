"""Puts together what two people did to the same draft: rules that only one of them touched are taken as they made them.

Where both changed one rule in different ways, theirs stays and the other is told: nobody's work is overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import Literal, TypeVar

from router.rulemaking.sheet import Body, Plain, Sheet

About = Literal["rule", "order", "fact", "example"]
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Conflict:
    """What both changed in different ways; None: this one removed or renamed it."""

    about: About
    name: str
    theirs: Body | Plain = None
    mine: Body | Plain = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A draft out of two, and what could not be put together: there, theirs was kept."""

    sheet: Sheet
    conflicts: tuple[Conflict, ...] = ()


def merge(base: Sheet, mine: Sheet, theirs: Sheet, renamed: Mapping[str, str] | None = None) -> Merged:
    """Return the draft that has both what I and what they changed since `base`.

    `renamed` (old name to new) says which of my rules are the same under another name, so that what they changed in one
    is kept under its new name.
    """
    if mine.same_as(base) or theirs.same_as(base):
        return Merged(theirs if mine.same_as(base) else mine)
    base, theirs = _rename(base, theirs, renamed or {}), _rename(theirs, theirs, renamed or {})
    rules, torn = _three(base.rules, mine.rules, theirs.rules)
    conflicts = [Conflict("rule", name, theirs.rules.get(name), mine.rules.get(name)) for name in torn]
    order, at_odds = _order(base.names, mine.names, theirs.names, set(rules))
    conflicts += [Conflict("order", "")] if at_odds else []
    facts, torn_facts = _three(base.facts, mine.facts, theirs.facts)
    conflicts += [Conflict("fact", name, theirs.facts.get(name), mine.facts.get(name)) for name in torn_facts]
    ours, others = examples_by_name(mine.examples), examples_by_name(theirs.examples)
    examples, torn_examples = _three(examples_by_name(base.examples), ours, others)
    conflicts += [Conflict("example", name, others.get(name), ours.get(name)) for name in torn_examples]
    kept = {name: rules[name] for name in order}
    return Merged(Sheet(kept, tuple(examples.values()), facts), tuple(conflicts))


def examples_by_name(examples: Sequence[Plain]) -> dict[str, Plain]:
    """Return examples by what each is known by: its name, or a print of all it says where it has none of its own."""
    found: dict[str, Plain] = {}
    for example in examples:
        name = str(example.get("name") or "") if isinstance(example, dict) else ""
        found[name if name and name not in found else print_of(example)] = example
    return found


def print_of(example: Plain) -> str:
    """Return what an example without a name of its own is known by."""
    return sha256(dumps(example, sort_keys=True).encode()).hexdigest()[:16]


def _rename(sheet: Sheet, theirs: Sheet, renamed: Mapping[str, str]) -> Sheet:
    fitting = {old: new for old, new in renamed.items() if old in theirs.rules and new not in theirs.rules}
    if not fitting:
        return sheet
    return sheet.with_rules({fitting.get(name, name): body for name, body in sheet.rules.items()})


def _three(base: Mapping[str, V], mine: Mapping[str, V], theirs: Mapping[str, V]) -> tuple[dict[str, V], list[str]]:
    """Return what both sides make of a mapping, and the names at which they differ."""
    kept: dict[str, V] = {}
    torn = []
    for name in dict.fromkeys((*theirs, *mine)):
        was, one, other = base.get(name), mine.get(name), theirs.get(name)
        taken = one if other == was else other
        if one != was and other not in (was, one):
            torn.append(name)
        if taken is not None:
            kept[name] = taken
    return kept, torn


def _order(base: list[str], mine: list[str], theirs: list[str], kept: set[str]) -> tuple[list[str], bool]:
    """Return all kept names in one order, and whether both sides moved rules in different ways."""
    shared = set(base) & set(mine) & set(theirs)
    was, one, other = ([name for name in names if name in shared] for names in (base, mine, theirs))
    at_odds = one != was and other not in (was, one)
    first, second = (mine, theirs) if other == was and one != was else (theirs, mine)
    order = [name for name in first if name in kept]
    for place, name in enumerate(second):
        if name in kept and name not in order:
            before = next((known for known in reversed(second[:place]) if known in order), None)
            order.insert(order.index(before) + 1 if before else 0, name)
    return order, at_odds
