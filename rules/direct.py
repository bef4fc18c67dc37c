"""One rule judged by itself: a closure that says which of its conditions fails first, or that none does.

Reasons are made from these, and rules of too many rows are judged by them. The sentences are made with the closure.
"""

from collections.abc import Callable, Mapping

from rules.conditions import denied_in_words, held_in_words, in_words, none_in_words, unknown_in_words
from rules.model import Condition, When
from rules.values import FactValue, Type, settle

Fails = Callable[["Known"], str | None]  # the first condition that fails, None if all hold


class Known(dict[str, FactValue | None]):
    """Facts by name, each settled when it is first asked for; None if it is not known."""

    __slots__ = ("given", "types")

    def __init__(self, given: Mapping[str, FactValue], types: Mapping[str, Type]) -> None:
        super().__init__()
        self.given, self.types = given, types

    def __missing__(self, name: str) -> FactValue | None:
        value = self.given.get(name)
        settled = self[name] = None if value is None else settle(self.types[name], value)
        return settled


def fails(when: When) -> Fails:
    """Return the closure of a rule's conditions."""
    if isinstance(when, Condition):
        return _one(when)
    tests = tuple(fails(part) for part in when.parts)
    if when.kind == "all" or not tests:
        return _all(tests)
    if when.kind == "any":
        return _any(tests, none_in_words(map(in_words, when.parts)))
    held = (held_in_words(in_words(part)) for part in when.parts)
    return _none(tuple(zip(tests, held, strict=True)))


def _one(condition: Condition) -> Fails:
    name, holds = condition.fact.name, condition.operator.holds
    value = condition.operator.prepare(condition.value)
    unknown = None if condition.operator.unknown else unknown_in_words(condition)
    denied = denied_in_words(condition)

    def test(known: Known) -> str | None:
        found = known[name]
        if found is None:
            return unknown
        return None if holds(found, value) else denied

    return test


def _all(tests: tuple[Fails, ...]) -> Fails:
    def test(known: Known) -> str | None:
        for part in tests:
            failed = part(known)
            if failed is not None:
                return failed
        return None

    return test


def _any(tests: tuple[Fails, ...], said: str) -> Fails:
    def test(known: Known) -> str | None:
        for part in tests:
            if part(known) is None:
                return None
        return said

    return test


def _none(tests: tuple[tuple[Fails, str], ...]) -> Fails:
    def test(known: Known) -> str | None:
        for part, held in tests:
            if part(known) is None:
                return held
        return None

    return test
