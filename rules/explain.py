"""Rules and their results as English sentences, for the inbox, the editor and the command line."""

from collections.abc import Iterable, Iterator, Mapping

from rules.actions import LAST_AGENT
from rules.conditions import (
    denied_in_words,
    held_in_words,
    in_words,
    judge,
    none_in_words,
    unknown_in_words,
    value_in_words,
)
from rules.facts import FACTS
from rules.model import ALWAYS, Action, Condition, Group, Rule, When
from rules.sentences import AND, COMMA, SEMICOLON, joined, say
from rules.tally import Outcome
from rules.trace import Trace
from rules.values import FactValue, spoken
from rules.whatif import Change, flip

_COMES_FROM = say("the {what} comes from “{rule}”")
_PIECES = (
    _COMES_FROM.replace("{what}", "{}").replace("{rule}", "{}").split("{}")
)  # for a record, which keeps texts alone
MISSES_KEPT = 50  # of one record: a desk of that many rules has all of its reasons


def rule_in_words(rule: Rule) -> str:
    """Return a rule as one sentence: when what holds, what happens."""
    does = actions_in_words(rule.then)
    if rule.when == ALWAYS:
        return say("Always: {actions}.", actions=does)
    return say("When {conditions}: {actions}.", conditions=when_in_words(rule.when), actions=does)


def when_in_words(when: When) -> str:
    """Return conditions as a clause that begins with “all of” or “any of” where there are several."""
    if isinstance(when, Group) and len(when.parts) > 1 and any(isinstance(part, Group) for part in when.parts):
        said = joined(SEMICOLON, map(in_words, when.parts))
        match when.kind:
            case "all":
                return say("all of these hold: {conditions}", conditions=said)
            case "any":
                return say("any of these holds: {conditions}", conditions=said)
            case "none":
                return say("none of these holds: {conditions}", conditions=said)
    return in_words(when)


def actions_in_words(actions: Iterable[Action]) -> str:
    """Return several actions as a sentence lists them."""
    return joined(COMMA, map(action_in_words, actions))


def action_in_words(action: Action) -> str:
    """Return an action as a sentence says it."""
    said: str = say(action.kind.reads, value=_of_action(action))
    level, step_down, note = (action.option(name) for name in ("level", "step_down", "note"))
    if level is not None:
        said = say("{action} at level {level} or above", action=said, level=str(level))
    if step_down is not None:
        said = say("{action} (dropped after {span})", action=said, span=spoken(step_down))
    return say("{action}: “{note}”", action=said, note=str(note)) if note is not None else said


def _of_action(action: Action) -> str:
    if action.value == LAST_AGENT:
        return say("the last agent")
    return say(str(action.value)) if action.value in action.kind.choices else spoken(action.value)


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
    said = joined(AND, map(_change, changes))
    if judge(rule.when, facts).holds:
        return say("“{rule}” would not match if {change}.", rule=rule.name, change=said)
    return say("“{rule}” would match if {change}.", rule=rule.name, change=said)


def _change(change: Change) -> str:
    fact, after = change.label, change.after
    if isinstance(after, bool):
        return say("it were so that {fact}", fact=fact) if after else say("it were not so that {fact}", fact=fact)
    if change.fact in ("text", "subject") and after is not None:
        return say("{fact} said other words", fact=fact)  # no sentence repeats a customer's
    if after is None:
        return say("{fact} were not known", fact=fact)
    ours = FACTS.get(change.fact)
    value = value_in_words(ours, after, AND) if ours else spoken(after, AND)
    return say("{fact} were {value}", fact=fact, value=value or say("empty"))


def lost(outcome: Outcome) -> list[str]:
    """Return what matching rules did without effect, because another rule had won."""
    return [
        say("“{rule}”: {action} had no effect, “{winner}” decides.", rule=rule.name, action=said, winner=winner)
        for rule, action, _key, winner in _lost(outcome)
        for said in [action_in_words(action)]
    ]


def in_vain(outcome: Outcome) -> dict[str, list[str]]:
    """Return by rule what of it had no effect, because another rule had won: as short as a record wants it."""
    found: dict[str, list[str]] = {}
    the, comes_from, end = _PIECES
    for rule, _action, key, winner in _lost(outcome):
        found.setdefault(rule.name, []).append(f"{the}{key.replace('_', ' ')}{comes_from}{winner}{end}")
    return found


def _lost(outcome: Outcome) -> Iterator[tuple[Rule, Action, str, str]]:
    for rule in outcome.acted:
        for action in rule.then:
            key = _won(action)
            winner = outcome.winners.get(key)
            if winner is not None and winner != rule.name:
                yield rule, action, key, winner


def _comes_from(action: Action, winner: str) -> str:
    return say(_COMES_FROM, what=won_in_words(_won(action)), rule=winner)


def won_in_words(key: str) -> str:
    """Return what one of several rules decides, by its key in an outcome's winners."""
    kind, _, skill = key.partition(" ")
    what = say(kind.replace("_", " "))
    return say("{what} {skill}", what=what, skill=skill.replace("_", " ")) if skill else what


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


def retold(rule: Rule, because: str) -> str:
    """Return a reason that was kept of a rule as a sentence again; as it is if the rule has no such reason."""
    for reason in _reasons(rule.when):
        if because == reason:
            return reason
        if because.startswith(f"{reason}; "):
            told, rest = [reason], because.removeprefix(reason)
            for action in rule.then:
                start = f"; {_comes_from(action, '').removesuffix('”')}"
                if rest.startswith(start):
                    winner, _, _ = rest.removeprefix(start).partition("”; the ")
                    told.append(_comes_from(action, winner.removesuffix("”")))
                    rest = rest.removeprefix(f"; {told[-1]}")
            if not rest:
                return joined(SEMICOLON, told)
    return because


def _reasons(when: When) -> Iterator[str]:
    """Give all that is ever kept of conditions: what holds if they match, then each that can fail first."""
    yield in_words(when)
    yield from _failures(when)


def _failures(when: When) -> Iterator[str]:
    if isinstance(when, Condition):
        yield from (denied_in_words(when), unknown_in_words(when))
    elif when.kind == "all":
        for part in when.parts:
            yield from _failures(part)
    elif when.kind == "any":
        yield none_in_words(map(in_words, when.parts))
    else:
        yield from (held_in_words(in_words(part)) for part in when.parts)


def _won(action: Action) -> str:
    """Return the key that says in an outcome's winners whose action of this kind it is."""
    return f"need_skill {action.value}" if action.kind.key == "need_skill" else action.kind.key
