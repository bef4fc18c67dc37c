"""What the rules make of one message: a pure function of a rule set, the facts and nothing else.

Rules are compiled once per rule set into closures, since this runs for every message. A closure returns None when its
conditions hold, else the trace that says which one did not; those traces are made while compiling. `conditions.judge`
is the same in plain words, and a test holds the two together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from rules.actions import Combine
from rules.conditions import denied_in_words, in_words, unknown_in_words
from rules.model import Action, Condition, Rule, RuleSet, When, conditions
from rules.values import FactValue, Type, Value, settle

_KEPT = 16  # compiled rule sets: live and draft of a few brands


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """What became of one rule."""

    rule: str
    matched: bool
    because: str  # the conditions that held, or the first that did not; repeats no words of the customer


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done outside after the commit, once per ticket, rule and occasion."""

    rule: str
    kind: str  # acknowledge, notify
    args: Mapping[str, str]  # target: the template, role or agent; note


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all matching rules together decide. None and empty mean that no rule said anything."""

    queue: str | None = None
    needs: Mapping[str, int] = field(default_factory=dict)  # skill -> lowest level
    step_down: timedelta | None = None  # of working time; None: a quarter of the promise
    prefer: tuple[str, ...] = ()  # last_agent and skills, first said first
    answer_within: timedelta | None = None  # of working time; the queue's own promise holds if shorter
    resolve_within: timedelta | None = None
    head_start: timedelta = timedelta(0)  # before routing's cap
    heat_at_least: int = 0
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    close_as: str | None = None
    effects: tuple[Effect, ...] = ()
    trace: tuple[RuleTrace, ...] = ()  # one per rule read, in order; rules after a stop are not read
    winners: Mapping[str, str] = field(default_factory=dict)  # action kind (need_skill: “need_skill billing”) -> rule
    stopped_by: str | None = None

    @property
    def matched(self) -> tuple[str, ...]:
        """Return the names of the rules that acted, in order."""
        return tuple(trace.rule for trace in self.trace if trace.matched)


T = TypeVar("T")
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
    tally = _Tally(facts.get("automatic") is True)
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


class _Tally:
    """What the matching rules did so far, put together as the table of actions says."""

    def __init__(self, machine: bool) -> None:
        self.machine = machine  # wrote the message, so nothing answers it by itself
        self.single: dict[str, Value] = {}
        self.many: dict[str, list[str]] = {}
        self.needs: dict[str, int] = {}
        self.step_down: timedelta | None = None
        self.head_start = timedelta(0)
        self.effects: dict[tuple[str, str], Effect] = {}
        self.winners: dict[str, str] = {}
        self.stopped_by: str | None = None

    def add(self, rule: str, action: Action) -> None:
        kind, value = action.kind, action.value
        if kind.effect:
            self._effect(rule, action)
        elif kind.key == "need_skill":
            self._need(rule, action)
        elif kind.combine is Combine.EACH_ONCE:
            kept = self.many.setdefault(kind.key, [])
            if value not in kept:
                kept.append(str(value))
        elif kind.combine is Combine.ADDS and isinstance(value, timedelta):
            self.head_start += value
        elif kind.combine is Combine.ENDS:
            self.stopped_by = rule
        elif _wins(kind.combine, value, self.single.get(kind.key)):
            self.single[kind.key] = value
            self.winners[kind.key] = rule

    def _effect(self, rule: str, action: Action) -> None:
        key, target = action.kind.key, str(action.value)
        if key == "acknowledge" and self.machine:
            return
        slot = (key, "" if action.kind.combine is Combine.FIRST else target)
        if slot not in self.effects:
            args = {"target": target, **{name: str(value) for name, value in action.options}}
            self.effects[slot] = Effect(rule, key, MappingProxyType(args))
            if action.kind.combine is Combine.FIRST:
                self.winners[key] = rule

    def _need(self, rule: str, action: Action) -> None:
        skill, level = str(action.value), action.option("level") or 1
        if isinstance(level, int) and level > self.needs.get(skill, 0):
            self.needs[skill] = level
            self.winners[f"need_skill {skill}"] = rule
        step_down = action.option("step_down")
        if isinstance(step_down, timedelta) and (self.step_down is None or step_down < self.step_down):
            self.step_down = step_down

    def outcome(self, trace: tuple[RuleTrace, ...]) -> Outcome:
        single, many = self.single, self.many
        return Outcome(
            queue=_of(str, single.get("queue")),
            needs=MappingProxyType(self.needs),
            step_down=self.step_down,
            prefer=tuple(many.get("prefer", ())),
            answer_within=_of(timedelta, single.get("answer_within")),
            resolve_within=_of(timedelta, single.get("resolve_within")),
            head_start=self.head_start,
            heat_at_least=_of(int, single.get("heat_at_least")) or 0,
            tags=tuple(many.get("tag", ())),
            notes=tuple(many.get("priority_note", ())),
            close_as=_of(str, single.get("close_as")),
            effects=tuple(self.effects.values()),
            trace=trace,
            winners=MappingProxyType(self.winners),
            stopped_by=self.stopped_by,
        )


def _of(kind: type[T], value: Value) -> T | None:
    return value if isinstance(value, kind) else None


def _wins(combine: Combine, value: Value, held: Value) -> bool:
    if held is None:
        return True
    if combine is Combine.SHORTEST and isinstance(value, timedelta) and isinstance(held, timedelta):
        return value < held
    return combine is Combine.HIGHEST and isinstance(value, int) and isinstance(held, int) and value > held
