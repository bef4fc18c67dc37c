"""What one set of rules says otherwise than another, in words: for publishing, and for the history."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from router.rulemaking.book import rules_of
from router.rulemaking.merging import examples_by_name
from router.rulemaking.sheet import Body, Plain, Sheet
from rules.explain import rule_in_words
from rules.model import Rule
from rules.sentences import say

What = Literal["added", "removed", "changed", "moved", "example added", "example changed", "example removed", "fact"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is other than it was."""

    what: What
    name: str
    before: str = ""
    after: str = ""


def differences(before: Sheet, after: Sheet) -> list[Difference]:
    """Return what is other in `after`, in the order it stands there; what is gone comes last."""
    was, now = rules_of(before), rules_of(after)
    found = []
    shared = [name for name in after.names if name in before.rules]
    moved = _moved([name for name in before.names if name in after.rules], shared)
    for name, body in after.rules.items():
        if name not in before.rules:
            found.append(Difference("added", name, after=_says(now.get(name), body)))
            continue
        if body != before.rules[name]:
            old, new = _says(was.get(name), before.rules[name]), _says(now.get(name), body)
            found.append(Difference("changed", name, old, new))
        if name in moved:
            places = str(before.names.index(name) + 1), str(after.names.index(name) + 1)
            found.append(Difference("moved", name, *places))
    for name, body in before.rules.items():
        if name not in after.rules:
            found.append(Difference("removed", name, before=_says(was.get(name), body)))
    found += _of_examples(before.examples, after.examples)
    names = sorted({*before.facts, *after.facts})
    found += [Difference("fact", name) for name in names if before.facts.get(name) != after.facts.get(name)]
    return found


def _of_examples(before: Sequence[Plain], after: Sequence[Plain]) -> list[Difference]:
    was, now = examples_by_name(before), examples_by_name(after)
    new = [one for known_as, one in now.items() if known_as not in was]
    changed = [one for known_as, one in now.items() if known_as in was and one != was[known_as]]
    gone = [one for known_as, one in was.items() if known_as not in now]
    return [
        *(Difference("example added", _named(one)) for one in new),
        *(Difference("example changed", _named(one)) for one in changed),
        *(Difference("example removed", _named(one)) for one in gone),
    ]


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Return the fewest names that had to move: all but a longest run that kept its order."""
    place = {name: number for number, name in enumerate(before)}
    ends: list[int] = []  # the lowest place at which a run of each length ends
    run: list[tuple[int, str]] = []  # how long the longest run is that ends at each name
    for name in after:
        length = bisect_left(ends, place[name])
        ends[length : length + 1] = [place[name]]
        run.append((length, name))
    kept, wanted = set(), len(ends) - 1
    for length, name in reversed(run):
        if length == wanted:
            kept.add(name)
            wanted -= 1
    return set(after) - kept


def _says(rule: Rule | None, body: Body) -> str:
    if rule is None:
        return say("It is not whole yet.")
    if not body:
        return ""
    said = rule_in_words(rule)
    return say("{rule} ({note})", rule=said, note=rule.note) if rule.note else said


def _named(example: Plain) -> str:
    return str(example.get("name") or "") or say("an example without a name") if isinstance(example, dict) else ""
