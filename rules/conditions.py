"""Conditions: reading them from a rule file, saying them in words, and judging them the plain way.

`judge` is the meaning of a condition, written for people to check; `rules.evaluate` does the same faster. A fact that
is not known makes its condition false (save `is_unknown`), whatever the operator; nothing raises.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rules.errors import Wrong, shown, suggestion
from rules.facts import CUSTOM, FACTS, Fact, Trust
from rules.model import ALWAYS, ANY_DESK, Condition, Desk, Group, Many, When
from rules.operators import OPERATORS, Operator, Takes
from rules.sentences import AND, OR, SEMICOLON, joined, listed, say
from rules.source import Items, Keys, Scalar, Tree
from rules.values import FactValue, Type, Value, parse, settle, spoken, window, words

MAX_NESTING = 10  # groups inside one another
MAX_CONDITIONS = 200  # of one rule
MAX_VALUES = 1_000  # in one list
_GROUPS: tuple[Many, ...] = ("all", "any", "none")

Report = Callable[[Wrong, str], None]  # what is wrong, and where ("condition 2")


class Reader:
    """Reads the `when` of one rule; what is wrong goes to `report`, so that all of it is found."""

    def __init__(self, custom: Mapping[str, Fact], desk: Desk | None, report: Report) -> None:
        self.facts = {**FACTS, **custom}
        self.desk = desk or ANY_DESK
        self.report = report
        self.count = 0

    def read(self, tree: Tree, depth: int = 0) -> When | None:
        """Return the condition or group; None if something in it was reported."""
        if isinstance(tree, Scalar) and tree.raw == "always" and depth == 0:
            return ALWAYS
        try:
            if not isinstance(tree, Keys):
                raise Wrong(
                    "a condition is missing.", "Write {fact: …, is: …, value: …}, or all, any, none.", tree.line
                )
            group = next((kind for kind in _GROUPS if kind in tree.entries), None)
            if group:
                return self._group(tree, group, depth)
            self.count += 1
            if self.count > MAX_CONDITIONS:
                raise Wrong(
                    f"the rule has more than {MAX_CONDITIONS} conditions.", "Use one_of, or split it.", tree.line
                )
            return self._condition(tree)
        except Wrong as wrong:
            wrong.line = wrong.line or tree.line
            self.report(wrong, f"condition {self.count}" if self.count else "when")
            return None

    def _group(self, tree: Keys, kind: Many, depth: int) -> When | None:
        parts = tree.entries[kind]
        if len(tree.entries) > 1:
            other = next(key for key in tree.entries if key != kind)
            raise Wrong(
                f"“{shown(other)}” stands beside “{kind}”.", "Put one group inside the other.", tree.lines[other]
            )
        if not isinstance(parts, Items):
            raise Wrong(
                f"“{kind}” is not a list.", f"Put the conditions below “{kind}:”, each with a dash.", parts.line
            )
        if not parts.items:
            raise Wrong(f"“{kind}” is empty.", "Add a condition, or write “when: always”.", tree.line)
        if depth >= MAX_NESTING:
            raise Wrong(f"groups are more than {MAX_NESTING} deep.", "Make it flatter, or split the rule.", tree.line)
        read = [self.read(part, depth + 1) for part in parts.items[: MAX_CONDITIONS + 1]]
        known = tuple(part for part in read if part is not None)
        return Group(kind, known, tree.line) if len(known) == len(read) else None

    def _condition(self, tree: Keys) -> Condition:
        for key in tree.entries:
            if key not in ("fact", "is", "value"):
                known = ("fact", "is", "value", *_GROUPS)
                raise Wrong(f"“{shown(key)}” has no meaning here.", suggestion(key, known), tree.lines[key])
        fact = self._fact(_text(tree, "fact"), tree)
        operator = _operator(_text(tree, "is"), fact, tree)
        try:
            value = self._value(fact, operator, tree.entries.get("value"))
            operator.prepare(value)
        except Wrong as wrong:
            raise Wrong(f"“{fact.name}” {operator.key}: {wrong.message}", wrong.remedy, wrong.line) from wrong
        return Condition(fact, operator, value, tree.line)

    def _fact(self, name: str, tree: Keys) -> Fact:
        if name in self.facts:
            return self.facts[name]
        remedy = suggestion(name, self.facts)
        if name.startswith(CUSTOM):
            remedy += " A fact of your own is declared under “facts:” in the file."
        raise Wrong(f"no fact called “{shown(name)}”.", remedy, tree.lines["fact"])

    def _value(self, fact: Fact, operator: Operator, tree: Tree | None) -> Value:
        if operator.takes is Takes.NOTHING:
            if tree is not None:
                raise Wrong("it takes no value.", "Leave “value” out.", tree.line)
            return None
        if tree is None:
            raise Wrong("“value” is missing.", f"Add it: {operator.takes}.")
        if operator.takes in (Takes.MANY, Takes.PAIR):
            return self._list(fact, operator, tree)
        if not isinstance(tree, Scalar):
            raise Wrong("one value is needed, and a list was found.", "Write a single value, or use one_of.", tree.line)
        return self._one(fact, operator, tree)

    def _list(self, fact: Fact, operator: Operator, tree: Tree) -> Value:
        if not isinstance(tree, Items) or not tree.items:
            raise Wrong("a list is needed.", "Write it in brackets: [gold, platinum].", tree.line)
        if len(tree.items) > MAX_VALUES:
            raise Wrong(f"the list has {len(tree.items):,} values.", f"At most {MAX_VALUES:,} are allowed.", tree.line)
        values = []
        for item in tree.items:
            if not isinstance(item, Scalar):
                raise Wrong("the list holds a list or a mapping.", "Write single values.", item.line)
            values.append(self._one(fact, operator, item))
        if operator.takes is Takes.PAIR:
            low, high, *_ = [*values, None, None]
            if len(values) != 2 or low > high:  # type: ignore[operator]  # both of one ordered type
                raise Wrong("two values are needed, the lower first.", "Write them as [20, 50].", tree.line)
        return tuple(values)

    def _one(self, fact: Fact, operator: Operator, tree: Scalar) -> Value:
        try:
            if operator.takes is Takes.WINDOW:
                return window(tree.raw, needs_zone=fact.type is Type.MOMENT)
            if operator.takes is Takes.PATTERN:
                return words(tree.value, tree.raw)
            value = parse(fact.type, tree.value, tree.raw)
        except Wrong as wrong:
            wrong.line = tree.line
            raise
        allowed = self.desk.brands if fact.name == "brand" else self.desk.values.get(fact.name)
        choices = fact.choices or allowed
        if choices is not None and operator.key not in ("starts_with", "ends_with") and value not in choices:
            raise Wrong(f"it is never “{shown(value)}”.", suggestion(str(value), choices), tree.line)
        return value


def _text(tree: Keys, key: str) -> str:
    found = tree.entries.get(key)
    if not isinstance(found, Scalar) or not found.raw:
        raise Wrong(f"“{key}” is missing.", "A condition is {fact: …, is: …, value: …}.", tree.line)
    return found.raw


def _operator(key: str, fact: Fact, tree: Keys) -> Operator:
    fitting = [operator.key for operator in OPERATORS.values() if fact.type in operator.types]
    operator = OPERATORS.get(key)
    if operator is None:
        raise Wrong(f"no operator called “{shown(key)}”.", suggestion(key, fitting, "For this fact"), tree.lines["is"])
    if fact.type not in operator.types:
        message = f"“{key}” does not fit “{fact.name}”, whose type is {fact.type}."
        raise Wrong(message, f"Use one of: {', '.join(fitting)}.", tree.lines["is"])
    return operator


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds, and the first reason why not."""

    holds: bool
    because: str


def judge(when: When, facts: Mapping[str, FactValue]) -> Verdict:
    """Judge conditions on facts, the plain way: nothing prepared, nothing shared, values in the reason."""
    if isinstance(when, Condition):
        return _judge_one(when, facts)
    if not when.parts:
        return Verdict(True, say("always"))
    verdicts = [judge(part, facts) for part in when.parts]
    if when.kind == "all":
        failed = next((verdict for verdict in verdicts if not verdict.holds), None)
        return failed or Verdict(True, joined(AND, [verdict.because for verdict in verdicts]))
    held = next((verdict for verdict in verdicts if verdict.holds), None)
    if when.kind == "any":
        return held or Verdict(False, none_in_words(verdict.because for verdict in verdicts))
    if held:
        return Verdict(False, held_in_words(held.because))
    return Verdict(True, none_in_words(map(in_words, when.parts)))


def _judge_one(condition: Condition, facts: Mapping[str, FactValue]) -> Verdict:
    fact, operator = condition.fact, condition.operator
    settled = settle(fact.type, facts.get(fact.name))
    if settled is None:
        return Verdict(operator.unknown, unknown_in_words(condition))
    holds = operator.holds(settled, operator.prepare(condition.value))
    said = in_words(condition) if holds else denied_in_words(condition)
    shows = fact.type is not Type.TEXT or fact.trust is not Trust.VISITOR  # a reason repeats no words of theirs
    if shows and operator.takes is not Takes.NOTHING and fact.type is not Type.BOOLEAN:
        value = value_in_words(fact, facts[fact.name], AND) or say("empty")
        said = say("{condition} (it is {value})", condition=said, value=value)
    return Verdict(holds, said)


def in_words(when: When) -> str:
    """Return conditions as part of an English sentence."""
    if isinstance(when, Condition):
        return _say(when, when.operator.reads)
    if not when.parts:
        return say("always")
    inner = [
        in_words(part)
        if isinstance(part, Condition) or len(part.parts) < 2
        else say("({conditions})", conditions=in_words(part))
        for part in when.parts
    ]
    match when.kind:
        case "all":
            return joined(AND, inner)
        case "any":
            return joined(OR, inner)
        case "none":
            return none_in_words(inner)


def none_in_words(conditions: Iterable[str]) -> str:
    """Return that none of some conditions holds, given each in words."""
    return say("none of these holds: {conditions}", conditions=joined(SEMICOLON, conditions))


def held_in_words(condition: str) -> str:
    """Return that a condition holds and must not, given it in words."""
    return say("{condition}, which must not be", condition=condition)


def denied_in_words(condition: Condition) -> str:
    """Return what is so when a condition does not hold although its fact is known."""
    return _say(condition, condition.operator.denies)


def unknown_in_words(condition: Condition) -> str:
    """Return what is so when a condition's fact is not known."""
    if condition.fact.type is Type.BOOLEAN:
        return say("whether {fact} is not known", fact=condition.fact.label)
    return say("{fact} is not known", fact=condition.fact.label)


def value_in_words(fact: Fact, value: Value | FactValue, last: str = OR) -> str:
    """Return a value of a fact as a sentence says it; those of a closed list are words of ours."""
    if fact.choices and isinstance(value, str):
        return fact.choices[fact.choices.index(value)] if value in fact.choices else value
    if fact.choices and isinstance(value, tuple):
        return listed([value_in_words(fact, one) for one in value], last)
    return spoken(value, last)


def _say(condition: Condition, pattern: str) -> str:
    fact, key = condition.fact, condition.operator.key
    if fact.type is Type.BOOLEAN and condition.operator.takes is Takes.ONE:
        so = (pattern == "is {value}") is condition.value
        return fact.label if so else say("it is not so that {fact}", fact=fact.label)
    value = value_in_words(fact, condition.value, AND if key in ("between", "mentions_all", "includes_all") else OR)
    if fact.unit == "%" and condition.value is not None:
        value = say("{n} %", n=value)
    return say(f"{{fact}} {pattern}", fact=fact.label, value=value)
