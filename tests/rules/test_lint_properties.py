"""What holds for a look at any rules: it never fails, what it proves is so, and its tickets show what they say."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.check import warnings
from rules.conditions import judge
from rules.evaluate import evaluate
from rules.lint.domains import values_of
from rules.lint.formula import Unproved
from rules.lint.space import Space
from rules.model import conditions
from rules.values import Type
from tests.rules.test_properties import SETS, WHENS

CHECKED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def near(data, whens) -> dict[str, object]:
    """Return facts of which every value is one that a condition names, or lies beside it; some are not known."""
    asked: dict[str, list] = {}
    for when in whens:
        for one in conditions(when):
            asked.setdefault(one.fact.name, []).append(one)
    facts: dict[str, object] = {}
    for name, found in asked.items():
        fact, named = found[0].fact, [one.value for one in found]
        words = [word for one in named for word in (one if isinstance(one, tuple) else (one,)) if isinstance(word, str)]
        match fact.type:
            case Type.SET:
                facts[name] = tuple(data.draw(st.lists(st.sampled_from([*words, "another"]), max_size=3)))
            case Type.TEXT:
                facts[name] = " ".join(data.draw(st.lists(st.sampled_from([*words, "and"]), max_size=3)))
            case _:
                facts[name] = data.draw(st.sampled_from(values_of(fact, named)))
    return {name: value for name, value in facts.items() if data.draw(st.integers(0, 5))}


@given(WHENS, st.data())
@CHECKED
def test_a_ticket_that_is_found_meets_the_conditions_and_none_means_none(when, data):
    space = Space([when], {})
    try:
        found = space.find([space.formula(when)])
    except Unproved:
        return
    if found is None:
        assert not judge(when, near(data, [when])).holds
    else:
        assert judge(when, found).holds


@given(WHENS, WHENS, st.data())
@CHECKED
def test_what_follows_from_what_is_so_for_every_ticket(one, other, data):
    space = Space([one, other], {})
    try:
        found = space.find([space.formula(one)], [space.formula(other)])
    except Unproved:
        return
    if found is not None:
        assert judge(one, found).holds and not judge(other, found).holds
    elif judge(one, facts := near(data, [one, other])).holds:
        assert judge(other, facts).holds


@given(SETS)
@CHECKED
def test_a_look_never_fails_and_every_ticket_shows_what_it_says(rules):
    by_name = {rule.name: rule for rule in rules.rules}
    for finding in warnings(rules):
        assert finding.witness is not None
        assert judge(by_name[finding.rule].when, finding.witness.facts).holds is (finding.sort != "never")
        acted = finding.rule in evaluate(rules, finding.witness.facts).matched
        if finding.sort in ("unread", "shadowed", "duplicate", "overlap"):
            assert acted is (finding.sort != "unread")
