"""Rules and their results as English sentences, for the inbox, the editor and the command line."""

from collections.abc import Mapping

from rules.conditions import in_words, judge
from rules.model import ALWAYS, Action, Group, Rule, When
from rules.tally import Outcome
from rules.trace import Trace
from rules.values import FactValue, spoken
from rules.whatif import Change, flip

MISSES_KEPT = 50  # of one record: a desk of that many rules has all of its reasons


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


def flip_in_words(rule: Rule, facts: Mapping[str, FactValue]) -> str:
    """Return what would have to be otherwise for a rule to match, or not to; empty if no such change was found."""
    changes = flip(rule, facts)
    if not changes:
        return ""
    matches = judge(rule.when, facts).holds
    said = " and ".join(_change(change) for change in changes)
    return f"“{rule.name}” would {'not match' if matches else 'match'} if {said}."


def _change(change: Change) -> str:
    label, after = change.label, change.after
    if isinstance(after, bool):
        return f"{'it were so' if after else 'it were not so'} that {label}"
    if change.fact in ("text", "subject") and after is not None:
        return f"{label} said other words"  # no sentence repeats a customer's
    if after is None:
        return f"{label} were not known"
    return f"{label} were {spoken(after, 'and') or 'empty'}"


def lost(outcome: Outcome) -> list[str]:
    """Return what matching rules did without effect, because another rule had won."""
    sentences = []
    for rule in outcome.acted:
        for action in rule.then:
            winner = outcome.winners.get(_won(action))
            if winner and winner != rule.name:
                sentences.append(f"“{rule.name}”: {action_in_words(action)} had no effect, “{winner}” decides.")
    return sentences


def in_vain(outcome: Outcome) -> dict[str, list[str]]:
    """Return by rule what of it had no effect, because another rule had won: as short as a record wants it."""
    found: dict[str, list[str]] = {}
    for rule in outcome.acted:
        for action in rule.then:
            kind = _won(action)
            winner = outcome.winners.get(kind)
            if winner is not None and winner != rule.name:
                found.setdefault(rule.name, []).append(f"the {kind.replace('_', ' ')} comes from “{winner}”")
    return found


def recorded(outcome: Outcome) -> list[tuple[str, bool, str]]:
    """Return what is kept of a trace: rule, whether it matched, and why, with what it did in vain.

    Of rules that did not match only the first MISSES_KEPT are kept; `why` tells of any other from the recorded facts.
    """
    trace = outcome.trace
    if not isinstance(trace, Trace):
        return []
    vain = in_vain(outcome)
    return [
        (rule, matched, "; ".join([because, *vain[rule]]) if rule in vain else because)
        for rule, matched, because in trace.told(MISSES_KEPT)
    ]


def _won(action: Action) -> str:
    """Return the key that says in an outcome's winners whose action of this kind it is."""
    return f"need_skill {action.value}" if action.kind.key == "need_skill" else action.kind.key
