"""Looks at what the rules around a rule leave it: what is never read, can change nothing, or loses to another."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from rules.actions import Combine
from rules.explain import action_in_words, actions_in_words, won_in_words
from rules.lint.finding import Finding
from rules.lint.formula import apart
from rules.lint.ground import MACHINE, Case, Ground, decided, finding, names, takes
from rules.lint.space import Known
from rules.model import ALWAYS, Action, Rule, conditions
from rules.sentences import COMMA, joined, say
from rules.values import Type

_NAMED = frozenset({"is", "one_of"})
_SINGLE = frozenset(Type) - {Type.SET, Type.TEXT}


def look(ground: Ground, at: int) -> Iterator[Finding]:
    """Give what is doubtful about the rule at a place among the cases, seen from the rules before and after it."""
    case = ground.cases[at]
    near = [each for each in ground.cases if each is not case and not apart(each.box, case.box)]
    earlier = [each for each in near if each.at < case.at]
    stops = [each for each in earlier if each.stops]
    unread = list(_unread(ground, case, stops))
    yield from unread
    if unread:
        return
    yield from list(_duplicate(ground, case, earlier)) or list(_idle_actions(ground, case, near, stops))
    yield from _overlap(ground, case, earlier)


def _unread(ground: Ground, case: Case, stops: Sequence[Case]) -> Iterator[Finding]:
    cover = _cover(ground, case, stops)
    facts = ground.some([case.when]) if cover else None
    if not cover or facts is None or ground.outcome(facts).stopped_by in (None, case.rule.name):
        return
    if len(cover) > 1:
        message = say("it is never read: {rules} stop at all its tickets between them.", rules=names(cover))
    elif cover[0].rule.when == ALWAYS:
        message = say("it is never read: {rule} always stops.", rule=names(cover))
    else:
        message = say("it is never read: {rule} stops at all its tickets.", rule=names(cover))
    shows = say("“{rule}” stops before it", rule=str(ground.outcome(facts).stopped_by))
    yield finding("unread", case.rule, message, say("Move it up."), facts, shows)


def _cover(ground: Ground, case: Case, rivals: Sequence[Case]) -> list[Case]:
    """Return as few rivals as take all tickets of a rule between them; empty if they do not, or it is not proved."""
    if not rivals or ground.spares(case, rivals):
        return []
    near = ground.needed(case, rivals)
    for each in near:
        if ground.none([case.when], [each.when]):
            return [each]
    for each in list(near):
        rest = [other for other in near if other is not each]
        if ground.none([case.when], [other.when for other in rest]):
            near = rest
    return near


def _idle_actions(ground: Ground, case: Case, near: Sequence[Case], stops: Sequence[Case]) -> Iterator[Finding]:
    """Look for actions that others have done already, or outdo, for every ticket of the rule."""
    facts = ground.some([case.when], [each.when for each in stops]) or ground.some([case.when])
    dead: list[tuple[Action, list[Case]]] = []
    for action in case.rule.then if facts is not None else ():
        rivals = _rivals(ground, case, near, action)
        cover = _cover(ground, case, [*rivals, *stops]) if rivals else []
        if cover and facts is not None and _changes_nothing(ground, case.rule, [action], facts):
            dead.append((action, cover))
    if not dead or facts is None:
        return
    others = sorted({each.at: each for _, cover in dead for each in cover}.values(), key=lambda each: each.at)
    if len(dead) == len(case.rule.then) and _changes_nothing(ground, case.rule, [action for action, _ in dead], facts):
        message = say("it can change nothing: {because}.", because=_why(dead[0][0] if len(dead) == 1 else None, others))
        remedy = say("Move it above {rules}, ask for something else, or delete it.", rules=names(others))
        yield finding("shadowed", case.rule, message, remedy, facts, _lost(ground, facts, case.rule))
        return
    for action, cover in dead:
        because = _why(action, cover)
        message = say("“{action}” has no effect: {because}.", action=action_in_words(action), because=because)
        shows = _lost(ground, facts, replace(case.rule, then=(action,)))
        yield finding("no_effect", case.rule, message, say("Leave that out, or move the rule up."), facts, shows)


def _why(action: Action | None, others: Sequence[Case]) -> str:
    """Return what of others leaves an action, None: several, without effect, as the end of a sentence."""
    if len(others) == 1:
        rule = names(others)
        return say("{rule} takes all its tickets and says {what}", rule=rule, what=_theirs(action, others))
    rules = names(others)
    return say("{rules} together take all its tickets and say {what}", rules=rules, what=_theirs(action, others))


def _theirs(action: Action | None, others: Sequence[Case]) -> str:
    if action is None:
        return say("the same or more")
    theirs = next((each for other in others for each in other.rule.then if _same_slot(each, action)), None)
    said = say("“{action}”", action=action_in_words(theirs)) if theirs else say("stop")
    match action.kind.combine:
        case Combine.FIRST:
            return say("{action} first", action=said)
        case Combine.SHORTEST:
            return say("{action}, and the shortest counts", action=said)
        case Combine.HIGHEST:
            return say("{action}, and the highest counts", action=said)
        case _:
            return say("{action} too", action=said)


def _lost(ground: Ground, facts: Known, rule: Rule) -> str:
    """Return who decides what a rule would have decided, as a clause."""
    outcome = ground.outcome(facts)
    keys = [f"need_skill {one.value}" if one.kind.key == "need_skill" else one.kind.key for one in rule.then]
    won = [(key, outcome.winners[key]) for key in keys if outcome.winners.get(key, rule.name) != rule.name]
    if won and won[0][0] == "queue":
        return say("it goes to {queue} by “{rule}”", queue=str(outcome.queue), rule=won[0][1])
    if won:
        return say("“{rule}” decides its {what}", rule=won[0][1], what=won_in_words(won[0][0]))
    return say("with “{rule}” and without it the same is decided", rule=rule.name)


def _same_slot(one: Action, other: Action) -> bool:
    if one.kind.key != other.kind.key:
        return False
    return one.kind.key != "need_skill" or one.value == other.value


def _rivals(ground: Ground, case: Case, near: Sequence[Case], action: Action) -> list[Case]:
    """Return the rules whose taking a ticket leaves this action without effect on it."""
    end = next((stop for stop in ground.stops if stop >= case.at), len(ground.rule_set.rules))
    return [
        each
        for each in near
        if action.kind.key in each.kinds
        and each.at <= end
        and any(_outdoes(theirs, action, each.at > case.at) for theirs in each.rule.then)
    ]


def _outdoes(theirs: Action, mine: Action, later: bool) -> bool:
    if not _same_slot(theirs, mine):
        return False
    combine, one, other = mine.kind.combine, theirs.value, mine.value
    if combine is Combine.FIRST:
        return not later
    if combine is Combine.SHORTEST and isinstance(one, timedelta) and isinstance(other, timedelta):
        return one < other if later else one <= other
    if combine is Combine.HIGHEST:
        if mine.kind.key == "need_skill":
            one, other = theirs.option("level") or 1, mine.option("level") or 1
            if mine.option("step_down") is not None and mine.option("step_down") != theirs.option("step_down"):
                return False
        if isinstance(one, int) and isinstance(other, int):
            return one > other if later else one >= other
        return False
    return combine not in (Combine.ADDS, Combine.ENDS) and one == other and not later


def _changes_nothing(ground: Ground, rule: Rule, actions: Sequence[Action], facts: Known) -> bool:
    left = tuple(action for action in rule.then if not any(action is each for each in actions))
    return decided(ground.outcome(facts)) == decided(ground.otherwise(replace(rule, then=left), facts))


def _duplicate(ground: Ground, case: Case, earlier: Sequence[Case]) -> Iterator[Finding]:
    for other in earlier:
        if other.kinds != case.kinds or other.facts != case.facts or other.rule.then == case.rule.then:
            continue
        if case.rule.when == ALWAYS:
            continue
        if ground.none([case.when], [other.when]) and ground.none([other.when], [case.when]):
            facts = ground.some([case.when])
            if facts is None or not takes(case.rule.when, facts) or not takes(other.rule.when, facts):
                continue
            mine, theirs = _difference(case.rule, other.rule)
            message = say(
                "it asks the same as “{rule}” and answers otherwise: {mine}, and there {theirs}.",
                rule=other.rule.name, mine=mine, theirs=theirs,
            )  # fmt: skip
            remedy = say("Keep one of the two, or make their conditions differ.")
            shows = say("both match, and {then}", then=_lost(ground, facts, case.rule))
            yield finding("duplicate", case.rule, message, remedy, facts, shows)
            return


def _difference(rule: Rule, other: Rule) -> tuple[str, str]:
    mine = actions_in_words(action for action in rule.then if action not in other.then)
    theirs = actions_in_words(action for action in other.then if action not in rule.then)
    return mine or say("nothing more"), theirs or say("nothing more")


def _overlap(ground: Ground, case: Case, earlier: Sequence[Case]) -> Iterator[Finding]:
    """Look for an earlier rule that takes some of the tickets this one names, and answers otherwise.

    An exception before its rule is how order is meant to be used, and so are rules that ask about different things;
    neither is reported, nor are texts and sets, of which several things can be true at once.
    """
    for action in case.rule.then:
        if action.kind.combine is not Combine.FIRST:
            continue
        for other in earlier:
            theirs = next((each for each in other.rule.then if each.kind is action.kind), None)
            if theirs is None or theirs.value == action.value:
                continue
            if _vies(other, case) and (found := _overlapping(ground, case, other, action, theirs)):
                yield found
                return


def _vies(other: Case, case: Case) -> bool:
    if not other.facts or not other.facts <= case.facts:
        return False
    mine, theirs = conditions(case.rule.when), conditions(other.rule.when)
    if any(one.fact.type not in _SINGLE and one.operator.key not in _NAMED for one in (*mine, *theirs)):
        return False
    if other.facts == case.facts:
        return True
    return all(one.operator.key in _NAMED for one in theirs) and all(
        one.operator.key in _NAMED for one in mine if one.fact.name in other.facts
    )


def _overlapping(ground: Ground, case: Case, other: Case, mine: Action, theirs: Action) -> Finding | None:
    if ground.none([other.when], [case.when]) or ground.none([case.when], [other.when]):
        return None
    before = [
        each.when
        for each in ground.cases
        if each.at < case.at and each is not other and (each.stops or mine.kind.key in each.kinds)
    ]
    facts = ground.some([case.when, other.when], before)
    if facts is None or ground.outcome(facts).winners.get(mine.kind.key) != other.rule.name:
        return None
    said = action_in_words(theirs)
    message = say(
        "“{rule}” takes some of its tickets and says “{theirs}” before it says “{mine}”.",
        rule=other.rule.name, theirs=said, mine=action_in_words(mine),
    )  # fmt: skip
    remedy = say("Name each value in one of them only, or put the narrower rule first.")
    shows = say("both match, and “{rule}” decides: {action}", rule=other.rule.name, action=said)
    return finding("overlap", case.rule, message, remedy, facts, shows)


def stopping(ground: Ground, case: Case) -> Iterator[Finding]:
    """Look at a stop that rests on a reading or on the sender: what it takes from tickets is an error."""
    unsure = sorted({found.fact.name for found in conditions(case.rule.when) if not found.fact.may_close})
    if not case.stops or not unsure:
        return
    human = ground.no(ground.formula(MACHINE))
    facts = ground.some([human, case.when])
    if facts is None or not takes(case.rule.when, facts):
        return
    free = replace(case.rule, then=tuple(each for each in case.rule.then if each.kind.key != "stop"))
    before = [each.when for each in ground.cases if each.at < case.at and each.stops]
    for other in ground.cases:
        if other.at <= case.at or apart(other.box, case.box):
            continue
        raised = [action for action in other.rule.then if action.kind.raises or action.kind.combine is Combine.SHORTEST]
        if not raised:
            continue
        ticket = ground.some([human, case.when, other.when], before)
        if ticket is None or not _is_worse(ground, free, other.rule.name, ticket):
            continue
        message = say(
            "it stops on {facts}, and so keeps “{actions}” of “{rule}” from its tickets.",
            facts=joined(COMMA, unsure), actions=actions_in_words(raised), rule=other.rule.name,
        )  # fmt: skip
        remedy = say(
            "Nothing that was read or that a sender can set may delay a ticket: leave stop out, put the rule after "
            "“{rule}”, or stop on headers and on recorded or signed facts.",
            rule=other.rule.name,
        )
        shows = say("“{rule}” would act and is not read", rule=other.rule.name)
        yield finding("withholds", case.rule, message, remedy, ticket, shows)
        return
    stops_on = joined(COMMA, unsure)
    message = say("it stops on {facts}, so a mistaken reading keeps help from later rules away.", facts=stops_on)
    remedy = say("Leave stop out, or put the rule after those that bring help.")
    yield finding("stops", case.rule, message, remedy, facts, say("no later rule is read"))


def _is_worse(ground: Ground, free: Rule, more: str, ticket: Known) -> bool:
    """Say whether a ticket stands later or is promised more time than with the rule as `free` and `more` read."""
    now, then = ground.outcome(ticket), ground.otherwise(free, ticket, more)
    ever = timedelta.max
    return (
        (now.answer_within or ever) > (then.answer_within or ever)
        or (now.resolve_within or ever) > (then.resolve_within or ever)
        or now.head_start < then.head_start
        or now.heat_at_least < then.heat_at_least
    )
