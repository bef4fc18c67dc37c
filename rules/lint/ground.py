"""What all looks stand on: the rules as formulas, tickets found for them, and the evaluation that each is tried on."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from rules.conditions import judge, value_in_words
from rules.evaluate import evaluate
from rules.facts import FACTS
from rules.lint.finding import SORTS, Finding, Witness
from rules.lint.formula import Formula, State, Unproved, box, holds, negated
from rules.lint.space import Known, Space
from rules.model import ALWAYS, Condition, Desk, Group, Rule, RuleSet, When, conditions
from rules.operators import OPERATORS
from rules.sentences import AND, COMMA, joined, listed, say
from rules.tally import Outcome
from rules.values import FactValue, Type, spoken

NEVER = Group("none", (ALWAYS,))
UNSURE_BELOW = 50  # percent of confidence
UNSURE = Condition(FACTS["intent_confidence"], OPERATORS["less_than"], UNSURE_BELOW)
MACHINE = Condition(FACTS["automatic"], OPERATORS["is"], True)
OPEN = Condition(FACTS["working_hours"], OPERATORS["is"], True)
_MARKS = (UNSURE, MACHINE, OPEN)  # conditions that looks ask for besides those of the rules


@dataclass(frozen=True, slots=True)
class Case:
    """One rule and the formula of the tickets it takes."""

    at: int  # its place, from 0
    rule: Rule
    when: Formula
    box: State
    facts: frozenset[str]  # it asks for
    kinds: frozenset[str]  # of its actions

    @property
    def stops(self) -> bool:
        """Say whether later rules are not read after it."""
        return "stop" in self.kinds


class Ground:
    """One rule set at one desk, ready to be looked at."""

    def __init__(self, rule_set: RuleSet, desk: Desk, more: Iterable[When] = ()) -> None:
        self.rule_set, self.desk = rule_set, desk
        offered = {name: values for name, values in desk.values.items() if values}
        self.space = Space([*(rule.when for rule in rule_set.rules), *_MARKS, *more], offered)
        self.cases = [case for at, rule in enumerate(rule_set.rules) if (case := self._case(at, rule)) is not None]
        self._first: dict[int, State | None] = {}
        self.stops = [case.at for case in self.cases if case.stops]

    def _case(self, at: int, rule: Rule) -> Case | None:
        try:
            when = self.space.formula(rule.when)
        except Unproved:
            return None
        asked = frozenset(found.fact.name for found in conditions(rule.when))
        return Case(at, rule, when, box(when), asked, frozenset(action.kind.key for action in rule.then))

    def some(self, must: Sequence[Formula], never: Sequence[Formula] = ()) -> Known | None:
        """Return a ticket that meets all of `must` and none of `never`, if one is found: None proves nothing."""
        try:
            return self.space.find(must, never)
        except Unproved:
            return None

    def none(self, must: Sequence[Formula], never: Sequence[Formula] = ()) -> bool:
        """Say whether it is proved that there is no such ticket."""
        try:
            return self.space.find(must, never) is None
        except Unproved:
            return False

    def spares(self, case: Case, rivals: Sequence[Case]) -> bool:
        """Say whether the first ticket that comes to mind for a rule is taken by no rival, which is cheap to see."""
        if case.at not in self._first:
            try:
                found = self.space.answer([case.when])
            except Unproved:
                found = None
            self._first[case.at] = None if found is None else found[1]
        values = self._first[case.at]
        return values is not None and not any(holds(each.when, values, self.space.defaults) for each in rivals)

    def needed(self, case: Case, rivals: Sequence[Case]) -> list[Case]:
        """Return rivals that between them take every ticket of a rule; empty: they do not, or it is not proved."""
        try:
            found, used = self.space.hunt([case.when], [each.when for each in rivals])
        except Unproved:
            return []
        return [] if found is not None else [rivals[n] for n in sorted(used)]

    def formula(self, when: When) -> Formula:
        """Return the formula of conditions whose facts and values the rules ask for."""
        return self.space.formula(when)

    def no(self, formula: Formula) -> Formula:
        """Return the formula that holds where this one does not."""
        return negated(formula, self.space.domains)

    def resting(self, case: Case, names: Collection[str]) -> Known | None:
        """Return a ticket that the rule takes because of these facts; None if none is found."""
        leaves = [leaf for leaf in conditions(case.rule.when) if leaf.fact.name in names]
        for instead in (NEVER, ALWAYS):
            without = self.formula(swapped(case.rule.when, leaves, instead))
            if facts := self.some([case.when, self.no(without)]):
                return facts
        return None

    def outcome(self, facts: Known) -> Outcome:
        """Return what the rules decide."""
        return evaluate(self.rule_set, facts)

    def otherwise(self, rule: Rule, facts: Known, more: str = "") -> Outcome:
        """Return what would be decided with this rule in place of the one of its name, and the rule `more` read too."""
        acting = {*self.outcome(facts).matched, more}
        rules = (each for each in self.rule_set.rules if each.name in acting)
        return evaluate(RuleSet(tuple(rule if each.name == rule.name else each for each in rules)), facts)


def swapped(when: When, leaves: Sequence[Condition], instead: When) -> When:
    """Return conditions with some of them (the very same objects) put out for another."""
    if isinstance(when, Condition):
        return instead if any(when is leaf for leaf in leaves) else when
    return replace(when, parts=tuple(swapped(part, leaves, instead) for part in when.parts))


def takes(when: When, facts: Known) -> bool:
    """Say whether conditions hold, by their plain meaning."""
    return judge(when, facts).holds


def decided(outcome: Outcome) -> Outcome:
    """Return an outcome without its reasons, to compare."""
    return replace(outcome, trace=(), winners={})


def finding(sort: str, rule: Rule, message: str, remedy: str, facts: Known, shows: str) -> Finding:
    """Return a finding about a rule; `facts` are the ticket, of which the clause `shows` says what becomes of it."""
    witness = Witness(facts, say("{ticket}: {shows}.", ticket=ticket_in_words(facts), shows=shows))
    return Finding(SORTS[sort].severity, rule.name, rule.line, message, remedy, sort, witness)


def ticket_in_words(facts: Known) -> str:
    """Return a ticket as the start of a sentence."""
    said = joined(COMMA, (_fact_in_words(name, value) for name, value in facts.items()))
    return say("Ticket where {facts}", facts=said) if said else say("Ticket of which nothing is known")


def _fact_in_words(name: str, value: FactValue) -> str:
    fact = FACTS.get(name)
    label = fact.label if fact else name
    if isinstance(value, bool):
        so = label if fact else say("{what} is so", what=name)
        return so if value else say("it is not so that {fact}", fact=so)
    if (fact is not None and fact.type is Type.SET) or isinstance(value, tuple | frozenset):
        return say("{fact}: {value}", fact=label, value=spoken(value, AND) or say("none"))
    text = value_in_words(fact, value) if fact else spoken(value)
    return say("{fact} is “{value}”" if isinstance(value, str) else "{fact} is {value}", fact=label, value=text)


def names(rules: Iterable[Case | Rule]) -> str:
    """Return rules by name, as a sentence lists them."""
    found = ((each.rule if isinstance(each, Case) else each).name for each in rules)
    return listed((say("“{rule}”", rule=name) for name in found), AND)
