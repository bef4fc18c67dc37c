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
from rules.sentences import AND, BLANK, OR, SEMICOLON, joined, listed, say
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
                    say("a condition is missing."),
                    say("Write {form}, or all, any, none.", form="{fact: …, is: …, value: …}"),
                    tree.line,
                )
            group = next((kind for kind in _GROUPS if kind in tree.entries), None)
            if group:
                return self._group(tree, group, depth)
            self.count += 1
            if self.count > MAX_CONDITIONS:
                raise Wrong(
                    say("the rule has more than {max_conditions} conditions.", max_conditions=MAX_CONDITIONS),
                    say("Use one_of, or split it."),
                    tree.line,
                )
            return self._condition(tree)
        except Wrong as wrong:
            wrong.line = wrong.line or tree.line
            self.report(wrong, say("condition {n}", n=self.count) if self.count else say("when"))
            return None

    def _group(self, tree: Keys, kind: Many, depth: int) -> When | None:
        parts = tree.entries[kind]
        if len(tree.entries) > 1:
            other = next(key for key in tree.entries if key != kind)
            raise Wrong(
                say("“{other}” stands beside “{kind}”.", other=shown(other), kind=kind),
                say("Put one group inside the other."),
                tree.lines[other],
            )
        if not isinstance(parts, Items):
            raise Wrong(
                say("“{kind}” is not a list.", kind=kind),
                say("Put the conditions below “{kind}:”, each with a dash.", kind=kind),
                parts.line,
            )
        if not parts.items:
            raise Wrong(
                say("“{kind}” is empty.", kind=kind), say("Add a condition, or write “when: always”."), tree.line
            )
        if depth >= MAX_NESTING:
            raise Wrong(
                say("groups are more than {max_nesting} deep.", max_nesting=MAX_NESTING),
                say("Make it flatter, or split the rule."),
                tree.line,
            )
        read = [self.read(part, depth + 1) for part in parts.items[: MAX_CONDITIONS + 1]]
        known = tuple(part for part in read if part is not None)
        return Group(kind, known, tree.line) if len(known) == len(read) else None

    def _condition(self, tree: Keys) -> Condition:
        for key in tree.entries:
            if key not in ("fact", "is", "value"):
                known = ("fact", "is", "value", *_GROUPS)
                raise Wrong(
                    say("“{key}” has no meaning here.", key=shown(key)), suggestion(key, known), tree.lines[key]
                )
        fact = self._fact(_text(tree, "fact"), tree)
        operator = _operator(_text(tree, "is"), fact, tree)
        try:
            value = self._value(fact, operator, tree.entries.get("value"))
            operator.prepare(value)
        except Wrong as wrong:
            raise Wrong(
                say("“{name}” {key}: {message}", name=fact.name, key=operator.key, message=wrong.message),
                wrong.remedy,
                wrong.line,
            ) from wrong
        return Condition(fact, operator, value, tree.line)

    def _fact(self, name: str, tree: Keys) -> Fact:
        if name in self.facts:
            return self.facts[name]
        remedy = suggestion(name, self.facts)
        if name.startswith(CUSTOM):
            more = say("A fact of your own is declared under “facts:” in the file.")
            remedy = joined(BLANK, [remedy, more])
        raise Wrong(say("no fact called “{name}”.", name=shown(name)), remedy, tree.lines["fact"])

    def _value(self, fact: Fact, operator: Operator, tree: Tree | None) -> Value:
        if operator.takes is Takes.NOTHING:
            if tree is not None:
                raise Wrong(say("it takes no value."), say("Leave “value” out."), tree.line)
            return None
        if tree is None:
            raise Wrong(say("“value” is missing."), say("Add it: {takes}.", takes=say(operator.takes)))
        if operator.takes in (Takes.MANY, Takes.PAIR):
            return self._list(fact, operator, tree)
        if not isinstance(tree, Scalar):
            raise Wrong(
                say("one value is needed, and a list was found."),
                say("Write a single value, or use one_of."),
                tree.line,
            )
        return self._one(fact, operator, tree)

    def _list(self, fact: Fact, operator: Operator, tree: Tree) -> Value:
        if not isinstance(tree, Items) or not tree.items:
            raise Wrong(say("a list is needed."), say("Write it in brackets: [gold, platinum]."), tree.line)
        if len(tree.items) > MAX_VALUES:
            raise Wrong(
                say("the list has {n} values.", n=f"{len(tree.items):,}"),
                say("At most {most} are allowed.", most=f"{MAX_VALUES:,}"),
                tree.line,
            )
        values = []
        for item in tree.items:
            if not isinstance(item, Scalar):
                raise Wrong(say("the list holds a list or a mapping."), say("Write single values."), item.line)
            values.append(self._one(fact, operator, item))
        if operator.takes is Takes.PAIR:
            low, high, *_ = [*values, None, None]
            if len(values) != 2 or low > high:  # type: ignore[operator]  # both of one ordered type
                raise Wrong(say("two values are needed, the lower first."), say("Write them as [20, 50]."), tree.line)
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
            raise Wrong(say("it is never “{value}”.", value=shown(value)), suggestion(str(value), choices), tree.line)
        return value


def _text(tree: Keys, key: str) -> str:
    found = tree.entries.get(key)
    if not isinstance(found, Scalar) or not found.raw:
        raise Wrong(
            say("“{key}” is missing.", key=key),
            say("A condition is {form}.", form="{fact: …, is: …, value: …}"),
            tree.line,
        )
    return found.raw


def _operator(key: str, fact: Fact, tree: Keys) -> Operator:
    fitting = [operator.key for operator in OPERATORS.values() if fact.type in operator.types]
    operator = OPERATORS.get(key)
    if operator is None:
        raise Wrong(
            say("no operator called “{key}”.", key=shown(key)), suggestion(key, fitting, of_fact=True), tree.lines["is"]
        )
    if fact.type not in operator.types:
        message = say(
            "“{key}” does not fit “{name}”, whose type is {type}.", key=key, name=fact.name, type=say(fact.type)
        )
        raise Wrong(message, say("Use one of: {fitting}.", fitting=", ".join(fitting)), tree.lines["is"])
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
