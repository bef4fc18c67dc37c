"""The indexed reading and the plain one give the same answers, rule by rule, with the same first reason why not."""

from dataclasses import replace
from random import Random

import pytest

from rules import index, phrases
from rules.compiled import MAX_ROWS
from rules.conditions import denied_in_words, in_words, unknown_in_words
from rules.evaluate import evaluate, matching
from rules.facts import FACTS
from rules.model import Condition, Group, Rule, RuleSet, conditions
from rules.operators import OPERATORS
from rules.rows import rows as rows_of
from rules.values import settle
from tests.rules.builders import a_rule, rules
from tests.rules.chance import a_set, some_facts

RULES, TICKETS = 50, 20  # of one set


class Plain:
    """The plain reading: every condition of every rule in order, one after the other."""

    def __init__(self, set_: RuleSet) -> None:
        self.set_ = set_
        found = [one for rule in set_.rules for one in conditions(rule.when)]
        self.prepared = {id(one): one.operator.prepare(one.value) for one in found}
        self.unknown = {id(one): None if one.operator.unknown else unknown_in_words(one) for one in found}
        self.denied = {id(one): denied_in_words(one) for one in found}
        self.types = {one.fact.name: one.fact.type for one in found}

    def why_not(self, when, known):
        """Return the first condition that fails; None if all hold."""
        if isinstance(when, Condition):
            settled = known[when.fact.name]
            if settled is None:
                return self.unknown[id(when)]
            return None if when.operator.holds(settled, self.prepared[id(when)]) else self.denied[id(when)]
        for part in when.parts:
            why = self.why_not(part, known)
            if when.kind == "all" and why is not None:
                return why
            if when.kind == "any" and why is None:
                return None
            if when.kind == "none" and why is None:
                return f"{in_words(part)}, which must not be"
        return f"none of these holds: {'; '.join(map(in_words, when.parts))}" if when.kind == "any" else None

    def trace(self, facts):
        """Return rule, whether it matches and why (not), up to a stop."""
        known = {name: settle(kind, facts.get(name)) for name, kind in self.types.items()}
        trace = []
        for rule in self.set_.rules:
            why_not = self.why_not(rule.when, known)
            trace.append((rule.name, why_not is None, why_not))
            if why_not is None and rule.then[0].kind.key == "stop":
                break
        return trace


def test_both_readings_agree_on_pairs_of_a_rule_and_a_ticket(pairs):
    luck = Random(7)
    for _ in range(pairs // (RULES * TICKETS)):
        set_ = a_set(luck, RULES)
        plain = Plain(set_)
        for number in range(TICKETS):
            facts = some_facts(luck)
            expected = plain.trace(facts)
            outcome = evaluate(set_, facts)
            assert list(outcome.matched) == [name for name, matched, _ in expected if matched]
            if number % 4 == 0:
                assert [(t.rule, t.matched, None if t.matched else t.because) for t in outcome.trace] == expected


def test_the_same_where_masks_are_made_afresh_all_the_time(monkeypatch):
    monkeypatch.setattr(index, "MAX_KEPT", 0)
    monkeypatch.setattr(index, "MAX_WORD", 3)
    monkeypatch.setattr(index, "_MANY_ROWS", 2)
    monkeypatch.setattr(phrases, "_FEW", 3)
    luck = Random(8)
    set_ = a_set(luck, 200)
    plain = Plain(set_)
    for _ in range(50):
        facts = some_facts(luck)
        assert list(evaluate(set_, facts).matched) == [name for name, matched, _ in plain.trace(facts) if matched]


@pytest.mark.parametrize(
    ("when", "most"),
    [
        (
            "{all: ["
            + ", ".join(["{any: [{fact: heat, is: is, value: 1}, {fact: urgency, is: is, value: 2}]}"] * 6)
            + "]}",
            64,
        ),
        ("{any: [" + ", ".join(f"{{fact: heat, is: is, value: {n}}}" for n in range(64)) + "]}", 64),
    ],
    ids=["a product", "a sum"],
)
def test_rules_of_one_row_more_than_an_index_takes_are_judged_by_themselves(when, most):
    (rule,) = rules(a_rule(when)).rules
    assert len(rows_of(rule.when, MAX_ROWS)) == most
    more = (
        Group("any", (*rule.when.parts, rule.when.parts[0]))
        if rule.when.kind == "any"
        else Group("all", (*rule.when.parts, rule.when.parts[0]))
    )
    assert rows_of(more, MAX_ROWS) is None
    set_ = RuleSet((Rule("One", more, rule.then), rule))
    assert evaluate(set_, {"heat": 1}).matched == ("One", "One")
    assert evaluate(set_, {"heat": 99}).matched == ()


class TestMatching:
    SET = rules(
        a_rule("{fact: text, is: mentions, value: refund}", name="A"),
        a_rule("{fact: heat, is: at_least, value: 2}", then="[stop]", name="B"),
        a_rule("{any: [{fact: heat, is: is_known}, {fact: text, is: is_known}]}", name="C"),
    )

    def test_gives_every_rule_once_in_order_whatever_stops(self):
        assert [rule.name for rule in matching(self.SET, {"heat": 2, "text": "refund"})] == ["A", "B", "C"]

    def test_the_first_is_the_next_of_them(self):
        assert next(matching(self.SET, {"heat": 2})).name == "B"
        assert next(matching(self.SET, {}), None) is None

    def test_facts_are_those_of_the_call_whatever_becomes_of_them(self):
        facts = {"heat": 2, "text": "refund"}
        outcome = evaluate(self.SET, facts)
        facts.clear()
        assert [trace.matched for trace in outcome.trace] == [True, True]


def test_a_text_is_searched_once_for_all_rules_that_ask_the_same():
    searched = []

    pattern = OPERATORS["matches"]
    counting = replace(pattern, holds=lambda text, value: searched.append(text) or pattern.holds(text, value))
    ask = Condition(FACTS["text"], counting, "refund")
    heat = Condition(FACTS["heat"], OPERATORS["is"], 1)
    set_ = RuleSet(tuple(Rule(f"R{n}", Group("all", (ask, heat)), ()) for n in range(50)))
    assert len(evaluate(set_, {"text": "a refund", "heat": 1}).matched) == 50
    assert evaluate(set_, {"text": "a refund", "heat": 2}).matched == ()
    assert len(searched) == 1
