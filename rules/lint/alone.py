"""Looks at one rule by itself: conditions that contradict, say nothing, or bear more than they can."""

from collections.abc import Iterator

from rules.conditions import in_words
from rules.facts import Trust
from rules.lint.finding import Finding
from rules.lint.formula import TRUE, Formula
from rules.lint.ground import NEVER, UNSURE, UNSURE_BELOW, Case, Ground, finding, swapped, takes
from rules.model import ALWAYS, Condition, Group, When, conditions
from rules.operators import OPERATORS
from rules.sentences import AND, COMMA, joined, say

_MOST_CONDITIONS = 40  # of a rule whose conditions are left out one by one
_TOPICS = frozenset({"intent", "intent_group", "second_intent"})


def look(ground: Ground, case: Case) -> Iterator[Finding]:
    """Give what is doubtful about a rule by itself; a rule that no ticket meets has nothing else."""
    contradiction = list(_never(ground, case))
    yield from contradiction
    if not contradiction:
        for each in (_always, _idle, _visitor, _unsure, _switched_off):
            yield from each(ground, case)


def _never(ground: Ground, case: Case) -> Iterator[Finding]:
    if not ground.none([case.when]):
        return
    core = _core(ground, _parts(case.rule.when))
    facts = ground.some([ground.formula(part) for part in core[:-1]] or [_known(ground, core[0])])
    if facts is None or takes(case.rule.when, facts):
        return
    if len(core) == 1:
        yield finding(
            "never", case.rule, say("no ticket ever meets “{condition}”.", condition=in_words(core[0])),
            say("Mend its value, or delete the rule."), facts, say("it does not match"),
        )  # fmt: skip
        return
    first, last = joined(AND, map(in_words, core[:-1])), in_words(core[-1])
    message = say("it never matches: no ticket meets both “{first}” and “{last}”.", first=first, last=last)
    remedy = say("Change one of them, put them under “any”, or delete the rule.")
    shows = say("it meets “{first}” and so not “{last}”", first=first, last=last)
    yield finding("never", case.rule, message, remedy, facts, shows)


def _parts(when: When) -> list[When]:
    if isinstance(when, Group) and when.kind == "all":
        return [one for part in when.parts for one in _parts(part)]
    return [when]


def _core(ground: Ground, parts: list[When]) -> list[When]:
    """Return as few of some conditions as still contradict one another."""
    core = list(parts)
    for part in parts:
        rest = [each for each in core if each is not part]
        if rest and ground.none([ground.formula(each) for each in rest]):
            core = rest
    return core


def _known(ground: Ground, when: When) -> Formula:
    asked = next(iter(conditions(when)), None)
    return ground.formula(Condition(asked.fact, OPERATORS["is_known"], None)) if asked else TRUE


def _always(ground: Ground, case: Case) -> Iterator[Finding]:
    if case.rule.when == ALWAYS or not ground.none([ground.no(case.when)]):
        return
    facts = ground.some([_known(ground, case.rule.when)]) or {}
    if takes(case.rule.when, facts) and takes(case.rule.when, {}):
        remedy = say("Write “when: always” if that is meant, else change its conditions.")
        shows = say("it matches, and so does any other")
        yield finding("always", case.rule, say("it matches every ticket."), remedy, facts, shows)


def _idle(ground: Ground, case: Case) -> Iterator[Finding]:
    """Look for one condition without which the rule is the same; one that holds whenever its fact is known counts."""
    leaves = conditions(case.rule.when)
    if len(leaves) > _MOST_CONDITIONS:
        return
    for leaf in reversed(leaves):
        if found := _idle_one(ground, case, leaf, len(leaves)):
            yield found
            return


def _idle_one(ground: Ground, case: Case, leaf: Condition, count: int) -> Finding | None:
    here, rule = ground.formula(leaf), case.rule
    if leaf.operator.key not in ("is_known", "is_unknown") and ground.none([ground.no(here), _known(ground, leaf)]):
        facts = ground.some([case.when, here])
        if facts is None or not takes(rule.when, facts):
            return None
        message = say("“{condition}” holds whatever the value is.", condition=in_words(leaf))
        remedy = say("Mend its value, or write is_known.")
        return finding("idle", rule, message, remedy, facts, say("it matches, as with any value"))
    if count == 1:
        return None
    needed = any(leaf is part for part in _parts(rule.when))  # without it the rule would take nothing
    for instead in (ALWAYS,) if needed else (ALWAYS, NEVER):
        without = swapped(rule.when, [leaf], instead)
        formula = ground.formula(without)
        if ground.none([formula], [case.when]) and ground.none([case.when], [formula]):
            facts = ground.some([case.when])
            if facts is None or not takes(rule.when, facts) or not takes(without, facts):
                return None
            said = in_words(leaf)
            message = say("“{condition}” changes nothing: the other conditions take the same tickets.", condition=said)
            shows = say("it matches with and without it")
            return finding("idle", rule, message, say("Mend it, or leave it out."), facts, shows)
    return None


def _visitor(ground: Ground, case: Case) -> Iterator[Finding]:
    raised = [action.kind.key for action in case.rule.then if action.kind.raises]
    facts = [found.fact for found in conditions(case.rule.when)]
    claims = sorted({fact.name for fact in facts if fact.trust is Trust.VISITOR and not fact.said and not fact.header})
    if not raised or not claims:
        return
    ticket = ground.resting(case, claims)
    if ticket is not None and takes(case.rule.when, ticket):
        message = say(
            "{actions} rests on {facts}, which whoever writes can set.",
            actions=joined(COMMA, raised), facts=joined(COMMA, claims),
        )  # fmt: skip
        remedy = say("Ask for a signed or recorded fact instead: only what they say may raise their place.")
        yield finding("visitor", case.rule, message, remedy, ticket, say("it is brought forward"))


def _unsure(ground: Ground, case: Case) -> Iterator[Finding]:
    topics = sorted(case.facts & _TOPICS)
    needs = [str(action.value) for action in case.rule.then if action.kind.key == "need_skill"]
    if not topics or not needs:
        return
    leaves = [leaf for leaf in conditions(case.rule.when) if leaf.fact.name in _TOPICS]
    otherwise = ground.formula(swapped(case.rule.when, leaves, NEVER))
    facts = ground.some([ground.formula(UNSURE), case.when, ground.no(otherwise)])
    if facts is None or not takes(case.rule.when, facts):
        return
    how = say("however unsure the reading is")
    if "intent_confidence" in case.facts:
        how = say("also where the reading is less than {n} % sure", n=UNSURE_BELOW)
    asked = joined(COMMA, topics)
    message = say("the need for {needs} rests on {facts} {how}.", needs=joined(COMMA, needs), facts=asked, how=how)
    remedy = say("Add {condition}, or use prefer.", condition="{fact: intent_confidence, is: at_least, value: 80}")
    shows = say("it waits for somebody with {skill}", skill=needs[0])
    yield finding("unsure", case.rule, message, remedy, facts, shows)


def _switched_off(ground: Ground, case: Case) -> Iterator[Finding]:
    asked = sorted(case.facts & ground.desk.switched_off)
    if not asked:
        return
    facts = ground.some([case.when]) or {}
    read_here = {name: value for name, value in facts.items() if name not in ground.desk.switched_off}
    message = say("it asks for {facts}, which nobody knows here: mood is switched off.", facts=joined(COMMA, asked))
    remedy = say("Ask for another fact, or switch mood on under Settings, Brands.")
    shows = say("it matches all the same") if takes(case.rule.when, read_here) else say("it does not match")
    yield finding("switched_off", case.rule, message, remedy, read_here, shows)
