"""The rules a new desk begins with, held to the guarantees and to their own examples."""

from rules.conditions import in_words
from rules.evaluate import evaluate
from rules.examples import run
from rules.explain import rule_in_words, trace_in_words, why
from rules.load import load
from rules.model import conditions
from rules.starter import starter_text
from tests.rules.builders import DESK

STARTER = load(starter_text(), DESK)


def test_all_examples_hold():
    assert len(STARTER.examples) >= 12
    assert run(STARTER) == []


def test_every_rule_acts_in_some_example():
    acted = {name for example in STARTER.examples for name in evaluate(STARTER, dict(example.given)).matched}
    assert {rule.name for rule in STARTER.rules} - acted <= {"Came back unsolved"}
    assert "Came back unsolved" in evaluate(STARTER, {"reopened": True, "cues": ["not_solved"]}).matched


def test_a_topic_is_a_need_only_with_confidence_and_step_down():
    for rule in STARTER.rules:
        for action in rule.then:
            if action.kind.key == "need_skill" and action.value != "ur":
                assert action.option("step_down") is not None
            if action.kind.key == "need_skill" and action.value in ("billing", "technical", "orders"):
                assert "intent_confidence" in {found.fact.name for found in conditions(rule.when)}


def test_nothing_is_closed_and_nothing_read_in_the_words_stops_other_rules():
    for rule in STARTER.rules:
        kinds = {action.kind.key for action in rule.then}
        assert "close_as" not in kinds
        if "stop" in kinds:
            assert all(found.fact.may_close for found in conditions(rule.when))


def test_urgency_said_outright_is_heat_two_however_politely():
    for cue in ("urgent", "blocked", "vulnerability"):
        assert evaluate(STARTER, {"cues": (cue,), "frustration": 0}).heat_at_least == 2


def test_every_rule_and_reason_is_a_sentence():
    outcome = evaluate(STARTER, {"frustration": 90})
    sentences = [*map(rule_in_words, STARTER.rules), *trace_in_words(outcome)]
    sentences += [why(rule, {"frustration": 90}) for rule in STARTER.rules]
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in sentences)
    assert rule_in_words(STARTER.rules[0]) == "When the message is automatic: tag “automatic”, queue General, stop."
    assert why(STARTER.rules[0], {"automatic": False}) == (
        "“Robots get no answer” does not match: it is not so that the message is automatic."
    )
    assert in_words(STARTER.rules[1].when).startswith("frustration is at least 70 and (customer tier is one of gold")
