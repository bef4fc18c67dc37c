"""What the check finds: errors block publishing, warnings ask to look again."""

from dataclasses import replace

from rules.check import check
from rules.starter import starter_text
from tests.rules.builders import DESK, a_file, a_rule


def found(*rules: str) -> list[tuple[str, str, str]]:
    return [(finding.severity, finding.rule, finding.message) for finding in check(a_file(*rules), DESK)]


def test_a_clean_file_has_no_findings():
    assert found(a_rule()) == []
    assert check(starter_text(), DESK) == []


def test_errors_come_with_rule_line_and_remedy():
    (finding,) = check(a_file(a_rule(then="[{queue: Biling}]")), DESK)
    assert (finding.severity, finding.rule, finding.line) == ("error", "One", 4)
    assert finding.remedy == "Did you mean “Billing”?"


def test_rules_after_an_unconditional_stop_are_never_read():
    findings = found(a_rule(then="[stop]"), a_rule(name="Two"))
    assert ("warning", "Two", "it is never read: “One” always stops.") in findings


def test_a_queue_after_an_unconditional_queue_has_no_effect():
    findings = found(a_rule(then="[{queue: Billing}]"), a_rule(name="Two", then="[{queue: Orders}]"))
    said = "it can change nothing: “One” takes all its tickets and says “queue Billing” first."
    assert findings == [("warning", "Two", said)]


def test_priority_from_what_a_visitor_sets_is_doubtful_and_from_what_they_say_is_not():
    claim = "{fact: contact.name, is: starts_with, value: VIP}"
    ((severity, _, message),) = found(a_rule(claim, then="[{head_start: 1h}]"))
    assert severity == "warning"
    assert message == "head_start rests on contact.name, which whoever writes can set."
    assert found(a_rule("{fact: text, is: mentions, value: insulin}", then="[{heat_at_least: 2}]")) == []
    assert found(a_rule(claim, then="[{tag: vip}]")) == []


def test_a_topic_as_a_need_asks_for_confidence():
    topic = "{fact: intent, is: is, value: refund_request}"
    ((_, _, message),) = found(a_rule(topic, then="[{need_skill: billing}]"))
    assert message == "the need for billing rests on intent however unsure the reading is."
    sure = f"{{all: [{topic}, {{fact: intent_confidence, is: at_least, value: 80}}]}}"
    assert found(a_rule(sure, then="[{need_skill: billing}]")) == []


def test_stopping_on_a_reading_is_doubtful_and_on_a_header_is_not():
    ((_, _, message),) = found(a_rule("{fact: intent, is: is, value: spam_auto}", then="[stop]"))
    assert message.startswith("it stops on intent")
    assert found(a_rule("{fact: automatic, is: is, value: true}", then="[stop]")) == []


def test_facts_of_feeling_are_known_to_nobody_where_mood_is_switched_off():
    off = replace(DESK, switched_off=frozenset({"frustration", "heat"}))
    asks = a_rule("{fact: frustration, is: at_least, value: 70}", then="[{tag: angry}]")
    ((severity, rule, message),) = [(f.severity, f.rule, f.message) for f in check(a_file(asks), off)]
    assert (severity, rule) == ("warning", "One")
    assert message == "it asks for frustration, which nobody knows here: mood is switched off."
    assert found(asks) == []
