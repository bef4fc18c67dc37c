"""The smallest change of facts that would flip a rule: fewest facts first, then the nearest values.

Of each way to flip it (a row of conditions that would have to hold) the facts that stand against it are given the
nearest value that does; what is found is read again before it is told. Where only words unlike an expression would do,
or a rule has more ways than are tried, there is no answer rather than a wrong one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

from rules.direct import Known, fails
from rules.index import Literal
from rules.model import Rule, conditions
from rules.operators import Takes
from rules.rows import rows
from rules.values import FactValue, Type, Window, settle

MAX_WAYS = 1_000  # rows that are tried
SOMETHING_ELSE = "something else"  # stands for any value that no condition names
_MAX_ITEMS = 8  # of a set, that are put in and taken out in every way
_DAY = timedelta(days=1)
_ANY_MOMENT = datetime(2000, 1, 1, 12, tzinfo=UTC)
_STEPS: Mapping[Type, Any] = {
    Type.NUMBER: 1, Type.PERCENT: 1, Type.DURATION: timedelta(minutes=1), Type.MOMENT: timedelta(minutes=1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would have to be otherwise."""

    fact: str
    label: str
    before: FactValue | None  # as settled; None: it is not known
    after: FactValue | None


def flip(rule: Rule, facts: Mapping[str, FactValue]) -> tuple[Change, ...] | None:
    """Return the smallest change after which a rule matches that does not now, or the other way round.

    None if none is found.
    """
    asked = {found.fact.name: found.fact for found in conditions(rule.when)}
    types = {name: fact.type for name, fact in asked.items()}
    known = Known(facts, types)
    matches = fails(rule.when)(known) is None
    best: tuple[int, float, tuple[Change, ...]] | None = None
    for row in rows(rule.when, MAX_WAYS, not matches) or ():
        changes: list[Change] = []
        distance = 0.0
        wants = [(condition, wanted) for several, wanted in row for condition in several]
        for name in dict.fromkeys(condition.fact.name for condition, _ in wants):
            literals = [Literal(condition, wanted) for condition, wanted in wants if condition.fact.name == name]
            if all(_holds(literal, known[name]) for literal in literals):
                continue
            nearest = _nearest(literals, known[name])
            if nearest is None:
                break
            far, value = nearest
            distance += far
            changes.append(Change(name, asked[name].label, known[name], value))
        else:
            found = (len(changes), distance, tuple(changes))
            if (best is None or found[:2] < best[:2]) and (_with(known, changes, rule) is None) is not matches:
                best = found
    return best[2] if best else None


def _holds(literal: Literal, settled: FactValue | None) -> bool:
    """Say whether a literal holds for a settled fact, phrases searched one by one."""
    if settled is None:
        return literal.holds(None)
    return literal.condition.operator.holds(settled, literal.value) is literal.wanted


def _with(known: Known, changes: Iterable[Change], rule: Rule) -> str | None:
    changed = Known({}, known.types)
    for name in known.types:
        dict.__setitem__(changed, name, known[name])
    for change in changes:
        dict.__setitem__(changed, change.fact, change.after)
    return fails(rule.when)(changed)


def _nearest(literals: list[Literal], now: FactValue | None) -> tuple[float, FactValue | None] | None:
    """Return the nearest value for which all literals on one fact hold, and how far it is; None if none is found."""
    kind = literals[0].condition.fact.type
    best: tuple[float, FactValue | None] | None = None
    for value in (*_candidates(kind, literals, now), None):
        settled = None if value is None else settle(kind, value)
        if (value is not None and settled is None) or not all(_holds(literal, settled) for literal in literals):
            continue
        found = (_distance(now, settled), settled)
        if best is None or found[0] < best[0]:
            best = found
    return best


def _distance(now: FactValue | None, then: FactValue | None) -> float:
    """Return how far two values are apart: 0 … 1 of one kind, more where one of them is not known."""
    if now is None or then is None:
        return 2.0 if now is None else 3.0
    if isinstance(now, frozenset) and isinstance(then, frozenset):
        return len(now ^ then) / (1 + len(now ^ then))
    before, after = _amount(now), _amount(then)
    apart = 1.0 if before is None or after is None else abs(before - after)
    return apart / (1 + apart)


def _amount(value: FactValue) -> float | None:
    """Return a number, or minutes; None for what has no size."""
    match value:
        case bool():
            return None
        case int() | float():
            return value
        case timedelta():
            return value.total_seconds() / 60
        case datetime():
            return value.timestamp() / 60
        case time():
            return value.hour * 60 + value.minute + value.second / 60
        case _:
            return None


def _candidates(kind: Type, literals: list[Literal], now: FactValue | None) -> Iterator[FactValue]:
    """Return values worth trying, among them the nearest on every side of every limit."""
    match kind:
        case Type.BOOLEAN:
            yield from (True, False)
        case Type.TEXT | Type.ONE_OF:
            yield from _texts(literals, str(now or ""))
        case Type.SET:
            yield from _sets(literals, now if isinstance(now, frozenset) else frozenset())
        case Type.TIME_OF_DAY:
            yield time(12)
            for limit in _limits(literals):
                yield from (limit, _later(limit, 1), _later(limit, -1))
        case Type.PERCENT:
            yield from (amount for amount in _amounts(kind, literals, now) if 0 <= cast(float, amount) <= 100)
        case _:
            yield from _amounts(kind, literals, now)


def _limits(literals: list[Literal]) -> list[Any]:
    return sorted({limit for literal in literals for limit in literal.limits()})


def _later(at: time, minutes: int) -> time:
    return (datetime.combine(date(2000, 1, 1), at) + timedelta(minutes=minutes)).time()


def _amounts(kind: Type, literals: list[Literal], now: FactValue | None) -> Iterator[FactValue]:
    windows = [literal.condition.value for literal in literals if isinstance(literal.condition.value, Window)]
    plain = [literal for literal in literals if not isinstance(literal.condition.value, Window)]
    limits = _limits(plain)
    for limit in limits:
        yield from (limit, limit + _STEPS[kind], limit - _STEPS[kind])
    for low, high in pairwise(limits):
        yield low + (high - low) / 2
    if kind is Type.MOMENT:
        yield (base := now if isinstance(now, datetime) else _ANY_MOMENT)
        for window in windows:
            local = base.astimezone(ZoneInfo(window.zone))
            for at in (window.start, window.end):
                day = local.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=at.microsecond)
                yield from (day, day - timedelta(minutes=1), day + _DAY, day - _DAY - timedelta(minutes=1), day - _DAY)
    elif not limits:
        yield _STEPS[kind]


def _texts(literals: list[Literal], now: str) -> Iterator[FactValue]:
    fact = literals[0].condition.fact
    if fact.choices:
        yield from fact.choices
        return
    text = now
    for literal in literals:  # all of them together, on the text as it is
        text = _mended(text, literal)
    yield text
    for literal in literals:
        value = literal.condition.value
        if literal.condition.operator.takes in (Takes.ONE, Takes.MANY):
            yield from cast(tuple[str, ...], value if isinstance(value, tuple) else (value,))
    yield SOMETHING_ELSE
    yield ""


def _mended(text: str, literal: Literal) -> str:
    """Return a text that says what a literal asks for, or no longer says what it must not."""
    operator = literal.condition.operator
    if not operator.searches or operator.takes is Takes.PATTERN or _holds(literal, text):
        return text
    words = [literal.value] if isinstance(literal.value, str) else sorted(literal.value)
    key = operator.key
    if (key == "does_not_mention") is literal.wanted:  # a phrase must go
        for word in words:
            text = text.replace(word, " ")
        return " ".join(text.split())
    if key == "starts_with":
        return f"{words[0]} {text}"
    return " ".join([text, *(words if key == "mentions_all" else words[:1])]).strip()


def _sets(literals: list[Literal], now: frozenset[str]) -> Iterator[FactValue]:
    named = {item for literal in literals if literal.value is not None for item in literal.named()}
    yield from (frozenset(), now | named, now - named, frozenset({SOMETHING_ELSE}))
    items = sorted(named)[:_MAX_ITEMS]
    for chosen in range(1, 1 << len(items)):
        yield now ^ {item for at, item in enumerate(items) if chosen >> at & 1}
