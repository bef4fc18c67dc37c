"""The smallest change of facts that flips a rule: fewest facts, then the nearest values, and it does flip."""

from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest

from rules.conditions import judge
from rules.explain import flip_in_words
from rules.facts import FACTS
from rules.model import Rule, conditions
from rules.whatif import flip
from tests.rules.builders import a_rule, rules
from tests.rules.chance import POOLS, TEXTS, a_when, some_facts

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def changed(when: str, **facts):
    (rule,) = rules(a_rule(when)).rules
    found = flip(rule, {name.replace("contact_", "contact."): value for name, value in facts.items()})
    return None if found is None else {change.fact: change.after for change in found}


@pytest.mark.parametrize(
    ("when", "facts", "after"),
    [
        ("{fact: frustration, is: at_least, value: 70}", {"frustration": 40}, 70),
        ("{fact: frustration, is: at_least, value: 70}", {"frustration": 82}, 69),
        ("{fact: frustration, is: between, value: [20, 30]}", {"frustration": 90}, 30),
        ("{fact: frustration, is: is_not, value: 5}", {"frustration": 5}, 6),
        ("{fact: intent_confidence, is: less_than, value: 100}", {"intent_confidence": 40}, 100),
        ("{fact: waited, is: more_than, value: 1h}", {"waited": timedelta(0)}, timedelta(minutes=61)),
        ("{fact: contact.tier, is: one_of, value: [gold, platinum]}", {}, "gold"),
        ("{fact: channel, is: is_not, value: email}", {"channel": "email"}, "something else"),
        ("{fact: intent_group, is: is, value: sales}", {"intent_group": "billing"}, "sales"),
        ("{fact: automatic, is: is, value: true}", {"automatic": False}, True),
        ("{fact: tags, is: includes_all, value: [a, b]}", {"tags": {"c", "b"}}, frozenset({"a", "b", "c"})),
        ("{fact: tags, is: includes_none, value: [a, b]}", {"tags": {"a", "c"}}, frozenset({"c"})),
        ("{fact: text, is: mentions, value: refund}", {"text": "Hello"}, "hello refund"),
        ("{fact: text, is: does_not_mention, value: refund}", {"text": "a refund now"}, "a now"),
        ("{fact: time_of_day, is: within, value: 22:00-06:00}", {"time_of_day": time(20)}, time(22)),
        ("{fact: opened_at, is: before, value: '2026-11-23T12:00+00:00'}", {"opened_at": NOON},
         NOON - timedelta(minutes=1)),
        ("{fact: now, is: within, value: 18:00-19:00 Asia/Karachi}", {"now": NOON}, NOON + timedelta(hours=1)),
        ("{fact: kind, is: is_unknown}", {"kind": "angry"}, None),
    ],
)  # fmt: skip
def test_one_fact_is_given_the_nearest_value_on_the_other_side(when, facts, after):
    (name,) = changed(when, **facts)
    assert changed(when, **facts)[name] == after


def test_fewer_facts_are_better_than_nearer_ones():
    when = """{any: [
        {all: [{fact: heat, is: is, value: 1}, {fact: urgency, is: is, value: 1}]},
        {fact: frustration, is: at_least, value: 90}]}"""
    assert changed(when, heat=0, urgency=0, frustration=0) == {"frustration": 90}
    assert changed(when, heat=1, urgency=0, frustration=0) == {"urgency": 1}


def test_a_rule_that_matches_is_undone_at_its_weakest_point():
    when = "{all: [{fact: heat, is: is_known}, {none: [{fact: urgency, is: at_least, value: 50}]}]}"
    assert changed(when, heat=1, urgency=48) == {"urgency": 50}


def test_what_nothing_flips_has_no_answer():
    assert changed("always") is None
    assert changed("{all: [{fact: heat, is: at_least, value: 3}, {fact: heat, is: at_most, value: 1}]}") is None
    assert changed("{fact: text, is: matches, value: 'order [0-9]{4}'}", text="hello") is None


def test_it_is_said_without_a_word_of_the_customer():
    (rule,) = rules(a_rule("{all: [{fact: text, is: mentions, value: a}, {fact: heat, is: is, value: 2}]}")).rules
    said = "“One” would match if message said other words and heat were 2."
    assert flip_in_words(rule, {"text": "my secret", "heat": 1}) == said


def test_a_change_flips_and_no_smaller_one_of_known_values_does():
    luck = Random(5)
    found = 0
    for number in range(400):
        rule, facts = Rule(f"R{number}", a_when(luck), ()), some_facts(luck)
        before = judge(rule.when, facts).holds
        changes = flip(rule, facts)
        if changes is None:
            continue
        found += 1
        assert judge(rule.when, {**facts, **{change.fact: change.after for change in changes}}).holds is not before
        if len(changes) > 1:
            for name in {condition.fact.name for condition in conditions(rule.when)}:
                fact = FACTS[name]
                for value in (*(fact.choices or POOLS[fact.type]), *TEXTS, None):
                    assert judge(rule.when, {**facts, name: value}).holds is before
    assert found > 300
