"""Mistakes made in rule sets on purpose, to see whether the check or the kept examples find them.

`python -m tests.rules.mutants` prints what is found, by set and by kind of mistake.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path

from rules import examples
from rules.actions import Combine
from rules.check import Finding, check
from rules.evaluate import evaluate
from rules.export import to_yaml
from rules.lint.domains import values_of
from rules.lint.ground import Ground
from rules.load import load
from rules.model import Action, Condition, Desk, Group, Rule, RuleSet, Shift, When, conditions
from rules.operators import OPERATORS
from rules.starter import starter_text
from rules.tally import Outcome
from rules.values import Type, Window

SETS = Path(__file__).parent / "sets"
TICKETS = 300  # a mistake that changes none of them is not counted: it may be none
EACH = 12  # mistakes of one kind in one set, at most
OFFICE = {day: (Window(time(8), time(20)),) for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}

_CUES = frozenset({
    "danger", "urgent", "blocked", "vulnerability", "legal", "churn", "not_solved", "repeat_contact", "broken_promise",
})  # fmt: skip
_INTENTS = frozenset({
    "refund_request", "billing_dispute", "invoice_document", "order_status", "delivery_info", "wrong_or_damaged_item",
    "fraud_security", "data_privacy", "spam_auto", "how_to",
})  # fmt: skip


def a_desk(*queues: str, **skills: int) -> Desk:
    """Return a desk where each skill has somebody of the level."""
    staff = tuple({skill.replace("_", "-"): level, "en": 3} for skill, level in skills.items())
    return Desk(
        queues=frozenset(queues), skills=frozenset({"en", *(skill.replace("_", "-") for skill in skills)}),
        templates=frozenset({"We have it"}), agents=frozenset({"Sara"}), brands=frozenset({"acme"}),
        values={"intent": _INTENTS, "cues": _CUES}, staff=staff, shifts=(Shift("Monday 08:00-20:00", staff),),
        hours=OFFICE, promises={},
    )  # fmt: skip


DESKS = {
    "starter": a_desk("General", "Billing", "Technical", "Orders",
                      billing=2, technical=3, orders=3, de_escalation=3, ur=3),
    "drawn": a_desk("Support", "Billing", "VIP", billing=2, de_escalation=3, ur=3),
    "parcels": a_desk("General", "Damage", "Business", "Tracking", "Billing", "Security",
                      business=2, claims=3, parcels=2, customs=2, billing=2, de_escalation=2, ur=3),
}  # fmt: skip


def text_of(name: str) -> str:
    """Return a clean rule file with its examples."""
    return starter_text() if name == "starter" else (SETS / f"{name}.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Mutant:
    """A rule set with one mistake."""

    kind: str
    rule: str
    rules: RuleSet


@dataclass(frozen=True)
class Verdict:
    """What was said of a mutant."""

    mutant: Mutant
    differs: bool  # it decides otherwise on some ticket
    by_check: bool
    by_examples: bool
    findings: tuple[Finding, ...]


def result(outcome: Outcome) -> Outcome:
    """Return what an outcome does to a ticket: no reasons, and tags, notes and notices in no order."""
    return replace(
        outcome, trace=(),
        winners={}, stopped_by=None, tags=tuple(sorted(outcome.tags)),
        notes=tuple(sorted(outcome.notes)),
        effects=tuple(sorted((replace(one, rule="") for one in outcome.effects), key=repr)),
    )  # fmt: skip


def mutants(rules: RuleSet, seed: int = 7) -> list[Mutant]:
    """Return at most EACH mistakes of every kind, the same for the same seed."""
    dice, found = random.Random(seed), []
    for kind, make in KINDS.items():
        made = [Mutant(kind, name, other) for name, other in make(rules) if other != rules]
        found += made if len(made) <= EACH else dice.sample(made, EACH)
    return found


def judged(name: str) -> list[Verdict]:
    """Return what the check and the examples say of every mutant of a set."""
    desk = DESKS[name]
    clean = load(text_of(name), desk)
    tickets = some_tickets(clean, desk)
    known = {(one.sort, one.rule) for one in check(text_of(name), desk)}
    before = [result(evaluate(clean, ticket)) for ticket in tickets]
    return [_judge(mutant, desk, list(zip(tickets, before, strict=True)), known) for mutant in mutants(clean)]


def _judge(mutant: Mutant, desk: Desk, tickets: list, known: set) -> Verdict:
    findings = check(to_yaml(replace(mutant.rules, examples=())), desk)
    if any(one.sort == "unreadable" for one in findings):
        return Verdict(mutant, True, True, False, ())
    by_check = any((one.sort, one.rule) not in known for one in findings)
    differs = any(result(evaluate(mutant.rules, ticket)) != before for ticket, before in tickets)
    return Verdict(mutant, differs, by_check, bool(examples.run(mutant.rules)), tuple(findings))


def some_tickets(rules: RuleSet, desk: Desk, seed: int = 11) -> list[dict]:
    """Return tickets near the edges of conditions: one that a rule takes, its other facts at random."""
    dice, ground = random.Random(seed), Ground(rules, desk)
    asked: dict[str, list[Condition]] = defaultdict(list)
    for rule in rules.rules:
        for condition in conditions(rule.when):
            asked[condition.fact.name].append(condition)
    pools = {name: _pool(found, desk) for name, found in asked.items()}
    taken = [ground.some([case.when]) or {} for case in ground.cases]
    tickets = [dict(example.given) for example in rules.examples]
    while len(tickets) < TICKETS:
        facts = {name: dice.choice(pool) for name, pool in pools.items() if dice.random() < 0.4}
        facts.update(dice.choice(taken))
        for name in dice.sample(sorted(facts), min(len(facts), dice.randrange(3))):
            facts[name] = dice.choice(pools.get(name, [facts[name]]))
        tickets.append(facts)
    return tickets


def _pool(asked: list[Condition], desk: Desk) -> list:
    fact = asked[0].fact
    named = [one for each in asked for one in (each.value if isinstance(each.value, tuple) else (each.value,)) if one]
    if fact.type is Type.SET:
        items = sorted(map(str, {*named, *desk.values.get(fact.name, ())}))
        return [(), *((one,) for one in items), *((one, items[0]) for one in items[1:])]
    if fact.type is Type.TEXT:
        return [*map(str, named), *sorted(desk.values.get(fact.name, ())), "else", f"{named[0]} and {named[-1]}"]
    return values_of(fact, [each.value for each in asked])


# --- the kinds ------------------------------------------------------------------------------------------------------


def drop(rules: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Leave out one of several conditions."""
    for rule in rules.rules:
        for group in _groups(rule.when):
            for at in range(len(group.parts) if len(group.parts) > 1 else 0):
                fewer = replace(group, parts=group.parts[:at] + group.parts[at + 1 :])
                yield rule.name, _with(rules, replace(rule, when=_put(rule.when, group, fewer)))


def widen(rules: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Let a condition hold for more: a lower threshold, one more value."""
    others: dict[str, list[str]] = defaultdict(list)
    for rule in rules.rules:
        for one in conditions(rule.when):
            if one.operator.key in ("is", "one_of") and isinstance(one.value, str | tuple):
                others[one.fact.name] += (
                    [one.value] if isinstance(one.value, str) else [str(each) for each in one.value]
                )
    for rule in rules.rules:
        for one in conditions(rule.when):
            if (wider := _wider(one, sorted(set(others[one.fact.name])))) is not None:
                yield rule.name, _with(rules, replace(rule, when=_put(rule.when, one, wider)))


def _wider(one: Condition, others: list[str]) -> Condition | None:
    match one.operator.key, one.value:
        case (("at_least" | "more_than"), (int() | float() as value)):
            return replace(one, value=value // 2 if value > 1 else value - 1)
        case (("at_most" | "less_than"), (int() | float() as value)):
            return replace(one, value=min(value * 2, 100) if one.fact.type is Type.PERCENT else value * 2)
        case "between", (int() as low, int() as high):
            return replace(one, value=(low // 2, high))
        case (("is" | "one_of"), (str() | tuple() as value)) if one.fact.type in (Type.TEXT, Type.ONE_OF):
            values = (value,) if isinstance(value, str) else value
            more = next((each for each in others if each not in values), None)
            return more and replace(one, operator=OPERATORS["one_of"], value=(*values, more))
        case "mentions_any", tuple() as value:
            return replace(one, value=(*value, "please"))
        case "within", Window(start, end, zone):
            return replace(one, value=Window(start, time((end.hour + 4) % 24, end.minute), zone))
    return None


def swap(rules: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Put a rule below the next one, or at the top or the end."""
    count = len(rules.rules)
    for at, rule in enumerate(rules.rules):
        rest = list(rules.rules[:at] + rules.rules[at + 1 :])
        for to in {at + 1, 0, count - 1} - {at}:
            if to < count:
                yield rule.name, replace(rules, rules=(*rest[:to], rule, *rest[to:]))


def negate(rules: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Turn one condition round."""
    for rule in rules.rules:
        for one in conditions(rule.when):
            yield rule.name, _with(rules, replace(rule, when=_put(rule.when, one, Group("none", (one,)))))


def duplicate(rules: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Write a rule a second time with another result, above or below."""
    for at, rule in enumerate(rules.rules):
        for action in rule.then:
            other = _another(action, rules)
            if other is not None:
                copy = replace(rule, name=f"{rule.name} (2)", then=_swap_in(rule.then, action, other))
                for to in (at, at + 1):
                    yield rule.name, replace(rules, rules=(*rules.rules[:to], copy, *rules.rules[to:]))


def rename(rules: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Misspell a name that a condition or an action uses."""
    for rule in rules.rules:
        for one in conditions(rule.when):
            if one.operator.key in ("is", "one_of", "includes", "includes_any") and isinstance(one.value, str | tuple):
                first, rest = (one.value, ()) if isinstance(one.value, str) else (str(one.value[0]), one.value[1:])
                wrong = _misspelt(first)
                value = wrong if isinstance(one.value, str) else (wrong, *rest)
                yield rule.name, _with(rules, replace(rule, when=_put(rule.when, one, replace(one, value=value))))
        for action in rule.then:
            if isinstance(action.value, str) and action.kind.key not in ("tag", "priority_note"):
                wrong_action = replace(action, value=_misspelt(action.value))
                yield rule.name, _with(rules, replace(rule, then=_swap_in(rule.then, action, wrong_action)))


def shorten(rules: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Promise half of the time, or a fifth."""
    for rule in rules.rules:
        for action in rule.then:
            if action.kind.combine is Combine.SHORTEST and isinstance(action.value, timedelta):
                for part in (2, 5):
                    other = replace(action, value=timedelta(seconds=action.value.total_seconds() // part))
                    yield rule.name, _with(rules, replace(rule, then=_swap_in(rule.then, action, other)))


def lift(rules: RuleSet) -> Iterator[tuple[str, RuleSet]]:
    """Ask for a higher level, or for more heat."""
    for rule in rules.rules:
        for action in rule.then:
            if action.kind.key == "heat_at_least" and isinstance(action.value, int) and action.value < 3:
                other = replace(action, value=action.value + 1)
            elif action.kind.key == "need_skill" and (level := int(str(action.option("level") or 1))) < 5:
                kept = tuple(pair for pair in action.options if pair[0] != "level")
                other = replace(action, options=(("level", level + 1), *kept))
            else:
                continue
            yield rule.name, _with(rules, replace(rule, then=_swap_in(rule.then, action, other)))


KINDS = {
    "drop": drop, "widen": widen, "swap": swap, "negate": negate, "duplicate": duplicate, "rename": rename,
    "shorten": shorten, "lift": lift,
}  # fmt: skip


def _with(rules: RuleSet, rule: Rule) -> RuleSet:
    return replace(rules, rules=tuple(rule if one.name == rule.name else one for one in rules.rules))


def _groups(when: When) -> Iterator[Group]:
    if isinstance(when, Group):
        yield when
        for part in when.parts:
            yield from _groups(part)


def _put(when: When, old: When, new: When) -> When:
    if when is old:
        return new
    if isinstance(when, Condition):
        return when
    return replace(when, parts=tuple(_put(part, old, new) for part in when.parts))


def _swap_in(then: tuple[Action, ...], old: Action, new: Action) -> tuple[Action, ...]:
    return tuple(new if one is old else one for one in then)


def _misspelt(name: str) -> str:
    return name[:-2] + name[-1] + name[-2] if name[-1] != name[-2] else name + name[-1]


def _another(action: Action, rules: RuleSet) -> Action | None:
    match action.value:
        case bool():
            return None
        case int() as level:
            return replace(action, value=level - 1 if level > 1 else level + 1)
        case timedelta() as length:
            return replace(action, value=length * 3)
        case str() as name:
            same = {str(one.value) for rule in rules.rules for one in rule.then if one.kind is action.kind} - {name}
            if action.kind.key in ("tag", "priority_note"):
                return replace(action, value=f"{name} 2")
            return replace(action, value=min(same)) if same else None
    return None


if __name__ == "__main__":
    for name in DESKS:
        verdicts = judged(name)
        real = [one for one in verdicts if one.differs]
        print(f"{name}: {len(verdicts)} mutants, {len(verdicts) - len(real)} change nothing")
        for kind in (*KINDS, "all"):
            some = [one for one in real if kind in (one.mutant.kind, "all")]
            check_, both = sum(one.by_check for one in some), sum(one.by_check or one.by_examples for one in some)
            print(f"  {kind:10} {len(some):4}  by the check {check_:4}  by check or examples {both:4}")
        for one in real:
            if not one.by_check and not one.by_examples:
                print("    missed:", one.mutant.kind, one.mutant.rule)
