"""Conditions as formulas, and what the search finds as the facts of a ticket.

A fact is a variable whose first value is *not known*. A set has one variable for each item somebody asks for, and a
text one for each thing it may mention; a text that nobody named is written once it is known what it must meet.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rules.facts import Fact
from rules.lint.domains import values_of
from rules.lint.formula import And, Formula, Lit, Or, State, Unproved, holds, negated, search
from rules.lint.texts import write
from rules.model import Condition, When, conditions
from rules.operators import OPERATORS
from rules.values import FactValue, Type, Value, fold, settle

UNKNOWN = 1  # the first value of every fact
_NO, _YES, _EITHER = 1, 2, 3  # of a variable that is true or not
_PARTS: dict[str, tuple[type[And] | type[Or] | None, str]] = {
    "mentions_any": (Or, "mentions"),
    "mentions_all": (And, "mentions"),
    "does_not_mention": (None, "mentions"),
}
_LOOKS = frozenset({"mentions", "matches", "starts_with", "ends_with", *_PARTS})  # into a text
_AT_ONCE = 3  # rivals that are searched with for one ticket: a few are often enough
_MOST_WORDS = 300  # things a text is asked for, up to which it is found out which follow from which

Known = dict[str, FactValue]


@dataclass(slots=True)
class _Variable:
    """What stands for one fact."""

    fact: Fact
    at: int
    values: list[FactValue]  # value n has bit n + 1
    looks: dict[tuple[str, str], int] = field(default_factory=dict)  # operator and value -> variable, of a text
    items: dict[str, int] = field(default_factory=dict)  # folded item -> variable, of a set
    names: dict[str, str] = field(default_factory=dict)  # folded item -> as somebody wrote it

    @property
    def other(self) -> int:
        """The bit of a text that nobody named."""
        return 1 << (len(self.values) + 1)


class Space:
    """All facts that some conditions ask for, with the values worth telling apart."""

    def __init__(self, whens: Iterable[When], offered: Mapping[str, frozenset[str]]) -> None:
        self.offered = offered  # fact -> values it is known to take, to write tickets that could be
        self.domains: list[int] = []
        self.implied: dict[int, list[Lit]] = {}
        self._facts: dict[str, _Variable] = {}
        self._written: dict[int, tuple[Condition, Formula]] = {}  # by id: comparing them in full costs more
        asked: dict[str, list[Condition]] = {}
        for when in whens:
            for condition in conditions(when):
                asked.setdefault(condition.fact.name, []).append(condition)
        for found in asked.values():
            self._facts[found[0].fact.name] = self._variable(found[0].fact, found)
        self.defaults = [domain & -domain for domain in self.domains]

    def formula(self, when: When) -> Formula:
        """Return the formula that holds for the tickets that meet these conditions."""
        if isinstance(when, Condition):
            return self._condition(when)
        parts = tuple(self.formula(part) for part in when.parts)
        match when.kind:
            case "all":
                return And(parts)
            case "any":
                return Or(parts)
            case "none":
                return And(tuple(negated(part, self.domains) for part in parts))

    def find(self, must: Iterable[Formula], never: Sequence[Formula] = ()) -> Known | None:
        """Return facts for which all of `must` hold and none of `never`; None: there are none. Raises Unproved."""
        return self.hunt(must, never)[0]

    def hunt(self, must: Iterable[Formula], never: Sequence[Formula]) -> tuple[Known | None, list[int]]:
        """Return such facts, and which of `never` were searched with: those alone leave nothing, if nothing is found.

        Others are not searched with, since the facts found do not meet them anyway. Raises Unproved.
        """
        wanted, met = list(must), dict[int, None]()
        while (found := self.answer(wanted)) is not None:
            facts, values = found
            in_the_way = [n for n, one in enumerate(never) if holds(one, values, self.defaults)]
            if not in_the_way:
                return facts, list(met)
            if any(n in met for n in in_the_way):
                raise Unproved
            met |= dict.fromkeys(in_the_way[:_AT_ONCE])
            wanted += [negated(never[n], self.domains) for n in in_the_way[:_AT_ONCE]]
        return None, list(met)

    def answer(self, must: Iterable[Formula]) -> tuple[Known, State] | None:
        """Return facts for which all of `must` hold, and the values they stand for. Raises Unproved."""
        state = search(must, self.domains, self.implied)
        return None if state is None else self._facts_of(state)

    def _new(self, domain: int) -> int:
        self.domains.append(domain)
        return len(self.domains) - 1

    def _variable(self, fact: Fact, asked: Sequence[Condition]) -> _Variable:
        if fact.type is Type.SET:
            variable = _Variable(fact, self._new(_EITHER), [])
            for item in [*(word for one in asked for word in _words(one.value)), ""]:  # "" is any other item
                if fold(item) not in variable.items:
                    variable.items[fold(item)] = self._new(_EITHER)
                    variable.names[fold(item)] = item
            return variable
        values = values_of(fact, [one.value for one in asked if one.operator.key not in _LOOKS])
        if fact.type is not Type.TEXT:
            return _Variable(fact, self._new((1 << (len(values) + 1)) - 1), values)
        if any(one.operator.key in ("is_empty", "is_not_empty") for one in asked):
            values.append("")
        variable = _Variable(fact, self._new((1 << (len(values) + 2)) - 1), values)
        for one in asked:
            if one.operator.key in _LOOKS:
                for word in _words(one.value):
                    look = (_PARTS.get(one.operator.key, (None, one.operator.key))[1], word)
                    if look not in variable.looks:
                        variable.looks[look] = self._new(_EITHER)
        self._follow(variable)
        return variable

    def _follow(self, variable: _Variable) -> None:
        """Note which words are in which: a text that mentions “refund me” mentions “refund”."""
        looks = [] if len(variable.looks) > _MOST_WORDS else list(variable.looks.items())
        inside = {look: _test(*look) for look, _ in looks if look[0] == "mentions"}
        for (operator, word), at in looks:
            if operator in ("mentions", "starts_with"):
                follows = [look for look, meets in inside.items() if look[1] != word and meets(fold(word))]
                self.implied[at] = [Lit(variable.looks[look], _YES) for look in follows]

    def _condition(self, condition: Condition) -> Formula:
        held = self._written.get(id(condition))
        if held is None:
            held = self._written[id(condition)] = (condition, self._write(condition))
        return held[1]

    def _write(self, condition: Condition) -> Formula:
        variable, operator = self._facts[condition.fact.name], condition.operator
        if condition.fact.type is Type.SET:
            return _of_set(variable, condition)
        mask, prepared = UNKNOWN if operator.unknown else 0, operator.prepare(condition.value)
        for n, value in enumerate(variable.values):
            if operator.holds(settle(condition.fact.type, value), prepared):
                mask |= 1 << (n + 1)
        if operator.key not in _LOOKS:
            if condition.fact.type is Type.TEXT and operator.key in (
                "is_not",
                "not_one_of",
                "is_not_empty",
                "is_known",
            ):
                mask |= variable.other
            return Lit(variable.at, mask)
        joins, look = _PARTS.get(operator.key, (None, operator.key))
        words = tuple(
            Lit(variable.looks[look, word], _NO if operator.key == "does_not_mention" else _YES)
            for word in _words(condition.value)
        )
        inner: Formula = joins(words) if joins else words[0]
        return Or((Lit(variable.at, mask), And((Lit(variable.at, variable.other), inner))))

    def _facts_of(self, state: State) -> tuple[Known, State]:
        """Return the facts an answer stands for, and one value for each variable. Raises Unproved."""
        values = {var: mask & -mask for var, mask in state.items()}
        known: Known = {}
        for name, variable in self._facts.items():
            bit = values.get(variable.at, UNKNOWN)
            if bit == UNKNOWN:
                continue
            if variable.fact.type is Type.SET:
                known[name] = tuple(
                    variable.names[item] or "another"
                    for item, var in variable.items.items()
                    if values.get(var, _NO) == _YES
                )
            elif bit == variable.other and variable.fact.type is Type.TEXT:
                known[name] = text = self._text(variable, state)
                for look, var in variable.looks.items():
                    values[var] = _YES if _test(*look)(fold(text)) else _NO
            else:
                known[name] = variable.values[bit.bit_length() - 2]
        return known, values

    def _text(self, variable: _Variable, state: State) -> str:
        demands = []
        for (operator, value), var in variable.looks.items():
            if (said := state.get(var, _EITHER)) != _EITHER:
                meets = _test(operator, value)
                demands.append((operator, value, lambda text, meets=meets: meets(fold(text)), said == _YES))
        taken = {str(value).casefold() for value in variable.values}
        offered = sorted(self.offered.get(variable.fact.name, ()))
        return write(demands, taken, [one for one in offered if fold(one) not in taken])


@lru_cache(maxsize=4096)
def _test(operator: str, value: str) -> Callable[[str], bool]:
    meets = OPERATORS[operator]
    prepared = meets.prepare(value)
    return lambda text: bool(meets.holds(text, prepared))


def _words(value: Value) -> tuple[str, ...]:
    return tuple(one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, str))


def _of_set(variable: _Variable, condition: Condition) -> Formula:
    known, key = Lit(variable.at, _YES), condition.operator.key
    items = tuple(variable.items[fold(word)] for word in _words(condition.value))
    every = tuple(variable.items.values())
    match key:
        case "is_unknown":
            return Lit(variable.at, _NO)
        case "is_known":
            return known
        case "is_empty" | "includes_none":
            return And((known, *(Lit(item, _NO) for item in (every if key == "is_empty" else items))))
        case "includes" | "includes_all":
            return And((known, *(Lit(item, _YES) for item in items)))
        case "includes_any" | "is_not_empty":
            return And((known, Or(tuple(Lit(item, _YES) for item in (every if key == "is_not_empty" else items)))))
        case _:
            raise Unproved
