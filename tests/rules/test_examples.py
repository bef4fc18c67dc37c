"""Examples: run on every check, read by triage where only a text is given, and said in words when they fail."""

from rules.examples import run
from rules.load import load
from tests.rules.builders import a_rule, rules
from tests.rules.test_evaluate import DESIGN

ANGRY = a_rule("{fact: frustration, is: at_least, value: 70}", then="[{queue: Billing}, {answer_within: 10m}]")


def an_example(given: str, expect: str) -> str:
    return f"examples:\n  - {{name: Mine, given: {given}, expect: {expect}}}\n"


def test_a_text_is_turned_into_facts_by_who_can_read():
    set_ = rules(ANGRY, more=an_example("{text: This is a disgrace}", "{queue: Billing}"))
    assert run(set_, read=lambda given: {"frustration": 90 if "disgrace" in str(given["text"]) else 0}) == []
    (failure,) = run(set_)
    assert str(failure) == "Example 1 “Mine” (line 6): queue should be “Billing”, and is none."


def test_the_example_of_the_design_holds_with_a_reading():
    assert run(load(DESIGN), read=lambda given: {"frustration": 82, "intent": "refund_request"}) == []
    assert {failure.key for failure in run(load(DESIGN))} == {"queue", "answer_within", "rules"}


def test_what_an_example_states_counts_more_than_a_reading():
    set_ = rules(ANGRY, more=an_example("{text: x, frustration: 10}", "{queue: null, answer_within: null, rules: []}"))
    assert run(set_, read=lambda given: {"frustration": 90}) == []


def test_lists_say_what_must_be_there_and_rules_say_exactly_what_acted():
    rule = a_rule(then="[{tag: a}, {tag: b}, {need_skill: billing, level: 2}, {notify: supervisor}]")
    for expect, holds in [
        ("{tags: [a]}", True), ("{tags: [c]}", False), ("{tags: []}", False),
        ("{needs: {billing: 2}}", True), ("{needs: {billing: 1}}", False), ("{needs: {}}", False),
        ("{notify: supervisor}", True), ("{rules: [One]}", True), ("{rules: []}", False),
        ("{head_start: 0m}", True), ("{heat_at_least: 0}", True), ("{answer_within: 1m}", False),
    ]:  # fmt: skip
        assert (run(rules(rule, more=an_example("{}", expect))) == []) is holds, expect
