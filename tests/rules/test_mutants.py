"""Mistakes in three clean sets are found: by the check, or by an example that is kept with the set."""

from collections import Counter

import pytest

from rules.check import check
from rules.conditions import judge
from rules.evaluate import evaluate
from rules.examples import run
from rules.load import load
from tests.rules.mutants import DESKS, KINDS, judged, text_of

LEAST = 0.95  # of the mistakes that change what becomes of some ticket


@pytest.fixture(scope="module")
def verdicts():
    return [verdict for name in DESKS for verdict in judged(name)]


@pytest.mark.parametrize("name", DESKS)
def test_a_clean_set_is_not_complained_about(name):
    assert [str(finding) for finding in check(text_of(name), DESKS[name])] == []
    assert run(load(text_of(name), DESKS[name])) == []


def test_nineteen_mistakes_of_twenty_are_found(verdicts):
    real = [verdict for verdict in verdicts if verdict.differs]
    found = [verdict for verdict in real if verdict.by_check or verdict.by_examples]
    assert len(real) >= 200
    assert {verdict.mutant.kind for verdict in real} == set(KINDS)
    assert len(found) >= LEAST * len(real)


def test_the_check_alone_finds_every_copy_that_answers_otherwise(verdicts):
    copies = [verdict for verdict in verdicts if verdict.mutant.kind == "duplicate"]
    assert all(verdict.by_check for verdict in copies)
    alone = Counter(verdict.mutant.kind for verdict in verdicts if verdict.differs and verdict.by_check)
    assert set(alone) >= {"drop", "widen", "swap", "negate", "duplicate", "rename", "lift"}


def test_every_ticket_shown_for_a_mistake_is_true(verdicts):
    for verdict in verdicts:
        rules = verdict.mutant.rules
        for finding in verdict.findings:
            assert finding.witness is not None
            rule = next(rule for rule in rules.rules if rule.name == finding.rule)
            assert judge(rule.when, finding.witness.facts).holds is (finding.sort != "never")
            acted = rule.name in evaluate(rules, finding.witness.facts).matched
            assert acted is (finding.sort not in ("never", "unread"))


def test_the_drawn_order_shows_that_gold_refunds_can_change_nothing():
    clean = text_of("drawn")
    start, money, end = (clean.index(f"  - name: {name}") for name in ("Gold", "Money", "Speak"))
    drawn = clean[:start] + clean[money:end] + clean[start:money] + clean[end:]
    (finding,) = check(drawn, DESKS["drawn"])
    assert (finding.rule, finding.sort) == ("Gold refunds", "shadowed")
    assert (
        finding.message
        == "it can change nothing: “Money questions” takes all its tickets and says “queue Billing” first."
    )
