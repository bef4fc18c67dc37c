"""The nouns of a rule set: what a rule file becomes once it has been read. Lines do not count in comparing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from rules.actions import Kind
from rules.facts import Fact
from rules.operators import Operator
from rules.values import FactValue, Value, Window

FORMAT = 1  # of the rule file; every later release reads every earlier one

Many = Literal["all", "any", "none"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact compared with one value."""

    fact: Fact
    operator: Operator
    value: Value
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions of which all, any or none must hold."""

    kind: Many
    parts: "tuple[When, ...]"
    line: int = field(default=0, compare=False)


When = Condition | Group
ALWAYS = Group("all", ())  # what `when: always` is read as


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a matching rule does."""

    kind: Kind
    value: Value
    options: tuple[tuple[str, Value], ...] = ()
    line: int = field(default=0, compare=False)

    def option(self, name: str) -> Value:
        """Return one option, None if it was not given."""
        return next((value for key, value in self.options if key == name), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions and what follows from them."""

    name: str  # unique in its set
    when: When
    then: tuple[Action, ...]
    note: str = ""  # for people: why the rule is there
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Example:
    """A message with known facts, and what the rules must make of it."""

    given: tuple[tuple[str, FactValue], ...]  # fact name and value
    expect: tuple[tuple[str, Value], ...]  # a key of rules.examples.EXPECTED, and its value
    name: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of a desk's rules, in order, with its examples and the facts it declares itself."""

    rules: tuple[Rule, ...]
    examples: tuple[Example, ...] = ()
    custom: tuple[Fact, ...] = ()  # facts about the contact that the brand declares
    format: int = FORMAT

    @property
    def custom_facts(self) -> Mapping[str, Fact]:
        """Return the declared facts by name."""
        return MappingProxyType({fact.name: fact for fact in self.custom})


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is at work in one stretch of the week, as far as rules ask."""

    name: str  # as a sentence says it: “Saturday 09:00-17:00”
    skills: tuple[Mapping[str, int], ...]  # of each agent at work: skill -> level


@dataclass(frozen=True, slots=True)
class Desk:
    """The names a rule may use; None means that a kind of name is not checked."""

    queues: frozenset[str] | None = None
    skills: frozenset[str] | None = None
    templates: frozenset[str] | None = None
    agents: frozenset[str] | None = None
    brands: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    destinations: frozenset[str] | None = None
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)  # fact name -> what it can be, such as intents
    switched_off: frozenset[str] = frozenset()  # facts of how customers feel, where that is not read
    staff: tuple[Mapping[str, int], ...] | None = None  # skills of each agent, with level; None: not known
    shifts: tuple[Shift, ...] = ()  # as planned; empty: nobody plans them
    hours: Mapping[str, tuple[Window, ...]] | None = (
        None  # weekday -> open, in the brand's zone; None: not known, always
    )
    promises: Mapping[str, timedelta] = field(default_factory=dict)  # queue -> its own, of working time


ANY_DESK = Desk()


def conditions(when: When) -> tuple[Condition, ...]:
    """Return the conditions of a rule in the order they stand in."""
    if isinstance(when, Condition):
        return (when,)
    return tuple(condition for part in when.parts for condition in conditions(part))
