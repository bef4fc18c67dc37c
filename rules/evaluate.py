"""What the rules make of one message: a pure function of a rule set, the facts and nothing else.

Rules are compiled once per rule set into closures, since this runs for every message. A closure returns None when its
conditions hold, else the trace that says which one did not; those traces are made while compiling. `conditions.judge`
is the same in plain words, and a test holds the two together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from rules.conditions import denied_in_words, in_words, unknown_in_words
from rules.model import Action, Condition, Rule, RuleSet, When, conditions
from rules.tally import Outcome, RuleTrace, Tally
from rules.values import FactValue, Type, settle

_KEPT = 16  # compiled rule sets: live and draft of a few brands


Known = Mapping[str, FactValue]
Test = Callable[[Known], RuleTrace | None]


@dataclass(frozen=True, slots=True)
class _Compiled:
    facts: tuple[tuple[str, Type], ...]  # those that any rule asks for
    rules: tuple[tuple[Test, RuleTrace, tuple[Action, ...], str], ...]


def evaluate(rule_set: RuleSet, facts: Mapping[str, FactValue], now: datetime | None = None) -> Outcome:
    """Return what a rule set decides on facts, with the reason for every rule.

    `facts` are by name, percentages as 0 to 100, times aware UTC, and already of the trust their fact asks for
    (`rules.facts.trusted`). One that is missing, None or of another type is not known. `now` is the fact of that name.
    """
    compiled = _compile(_Same(rule_set))
    known: dict[str, FactValue] = {}
    for name, kind in compiled.facts:
        value = facts.get(name)
        if value is None and name == "now":
            value = now
        if value is not None and (settled := settle(kind, value)) is not None:
            known[name] = settled
    trace: list[RuleTrace] = []
    tally = Tally(facts.get("automatic") is True)
    for test, holds, then, name in compiled.rules:
        failed = test(known)
        trace.append(failed or holds)
        if failed is None:
            for action in then:
                tally.add(name, action)
            if tally.stopped_by:
                break
    return tally.outcome(tuple(trace))


class _Same:
    """Stands for a rule set in the cache: same means the same object, since comparing two sets in full costs more."""

    __slots__ = ("rule_set",)

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set

    def __hash__(self) -> int:
        return id(self.rule_set)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.rule_set is self.rule_set


@lru_cache(maxsize=_KEPT)
def _compile(same: _Same) -> _Compiled:
    rules = same.rule_set.rules
    asked = {found.fact.name: found.fact.type for rule in rules for found in conditions(rule.when)}
    return _Compiled(tuple(asked.items()), tuple(_rule(rule) for rule in rules))


def _rule(rule: Rule) -> tuple[Test, RuleTrace, tuple[Action, ...], str]:
    holds = RuleTrace(rule.name, True, in_words(rule.when))
    return _test(rule.when, rule.name), holds, rule.then, rule.name


def _test(when: When, rule: str) -> Test:
    if isinstance(when, Condition):
        return _test_one(when, rule)
    tests = tuple(_test(part, rule) for part in when.parts)
    if when.kind == "all":
        return _all(tests)
    if when.kind == "any":
        return _any(
            tests, RuleTrace(rule, False, f"none of these holds: {'; '.join(in_words(part) for part in when.parts)}")
        )
    held = (RuleTrace(rule, False, f"{in_words(part)}, which must not be") for part in when.parts)
    return _none(tuple(zip(tests, held, strict=True)))


def _test_one(condition: Condition, rule: str) -> Test:
    name, holds = condition.fact.name, condition.operator.holds
    value = condition.operator.prepare(condition.value)
    unknown = None if condition.operator.unknown else RuleTrace(rule, False, unknown_in_words(condition))
    fails = RuleTrace(rule, False, denied_in_words(condition))

    def test(known: Known) -> RuleTrace | None:
        found = known.get(name)
        if found is None:
            return unknown
        return None if holds(found, value) else fails

    return test


def _all(tests: tuple[Test, ...]) -> Test:
    def test(known: Known) -> RuleTrace | None:
        for part in tests:
            failed = part(known)
            if failed is not None:
                return failed
        return None

    return test


def _any(tests: tuple[Test, ...], fails: RuleTrace) -> Test:
    def test(known: Known) -> RuleTrace | None:
        for part in tests:
            if part(known) is None:
                return None
        return fails

    return test


def _none(tests: tuple[tuple[Test, RuleTrace], ...]) -> Test:
    def test(known: Known) -> RuleTrace | None:
        for part, held in tests:
            if part(known) is None:
                return held
        return None

    return test
