"""What a look at rules finds: each sort once where it is, once where it nearly is, and always with a ticket."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from rules.check import SORTS, check, warnings
from rules.conditions import judge
from rules.evaluate import evaluate
from rules.load import load
from rules.model import Shift
from rules.sentences import said_in
from rules.values import Window
from tests.rules.builders import DESK, a_file, a_rule

OFFICE = {day: (Window(time(9), time(17)),) for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
SHOP = replace(
    DESK,
    staff=({"billing": 2, "en": 5}, {"de-escalation": 2, "en": 4}),
    shifts=(
        Shift("Monday 09:00-17:00", ({"billing": 2, "en": 5}, {"de-escalation": 2, "en": 4})),
        Shift("Saturday 10:00-14:00", ({"de-escalation": 2, "en": 4},)),
    ),
    hours=OFFICE,
    promises={"Billing": timedelta(hours=1)},
    switched_off=frozenset({"heat"}),
)

GOLD = "{fact: contact.tier, is: is, value: gold}"
METAL = "{fact: contact.tier, is: one_of, value: [gold, silver]}"
OTHERS = "{fact: contact.tier, is: one_of, value: [silver, bronze]}"
REFUND = "{fact: intent, is: is, value: refund_request}"
SURE = "{fact: intent_confidence, is: at_least, value: 80}"
SPAM = "{fact: intent, is: is, value: spam_auto}"
HOT = "{fact: frustration, is: at_least, value: 70}"
WARM = "{fact: frustration, is: at_least, value: 50}"
COLD = "{fact: frustration, is: less_than, value: 50}"
DANGER = "{fact: cues, is: includes, value: danger}"
EITHER = "{fact: cues, is: includes_any, value: [danger, urgent]}"
MONEY_BACK = "{fact: text, is: mentions, value: my money back}"
MONEY = "{fact: text, is: mentions_any, value: [money, refund]}"
WORDS = "{fact: text, is: matches, value: '(re)?fund(ed|s)? \\d+'}"
MACHINE = "{fact: automatic, is: is, value: true}"
NIGHT = "{fact: time_of_day, is: within, value: '22:00-06:00'}"
DAY = "{fact: time_of_day, is: within, value: '08:00-18:00'}"


def both(*parts: str) -> str:
    return f"{{all: [{', '.join(parts)}]}}"


def some(*parts: str) -> str:
    return f"{{any: [{', '.join(parts)}]}}"


def no(*parts: str) -> str:
    return f"{{none: [{', '.join(parts)}]}}"


def one(when: str, then: str = "[{tag: hit}]") -> str:
    return a_rule(when, then)


def two(when: str, then: str = "[{tag: hit}]", name: str = "Two") -> str:
    return a_rule(when, then, name)


QUEUE, OTHER, STOP, SOON = "[{queue: Billing}]", "[{queue: Orders}]", "[{tag: hit}, stop]", "[{answer_within: 10m}]"
LATER = "[{answer_within: 1h}]"
ALL = [one("always", QUEUE)]

# What is found in rules, and in which of them.
FOUND = {
    "two values of one fact": ("never", "One", [one(both(GOLD, "{fact: contact.tier, is: is, value: silver}"))]),
    "a number above and below": ("never", "One", [one(both(HOT, COLD))]),
    "more than there is": ("never", "One", [one("{fact: intent_confidence, is: more_than, value: 100}")]),
    "no whole number between": ("never", "One", [
        one(both("{fact: heat, is: more_than, value: 1}", "{fact: heat, is: less_than, value: 2}"))]),
    "two hours apart": ("never", "One", [one(both(NIGHT, DAY))]),
    "a word within words": ("never", "One", [one(both(MONEY_BACK, no(MONEY)))]),
    "a cue and none of its list": ("never", "One", [one(both(DANGER, no(EITHER)))]),
    "known and not known": ("never", "One", [one(both(GOLD, "{fact: contact.tier, is: is_unknown}"))]),
    "known or not": ("always", "One", [one(some("{fact: heat, is: is_known}", "{fact: heat, is: is_unknown}"))]),
    "this or not this": ("always", "One", [one(some(GOLD, no(GOLD)))]),
    "a percentage of at least none": ("idle", "One", [
        one(both(GOLD, "{fact: intent_confidence, is: at_least, value: 0}"))]),
    "a threshold below another": ("idle", "One", [one(both(HOT, WARM))]),
    "a way that another covers": ("idle", "One", [one(some(EITHER, DANGER))]),
    "after a stop for all": ("unread", "Two", [one("always", "[stop]"), two(GOLD)]),
    "after a stop for more": ("unread", "Two", [one(MACHINE, STOP), two(both(MACHINE, GOLD), QUEUE)]),
    "after two stops between them": ("unread", "Two", [
        one("{fact: reopened, is: is, value: true}", STOP),
        a_rule(no("{fact: reopened, is: is, value: true}"), STOP, "Half"), two(GOLD)]),
    "the queue is set for all before": ("shadowed", "Two", [*ALL, two(GOLD, OTHER)]),
    "the queue is set by two before": ("shadowed", "Two", [
        one(HOT, QUEUE), a_rule(COLD, QUEUE, "Cold"), two(both(GOLD, some(HOT, COLD)), OTHER)]),
    "a longer promise for fewer": ("shadowed", "Two", [one(GOLD, SOON), two(both(GOLD, HOT), "[{answer_within: 1h}]")]),
    "a shorter promise for more, later": ("shadowed", "One", [
        one(both(GOLD, HOT), "[{answer_within: 1h}]"), two(GOLD, SOON)]),
    "the same tag again": ("shadowed", "Two", [one(EITHER), two(DANGER)]),
    "a lower level again": ("shadowed", "Two", [
        one(GOLD, "[{need_skill: billing, level: 2}]"), two(both(GOLD, HOT), "[{need_skill: billing}]")]),
    "one action of two": ("no_effect", "Two", [one(METAL, QUEUE), two(GOLD, "[{queue: Orders}, {tag: gold}]")]),
    "the same conditions, another queue": ("duplicate", "Two", [one(GOLD, QUEUE), two(GOLD, OTHER)]),
    "the same in other words": ("duplicate", "Two", [
        one(both(HOT, GOLD), SOON), two(both("{fact: contact.tier, is: one_of, value: [Gold]}", HOT), LATER)]),
    "a value in two lists": ("overlap", "Two", [one(METAL, QUEUE), two(OTHERS, OTHER)]),
    "a value that went elsewhere": ("overlap", "Two", [one(GOLD, QUEUE), two(both(METAL, REFUND), OTHER)]),
    "two stretches that cross": ("overlap", "Two", [
        one("{fact: urgency, is: between, value: [20, 60]}", QUEUE),
        two("{fact: urgency, is: between, value: [40, 90]}", OTHER)]),
    "a stop on a reading before a promise": ("withholds", "One", [one(SPAM, STOP), two(DANGER, SOON)]),
    "a stop on words before heat": ("withholds", "One", [one(MONEY, STOP), two(HOT, "[{heat_at_least: 2}]")]),
    "a stop on a reading": ("stops", "One", [one(SPAM, STOP), two(GOLD, QUEUE)]),
    "heat from a name": ("visitor", "One", [
        one("{fact: contact.name, is: starts_with, value: VIP}", "[{head_start: 1h}]")]),
    "a need from an unsure topic": ("unsure", "One", [one(REFUND, "[{need_skill: billing}]")]),
    "a need from a topic at 30 %": ("unsure", "One", [
        one(both(REFUND, "{fact: intent_confidence, is: at_least, value: 30}"), "[{need_skill: billing}]")]),
    "mood is off": ("switched_off", "One", [one("{fact: heat, is: at_least, value: 2}")]),
    "nobody of that level": ("unmet", "One", [one(GOLD, "[{need_skill: de-escalation, level: 3}]")]),
    "nobody on Saturday": ("unmet", "One", [one(GOLD, "[{need_skill: billing}]")]),
    "nobody with both": ("unmet", "One", [one(GOLD, "[{need_skill: billing}, {need_skill: de-escalation}]")]),
    "a promise at night": ("closed_hours", "One", [one(NIGHT, SOON)]),
    "a promise while closed": ("closed_hours", "One", [
        one("{fact: working_hours, is: is, value: false}", "[{resolve_within: 1h}]")]),
    "longer than the queue's own": ("longer_promise", "One", [one(GOLD, "[{queue: Billing}, {answer_within: 2h}]")]),
}  # fmt: skip

# What looks like it, and is meant.
CLEAN = {
    "an exception before its rule": [one(GOLD, OTHER), two(METAL, QUEUE)],
    "rules about different things": [one(GOLD, QUEUE), two(REFUND, OTHER), a_rule("always", QUEUE, "Rest")],
    "words of two kinds": [one(MONEY, QUEUE), two("{fact: text, is: mentions_any, value: [parcel]}", OTHER)],
    "two cues": [one(DANGER, QUEUE), two("{fact: cues, is: includes, value: legal}", OTHER)],
    "a shorter promise for fewer": [one(GOLD, "[{answer_within: 30m}]"), two(both(GOLD, HOT), SOON)],
    "a threshold that may not be known": [one("{fact: frustration, is: at_least, value: 1}")],
    "more steps of one ladder": [one(HOT, QUEUE), two(WARM, OTHER), a_rule("always", QUEUE, "Rest")],
    "a stop on headers": [one(MACHINE, STOP), two(DANGER, SOON)],
    "a stop on a reading of machines alone": [one(both(MACHINE, SPAM), STOP), two(DANGER, SOON)],
    "heat from what they say": [one(MONEY_BACK, "[{heat_at_least: 2}]")],
    "a sure topic": [one(both(REFUND, SURE), "[{need_skill: en}]")],
    "a promise by day": [one(DAY, SOON)],
    "shorter than the queue's own": [one(GOLD, "[{queue: Billing}, {answer_within: 30m}]")],
    "two copies that add up": [one(GOLD, "[{head_start: 5m}]"), two(GOLD, "[{head_start: 5m}]")],
    "words that do not follow": [one(both("{fact: text, is: mentions, value: sue}", no(MONEY)))],
    "an expression and words": [one(both(WORDS, no(MONEY_BACK)))],
}  # fmt: skip


@pytest.mark.parametrize(("sort", "name", "rules"), FOUND.values(), ids=FOUND)
def test_it_is_found_in_its_rule_with_a_ticket_that_shows_it(sort, name, rules):
    findings = check(a_file(*rules), SHOP)
    finding = next(one for one in findings if one.sort == sort and one.rule == name)
    assert finding.severity == SORTS[sort].severity
    assert finding.line and finding.message.endswith(".") and finding.remedy.endswith(".")
    assert finding.witness is not None and finding.witness.says.startswith("Ticket ")
    assert said_in(str(finding), str, str) == str(finding)
    rule = next(rule for rule in load(a_file(*rules), SHOP).rules if rule.name == name)
    matches = judge(rule.when, finding.witness.facts).holds
    assert matches is (sort not in ("never", "switched_off"))
    if sort not in ("never", "always", "idle"):
        assert len({one.sort for one in findings if one.rule == name} - {"unmet", "stops"}) <= 1


@pytest.mark.parametrize("rules", CLEAN.values(), ids=CLEAN)
def test_what_is_meant_is_not_reported(rules):
    assert [str(finding) for finding in check(a_file(*rules), replace(SHOP, shifts=()))] == []


def test_every_sort_is_shown_here_but_what_cannot_be_read():
    assert {sort for sort, _, _ in FOUND.values()} == set(SORTS) - {"unreadable"}


def test_the_ticket_of_a_shadowed_rule_goes_where_the_sentence_says():
    file = a_file(one(both(REFUND), "[{queue: Billing}]"), two(both(REFUND, GOLD), "[{queue: Orders}]"))
    (finding,) = check(file, DESK)
    assert finding.message == "it can change nothing: “One” takes all its tickets and says “queue Billing” first."
    assert finding.remedy == "Move it above “One”, ask for something else, or delete it."
    assert finding.witness is not None
    assert finding.witness.facts == {"intent": "refund_request", "contact.tier": "gold"}
    assert finding.witness.says == (
        "Ticket where intent is “refund_request”, customer tier is “gold”: it goes to Billing by “One”."
    )
    assert evaluate(load(file), finding.witness.facts).queue == "Billing"


def test_what_is_beyond_the_search_is_not_guessed():
    ways = [some(*(f"{{fact: text, is: matches, value: '(a|b){{{n}}}c{m}'}}" for m in range(9))) for n in range(9)]
    assert warnings(load(a_file(one(both(*ways, no(MONEY))), two(MONEY)))) == []
