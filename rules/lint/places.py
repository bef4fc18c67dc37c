"""Looks at a rule beside the desk it is for: who can meet its needs, when it is open, what its queues promise."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from rules.facts import FACTS
from rules.lint.finding import Finding
from rules.lint.ground import OPEN, Case, Ground, finding, takes
from rules.model import Condition, Desk, Group, When
from rules.operators import OPERATORS
from rules.sentences import AND, listed, say
from rules.values import spoken

_SHOWN = 3  # shifts that a message names
_DAY, _CLOCK = FACTS["weekday"], FACTS["time_of_day"]
_PROMISES = ("answer_within", "resolve_within")


def look(ground: Ground, case: Case) -> Iterator[Finding]:
    """Give what the desk makes doubtful about a rule."""
    for each in (_unmet, _closed_hours, _longer_promise):
        yield from each(ground, case)


def opening(desk: Desk) -> When | None:
    """Return the conditions under which a desk is open, None if its hours are not known."""
    if desk.hours is None:
        return None
    days: list[When] = [
        Group("all", (Condition(_DAY, OPERATORS["is"], day), Condition(_CLOCK, OPERATORS["within"], window)))
        for day, windows in desk.hours.items()
        for window in windows
    ]
    closed = Group("none", (Condition(OPEN.fact, OPEN.operator, False),))
    return Group("all", (closed, Group("any", tuple(days))))


def _unmet(ground: Ground, case: Case) -> Iterator[Finding]:
    staff = ground.desk.staff
    needs = {
        str(action.value): level if isinstance(level := action.option("level"), int) else 1
        for action in case.rule.then
        if action.kind.key == "need_skill"
    }
    facts = ground.some([case.when]) if needs and staff is not None else None
    if facts is None or staff is None:
        return
    asked = ground.outcome(facts).needs
    if any(asked.get(skill, 0) < level for skill, level in needs.items()):
        return  # it is not read, or another look says why
    each = (say("{skill} at level {level}", skill=one, level=n) if n > 1 else one for one, n in needs.items())
    said = listed(each, AND)
    wait = say("it waits until the need is dropped")
    if not _meets(staff, needs):
        levels = {skill: max((one.get(skill, 0) for one in staff), default=0) for skill in needs}
        best = (say("the best in {skill} has {level}", skill=skill, level=level) for skill, level in levels.items())
        message = say("it needs {skills}, and nobody has that; {best}.", skills=said, best=listed(best, AND))
        remedy = say("Ask for a lower level, use prefer, or give somebody the skill under Settings, People.")
        yield finding("unmet", case.rule, message, remedy, facts, wait)
        return
    without = [shift.name for shift in ground.desk.shifts if shift.skills and not _meets(shift.skills, needs)]
    if without:
        when = listed(without[:_SHOWN])
        if len(without) > _SHOWN:
            when = say("{shifts} and {n} other shifts", shifts=when, n=len(without) - _SHOWN)
        message = say("it needs {skills}, and nobody who works {shifts} has that.", skills=said, shifts=when)
        remedy = say("Use prefer, shorten step_down, or plan somebody who has it for then.")
        yield finding("unmet", case.rule, message, remedy, facts, say("then {it}", it=wait))


def _meets(staff: Sequence[Mapping[str, int]], needs: Mapping[str, int]) -> bool:
    return any(all(one.get(skill, 0) >= level for skill, level in needs.items()) for one in staff)


def _closed_hours(ground: Ground, case: Case) -> Iterator[Finding]:
    promises = [action for action in case.rule.then if action.kind.key in _PROMISES]
    if not promises or not case.facts & {"working_hours", "weekday", "time_of_day"}:
        return
    hours = opening(ground.desk)
    opened = ground.formula(Group("none", (Condition(OPEN.fact, OPEN.operator, False),)) if hours is None else hours)
    facts = ground.some([case.when])
    if facts is None or not ground.none([case.when, opened]) or not takes(case.rule.when, facts):
        return
    said = spoken(promises[0].value)
    promise = say(promises[0].kind.reads, value=said)
    message = say("it promises “{promise}” for hours when the desk is closed.", promise=promise)
    remedy = say(
        "Working time counts: leave the promise out, or say in the rule's note that it runs from the next opening."
    )
    shows = say("the {span} begin with the next opening", span=said)
    yield finding("closed_hours", case.rule, message, remedy, facts, shows)


def _longer_promise(ground: Ground, case: Case) -> Iterator[Finding]:
    mine = next((action.value for action in case.rule.then if action.kind.key == "answer_within"), None)
    queue = next((str(action.value) for action in case.rule.then if action.kind.key == "queue"), None)
    own = ground.desk.promises.get(queue) if queue is not None else None
    if not isinstance(mine, timedelta) or own is None or mine <= own:
        return
    facts = ground.some([case.when])
    if facts is None or ground.outcome(facts).queue != queue:
        return
    message = say(
        "“answer within {promise}” has no effect: the queue {queue} promises {own} itself.",
        promise=spoken(mine), queue=str(queue), own=spoken(own),
    )  # fmt: skip
    remedy = say("Leave it out, or promise less time than the queue does.")
    shows = say("an answer is due within {own}", own=spoken(own))
    yield finding("longer_promise", case.rule, message, remedy, facts, shows)
