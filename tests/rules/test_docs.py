"""The page that people write rules from says what the tables say, and what it shows works."""

import re
from pathlib import Path

import pytest

from rules.actions import ACTIONS
from rules.evaluate import evaluate
from rules.examples import facts_of, run
from rules.facts import FACTS
from rules.load import load
from rules.model import conditions
from rules.operators import OPERATORS
from rules.reference import actions_table, facts_table, findings_table, operators_table
from rules.schema import json_schema

PAGE = (Path(__file__).parents[2] / "docs" / "writing-rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("name", [*FACTS, *OPERATORS, *ACTIONS])
def test_every_fact_operator_and_action_is_named(name):
    assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize("table", [facts_table, operators_table, actions_table, findings_table])
def test_tables_are_those_of_the_engine(table):
    assert table() in PAGE, f"docs/writing-rules.md is behind: put rules.reference.{table.__name__}() there."


@pytest.mark.parametrize("block", BLOCKS)
def test_rules_shown_can_be_loaded_and_their_examples_hold(block):
    assert run(load(block)) == []


def test_every_fact_operator_and_action_has_an_example_that_holds():
    shown: set[str] = set()
    for block in BLOCKS:
        rule_set = load(block)
        acted = {rule for example in rule_set.examples for rule in evaluate(rule_set, facts_of(example)).matched}
        for rule in rule_set.rules:
            if rule.name in acted:
                shown |= {name for one in conditions(rule.when) for name in (one.fact.name, one.operator.key)}
                shown |= {action.kind.key for action in rule.then}
    assert {*FACTS, *OPERATORS, *ACTIONS} - shown == set()


def test_the_schema_knows_every_fact_operator_and_action():
    schema = str(json_schema())
    assert all(repr(name) in schema for name in (*FACTS, *OPERATORS, *ACTIONS))
