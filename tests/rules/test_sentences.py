"""Sentences of rules: English as it is written, put together again in another language from what they were made of."""

import copy
import json

import pytest

from rules.evaluate import evaluate
from rules.explain import action_in_words, flip_in_words, lost, rule_in_words
from rules.sentences import AND, COMMA, joined, listed, said_in, say
from rules.values import spoken
from tests.rules.builders import a_rule, rules

BACKWARDS = {
    "{fact} is at least {value}": "{value} at least is {fact}",
    "{a} and {b}": "{a} AND {b}",
    "{a}, {b}": "{a}. {b}",
    "heat": "HEAT",
}
NESTED = """{any: [
  {fact: heat, is: at_least, value: 2},
  {all: [
    {fact: contact.tier, is: one_of, value: [gold, platinum, silver]},
    {none: [{fact: weekday, is: is, value: monday}, {fact: answered, is: is, value: true}]},
    {fact: intent_confidence, is: between, value: [20, 50]},
    {fact: waited, is: more_than, value: 1h30m}]}]}"""


def read_backwards(text):
    return said_in(text, lambda template: BACKWARDS.get(template, template), lambda name: f"<{name}>")


class TestASentence:
    def test_is_its_english(self):
        said = say("{fact} is at least {value}", fact=say("heat"), value=2)
        assert said == "heat is at least 2"
        assert json.dumps([said]) == '["heat is at least 2"]'

    def test_is_put_together_anew_in_another_language(self):
        assert read_backwards(say("{fact} is at least {value}", fact=say("heat"), value=2)) == "<2> at least is HEAT"

    def test_keeps_its_parts_when_it_is_copied(self):
        said = say("{fact} is at least {value}", fact=say("heat"), value=2)
        assert read_backwards(copy.deepcopy(said)) == read_backwards(said)

    def test_takes_no_name_for_a_template(self):
        assert read_backwards("{fact}") == "<{fact}>"
        assert (
            read_backwards(say("{fact} is at least {value}", fact="{value}", value="{")) == "<{> at least is <{value}>"
        )


@pytest.mark.parametrize(
    ("parts", "english", "backwards"),
    [([], "", "<>"), (["a"], "a", "<a>"), (["a", "b"], "a and b", "<a> AND <b>"),
     (["a", "b", "c"], "a, b and c", "<a>. <b> AND <c>")],
)  # fmt: skip
def test_a_list_has_its_last_two_joined(parts, english, backwards):
    said = listed(parts, AND)
    assert (said, read_backwards(said)) == (english, backwards)


def test_what_is_joined_has_the_same_between_each_two():
    assert read_backwards(joined(COMMA, "abc")) == "<a>. <b>. <c>"


def test_all_that_is_explained_remembers_what_it_was_made_of():
    first = a_rule(NESTED, then="[{need_skill: billing, level: 3, step_down: 5m}, {prefer: last_agent}, {tag: x}]")
    set_ = rules(
        first,
        a_rule(then="[{queue: Billing}, {notify: ops, note: Look}]", name="B"),
        a_rule(then="[{queue: General}]", name="C"),
    )
    facts = {"contact.tier": "gold", "intent_confidence": 70, "heat": 1}
    outcome = evaluate(set_, facts)
    told = [
        *(rule_in_words(rule) for rule in set_.rules),
        *(action_in_words(action) for rule in set_.rules for action in rule.then),
        *(flip_in_words(rule, facts) for rule in set_.rules),
        *(trace.because for trace in outcome.trace),
        *lost(outcome),
        spoken(True),
    ]
    assert [said_in(said, str, str) for said in told] == told
    assert not [said for said in told if said and "<" + said + ">" == read_backwards(said)]
