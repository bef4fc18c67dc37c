"""What became of each rule, told when it is asked: a rule set can be long, and few of its reasons are ever read."""

from collections.abc import Iterator, Sequence
from typing import overload

from rules.compiled import Compiled
from rules.direct import Known
from rules.tally import RuleTrace


class Trace(Sequence[RuleTrace]):
    """One entry for each rule that was read, in order; rules after a stop are not read."""

    __slots__ = ("_compiled", "_known", "_matched", "_read")

    def __init__(self, compiled: Compiled, known: Known, matched: Sequence[int], read: int) -> None:
        self._compiled, self._known, self._read = compiled, known, read
        self._matched = dict.fromkeys(matched)  # in order

    def __len__(self) -> int:
        return self._read

    @overload
    def __getitem__(self, at: int) -> RuleTrace: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[RuleTrace, ...]: ...
    def __getitem__(self, at: int | slice) -> RuleTrace | tuple[RuleTrace, ...]:
        if isinstance(at, slice):
            return tuple(map(self._one, range(self._read)[at]))
        return self._one(range(self._read)[at])

    def __iter__(self) -> Iterator[RuleTrace]:
        return map(self._one, range(self._read))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # as for lists

    def told(self, misses: int) -> Iterator[tuple[str, bool, str]]:
        """Return name, whether it matched and why of the matching rules and the first so many others, in order."""
        number = 0
        while misses and number < self._read:
            misses -= number not in self._matched
            yield self._say(number)
            number += 1
        yield from (self._say(later) for later in self._matched if later >= number)

    def _one(self, number: int) -> RuleTrace:
        return RuleTrace(*self._say(number))

    def _say(self, number: int) -> tuple[str, bool, str]:
        name = self._compiled.rules[number].name
        if number in self._matched:
            return name, True, self._compiled.in_words(number)
        return name, False, self._compiled.failing(number, self._known) or ""
