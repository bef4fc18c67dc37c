"""Writes a rule set as the YAML that `rules.load` reads: the same set comes back. Comments are not part of a set."""

from collections.abc import Mapping
from typing import Any

import yaml

from rules.examples import EXPECTED
from rules.facts import Fact
from rules.model import ALWAYS, Action, Condition, Example, Rule, RuleSet, When
from rules.sentences import Sentence
from rules.values import Value, written


class _Dumper(yaml.SafeDumper):
    """Writes every value out: no anchors, which reading refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(Sentence, _Dumper.represent_str)  # what a fact of ours is called, or can be


def to_yaml(rule_set: RuleSet) -> str:
    """Return a rule set as a file: format, facts, rules, examples."""
    file: dict[str, object] = {"format": rule_set.format}
    if rule_set.custom:
        file["facts"] = {fact.name: _fact(fact) for fact in rule_set.custom}
    file["rules"] = [_rule(rule) for rule in rule_set.rules]
    if rule_set.examples:
        file["examples"] = [_example(example) for example in rule_set.examples]
    return write(file)


def write(file: Mapping[str, object]) -> str:
    """Return a file of plain values (mappings, lists, texts, numbers) as YAML that `rules.source` reads."""
    return yaml.dump(
        dict(file), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
    )


def _fact(fact: Fact) -> dict[str, object]:
    entry: dict[str, object] = {"type": fact.type.value, "trust": fact.trust.name.lower(), "label": fact.label}
    if fact.choices:
        entry["values"] = list(fact.choices)
    return {**entry, "description": fact.description} if fact.description else entry


def _rule(rule: Rule) -> dict[str, object]:
    entry: dict[str, object] = {"name": rule.name}
    if rule.note:
        entry["note"] = rule.note
    return {**entry, "when": _when(rule.when), "then": [_action(action) for action in rule.then]}


def _when(when: When) -> object:
    if when == ALWAYS:
        return "always"
    if isinstance(when, Condition):
        entry: dict[str, object] = {"fact": when.fact.name, "is": when.operator.key}
        return entry if when.value is None else {**entry, "value": written(when.value)}
    return {when.kind: [_when(part) for part in when.parts]}


def _action(action: Action) -> dict[str, object]:
    return {action.kind.key: written(action.value), **{name: written(value) for name, value in action.options}}


def _example(example: Example) -> dict[str, object]:
    given = {name: list(value) if isinstance(value, tuple) else written(_plain(value)) for name, value in example.given}
    expect = {key: expectation(key, value) for key, value in example.expect}
    entry: dict[str, object] = {"name": example.name} if example.name else {}
    return {**entry, "given": given, "expect": expect}


def _plain(value: object) -> Value:
    return value  # type: ignore[return-value]  # what an example gives is read by rules.values.parse


def expectation(key: str, value: Value) -> object:
    """Return what an example expects as a file says it; `key` is one of EXPECTED."""
    if EXPECTED[key] == "needs" and isinstance(value, tuple):
        return {str(item[0]): item[1] for item in value if isinstance(item, tuple)}
    return written(value)
