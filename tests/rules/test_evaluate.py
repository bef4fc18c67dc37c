"""What rules make of facts: precedence, how actions combine, what is not known, and the reasons."""

from datetime import UTC, datetime, time, timedelta

import pytest

from rules.conditions import judge
from rules.evaluate import evaluate
from rules.load import load
from rules.tally import RuleTrace
from tests.rules.builders import a_rule, rules

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DESIGN = """
rules:
  - name: Angry and valuable first
    when:
      all:
        - {fact: frustration, is: at_least, value: 70}
        - any:
            - {fact: contact.tier, is: one_of, value: [gold, platinum]}
            - {fact: promises_missed, is: at_least, value: 1}
    then:
      - {answer_within: 10m}
      - {need_skill: de-escalation, level: 3}
      - {prefer: last_agent}
  - name: Money questions
    when: {fact: intent, is: one_of, value: [refund_request, refund_status, billing_dispute, invoice_document]}
    then: [{queue: Billing}, {need_skill: billing}]
examples:
  - given: {channel: email, text: "Third time I ask. Refund me or I cancel.", contact: {tier: gold}}
    expect: {queue: Billing, answer_within: 10m, rules: [Angry and valuable first, Money questions]}
"""

GOLD_AND_ANGRY = {"frustration": 82, "intent": "refund_request", "contact.tier": "gold"}


def holds(condition: str, **facts: object) -> bool:
    named = {name.replace("contact_", "contact."): value for name, value in facts.items()}
    return evaluate(rules(a_rule(condition)), named).matched == ("One",)  # type: ignore[arg-type]


class TestTheDrawnRules:
    def test_decide_queue_promise_needs_and_preference_together(self):
        outcome = evaluate(load(DESIGN), GOLD_AND_ANGRY)
        assert outcome.queue == "Billing"
        assert outcome.answer_within == timedelta(minutes=10)
        assert outcome.needs == {"de-escalation": 3, "billing": 1}
        assert outcome.prefer == ("last_agent",)
        assert outcome.matched == ("Angry and valuable first", "Money questions")
        assert outcome.winners["queue"] == "Money questions"
        assert outcome.winners["answer_within"] == "Angry and valuable first"

    def test_a_missed_promise_serves_as_well_as_a_tier(self):
        facts = {"frustration": 70, "promises_missed": 1}
        assert evaluate(load(DESIGN), facts).matched == ("Angry and valuable first",)

    def test_one_point_below_the_line_is_below(self):
        outcome = evaluate(load(DESIGN), {**GOLD_AND_ANGRY, "frustration": 69})
        assert outcome.trace[0] == RuleTrace("Angry and valuable first", False, "frustration is below 70")
        assert outcome.answer_within is None

    def test_nothing_known_matches_nothing_and_raises_nothing(self):
        outcome = evaluate(load(DESIGN), {})
        assert outcome.matched == ()
        assert outcome.trace[0].because == "frustration is not known"


class TestOperators:
    @pytest.mark.parametrize(
        ("condition", "yes", "no"),
        [
            ("{fact: channel, is: is, value: email}", {"channel": "Email"}, {"channel": "api"}),
            ("{fact: channel, is: is_not, value: email}", {"channel": "api"}, {"channel": "email"}),
            ("{fact: intent, is: one_of, value: [a, b]}", {"intent": "b"}, {"intent": "c"}),
            ("{fact: intent, is: not_one_of, value: [a, b]}", {"intent": "c"}, {"intent": "a"}),
            ("{fact: heat, is: is, value: 2}", {"heat": 2}, {"heat": 3}),
            ("{fact: urgency, is: at_least, value: 50}", {"urgency": 50}, {"urgency": 49}),
            ("{fact: urgency, is: at_most, value: 50}", {"urgency": 50}, {"urgency": 51}),
            ("{fact: urgency, is: more_than, value: 50}", {"urgency": 51}, {"urgency": 50}),
            ("{fact: sentiment, is: less_than, value: -0.5}", {"sentiment": -0.6}, {"sentiment": -0.5}),
            ("{fact: intent_confidence, is: between, value: [20%, 50]}", {"intent_confidence": 50},
             {"intent_confidence": 50.5}),
            ("{fact: waited, is: more_than, value: 1h30m}", {"waited": timedelta(minutes=91)},
             {"waited": timedelta(minutes=90)}),
            ("{fact: automatic, is: is, value: true}", {"automatic": True}, {"automatic": False}),
            ("{fact: text, is: mentions, value: refund}", {"text": "Two REFUNDS, please"}, {"text": "prerefund"}),
            ("{fact: text, is: mentions, value: sue}", {"text": "I will sue"}, {"text": "an issue"}),
            ("{fact: text, is: mentions, value: money back}", {"text": "my money\n  back"}, {"text": "money is back"}),
            ("{fact: text, is: mentions, value: 退款}", {"text": "我要退款"}, {"text": "我要"}),
            ("{fact: text, is: mentions, value: واپس}", {"text": "پیسے واپس کریں"}, {"text": "پیسے"}),
            ("{fact: text, is: does_not_mention, value: refund}", {"text": "hello"}, {"text": "refund"}),
            ("{fact: text, is: mentions_any, value: [gdpr, lawyer]}", {"text": "my Lawyer"}, {"text": "hello"}),
            ("{fact: text, is: mentions_all, value: [a, b]}", {"text": "b a"}, {"text": "a"}),
            (r"{fact: text, is: matches, value: 'order #?\d{4}\b'}", {"text": "My ORDER #1234"},
             {"text": "order 12345"}),
            ("{fact: subject, is: starts_with, value: 'Re:'}", {"subject": "RE: hello"}, {"subject": "hello re:"}),
            ("{fact: subject, is: ends_with, value: '?'}", {"subject": "Where?"}, {"subject": "Where? There"}),
            ("{fact: cues, is: includes, value: churn}", {"cues": ("churn", "legal")}, {"cues": ()}),
            ("{fact: cues, is: includes_any, value: [churn, legal]}", {"cues": ["legal"]}, {"cues": ["urgent"]}),
            ("{fact: tags, is: includes_all, value: [vip, new]}", {"tags": {"New", "VIP"}}, {"tags": {"vip"}}),
            ("{fact: tags, is: includes_none, value: [vip, new]}", {"tags": {"old"}}, {"tags": {"vip"}}),
            ("{fact: text, is: is_empty}", {"text": " \n"}, {"text": "."}),
            ("{fact: tags, is: is_not_empty}", {"tags": {"old"}}, {"tags": set()}),
            ("{fact: contact.tier, is: is_known}", {"contact_tier": "gold"}, {"contact_tier": None}),
            ("{fact: contact.tier, is: is_unknown}", {}, {"contact_tier": "gold"}),
            ("{fact: weekday, is: one_of, value: [saturday, sunday]}", {"weekday": "sunday"}, {"weekday": "monday"}),
            ("{fact: time_of_day, is: before, value: 09:00}", {"time_of_day": time(8, 59)}, {"time_of_day": time(9)}),
            ("{fact: time_of_day, is: after, value: 22:00}", {"time_of_day": time(22)}, {"time_of_day": time(21, 59)}),
            ("{fact: time_of_day, is: within, value: 22:00-06:00}", {"time_of_day": time(5, 59)},
             {"time_of_day": time(6)}),
            ("{fact: now, is: within, value: 16:00-18:00 Asia/Karachi}", {"now": NOON},
             {"now": NOON + timedelta(hours=1)}),
            ("{fact: opened_at, is: before, value: '2026-11-23T17:00:01+05:00'}", {"opened_at": NOON},
             {"opened_at": NOON + timedelta(seconds=1)}),
        ],
    )  # fmt: skip
    def test_holds_on_one_side_of_the_line_alone(self, condition, yes, no):
        assert holds(condition, **yes)
        assert not holds(condition, **no)

    def test_now_is_an_argument(self):
        set_ = rules(a_rule("{fact: now, is: within, value: 16:00-18:00 Asia/Karachi}"))
        assert evaluate(set_, {}, now=NOON).matched == ("One",)

    @pytest.mark.parametrize("wrong", ["70", True, None, float("nan"), [70], object()])
    def test_a_fact_of_the_wrong_type_is_not_known(self, wrong):
        assert not holds("{fact: frustration, is: at_least, value: 0}", frustration=wrong)
        assert holds("{fact: frustration, is: is_unknown}", frustration=wrong)

    def test_even_a_denial_needs_a_known_fact(self):
        assert not holds("{fact: channel, is: is_not, value: email}")
        assert not holds("{fact: text, is: does_not_mention, value: refund}")

    def test_a_lone_surrogate_or_nul_in_a_text_harms_nothing(self):
        assert not holds("{fact: text, is: matches, value: refund}", text="a \ud800 \x00 b")

    def test_an_expression_that_would_backtrack_for_ever_is_quick(self):
        assert not holds("{fact: text, is: matches, value: '(a+)+$'}", text="a" * 40_000 + "b")


class TestGroups:
    A, B = "{fact: heat, is: is, value: 1}", "{fact: urgency, is: is, value: 1}"

    @pytest.mark.parametrize(
        ("kind", "both", "one", "neither"),
        [("all", True, False, False), ("any", True, True, False), ("none", False, False, True)],
    )
    def test_all_any_and_none(self, kind, both, one, neither):
        when = f"{{{kind}: [{self.A}, {self.B}]}}"
        assert holds(when, heat=1, urgency=1) is both
        assert holds(when, heat=1, urgency=0) is one
        assert holds(when, heat=0, urgency=0) is neither

    def test_the_reason_is_the_first_condition_that_failed(self):
        set_ = rules(a_rule(f"{{all: [{self.A}, {{none: [{self.B}]}}]}}"))
        assert evaluate(set_, {"heat": 1, "urgency": 1}).trace[0].because == "urgency is 1, which must not be"
        assert evaluate(set_, {"heat": 0, "urgency": 1}).trace[0].because == "heat is not 1"

    def test_the_plain_reading_adds_the_value_it_saw_but_no_words_of_the_customer(self):
        (rule,) = rules(a_rule("{fact: frustration, is: at_least, value: 70}")).rules
        assert judge(rule.when, {"frustration": 40}).because == "frustration is below 70 (it is 40)"
        (rule,) = rules(a_rule("{fact: text, is: mentions, value: refund}")).rules
        assert judge(rule.when, {"text": "my secret"}).because == "message does not mention “refund”"


class TestHowActionsCombine:
    def test_the_first_queue_and_the_shortest_promise_win(self):
        outcome = evaluate(
            rules(
                a_rule(then="[{queue: Billing}, {answer_within: 1h}, {resolve_within: 2d}]", name="A"),
                a_rule(then="[{queue: Orders}, {answer_within: 600s}, {resolve_within: 3d}]", name="B"),
            ),
            {},
        )
        assert (outcome.queue, outcome.winners["queue"]) == ("Billing", "A")
        assert (outcome.answer_within, outcome.winners["answer_within"]) == (timedelta(minutes=10), "B")
        assert (outcome.resolve_within, outcome.winners["resolve_within"]) == (timedelta(days=2), "A")

    def test_the_highest_level_and_heat_win_and_the_shortest_step_down(self):
        outcome = evaluate(
            rules(
                a_rule(then="[{need_skill: billing, level: 2, step_down: 1h}, {heat_at_least: 3}]", name="A"),
                a_rule(then="[{need_skill: billing, level: 4, step_down: 2h}, {heat_at_least: 2}]", name="B"),
                a_rule(then="[{need_skill: ur}]", name="C"),
            ),
            {},
        )
        assert outcome.needs == {"billing": 4, "ur": 1}
        assert outcome.step_down == timedelta(hours=1)
        assert outcome.heat_at_least == 3
        assert outcome.winners["need_skill billing"] == "B"

    def test_tags_notes_and_preferences_are_kept_once_in_order_and_head_starts_add_up(self):
        then = "[{tag: x}, {priority_note: look}, {prefer: billing}, {head_start: 30m}]"
        more = "[{tag: y}, {tag: x}, {priority_note: look}, {prefer: last_agent}, {prefer: billing}, {head_start: 15m}]"
        outcome = evaluate(rules(a_rule(then=then, name="A"), a_rule(then=more, name="B")), {})
        assert outcome.tags == ("x", "y")
        assert outcome.notes == ("look",)
        assert outcome.prefer == ("billing", "last_agent")
        assert outcome.head_start == timedelta(minutes=45)

    def test_a_customer_is_acknowledged_once_and_each_person_told_once(self):
        then = "[{acknowledge: We have it}, {notify: supervisor, note: Look}, {notify: Sara}]"
        outcome = evaluate(rules(a_rule(then=then, name="A"), a_rule(then=then, name="B")), {})
        assert [(effect.rule, effect.kind, dict(effect.args)) for effect in outcome.effects] == [
            ("A", "acknowledge", {"target": "We have it"}),
            ("A", "notify", {"target": "supervisor", "note": "Look"}),
            ("A", "notify", {"target": "Sara"}),
        ]

    def test_a_machine_is_never_acknowledged_whatever_a_rule_says(self):
        set_ = rules(a_rule(then="[{acknowledge: We have it}, {notify: supervisor}]"))
        assert [effect.kind for effect in evaluate(set_, {"automatic": True}).effects] == ["notify"]

    def test_stop_ends_the_reading_but_not_its_own_rule(self):
        outcome = evaluate(rules(a_rule(then="[stop, {tag: last}]", name="A"), a_rule(name="B")), {})
        assert outcome.tags == ("last",)
        assert outcome.stopped_by == "A"
        assert [trace.rule for trace in outcome.trace] == ["A"]

    def test_no_rule_sees_what_another_did(self):
        seen = a_rule("{fact: queue, is: is, value: Billing}", name="B")
        assert evaluate(rules(a_rule(then="[{queue: Billing}]"), seen), {"queue": "General"}).matched == ("One",)
