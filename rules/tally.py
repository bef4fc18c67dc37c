"""What matching rules decide together: their actions become one as the column `combine` of the actions says."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from rules.actions import Combine
from rules.model import Action, Rule, RuleSet
from rules.values import Value, written

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """What became of one rule."""

    rule: str
    matched: bool
    because: str  # the conditions that held, or the first that did not; repeats no words of the customer


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done outside after the commit, once per ticket, rule and occasion."""

    rule: str
    kind: str  # key of an action with an effect
    args: Mapping[str, str]  # target: the template, role or agent; note
    after: timedelta | None = None  # when it is to be done later, so long after


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all matching rules together decide. None and empty mean that no rule said anything."""

    queue: str | None = None
    needs: Mapping[str, int] = field(default_factory=dict)  # skill -> lowest level
    step_down: timedelta | None = None  # of working time; None: a quarter of the promise
    prefer: tuple[str, ...] = ()  # last_agent and skills, first said first
    answer_within: timedelta | None = None  # of working time; the queue's own promise holds if shorter
    resolve_within: timedelta | None = None
    head_start: timedelta = timedelta(0)  # before routing's cap
    heat_at_least: int = 0
    language: str | None = None  # it counts as written in
    tags: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()  # tags to take off
    notes: tuple[str, ...] = ()
    close_as: str | None = None
    effects: tuple[Effect, ...] = ()
    trace: Sequence[RuleTrace] = ()  # one per rule read, in order; rules after a stop are not read
    acted: tuple[Rule, ...] = field(default=(), compare=False)  # the rules that matched, in order
    winners: Mapping[str, str] = field(default_factory=dict)  # action kind (need_skill: “need_skill billing”) -> rule
    stopped_by: str | None = None

    @property
    def matched(self) -> tuple[str, ...]:
        """Return the names of the rules that acted, in order."""
        return tuple([rule.name for rule in self.acted])


def part(rule_set: RuleSet, outcome: Outcome, rules: Set[str], *, machine: bool) -> Outcome:
    """Return what some of the rules that matched decide, as far as no other rule had precedence over them."""
    tally = Tally(machine)
    for rule in rule_set.rules if rules else ():
        for action in rule.then if rule.name in rules else ():
            tally.add(rule.name, action)
    for key in [key for key, rule in tally.winners.items() if outcome.winners.get(key, rule) not in rules]:
        tally.lose(key)
    return tally.outcome((), tuple(rule for rule in outcome.acted if rule.name in rules))


class Tally:
    """What the matching rules did so far, put together as the table of actions says."""

    def __init__(self, machine: bool) -> None:
        self.silent = machine  # nothing answers the message by itself: a machine wrote it, or a rule says so
        self.single: dict[str, Value] = {}
        self.many: dict[str, list[str]] = {}
        self.needs: dict[str, int] = {}
        self.step_down: timedelta | None = None
        self.head_start = timedelta(0)
        self.effects: dict[tuple[str, str], Effect] = {}
        self.winners: dict[str, str] = {}
        self.stopped_by: str | None = None

    def add(self, rule: str, action: Action) -> None:
        kind, value = action.kind, action.value
        if kind.effect:
            self._effect(rule, action)
        elif kind.key == "need_skill":
            self._need(rule, action)
        elif kind.combine is Combine.EACH_ONCE:
            kept = self.many.setdefault(kind.key, [])
            if value not in kept:
                kept.append(str(value))
        elif kind.combine is Combine.ADDS and isinstance(value, timedelta):
            self.head_start += value
        elif kind.key == "no_acknowledgement":
            self.silent = True
        elif kind.key == "drop_needs":
            self._step_down(value)
        elif kind.combine is Combine.ENDS:
            self.stopped_by = rule
        elif _wins(kind.combine, value, self.single.get(kind.key)):
            self.single[kind.key] = value
            self.winners[kind.key] = rule

    def _effect(self, rule: str, action: Action) -> None:
        key, target = action.kind.key, str(written(action.value))
        slot = (key, target if action.kind.combine is Combine.EACH_ONCE else "")
        after = action.value if isinstance(action.value, timedelta) else None
        held = self.effects.get(slot)
        if held is None or (after is not None and held.after is not None and after < held.after):
            args = {"target": target, **{name: str(value) for name, value in action.options}}
            self.effects[slot] = Effect(rule, key, MappingProxyType(args), after)
            if not slot[1]:
                self.winners[key] = rule

    def _need(self, rule: str, action: Action) -> None:
        skill, level = str(action.value), action.option("level") or 1
        if isinstance(level, int) and level > self.needs.get(skill, 0):
            self.needs[skill] = level
            self.winners[f"need_skill {skill}"] = rule
        self._step_down(action.option("step_down"))

    def _step_down(self, step_down: Value) -> None:
        if isinstance(step_down, timedelta) and (self.step_down is None or step_down < self.step_down):
            self.step_down = step_down

    def lose(self, key: str) -> None:
        """Forget what another rule has set before."""
        del self.winners[key]
        self.single.pop(key, None)
        self.needs.pop(key.removeprefix("need_skill "), None)
        self.effects.pop((key, ""), None)

    def outcome(self, trace: Sequence[RuleTrace], acted: tuple[Rule, ...]) -> Outcome:
        single, many = self.single, self.many
        return Outcome(
            queue=_of(str, single.get("queue")),
            needs=MappingProxyType(self.needs),
            step_down=self.step_down,
            prefer=tuple(many.get("prefer", ())),
            answer_within=_of(timedelta, single.get("answer_within")),
            resolve_within=_of(timedelta, single.get("resolve_within")),
            head_start=self.head_start,
            heat_at_least=_of(int, single.get("heat_at_least")) or 0,
            language=_of(str, single.get("language")),
            tags=tuple(many.get("tag", ())),
            untag=tuple(tag for tag in many.get("untag", ()) if tag not in many.get("tag", ())),
            notes=tuple(many.get("priority_note", ())),
            close_as=_of(str, single.get("close_as")),
            effects=tuple(e for e in self.effects.values() if not (self.silent and e.kind == "acknowledge")),
            trace=trace,
            acted=acted,
            winners=MappingProxyType(self.winners),
            stopped_by=self.stopped_by,
        )


def _of(kind: type[T], value: Value) -> T | None:
    return value if isinstance(value, kind) else None


def _wins(combine: Combine, value: Value, held: Value) -> bool:
    if held is None:
        return True
    if combine is Combine.SHORTEST and isinstance(value, timedelta) and isinstance(held, timedelta):
        return value < held
    return combine is Combine.HIGHEST and isinstance(value, int) and isinstance(held, int) and value > held
