"""What is wrong or doubtful in a rule file, for people to mend: errors block publishing, warnings do not."""

from dataclasses import dataclass
from typing import Literal

from rules.errors import RuleErrors
from rules.facts import Trust
from rules.load import load
from rules.model import ALWAYS, Desk, Rule, RuleSet, conditions

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to look at."""

    severity: Severity
    rule: str  # empty where no rule is meant
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"Rule “{self.rule}”, line {self.line}" if self.rule else f"Line {self.line}"
        return f"{self.severity}: {place}: {self.message} {self.remedy}"


def check(text: str, desk: Desk | None = None) -> list[Finding]:
    """Return all that is wrong with a rule file, in order of line; an empty list means that it can be published."""
    try:
        rule_set = load(text, desk)
    except RuleErrors as wrong:
        return [
            Finding("error", error.rule, error.line, f"{error.where}: {error.message}".removeprefix(": "), error.remedy)
            for error in wrong.errors
        ]
    silent = [finding for rule in rule_set.rules for finding in _silent(rule, desk)] if desk else []
    return sorted([*warnings(rule_set), *silent], key=lambda finding: finding.line)


def warnings(rule_set: RuleSet) -> list[Finding]:
    """Return what is doubtful in a rule set that can be read."""
    found = [finding for rule in rule_set.rules for finding in (*_visitor(rule), *_unsure(rule), *_stops(rule))]
    found += _after_a_stop(rule_set)
    found += _without_effect(rule_set)
    return sorted(found, key=lambda finding: finding.line)


def _warn(rule: Rule, message: str, remedy: str) -> Finding:
    return Finding("warning", rule.name, rule.line, message, remedy)


def _visitor(rule: Rule) -> list[Finding]:
    raised = [action.kind.key for action in rule.then if action.kind.raises]
    facts = [found.fact for found in conditions(rule.when)]
    claims = sorted({fact.name for fact in facts if fact.trust is Trust.VISITOR and not fact.said and not fact.header})
    if not raised or not claims:
        return []
    message = f"{', '.join(raised)} rests on {', '.join(claims)}, which whoever writes can set."
    return [
        _warn(rule, message, "Ask for a signed or recorded fact instead: only what they say may raise their place.")
    ]


def _silent(rule: Rule, desk: Desk) -> list[Finding]:
    asked = sorted({found.fact.name for found in conditions(rule.when)} & desk.switched_off)
    if not asked:
        return []
    message = f"it asks for {', '.join(asked)}, which nobody knows here: mood is switched off."
    return [_warn(rule, message, "Ask for another fact, or switch mood on under Settings, Brands.")]


def _unsure(rule: Rule) -> list[Finding]:
    asked = {found.fact.name for found in conditions(rule.when)}
    topics = asked & {"intent", "intent_group", "second_intent"}
    if not topics or "intent_confidence" in asked:
        return []
    needs = [str(action.value) for action in rule.then if action.kind.key == "need_skill"]
    if not needs:
        return []
    message = f"the need for {', '.join(needs)} rests on {', '.join(sorted(topics))} however unsure the reading is."
    return [_warn(rule, message, "Add {fact: intent_confidence, is: at_least, value: 80}, or use prefer.")]


def _stops(rule: Rule) -> list[Finding]:
    if not any(action.kind.key == "stop" for action in rule.then):
        return []
    unsure = sorted({found.fact.name for found in conditions(rule.when) if not found.fact.may_close})
    if not unsure:
        return []
    message = f"it stops on {', '.join(unsure)}, so a mistaken reading keeps help from later rules away."
    return [_warn(rule, message, "Leave stop out, or put the rule after those that bring help.")]


def _after_a_stop(rule_set: RuleSet) -> list[Finding]:
    ends = next((rule for rule in rule_set.rules if rule.when == ALWAYS and _does(rule, "stop")), None)
    if ends is None:
        return []
    after = rule_set.rules[rule_set.rules.index(ends) + 1 :]
    return [_warn(rule, f"it is never read: “{ends.name}” always stops.", "Move it up.") for rule in after]


def _without_effect(rule_set: RuleSet) -> list[Finding]:
    found, sure = [], None
    for rule in rule_set.rules:
        if sure and _does(rule, "queue"):
            message = f"its queue has no effect: “{sure.name}” always sets one before."
            found.append(_warn(rule, message, "Move it up, or leave the queue out."))
        elif rule.when == ALWAYS and _does(rule, "queue"):
            sure = rule
    return found


def _does(rule: Rule, kind: str) -> bool:
    return any(action.kind.key == kind for action in rule.then)
