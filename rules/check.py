"""What is wrong or doubtful in a rule file, for people to mend: errors block publishing, warnings do not."""

from rules.errors import RuleError, RuleErrors
from rules.lint import alone, order, places
from rules.lint.finding import SORTS, Finding, Severity, Witness
from rules.lint.ground import Ground
from rules.load import load
from rules.model import ANY_DESK, Desk, RuleSet
from rules.sentences import say

MAX_RULES = 500  # up to which all rules are looked at beside one another; beyond it only those that stop are


def check(text: str, desk: Desk | None = None) -> list[Finding]:
    """Return all that is wrong with a rule file, in order of line; an empty list means that it can be published."""
    try:
        rule_set = load(text, desk)
    except RuleErrors as wrong:
        return [Finding("error", error.rule, error.line, _placed(error), error.remedy) for error in wrong.errors]
    return warnings(rule_set, desk)


def _placed(error: RuleError) -> str:
    return say("{where}: {message}", where=error.where, message=error.message) if error.where else error.message


def warnings(rule_set: RuleSet, desk: Desk | None = None) -> list[Finding]:
    """Return what is doubtful in a rule set that can be read, each with a ticket that shows it, in order of line."""
    desk = desk or ANY_DESK
    hours = places.opening(desk)
    ground = Ground(rule_set, desk, [hours] if hours is not None else [])
    found: list[Finding] = []
    for at, case in enumerate(ground.cases):
        alone_found = list(alone.look(ground, case))
        found += alone_found
        if any(each.sort == "never" for each in alone_found):
            continue
        found += [*places.look(ground, case), *order.stopping(ground, case)]
        if len(ground.cases) <= MAX_RULES:
            found += order.look(ground, at)
    return sorted(found, key=lambda finding: finding.line)


__all__ = ["SORTS", "Finding", "Severity", "Witness", "check", "warnings"]
