"""A brand's own facts in a draft: what is wrong at which field, who uses one, and what follows a new name."""

import pytest

from router.mistakes import Mistake
from router.rulemaking.declared import Entry, declare, declared, undeclare, wrongs
from router.rulemaking.sheet import Sheet, parse

SHEET = parse("""
facts:
  contact.seats: {type: number, trust: signed, label: seats bought}
  contact.plan: {type: one of, trust: agent, values: [basic, pro]}
  contact.hat: {type: text, trust: visitor}
rules:
- name: Large
  when: {any: [{fact: frustration, is: at_least, value: 9}, {none: [{fact: contact.seats, is: at_most, value: 9}]}]}
  then: [{tag: large}]
examples:
- {name: Pro, given: {contact: {plan: pro, seats: 50}}, expect: {tags: [large]}}
""")


def test_each_is_told_with_what_uses_it() -> None:
    seats, plan, hat = declared(SHEET)
    assert (seats.label, seats.rules, seats.examples) == ("seats bought", ("Large",), 1)
    assert (plan.values, plan.rules, plan.examples) == (("basic", "pro"), (), 1)
    assert (hat.label, hat.rules, hat.examples) == ("customer hat", (), 0)


@pytest.mark.parametrize(
    ("entry", "at"),
    [
        (Entry("contact.shoe_size"), ()),
        (Entry("", "Shoe size"), ()),
        (Entry("Shoe"), ("name",)),
        (Entry("tier"), ("name",)),
        (Entry("plan"), ("name",)),
        (Entry("a", "two\nlines"), ("label",)),
        (Entry("a", type="one of"), ("values",)),
        (Entry("a", type="one of", values="small, large"), ()),
        (Entry("", "", "colour", "recorded"), ("name", "type", "trust")),
    ],
)
def test_all_that_is_wrong_is_told_by_field(entry: Entry, at: tuple[str, ...]) -> None:
    assert tuple(wrongs(SHEET, "", entry)) == at


def test_one_may_keep_its_own_name() -> None:
    assert wrongs(SHEET, "contact.hat", Entry("hat")) == {}


def test_what_uses_a_fact_follows_its_new_name() -> None:
    found = declare(SHEET, "contact.seats", Entry("places", "places bought", "number"))
    assert list(found.facts) == ["contact.places", "contact.plan", "contact.hat"]
    [places, *_] = declared(found)
    assert (places.label, places.rules, places.examples) == ("places bought", ("Large",), 1)


def test_one_that_is_used_is_not_removed_and_says_where() -> None:
    with pytest.raises(Mistake, match=r"contact\.seats is asked for by “Large”"):
        undeclare(SHEET, "contact.seats")
    with pytest.raises(Mistake, match=r"contact\.plan is stated by examples"):
        undeclare(SHEET, "contact.plan")
    assert list(undeclare(SHEET, "contact.hat").facts) == ["contact.seats", "contact.plan"]


@pytest.mark.parametrize(
    "change", [lambda: undeclare(Sheet(), "contact.a"), lambda: declare(Sheet(), "contact.a", Entry())]
)
def test_one_that_is_gone_is_told(change: object) -> None:
    with pytest.raises(Mistake, match="no such fact any more"):
        change()  # type: ignore[operator]
