"""Rules and their results as English sentences, for the inbox, the editor and the command line."""

from collections.abc import Mapping

from rules.conditions import in_words, judge
from rules.model import ALWAYS, Action, Group, Rule, RuleSet, When
from rules.tally import Outcome
from rules.values import FactValue, spoken


def rule_in_words(rule: Rule) -> str:
    """Return a rule as one sentence: when what holds, what happens."""
    does = ", ".join(action_in_words(action) for action in rule.then)
    if rule.when == ALWAYS:
        return f"Always: {does}."
    return f"When {when_in_words(rule.when)}: {does}."


def when_in_words(when: When) -> str:
    """Return conditions as a clause that begins with “all of” or “any of” where there are several."""
    if isinstance(when, Group) and len(when.parts) > 1 and any(isinstance(part, Group) for part in when.parts):
        start = {"all": "all of these hold", "any": "any of these holds", "none": "none of these holds"}[when.kind]
        return f"{start}: " + "; ".join(in_words(part) for part in when.parts)
    return in_words(when)


def action_in_words(action: Action) -> str:
    """Return an action as a sentence says it."""
    said = action.kind.reads.replace("{value}", spoken(action.value).replace("last_agent", "the last agent"))
    level, step_down, note = (action.option(name) for name in ("level", "step_down", "note"))
    if level is not None:
        said += f" at level {level} or above"
    if step_down is not None:
        said += f" (dropped after {spoken(step_down)})"
    return f"{said}: “{note}”" if note is not None else said


def trace_in_words(outcome: Outcome) -> list[str]:
    """Return one sentence for each rule read, in order, and which rule each result came from."""
    sentences = []
    for trace in outcome.trace:
        said = "matched" if trace.matched else "did not match"
        sentences.append(f"“{trace.rule}” {said}: {trace.because}.")
    for kind, rule in outcome.winners.items():
        sentences.append(f"The {kind.replace('_', ' ')} comes from “{rule}”.")
    if outcome.stopped_by:
        sentences.append(f"“{outcome.stopped_by}” stopped: later rules were not read.")
    return sentences


def why(rule: Rule, facts: Mapping[str, FactValue]) -> str:
    """Return why a rule matches these facts or not, with the values it saw; repeats no words of the customer."""
    verdict = judge(rule.when, facts)
    return f"“{rule.name}” {'matches' if verdict.holds else 'does not match'}: {verdict.because}."


def lost(rule_set: RuleSet, outcome: Outcome) -> list[str]:
    """Return what matching rules did without effect, because another rule had won."""
    sentences = []
    matched = set(outcome.matched)
    for rule in rule_set.rules:
        if rule.name not in matched:
            continue
        for action in rule.then:
            key = f"need_skill {action.value}" if action.kind.key == "need_skill" else action.kind.key
            winner = outcome.winners.get(key)
            if winner and winner != rule.name:
                sentences.append(f"“{rule.name}”: {action_in_words(action)} had no effect, “{winner}” decides.")
    return sentences
