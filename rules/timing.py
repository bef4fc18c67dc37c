"""When a rule set has to be asked again although nobody wrote: which rules time moves, and at which values.

Only a rule that asks for a fact which time or the desk moves (`Fact.moves`) is ever asked again for that; such a rule
is then also asked when the clock facts it names change. A rule that its other conditions decide already is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.conditions import judge
from rules.facts import Moves
from rules.model import Condition, Group, Rule, RuleSet, When, conditions
from rules.values import FactValue

ASKED_ABOUT_CHANGE = frozenset(  # what people and the desk's own acts change on a ticket without a message
    {"state", "queue", "tags", "transfers", "reopened", "answered", "agent_online", "waited", "due_in", "silence"}
)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a rule set asks for that changes by itself."""

    rules: tuple[Rule, ...]  # those that time or the desk moves
    asked: frozenset[str]  # every fact that any rule asks for
    by_rule: Mapping[str, frozenset[str]]  # rule -> the facts it asks for

    def occasional(self, rule: str) -> bool:
        """Say whether a rule asks for anything that changes without a message."""
        return bool(self.by_rule.get(rule, frozenset()) & ASKED_ABOUT_CHANGE) or any(r.name == rule for r in self.rules)


def timing_of(rule_set: RuleSet) -> Timing:
    """Return what a rule set asks for that changes by itself."""
    by_rule = {rule.name: frozenset(found.fact.name for found in conditions(rule.when)) for rule in rule_set.rules}
    asked = frozenset[str]().union(*by_rule.values())
    return Timing(tuple(rule for rule in rule_set.rules if is_moved(rule)), asked, by_rule)


def is_moved(rule: Rule) -> bool:
    """Say whether time or the desk alone can change what a rule says."""
    return any(found.fact.moves in (Moves.TIME, Moves.DESK) for found in conditions(rule.when))


def crossings(rules: tuple[Rule, ...], facts: Mapping[str, FactValue] | None) -> list[Condition]:
    """Return the conditions on facts that change by themselves, of the rules whose answer still hangs on them.

    Without `facts` every rule's may.
    """
    return [
        found
        for rule in rules
        if facts is None or decided(rule.when, facts) is None
        for found in conditions(rule.when)
        if found.fact.moves is not Moves.TOLD
    ]


def decided(when: When, facts: Mapping[str, FactValue]) -> bool | None:
    """Say whether conditions hold whatever the facts that change by themselves become; None: it depends on those."""
    if isinstance(when, Condition):
        return judge(when, facts).holds if when.fact.moves is Moves.TOLD else None
    return _group(when, [decided(part, facts) for part in when.parts])


def _group(group: Group, parts: list[bool | None]) -> bool | None:
    ends = {"all": False, "any": True, "none": True}[group.kind]  # one such part decides
    if ends in parts:
        return group.kind == "any"
    return None if None in parts else group.kind != "any"
