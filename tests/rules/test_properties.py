"""What holds for any rules and any facts: the fast reading equals the plain one, export and import lose nothing."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.actions import ACTIONS
from rules.actions import Takes as ActionTakes
from rules.conditions import judge
from rules.evaluate import evaluate
from rules.explain import rule_in_words, trace_in_words
from rules.export import to_yaml
from rules.facts import FACTS, Fact, Trust
from rules.load import load
from rules.model import ALWAYS, Action, Condition, Example, Group, Rule, RuleSet
from rules.operators import OPERATORS, Takes
from rules.values import Type, Window

# Words that meet one another often, and some that are hard to keep in a file.
WORDS = st.one_of(
    st.sampled_from(["email", "refund", "no", "yes", "null", "~", "1", "010", "1e3", "22:00", "Sue", "- a", "#x"]),
    st.sampled_from(["ö é", "واپس", "退款"]),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12).map(str.strip).filter(bool),
)  # fmt: skip
NUMBERS = st.one_of(st.integers(-3, 3), st.floats(-1e9, 1e9).map(lambda x: int(x) if x == int(x) else x))
LENGTHS = st.integers(0, 200_000).map(lambda seconds: timedelta(seconds=seconds))
CLOCKS = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
PATTERNS = st.sampled_from([r"refund(s|ed)?\b", "^a", "é", "[0-9]+ €", "."])
VALUES = {
    Type.TEXT: WORDS, Type.SET: WORDS, Type.NUMBER: NUMBERS, Type.PERCENT: st.integers(0, 100),
    Type.BOOLEAN: st.booleans(), Type.DURATION: LENGTHS, Type.TIME_OF_DAY: CLOCKS, Type.MOMENT: MOMENTS,
}  # fmt: skip


@st.composite
def windows(draw, zone: str) -> Window:
    return Window(draw(CLOCKS), draw(CLOCKS), zone)


@st.composite
def some_conditions(draw) -> Condition:
    fact = draw(st.sampled_from(list(FACTS.values())))
    chosen = draw(st.sampled_from([each for each in OPERATORS.values() if fact.type in each.types]))
    one = st.sampled_from(fact.choices) if fact.choices else VALUES[fact.type]
    value = {
        Takes.ONE: one,
        Takes.MANY: st.lists(one, min_size=1, max_size=3).map(tuple),
        Takes.PAIR: st.tuples(one, one).map(lambda pair: tuple(sorted(pair))) if chosen.takes is Takes.PAIR else one,
        Takes.WINDOW: windows("Asia/Karachi" if fact.type is Type.MOMENT else ""),
        Takes.PATTERN: PATTERNS,
        Takes.NOTHING: st.none(),
    }[chosen.takes]
    return Condition(fact, chosen, draw(value))


KINDS = st.sampled_from(["all", "any", "none"])
WHENS = st.recursive(
    some_conditions(),
    lambda inner: st.builds(Group, KINDS, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)  # fmt: skip


@st.composite
def some_actions(draw) -> Action:
    kind = draw(st.sampled_from([kind for kind in ACTIONS.values() if not kind.closes]))

    def value(takes, low, high):
        match takes:
            case ActionTakes.DURATION:
                return st.integers(1, 200_000).map(lambda seconds: timedelta(seconds=seconds))
            case ActionTakes.LEVEL:
                return st.integers(low, high)
            case ActionTakes.NOTHING:
                return st.just(True)
            case _:
                return WORDS

    options = tuple(
        (option.name, draw(value(option.takes, option.low, option.high)))
        for option in kind.options
        if draw(st.booleans())
    )
    return Action(kind, draw(value(kind.takes, kind.low, kind.high)), options)


THENS = st.lists(some_actions(), min_size=1, max_size=4).map(tuple)
RULES = st.builds(Rule, WORDS, st.one_of(WHENS, st.just(ALWAYS)), THENS, st.one_of(st.just(""), WORDS))
CUSTOM = Fact("contact.seats", "seats", Type.NUMBER, Trust.SIGNED, "how many")
PLAN = Fact("contact.plan", "plan", Type.ONE_OF, Trust.AGENT, "", choices=("basic", "no", "pro, with seats"))
GIVEN = st.sampled_from(
    [
        (),
        (("text", "two\nlines\tand “é” 👍"),),
        (("cues", ()),),
        (("cues", ("a", "no")), ("heat", 2), ("waited", timedelta(90))),
    ]
)  # fmt: skip
EXPECT = st.sampled_from(
    [(("queue", None),), (("needs", (("a", 2), ("b", 1))), ("tags", ("x", "no"))), (("rules", ()),)]
)
EXAMPLES = st.builds(Example, GIVEN, EXPECT, st.one_of(st.just(""), WORDS))
SETS = st.builds(
    RuleSet,
    st.lists(RULES, min_size=1, max_size=5, unique_by=lambda rule: rule.name).map(tuple),
    st.just(()),
    st.sampled_from([(), (CUSTOM,), (CUSTOM, PLAN)]),
)


@st.composite
def some_facts(draw) -> dict[str, object]:
    """Facts of the right type, of a wrong one, or missing."""
    found: dict[str, object] = {}
    for fact in draw(st.lists(st.sampled_from(list(FACTS.values())), max_size=25, unique_by=lambda fact: fact.name)):
        fitting = st.sampled_from(fact.choices) if fact.choices else VALUES[fact.type]
        if fact.type is Type.SET:
            fitting = st.lists(WORDS, max_size=3)
        wrong = st.sampled_from([None, 1, "x", True, (), float("nan"), object(), time(1), datetime(2026, 1, 1)])  # noqa: DTZ001
        found[fact.name] = draw(st.one_of(fitting, fitting, fitting, wrong))
    return found


@given(SETS, some_facts())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_fast_reading_equals_the_plain_one_and_neither_raises(set_, facts):
    outcome = evaluate(set_, facts)
    by_name = {rule.name: rule for rule in set_.rules}
    for trace in outcome.trace:
        assert trace.matched == judge(by_name[trace.rule].when, facts).holds
    assert len(outcome.trace) == len(set_.rules) or outcome.stopped_by
    assert evaluate(set_, facts) == outcome
    assert all(map(rule_in_words, set_.rules)) and trace_in_words(outcome)


@given(SETS, st.lists(EXAMPLES, max_size=3))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_set_comes_back_from_its_export_as_it_was(set_, examples):
    names = {rule.name for rule in set_.rules}
    examples = [each for each in examples if all(name in names for name in dict(each.expect).get("rules", ()))]
    whole = RuleSet(set_.rules, tuple(examples), set_.custom)
    assert load(to_yaml(whole)) == whole
    assert to_yaml(load(to_yaml(whole))) == to_yaml(whole)


@given(SETS, some_facts())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_sums_and_sets_do_not_depend_on_the_order_of_rules(set_, facts):
    rules = [Rule(rule.name, rule.when, tuple(a for a in rule.then if a.kind.key != "stop")) for rule in set_.rules]
    one = evaluate(RuleSet(tuple(rules)), facts)
    other = evaluate(RuleSet(tuple(reversed(rules))), facts)
    for name in ("answer_within", "resolve_within", "head_start", "heat_at_least", "needs", "step_down"):
        assert getattr(one, name) == getattr(other, name)
    assert set(one.tags) == set(other.tags)
