"""The engines that bench/rules compares with, each asked which rules of a set match a ticket: all, and the first.

Plain closures are what one writes without an engine: one generated lambda a rule. The others get the same rules in
their own language, one expression a rule; zen-engine a second time as the table of decisions it is made for, which is
its quickest. Rules are compiled once, and what an engine needs of a ticket is made once for the ticket. Nothing is held
back and nothing is tuned.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from sys import path
from typing import Any, Protocol

import cel
import json_logic
import zen

from rules.model import Condition, Group, Rule, When, conditions
from rules.values import FactValue

path.append(str(Path(__file__).parent.parent / ".tools" / "rule-engine"))  # it wants a python-dateutil of its own

Ticket = Mapping[str, Any]
SIGNS = {"is": "==", "is_not": "!=", "at_least": ">=", "more_than": ">", "less_than": "<"}


class Opponent(Protocol):
    """A rule set as another engine has it."""

    def all(self, ticket: Ticket) -> list[int]:
        """Return the numbers of the rules that match."""
        ...

    def first(self, ticket: Ticket) -> int | None:
        """Return the number of the first rule that matches."""
        ...


def plain(facts: Mapping[str, FactValue]) -> Ticket:
    """Return a ticket's facts as every engine takes them: names without dots, seconds, lists."""
    return {name.replace(".", "_"): _plain(value) for name, value in facts.items()}


def _plain(value: object) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return sorted(value) if isinstance(value, frozenset) else value


@dataclass(frozen=True, slots=True)
class Language:
    """How an engine writes a condition; {f} is the fact, {v} the value."""

    fact: str
    every: str
    some: str
    negates: str
    one_of: str
    none_of: str
    text_has: str
    list_has: str

    def write(self, when: When) -> str:
        """Return conditions in this language."""
        if not isinstance(when, Condition):
            joined = (self.every if when.kind == "all" else self.some).join(f"({self.write(p)})" for p in when.parts)
            return f"{self.negates}({joined})" if when.kind == "none" else joined
        values = [json.dumps(_plain(v)) for v in (when.value if isinstance(when.value, tuple) else (when.value,))]
        return self._condition(when.operator.key, self.fact.format(f=when.fact.name.replace(".", "_")), values)

    def _condition(self, operator: str, fact: str, values: list[str]) -> str:
        if operator in SIGNS:
            return f"{fact} {SIGNS[operator]} {values[0]}"
        if operator in ("one_of", "not_one_of"):
            pattern = self.one_of if operator == "one_of" else self.none_of
            return pattern.format(f=fact, v=", ".join(values))
        pattern = self.text_has if operator.startswith("mentions") else self.list_has
        return self.some.join(pattern.format(f=fact, v=value) for value in values)


PYTHON = Language("f['{f}']", " and ", " or ", "not ", "{f} in ({v},)", "{f} not in ({v},)", "{v} in {f}", "{v} in {f}")
ZEN = Language("{f}", " and ", " or ", "not ", "{f} in [{v}]", "{f} not in [{v}]", "contains({f}, {v})", "{v} in {f}")
CEL = Language("{f}", " && ", " || ", "!", "{f} in [{v}]", "!({f} in [{v}])", "{f}.contains({v})", "{v} in {f}")
RULE_ENGINE = Language("{f}", " and ", " or ", "not ", "{f} in [{v}]", "not ({f} in [{v}])", "{v} in {f}", "{v} in {f}")


class OneByOne:
    """An engine that is asked one rule after the other."""

    def __init__(self, rules: tuple[Rule, ...], compile_one: Callable[[When], Callable[[Any], Any]]) -> None:
        self.tests = [compile_one(rule.when) for rule in rules]

    def all(self, ticket: Ticket) -> list[int]:
        """Return the numbers of the rules that match."""
        given = self.given(ticket)
        return [number for number, test in enumerate(self.tests) if test(given)]

    def first(self, ticket: Ticket) -> int | None:
        """Return the number of the first rule that matches."""
        given = self.given(ticket)
        for number, test in enumerate(self.tests):
            if test(given):
                return number
        return None

    def given(self, ticket: Ticket) -> Any:
        """Return a ticket as the engine takes it."""
        return ticket


class Closures(OneByOne):
    """One generated lambda a rule."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        words = {"true": "True", "false": "False"}
        super().__init__(
            rules, lambda when: eval(f"lambda f: {PYTHON.write(when)}", {n: eval(w) for n, w in words.items()})
        )


class Cel(OneByOne):
    """common-expression-language: one program a rule, one context a ticket."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        super().__init__(rules, lambda when: cel.compile(CEL.write(when)).execute)

    def given(self, ticket: Ticket) -> Any:
        """Return a context."""
        return cel.Context(variables=dict(ticket))


class RuleEngine(OneByOne):
    """rule-engine: one rule object a rule."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        import rule_engine

        context = rule_engine.Context()
        super().__init__(rules, lambda when: rule_engine.Rule(RULE_ENGINE.write(when), context=context).matches)


class JsonLogic(OneByOne):
    """json-logic: the rules are data, read for each ticket."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        super().__init__(rules, lambda when: partial(json_logic.jsonLogic, json_written(when)))


class Zen(OneByOne):
    """zen-engine, rule by rule: one compiled expression each."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        super().__init__(rules, lambda when: zen.compile_expression(ZEN.write(when)).evaluate)


class ZenTable:
    """zen-engine, all rules as one decision table with a column for each fact, and one for groups of conditions."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        facts = {one.fact.name.replace(".", "_") for rule in rules for one in conditions(rule.when)}
        rows = [{"_id": str(n), "rule": str(n), **_cells(rule.when)} for n, rule in enumerate(rules)]
        columns = [{"id": fact, "name": fact, "field": fact, "type": "expression"} for fact in sorted(facts)]
        columns.append({"id": "groups", "name": "groups", "type": "expression"})
        self._all, self._first = self._table(columns, rows, "collect"), self._table(columns, rows, "first")

    def _table(self, columns: list[dict[str, str]], rows: list[dict[str, str]], policy: str) -> Any:
        outputs = [{"id": "rule", "field": "rule", "name": "rule", "type": "expression"}]
        table = {"hitPolicy": policy, "rules": rows, "inputs": columns, "outputs": outputs}
        place = {"position": {"x": 0, "y": 0}}
        nodes = [
            {"id": "in", "type": "inputNode", "name": "in", **place},
            {"id": "table", "type": "decisionTableNode", "name": "table", "content": table, **place},
            {"id": "out", "type": "outputNode", "name": "out", **place},
        ]
        edges = [
            {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
        ]
        return zen.ZenEngine().create_decision(zen.ZenDecisionContent(json.dumps({"nodes": nodes, "edges": edges})))

    def all(self, ticket: Ticket) -> list[int]:
        """Return the numbers of the rules that match."""
        found = self._all.evaluate(ticket)["result"]
        return [row["rule"] for row in found] if isinstance(found, list) else []

    def first(self, ticket: Ticket) -> int | None:
        """Return the number of the first rule that matches."""
        found: int | None = (self._first.evaluate(ticket)["result"] or {}).get("rule")
        return found


def _cells(when: When) -> dict[str, str]:
    cells: dict[str, str] = {}
    groups = []
    for part in when.parts if isinstance(when, Group) else (when,):
        if isinstance(part, Condition) and part.fact.name.replace(".", "_") not in cells:
            cells[part.fact.name.replace(".", "_")] = _cell(part)
        else:
            groups.append(f"({ZEN.write(part)})")
    return {**cells, "groups": " and ".join(groups)}


def _cell(condition: Condition) -> str:
    """Return a condition as a cell of a table, in which the column's fact goes without saying."""
    value = condition.value
    values = [json.dumps(_plain(each)) for each in (value if isinstance(value, tuple) else (value,))]
    match condition.operator.key:
        case "is" | "one_of":
            return ", ".join(values)
        case "not_one_of":
            return f"not ($ in [{', '.join(values)}])"
        case "mentions" | "mentions_any":
            return " or ".join(f"contains($, {each})" for each in values)
        case "includes" | "includes_any":
            return " or ".join(f"{each} in $" for each in values)
        case key:
            return f"{SIGNS[key]} {values[0]}"


def json_written(when: When) -> Any:
    """Return conditions as JsonLogic."""
    if not isinstance(when, Condition):
        parts = [json_written(part) for part in when.parts]
        if when.kind == "none":
            return {"!": [{"or": parts}]}
        return {"and" if when.kind == "all" else "or": parts}
    fact, value = {"var": when.fact.name.replace(".", "_")}, when.value
    match when.operator.key:
        case "one_of":
            return {"in": [fact, list(value)]}  # type: ignore[call-overload]
        case "not_one_of":
            return {"!": [{"in": [fact, list(value)]}]}  # type: ignore[call-overload]
        case "mentions" | "includes":
            return {"in": [value, fact]}
        case "mentions_any" | "includes_any":
            return {"or": [{"in": [each, fact]} for each in value]}  # type: ignore[union-attr]
        case operator:
            return {SIGNS[operator]: [fact, _plain(value)]}


OPPONENTS: Mapping[str, Callable[[tuple[Rule, ...]], Opponent]] = {
    "closures": Closures,
    "common-expression-language": Cel,
    "zen-engine": Zen,
    "zen-engine table": ZenTable,
    "json-logic": JsonLogic,
    **({"rule-engine": RuleEngine} if find_spec("rule_engine") else {}),  # by `make bench`
}
