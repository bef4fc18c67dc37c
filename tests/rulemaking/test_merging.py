"""Two people at one draft: what each changed is kept, and what both changed is told instead of overwritten."""

import pytest

from router.rulemaking.merging import Conflict, merge
from router.rulemaking.sheet import Sheet

A, B, C = {"then": ["a"]}, {"then": ["b"]}, {"then": ["c"]}
BASE = Sheet({"one": A, "two": B, "three": C})


def sheet(**rules: dict) -> Sheet:
    return Sheet(rules)


NEW, NEWER = {"then": ["new"]}, {"then": ["newer"]}
CASES = {  # mine, theirs -> rules in order
    "nobody changed anything": (BASE, BASE, BASE),
    "only they changed a rule": (BASE, sheet(one=NEW, two=B, three=C), sheet(one=NEW, two=B, three=C)),
    "different rules": (
        sheet(one=NEW, two=B, three=C),
        sheet(one=A, two=B, three=NEW),
        sheet(one=NEW, two=B, three=NEW),
    ),
    "the same change": (sheet(one=NEW, two=B, three=C), sheet(one=NEW, two=B, three=C), sheet(one=NEW, two=B, three=C)),
    "I added, they removed": (
        sheet(one=A, mine=NEW, two=B, three=C),
        sheet(one=A, three=C),
        sheet(one=A, mine=NEW, three=C),
    ),
    "both added": (
        sheet(one=A, two=B, three=C, mine=NEW),
        sheet(theirs=NEWER, one=A, two=B, three=C),
        sheet(theirs=NEWER, one=A, two=B, three=C, mine=NEW),
    ),
    "I moved, they changed": (
        sheet(three=C, one=A, two=B),
        sheet(one=NEW, two=B, three=C),
        sheet(three=C, one=NEW, two=B),
    ),
    "they moved, I added": (
        sheet(one=A, mine=NEW, two=B, three=C),
        sheet(two=B, one=A, three=C),
        sheet(two=B, one=A, mine=NEW, three=C),
    ),
}


@pytest.mark.parametrize(("mine", "theirs", "both"), CASES.values(), ids=CASES)
def test_what_each_changed_is_kept(mine: Sheet, theirs: Sheet, both: Sheet) -> None:
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert list(merged.sheet.rules.items()) == list(both.rules.items())


TORN = {
    "both changed it": (sheet(one=NEW, two=B, three=C), sheet(one=NEWER, two=B, three=C), ("rule", "one", NEWER, NEW)),
    "they removed what I changed": (sheet(one=NEW, two=B, three=C), sheet(two=B, three=C), ("rule", "one", None, NEW)),
    "I removed what they changed": (sheet(two=B, three=C), sheet(one=NEW, two=B, three=C), ("rule", "one", NEW, None)),
    "both moved": (sheet(two=B, one=A, three=C), sheet(one=A, three=C, two=B), ("order", "", None, None)),
}


@pytest.mark.parametrize(("mine", "theirs", "told"), TORN.values(), ids=TORN)
def test_what_both_changed_is_told_and_theirs_stays(mine: Sheet, theirs: Sheet, told: tuple) -> None:
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == (Conflict(*told),)
    assert list(merged.sheet.rules.items()) == list(theirs.rules.items())


def test_a_rule_renamed_by_me_keeps_what_they_changed_in_it() -> None:
    mine, theirs = sheet(uno=A, two=B, three=C), sheet(one=NEW, two=B, three=C)
    merged = merge(BASE, mine, theirs, {"one": "uno"})
    assert merged.conflicts == ()
    assert list(merged.sheet.rules.items()) == [("uno", NEW), ("two", B), ("three", C)]


def test_examples_of_both_are_kept_once() -> None:
    base = Sheet(BASE.rules, ({"given": 1}, {"given": 2}))
    mine = Sheet(BASE.rules, ({"given": 2}, {"given": 3}))
    theirs = Sheet(BASE.rules, ({"given": 1}, {"given": 2}, {"given": 3}, {"given": 4}))
    assert merge(base, mine, theirs).sheet.examples == ({"given": 2}, {"given": 3}, {"given": 4})


def test_a_fact_that_both_declare_otherwise_is_told() -> None:
    mine, theirs = Sheet(facts={"contact.a": {"type": "text"}}), Sheet(facts={"contact.a": {"type": "number"}})
    torn = Conflict("fact", "contact.a", {"type": "number"}, {"type": "text"})
    assert merge(Sheet(), mine, theirs).conflicts == (torn,)
