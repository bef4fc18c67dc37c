"""What a rule file may hold, and how everything wrong in it is reported: name, place, finding, remedy."""

import time

import pytest

from rules.errors import RuleError, RuleErrors
from rules.facts import Trust
from rules.load import load
from rules.model import ALWAYS, Desk
from rules.sentences import said_in
from rules.values import Type
from tests.rules.builders import DESK, a_file, a_rule, rules

MEGABYTE = "x" * 1_000_000


def errors(text: str, desk: Desk | None = DESK) -> tuple[RuleError, ...]:
    with pytest.raises(RuleErrors) as raised:
        load(text, desk)
    for error in raised.value.errors:
        assert said_in(str(error), str, str) == str(error), "it can be said in another language too"
    return raised.value.errors


def only(text: str) -> RuleError:
    (error,) = errors(text)
    return error


class TestWhatIsSaid:
    def test_all_errors_at_once_each_with_rule_line_and_remedy(self):
        text = """
rules:
  - name: VIP first
    when:
      all:
        - {fact: channel, is: is, value: email}
        - {fact: sentimnt, is: at_least, value: 1}
    then:
      - {queue: Biling}
      - {answer_within: 10}
"""
        found = errors(text)
        assert str(found[0]) == (
            "Rule “VIP first”, condition 2 (line 7): no fact called “sentimnt”. Did you mean “sentiment”?"
        )
        assert str(found[1]) == (
            "Rule “VIP first”, then 1 (line 9): there is no queue called “Biling”. Did you mean “Billing”?"
        )
        assert "Rule “VIP first”, then 2 (line 10): “10” is not a duration. A bare number has no unit." in str(found[2])
        assert len(found) == 3

    @pytest.mark.parametrize(
        ("when", "message", "remedy"),
        [
            ("{fact: heat, is: at_leest, value: 1}", "no operator called “at_leest”", "Did you mean “at_least”?"),
            ("{fact: heat, is: mentions, value: 1}", "“mentions” does not fit “heat”, whose type is num", "at_least"),
            ("{fact: heat, is: at_least, value: hot}", "“hot” is not a number", "such as 70"),
            ("{fact: heat, is: at_least}", "“value” is missing", "Add it"),
            ("{fact: heat, is: at_least, value: [1]}", "a list was found", "Write a single value"),
            ("{fact: heat, is: is_known, value: 1}", "it takes no value", "Leave “value” out"),
            ("{fact: heat, is: between, value: [3, 1]}", "two values are needed", "[20, 50]"),
            ("{fact: heat, is: between, value: [1, 2, 3]}", "two values are needed", "[20, 50]"),
            ("{fact: heat, is: at_least, value: .inf}", "is not a number", "such as 70"),
            ("{fact: heat, is: at_least, value: 1e300}", "too big", "12 digits"),
            ("{fact: intent_confidence, is: at_least, value: 140}", "140 is no percentage", "0 to 100"),
            ("{fact: automatic, is: is, value: maybe}", "“maybe” is neither true nor false", "true or false"),
            ("{fact: waited, is: at_least, value: 10}", "“10” is not a duration", "10m"),
            ("{fact: waited, is: at_least, value: 9999d}", "longer than a year", "366d"),
            ("{fact: intent_group, is: is, value: biling}", "it is never “biling”", "Did you mean “billing”?"),
            ("{fact: channel, is: one_of, value: [emial]}", "it is never “emial”", "Did you mean “email”?"),
            ("{fact: channel, is: one_of, value: email}", "a list is needed", "in brackets"),
            ("{fact: brand, is: is, value: acne}", "it is never “acne”", "Did you mean “acme”?"),
            ("{fact: text, is: matches, value: '(a'}", "is no expression RE2 takes", "Mend it"),
            ("{fact: text, is: matches, value: '(?<=a)b'}", "is no expression RE2 takes", "look-around"),
            ("{fact: text, is: mentions, value: ''}", "the value is empty", "Write a text"),
            ("{fact: text, is: mentions, value: \"a\\0\"}", "control character", "Leave it out"),
            ("{fact: time_of_day, is: within, value: 22:00}", "not a stretch of the day", "22:00-06:00"),
            ("{fact: time_of_day, is: within, value: 22:00-26:00}", "“26:00” is not a time of day", "09:00"),
            ("{fact: now, is: within, value: 22:00-06:00}", "no time zone", "Asia/Karachi"),
            ("{fact: now, is: within, value: 22:00-06:00 Mars/Base}", "no time zone “Mars/Base”", "Europe/London"),
            ("{fact: now, is: within, value: 22:00-06:00 ../../etc/passwd}", "no time zone", "Europe/London"),
            ("{fact: contact.teir, is: is, value: gold}", "no fact called “contact.teir”", "contact.tier"),
            ("{fact: contact.wheels, is: is, value: 4}", "no fact called “contact.wheels”", "declared under “facts:”"),
            ("{fact: heat, is: is, valeu: 1}", "“valeu” has no meaning here", "Did you mean “value”?"),
            ("{all: []}", "“all” is empty", "when: always"),
            ("{all: {fact: heat, is: is, value: 1}}", "“all” is not a list", "each with a dash"),
            ("{all: [{fact: heat, is: is_known}], any: []}", "“any” stands beside “all”", "inside the other"),
            ("sometimes", "a condition is missing", "all, any, none"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_in_a_condition(self, when, message, remedy):
        error = only(a_file(a_rule(when)))
        assert message in error.message
        assert remedy in error.remedy
        assert (error.rule, error.line) == ("One", 3)

    @pytest.mark.parametrize(
        ("then", "message", "remedy"),
        [
            ("[{quue: Billing}]", "there is no action called “quue”", "Did you mean “queue”?"),
            ("[{need_skill: biling}]", "no skill called “biling”", "Did you mean “billing”?"),
            ("[{need_skill: billing, level: 6}]", "“level” is “6”", "from 1 to 5"),
            ("[{need_skill: billing, levl: 2}]", "“need_skill” has no “levl”", "Did you mean “level”?"),
            ("[{queue: Billing, tag: x}]", "“queue” and “tag” stand in one action", "its own dash"),
            ("[{answer_within: 0m}]", "no time at all", "10m"),
            ("[{head_start: -5m}]", "“-5m” is not a duration", "10m"),
            ("[{heat_at_least: 4}]", "“heat_at_least” is “4”", "from 1 to 3"),
            ("[{prefer: lastagent}]", "no prefer called “lastagent”", "Did you mean “last_agent”?"),
            ("[{acknowledge: Hi}]", "no template called “Hi”", "We have it"),
            ("[{notify: Omar}]", "no notify called “Omar”", "Sara"),
            ("[{stop: 1}]", "“stop” takes no value", "stop: true"),
            ("[{queue: [Billing]}]", "a list or mapping was found", "single value"),
            ("[]", "the rule does nothing", "Add “then:”"),
            ("[quue]", "this is no action", "{queue: Billing}"),
        ],
    )
    def test_what_is_wrong_in_an_action(self, then, message, remedy):
        error = only(a_file(a_rule(then=then)))
        assert message in error.message
        assert remedy in error.remedy
        assert error.rule == "One"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "there are no rules"),
            ("- a", "there are no rules"),
            ("rules: 7", "“rules” is not a list"),
            ("ruls: []", "“ruls” has no meaning here"),
            ("rules:\n  - when: always\n    then: [stop]", "the rule has no name"),
            ("rules:\n  - name: A\n    then: [stop]", "“when” is missing"),
            ("rules:\n  - 7", "the rule has no name"),
            (a_file(a_rule(), a_rule()), "there is a rule of this name already, on line 2"),
            (a_file(a_rule(), more="format: 2\n"), "the format is “2”"),
            (a_file(a_rule(), more="format: true\n"), "the format is “true”"),
            (a_file(more="examples: [{given: {txt: a}, expect: {queue: Billing}}]\n"), "no fact called “txt”"),
            (a_file(more="examples: [{given: {}, expect: {que: Billing}}]\n"), "“que” has no meaning"),
            (a_file(more="examples: [{given: {}, expect: {queue: Biling}}]\n"), "there is no “Biling”"),
            (a_file(more="examples: [{given: {}, expect: {rules: [Two]}}]\n"), "no rule called “Two”"),
            (a_file(more="facts: {seats: {type: number, trust: signed}}\n"), "the name does not fit"),
            (a_file(more="facts: {contact.seats: {type: number, trust: recorded}}\n"), "its trust is “recorded”"),
            (a_file(more="facts: {contact.seats: {type: nmber, trust: signed}}\n"), "its type is “nmber”"),
            (a_file(more="facts: {contact.tier: {type: text, trust: visitor}}\n"), "Heed has a fact of this name"),
            (a_file(more="facts: {contact.plan: {type: one of, trust: agent}}\n"), "its values are missing"),
            (
                a_file(more="facts: {contact.a: {type: text, trust: agent, values: [a]}}\n"),
                "values go with the type",
            ),
        ],
    )
    def test_what_is_wrong_around_the_rules(self, text, message):
        assert message in "\n".join(map(str, errors(text)))

    def test_without_a_desk_names_are_not_checked(self):
        assert load(a_file(a_rule(then="[{queue: Anything}]"))).rules[0].then[0].value == "Anything"


class TestGuarantee10:
    """Nothing that was inferred, and nothing a visitor can set, closes a ticket."""

    @pytest.mark.parametrize(
        "when",
        [
            "{fact: intent, is: is, value: spam_auto}",
            "{fact: text, is: mentions, value: unsubscribe}",
            "{fact: contact.name, is: is, value: Robot}",
            "{fact: tags, is: includes, value: spam}",
            "{any: [{fact: automatic, is: is, value: true}, {fact: heat, is: is, value: 0}]}",
            "{all: [{fact: automatic, is: is, value: true}, {none: [{fact: cues, is: is_not_empty}]}]}",
            "always",
        ],
    )
    def test_close_as_on_a_reading_a_claim_or_nothing_is_an_error(self, when):
        error = only(a_file(a_rule(when, then="[{close_as: spam}]")))
        assert "“close_as” rests on" in error.message
        assert "mail headers" in error.remedy

    @pytest.mark.parametrize(
        "when",
        [
            "{fact: automatic, is: is, value: true}",
            "{fact: contact.tier, is: is, value: test}",
            "{all: [{fact: automatic, is: is, value: true}, {fact: channel, is: is, value: email}]}",
        ],
    )
    def test_headers_and_signed_or_recorded_facts_may_close(self, when):
        assert rules(a_rule(when, then="[{close_as: automatic}]"))

    def test_a_declared_visitor_fact_may_not_close_and_a_signed_one_may(self):
        rule = a_rule("{fact: contact.bot, is: is, value: true}", then="[{close_as: automatic}]")
        assert rules(rule, more="facts: {contact.bot: {type: boolean, trust: signed}}\n")
        for trust in ("visitor", "agent"):
            assert errors(a_file(rule, more=f"facts: {{contact.bot: {{type: boolean, trust: {trust}}}}}\n"))


class TestPlainYaml:
    def test_no_is_norwegian_and_nine_o_clock_is_a_time(self):
        (one, two) = rules(
            a_rule("{fact: language, is: is, value: no}"),
            a_rule("{fact: time_of_day, is: within, value: 09:00-17:30}", name="on"),
        ).rules
        assert one.when.value == "no"
        assert (two.name, two.when.value.end.minute) == ("on", 30)

    def test_a_declared_fact_has_its_type_and_trust(self):
        text = "facts: {contact.seats: {type: number, trust: signed, label: seats bought}}\n"
        set_ = rules(a_rule("{fact: contact.seats, is: at_least, value: 10}"), more=text)
        assert (set_.custom[0].type, set_.custom[0].trust) == (Type.NUMBER, Trust.SIGNED)

    def test_a_declared_fact_can_be_one_of_a_few_values(self):
        text = "facts: {contact.plan: {type: one of, trust: signed, values: [basic, pro]}}\n"
        right, wrong = (a_rule(f"{{fact: contact.plan, is: is, value: {value}}}") for value in ("pro", "prro"))
        assert rules(right, more=text).custom[0].choices == ("basic", "pro")
        assert "it is never “prro”" in errors(a_file(wrong, more=text))[0].message

    def test_always_is_a_group_without_conditions(self):
        assert rules(a_rule("always")).rules[0].when == ALWAYS


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a: &a [x]\nrules: [*a]", "anchors and aliases"),
            ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nrules: *c", "anchors and aliases"),
            ("rules: !!python/object/apply:os.system ['true']", "the tag"),
            ("rules: []\n---\nrules: []", "a second document"),
            ("rules: []\nrules: []", "stands here twice (first on line 1)"),
            ("rules: [", "this is not YAML"),
            ("? [a]\n: b", "a name should"),
            ("rules: \x00", "control character"),
            ("rules: \ud800", "half a character"),
            ("rules: " + "[" * 100 + "]" * 100, "more than 40 deep"),
            ("rules: " + "[" * 20_000, "deep"),
            ("rules: " + "x" * 5_000_000, "5,000,007 bytes"),
        ],
    )
    def test_is_refused_with_a_line_and_quickly(self, text, message):
        start = time.process_time()
        found = errors(text)
        assert message in found[0].message
        assert found[0].line >= 1
        assert time.process_time() - start < 2

    def test_a_megabyte_of_value_and_deep_groups_name_their_rule(self):
        big = only(a_file(a_rule("{fact: text, is: mentions, value: " + "x" * 1_000_000 + "}")))
        assert "1,000,000 characters" in big.message
        assert len(str(big)) < 300
        assert big.rule == "One"
        deep = only(a_file(a_rule("{any: [" * 11 + "{fact: heat, is: is_known}" + "]}" * 11)))
        assert "more than 10 deep" in deep.message

    @pytest.mark.parametrize(
        ("rule", "place"),
        [
            (a_rule("{any: [" * 100 + "{fact: heat, is: is_known}" + "]}" * 100), "Rule “One”, when (line 3)"),
            (a_rule("{fact: heat, is: is, value: " + "[" * 100 + "]" * 100 + "}"), "Rule “One”, when (line 3)"),
            (a_rule(then="[{tag: " + "[" * 100 + "]" * 100 + "}]"), "Rule “One”, then (line 4)"),
            (a_rule(then=f"[{{tag: {MEGABYTE}}}]"), "Rule “One”, then 1 (line 4)"),
            (a_rule(then=f"[{{queue: {MEGABYTE}}}]"), "Rule “One”, then 1 (line 4)"),
            (a_rule(then="[{answer_within: " + "1" * 1_000_000 + "}]"), "Rule “One”, then 1 (line 4)"),
            (a_rule() + f"    note: {MEGABYTE}\n", "Rule “One” (line 5): “note”"),
            (a_rule(name=MEGABYTE), "Rule “number 1” (line 2)"),
            (a_rule(f"{{fact: {MEGABYTE}, is: is, value: 1}}"), "Rule “One”, condition 1 (line 3)"),
            (a_rule(f"{{fact: heat, is: {MEGABYTE}, value: 1}}"), "Rule “One”, condition 1 (line 3)"),
            (a_rule("{fact: heat, is: is, value: " + "9" * 1_000_000 + "}"), "Rule “One”, condition 1 (line 3)"),
            (a_rule("{fact: text, is: matches, value: '" + "(a+)+" * 200_000 + "'}"),
             "Rule “One”, condition 1 (line 3): “text” matches"),
            (a_rule("{fact: text, is: matches, value: '" + "(a+)+" * 101 + "'}"),
             "Rule “One”, condition 1 (line 3): “text” matches"),
        ],
        ids=["deep groups", "a deep value", "a deep action", "a long tag", "a long queue", "a long duration",
             "a long note", "a long name", "a long fact", "a long operator", "a long number", "a long expression",
             "an expression over the limit"],
    )  # fmt: skip
    def test_what_is_too_deep_or_too_long_names_rule_place_and_remedy_and_repeats_little(self, rule, place):
        error = only(a_file(rule))
        assert str(error).startswith(place)
        assert error.remedy
        assert len(str(error)) < 500

    @pytest.mark.parametrize("found", ["0", "2", "99", "-1", "1.5", "'1'", "null", "newest", "[1]", "{a: 1}"])
    def test_a_format_of_no_release_is_refused_whatever_else_is_there(self, found):
        error = only(a_file(a_rule("{fact: heatt, is: is_known}"), more=f"format: {found}\n"))
        assert "This release reads format 1" in error.remedy

    def test_an_expression_too_large_to_compile_is_refused(self):
        assert "RE2" in only(a_file(a_rule("{fact: text, is: matches, value: '((a{99}){99}){99}'}"))).message

    def test_of_a_thousand_wrong_rules_as_many_are_told_as_anybody_mends_at_once(self):
        assert (
            len(errors(a_file(*(a_rule("{fact: haet, is: is, value: 1}", name=f"R{n}") for n in range(1_000))))) == 200
        )

    def test_two_hundred_conditions_are_enough(self):
        many = "{any: [" + ", ".join(["{fact: heat, is: is_known}"] * 201) + "]}"
        assert "more than 200 conditions" in only(a_file(a_rule(many))).message
