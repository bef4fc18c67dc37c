"""Examples kept beside the rules: a message with what is known of it, and what the rules must make of it.

`read` turns a text into facts (triage, which rules do not know); what an example states itself always counts more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from rules.errors import Wrong, shown, suggestion
from rules.evaluate import evaluate
from rules.facts import Fact
from rules.model import Desk, Example, RuleSet
from rules.sentences import say
from rules.source import Items, Keys, Scalar, Tree, printable
from rules.tally import Outcome
from rules.values import MAX_TEXT, FactValue, Type, Value, duration, parse, spoken, words

Read = Callable[[Mapping[str, FactValue]], Mapping[str, FactValue]]

EXPECTED: Mapping[str, str] = {
    "queue": "text", "answer_within": "duration", "resolve_within": "duration", "head_start": "duration",
    "step_down": "duration", "heat_at_least": "level", "close_as": "text", "stopped_by": "text",
    "rules": "exact", "needs": "needs", "prefer": "some", "tags": "some", "notes": "some",
    "notify": "some", "acknowledge": "text", "language": "text", "untag": "some", "escalate": "some",
    "hand_to": "text", "webhook": "some", "remind": "duration", "hand_on": "yes", "bring_back": "yes", "resolve": "yes",
}  # fmt: skip
_DESK_NAMES = {"queue": "queues", "acknowledge": "templates", "language": "languages"}


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing an example expected and did not get."""

    example: int  # from 1
    line: int
    name: str
    key: str  # of EXPECTED
    expected: str
    got: str

    def __str__(self) -> str:
        title = say("Example {n} (line {line})", n=self.example, line=self.line)
        if self.name:
            title = say("Example {n} “{name}” (line {line})", n=self.example, name=self.name, line=self.line)
        found = say("{key} should be {expected}, and is {got}.", key=self.key, expected=self.expected, got=self.got)
        return say("{example}: {found}", example=title, found=found)


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing an example expects, and what came out."""

    key: str  # of EXPECTED
    expected: Value
    got: Value
    holds: bool


def run(rule_set: RuleSet, read: Read | None = None) -> list[Failure]:
    """Return what the examples of a rule set expect and do not get; empty means that all hold."""
    failures = []
    for number, example in enumerate(rule_set.examples, start=1):
        for one in compared(rule_set, example, read):
            if not one.holds:
                said = _say(one.expected), _say(one.got)
                failures.append(Failure(number, example.line, example.name, one.key, *said))
    return failures


def compared(rule_set: RuleSet, example: Example, read: Read | None = None) -> list[Compared]:
    """Return everything an example expects beside what comes out of the rules."""
    outcome = evaluate(rule_set, facts_of(example, read))
    pairs = ((key, expected, _got(outcome, key)) for key, expected in example.expect)
    return [Compared(key, expected, got, _meets(key, expected, got)) for key, expected, got in pairs]


def came_out(
    rule_set: RuleSet, facts: Mapping[str, FactValue], read: Read | None, keys: Iterable[str]
) -> dict[str, Value]:  # fmt: skip
    """Return what comes out of the rules for some facts, by key of EXPECTED."""
    outcome = evaluate(rule_set, facts_of(Example(tuple(facts.items()), ()), read))
    return {key: _got(outcome, key) for key in keys}


def facts_of(example: Example, read: Read | None = None) -> dict[str, FactValue]:
    """Return the facts of an example: what is read in its text, overruled by what it states."""
    given = dict(example.given)
    return {**read(given), **given} if read is not None and "text" in given else given


def _got(outcome: Outcome, key: str) -> Value:
    match key:
        case "rules":
            return outcome.matched
        case "needs":
            return tuple((skill, level) for skill, level in sorted(outcome.needs.items()))
        case "notify" | "escalate" | "webhook":
            return tuple(effect.args["target"] for effect in outcome.effects if effect.kind == key)
        case "acknowledge" | "hand_to":
            return next((effect.args["target"] for effect in outcome.effects if effect.kind == key), None)
        case "hand_on" | "bring_back" | "resolve":
            return any(effect.kind == key for effect in outcome.effects)
        case "language":
            return outcome.language
        case "untag":
            return outcome.untag
        case "queue":
            return outcome.queue
        case "close_as":
            return outcome.close_as
        case "stopped_by":
            return outcome.stopped_by
        case "prefer":
            return outcome.prefer
        case "tags":
            return outcome.tags
        case "notes":
            return outcome.notes
        case "heat_at_least":
            return outcome.heat_at_least
        case _:
            lengths: dict[str, timedelta | None] = {
                "answer_within": outcome.answer_within, "resolve_within": outcome.resolve_within,
                "head_start": outcome.head_start, "step_down": outcome.step_down,
                "remind": next((effect.after for effect in outcome.effects if effect.kind == "remind"), None),
            }  # fmt: skip
            return lengths[key]


def _meets(key: str, expected: Value, got: Value) -> bool:
    if EXPECTED[key] not in ("some", "needs") or not isinstance(expected, tuple) or not isinstance(got, tuple):
        return expected == got
    return set(expected) <= set(got) if expected else not got


def _say(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(" ".join(map(str, item)) if isinstance(item, tuple) else str(item) for item in value) or "none"
    return say("none") if value is None else f"“{value}”" if isinstance(value, str) else spoken(value)


def read_example(tree: Tree, facts: Mapping[str, Fact], desk: Desk, rules: set[str] | None) -> Example:
    """Return one example of a rule file; `rules` are the names its expectation may use. Raises Wrong."""
    if not isinstance(tree, Keys):
        raise Wrong(say("an example is a mapping."), say("It has given and expect."), tree.line)
    for key in tree.entries:
        if key not in ("given", "expect", "name"):
            remedy = suggestion(key, ("given", "expect", "name"))
            raise Wrong(say("“{key}” has no meaning here.", key=shown(key)), remedy, tree.lines[key])
    given, expect = tree.entries.get("given"), tree.entries.get("expect")
    if not isinstance(given, Keys) or not isinstance(expect, Keys) or not expect.entries:
        raise Wrong(
            say("“given” and “expect” are both needed."),
            say("Write {given} and {expect}.", given="given: {text: …}", expect="expect: {queue: …}"),
            tree.line,
        )
    name = tree.entries.get("name")
    if name is not None and not isinstance(name, Scalar):
        raise Wrong(say("“name” is not a text."), say("Write a short sentence."), name.line)
    return Example(
        tuple(sorted(_given(given, facts).items())),
        tuple(sorted((key, _expected(key, item, desk, rules, expect)) for key, item in expect.entries.items())),
        words(name.raw, name.raw) if name else "",
        tree.line,
    )


def _given(tree: Keys, facts: Mapping[str, Fact], prefix: str = "") -> dict[str, FactValue]:
    found: dict[str, FactValue] = {}
    for key, item in tree.entries.items():
        name = prefix + key
        if isinstance(item, Keys) and not prefix:
            found.update(_given(item, facts, f"{key}."))
            continue
        fact = facts.get(name)
        if fact is None:
            raise Wrong(
                say("given: no fact called “{name}”.", name=shown(name)), suggestion(name, facts), tree.lines[key]
            )
        try:
            value = _given_value(fact, item)
        except Wrong as wrong:
            raise Wrong(
                say("given: {name}: {message}", name=name, message=wrong.message), wrong.remedy, tree.lines[key]
            ) from wrong
        if value is not None:
            found[name] = value
    return found


def _given_value(fact: Fact, item: Tree) -> FactValue | None:
    if isinstance(item, Items) and fact.type is Type.SET:
        if not all(isinstance(part, Scalar) for part in item.items):
            raise Wrong(say("the list holds a list or a mapping."), say("Write single values."))
        return tuple(words(part.raw, part.raw) for part in item.items if isinstance(part, Scalar))
    if not isinstance(item, Scalar):
        raise Wrong(
            say("it is {type}, and a list or mapping was found.", type=say(fact.type)), say("Write a single value.")
        )
    if item.value is None:
        return None  # not known, said outright
    if fact.type is Type.TEXT and (fact.said or len(item.raw) == 0):
        if len(item.raw) > MAX_TEXT or not printable(item.raw):
            raise Wrong(
                say("the text is over {max_text} characters or has a control character.", max_text=f"{MAX_TEXT:,}"),
                say("Shorten it."),
            )
        return item.raw
    value = parse(fact.type, item.value, item.raw)
    if fact.choices and value not in fact.choices:
        raise Wrong(say("it is never “{value}”.", value=shown(value)), suggestion(str(value), fact.choices))
    if fact.type is Type.SET:
        return (str(value),)
    return value  # type: ignore[return-value]  # a single value of the fact's own type


def _expected(key: str, item: Tree, desk: Desk, rules: set[str] | None, tree: Keys) -> Value:
    if key not in EXPECTED:
        raise Wrong(
            say("expect: “{key}” has no meaning here.", key=shown(key)), suggestion(key, EXPECTED), tree.lines[key]
        )
    try:
        value = _expected_value(EXPECTED[key], item)
        if key == "rules" and rules is not None and isinstance(value, tuple):
            for name in value:
                if name not in rules:
                    raise Wrong(
                        say("there is no rule called “{name}”.", name=shown(name)), suggestion(str(name), rules)
                    )
        known: frozenset[str] | None = getattr(desk, _DESK_NAMES[key]) if key in _DESK_NAMES else None
        if known is not None and value is not None and value not in known:
            raise Wrong(say("there is no “{value}”.", value=shown(value)), suggestion(str(value), known))
    except Wrong as wrong:
        raise Wrong(
            say("expect: {key}: {message}", key=key, message=wrong.message), wrong.remedy, tree.lines[key]
        ) from wrong
    return value


def _expected_value(form: str, item: Tree) -> Value:
    if form == "needs":
        if not isinstance(item, Keys) or not all(
            isinstance(level, Scalar) and isinstance(level.value, int) for level in item.entries.values()
        ):
            raise Wrong(say("it is not skills with levels."), say("Write {form}.", form="{billing: 1}"))
        return tuple(
            (skill, int(level.raw)) for skill, level in sorted(item.entries.items()) if isinstance(level, Scalar)
        )
    if form in ("some", "exact"):
        items = item.items if isinstance(item, Items) else [item]
        if not all(isinstance(part, Scalar) for part in items):
            raise Wrong(say("it is not a list of names."), say("Write [one, another]."))
        return tuple(words(part.raw, part.raw) for part in items if isinstance(part, Scalar))
    if not isinstance(item, Scalar):
        raise Wrong(say("a single value is needed."), say("Write it without brackets."))
    if item.value is None:
        return None
    if form == "yes":
        if not isinstance(item.value, bool):
            raise Wrong(say("“{raw}” is neither true nor false.", raw=shown(item.raw)), say("Write true or false."))
        return item.value
    if form == "duration":
        return duration(item.raw)
    if form == "level":
        if isinstance(item.value, bool) or not isinstance(item.value, int):
            raise Wrong(say("“{raw}” is not a whole number.", raw=shown(item.raw)), say("Write 0 to 3."))
        return item.value
    return words(item.value, item.raw)
