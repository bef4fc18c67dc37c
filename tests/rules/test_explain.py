"""What is told of an evaluation: which rules matched, which did something in vain, and why the others did not match."""

from rules.evaluate import evaluate
from rules.explain import MISSES_KEPT, in_vain, lost, recorded, retold, why
from rules.sentences import Sentence, said_in
from tests.rules.builders import a_rule, rules

HOT = "{fact: heat, is: at_least, value: 2}"


class TestLost:
    def test_names_what_a_rule_did_in_vain_and_who_decided(self):
        outcome = evaluate(
            rules(
                a_rule(then="[{queue: Billing}, {answer_within: 1h}, {need_skill: billing, level: 3}]", name="A"),
                a_rule(then="[{queue: Orders}, {answer_within: 10m}, {need_skill: billing}, {tag: x}]", name="B"),
            ),
            {},
        )
        assert in_vain(outcome) == {
            "A": ["the answer within comes from “B”"],
            "B": ["the queue comes from “A”", "the need skill billing comes from “A”"],
        }

    def test_a_rule_that_did_not_match_lost_nothing(self):
        set_ = rules(a_rule(then="[{queue: Billing}]", name="A"), a_rule(HOT, then="[{queue: Orders}]", name="B"))
        assert in_vain(evaluate(set_, {"heat": 1})) == {}
        assert lost(evaluate(set_, {"heat": 2})) == ["“B”: queue Orders had no effect, “A” decides."]


class TestRecorded:
    def test_each_rule_with_its_reason_and_what_it_did_in_vain(self):
        set_ = rules(
            a_rule(then="[{queue: Billing}]", name="A"),
            a_rule(HOT, name="B"),
            a_rule(then="[{queue: Orders}]", name="C"),
        )
        assert recorded(evaluate(set_, {"heat": 1})) == [
            ("A", True, "always"),
            ("B", False, "heat is below 2"),
            ("C", True, "always; the queue comes from “A”"),
        ]

    def test_a_long_set_keeps_all_that_matched_and_the_first_that_did_not(self):
        misses = [a_rule(HOT, name=f"R{number}") for number in range(MISSES_KEPT + 10)]
        set_ = rules(*misses, a_rule(name="Last"))
        kept = recorded(evaluate(set_, {"heat": 0}))
        assert [rule for rule, _, _ in kept] == [*(f"R{number}" for number in range(MISSES_KEPT)), "Last"]

    def test_why_tells_of_a_rule_that_was_not_kept(self):
        (rule,) = rules(a_rule(HOT)).rules
        assert why(rule, {"heat": 0}) == "“One” does not match: heat is below 2 (it is 0)."

    def test_rules_after_a_stop_are_not_told_of(self):
        outcome = evaluate(rules(a_rule(then="[stop]", name="A"), a_rule(name="B")), {})
        assert [rule for rule, _, _ in recorded(outcome)] == ["A"]


class TestRetold:
    FACTS = ({}, {"heat": 1}, {"heat": 2}, {"heat": 3, "reopened": True}, {"heat": 3, "reopened": False})
    WHENS = (
        "always",
        HOT,
        f"{{all: [{HOT}, {{none: [{{fact: reopened, is: is, value: true}}, {{fact: heat, is: is, value: 2}}]}}]}}",
        f"{{any: [{HOT}, {{all: [{{fact: reopened, is: is, value: false}}, {HOT}]}}]}}",
        "{none: [{fact: heat, is: is, value: 1}, {fact: reopened, is: is, value: true}]}",
    )

    def test_whatever_was_kept_is_the_sentence_it_was(self):
        acts = "[{queue: Billing}, {answer_within: 1h}, {need_skill: billing}]"
        first = a_rule(
            then="[{queue: Orders}, {answer_within: 10m}, {need_skill: billing, level: 2}]", name="A; the “B"
        )
        set_ = rules(first, *(a_rule(when, acts, name=f"R{n}") for n, when in enumerate(self.WHENS)))
        by_name = {rule.name: rule for rule in set_.rules}
        for facts in self.FACTS:
            for name, _matched, because in recorded(evaluate(set_, facts)):
                told = retold(by_name[name], str(because))
                assert isinstance(told, Sentence)
                assert told == because == said_in(told, str, str)

    def test_what_the_rule_never_says_stays_as_it_is(self):
        (rule,) = rules(a_rule(HOT)).rules
        for text in (
            "",
            "other words",
            "heat is at least 2; other words",
            "heat is at least 2; the queue comes from “A",
        ):
            assert not isinstance(retold(rule, text), Sentence)
