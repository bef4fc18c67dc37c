"""Formulas over variables of finitely many values, and a search for values under which they hold.

A set of values is a bit mask, and an assignment maps a variable to the values it may still have. The search is exact:
None means that nothing fits. It gives up with `Unproved` after so many branches, so that nothing unproved is ever said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_BRANCHES = 400  # of one search


class Unproved(Exception):
    """The search was given up, or its answer could not be written as a ticket: neither yes nor no is known."""


@dataclass(frozen=True, slots=True)
class Lit:
    """A variable has one of the values of a mask."""

    var: int
    mask: int


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold; with none, always."""

    parts: "tuple[Formula, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Some part holds; with none, never."""

    parts: "tuple[Formula, ...]"


Formula = Lit | And | Or
State = dict[int, int]  # variable -> values it may have; missing: all of them
TRUE, FALSE = And(()), Or(())


def negated(formula: Formula, domains: Sequence[int]) -> Formula:
    """Return the formula that holds where this one does not."""
    match formula:
        case Lit(var, mask):
            return Lit(var, domains[var] & ~mask)
        case And(parts):
            return Or(tuple(negated(part, domains) for part in parts))
        case Or(parts):
            return And(tuple(negated(part, domains) for part in parts))


def holds(formula: Formula, values: Mapping[int, int], defaults: Sequence[int]) -> bool:
    """Say whether a formula holds under values, one bit for each variable; `defaults` are those not mentioned."""
    match formula:
        case Lit(var, mask):
            return bool(values.get(var, defaults[var]) & mask)
        case And(parts):
            return all(holds(part, values, defaults) for part in parts)
        case Or(parts):
            return any(holds(part, values, defaults) for part in parts)


def box(formula: Formula) -> State:
    """Return for each variable the values it can have where the formula holds, if that is said at all."""
    match formula:
        case Lit(var, mask):
            return {var: mask}
        case And(parts):
            met: State = {}
            for part in parts:
                for var, mask in box(part).items():
                    met[var] = met.get(var, mask) & mask
            return met
        case Or(parts):
            boxes = [box(part) for part in parts]
            if not boxes:
                return {}
            shared = set(boxes[0]).intersection(*boxes[1:])
            return {var: _any_of(one[var] for one in boxes) for var in shared}


def apart(one: State, other: State) -> bool:
    """Say whether two boxes have no value in common, so that their formulas cannot both hold."""
    if len(one) > len(other):
        one, other = other, one
    return any(var in other and not other[var] & mask for var, mask in one.items())


def search(
    formulas: Iterable[Formula], domains: Sequence[int], implied: Mapping[int, Sequence[Lit]] | None = None
) -> State | None:
    """Return values under which all formulas hold, None if there are none.

    `implied` says what follows once a variable has its highest value. Raises Unproved.
    """
    return _Search(domains, implied or {}).run({}, list(formulas), [])


class _Search:
    """One search: what must hold narrows the values; where one of several must, they are tried in turn."""

    def __init__(self, domains: Sequence[int], implied: Mapping[int, Sequence[Lit]]) -> None:
        self.domains, self.implied, self.branches = domains, implied, 0

    def run(self, state: State, todo: list[Formula], choices: list[Or]) -> State | None:
        while todo:
            if not self._narrow(state, todo, choices):
                return None
            choices = self._open(state, todo, choices)
        if not choices:
            return state
        choice = min(choices, key=lambda each: len(each.parts))
        rest = [each for each in choices if each is not choice]
        for part in choice.parts:
            self.branches += 1
            if self.branches > MAX_BRANCHES:
                raise Unproved
            found = self.run(dict(state), [part], list(rest))
            if found is not None:
                return found
        return None

    def _narrow(self, state: State, todo: list[Formula], choices: list[Or]) -> bool:
        """Put what must hold into the state; False if nothing is left for a variable."""
        while todo:
            formula = todo.pop()
            if isinstance(formula, And):
                todo.extend(formula.parts)
            elif isinstance(formula, Or):
                choices.append(formula)
            else:
                before = state.get(formula.var, self.domains[formula.var])
                left = before & formula.mask
                if not left:
                    return False
                state[formula.var] = left
                if left != before and left << 1 > self.domains[formula.var]:
                    todo.extend(self.implied.get(formula.var, ()))
        return True

    def _open(self, state: State, todo: list[Formula], choices: list[Or]) -> list[Or]:
        """Return the choices that are left; one that has a single way goes to `todo`."""
        left = []
        for choice in choices:
            parts = []
            for part in choice.parts:
                said = self._said(part, state)
                if said:
                    break
                if said is None:
                    parts.append(part)
            else:
                if len(parts) > 1:
                    left.append(choice if len(parts) == len(choice.parts) else Or(tuple(parts)))
                else:
                    todo.append(parts[0] if parts else Lit(0, 0))
        return left

    def _said(self, formula: Formula, state: State) -> bool | None:
        """Return whether the state decides a formula, and how."""
        if isinstance(formula, Lit):
            left = state.get(formula.var, self.domains[formula.var])
            return False if not left & formula.mask else None if left & ~formula.mask else True
        decides = isinstance(formula, Or)
        undecided = False
        for part in formula.parts:
            said = self._said(part, state)
            if said is decides:
                return decides
            undecided = undecided or said is None
        return None if undecided else not decides


def _any_of(masks: Iterable[int]) -> int:
    either = 0
    for mask in masks:
        either |= mask
    return either
