"""Which rows of conditions one fact leaves possible, all rows at once: a bit mask (a Python int) for each value.

Bit n stands for row n. The mask of a value is made when the value is first seen and kept; of numbers and times there is
one for each stretch between the limits that conditions name. So a message costs one look-up for each fact, however many
rows ask about it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from itertools import compress
from struct import unpack
from typing import Any

from rules.model import Condition
from rules.operators import Holds, Takes
from rules.values import SETTLE, Type, Window

MAX_KEPT = 512 * 1024  # bytes of the masks of one fact; then they are made afresh
MAX_WORD = 200  # characters of a text, and items of a set, whose mask is kept
_MANY_ROWS = 16  # from here on a literal keeps its mask
_LIMITS = frozenset({Type.NUMBER, Type.PERCENT, Type.DURATION, Type.TIME_OF_DAY, Type.MOMENT})
_PLAIN = {Type.TEXT: str, Type.ONE_OF: str, Type.SET: frozenset, Type.NUMBER: int, Type.PERCENT: int,
          Type.BOOLEAN: bool}  # fmt: skip
_NAMES_VALUES = frozenset({"is", "one_of", "includes", "includes_any", "mentions", "mentions_any"})
_OF_PHRASES: Mapping[str, Holds] = {  # the same of the set of phrases that a text was found to mention
    "mentions": lambda found, value: value in found,
    "does_not_mention": lambda found, value: value not in found,
    "mentions_any": lambda found, value: not found.isdisjoint(value),
    "mentions_all": lambda found, value: found.issuperset(value),
}


class Ask(Enum):
    """How a literal is answered for all rows that share it."""

    BY_VALUE = "by the mask of the fact's value"
    BY_PHRASES = "by the mask of the phrases that a text mentions"
    LAST = "by itself, if anything else of a row holds"


class Literal:
    """One condition as rows want it, shared by all rows with an equal one."""

    __slots__ = ("_mask", "_value", "ask", "condition", "rows", "wanted")

    def __init__(self, condition: Condition, wanted: bool) -> None:
        self.condition, self.wanted = condition, wanted
        self.rows: list[int] = []
        self._mask = 0  # of its rows, once asked for
        self._value: Any = self  # prepared, once asked for; until then itself
        self.ask = _how(condition)

    def holds(self, settled: Any) -> bool:
        """Say whether a settled fact (phrases: those found), None if it is not known, is as the rows want it."""
        operator = self.condition.operator
        if settled is None:
            return operator.unknown is self.wanted
        holds = _OF_PHRASES[operator.key] if self.ask is Ask.BY_PHRASES else operator.holds
        return holds(settled, self.value) is self.wanted

    @property
    def value(self) -> Any:
        """Return the value it compares with, prepared once."""
        if self._value is self:
            self._value = self.condition.operator.prepare(self.condition.value)
        return self._value

    def mask(self) -> int:
        """Return its rows as bits; kept where there are many."""
        if self._mask:
            return self._mask
        made = mask(self.rows)
        if len(self.rows) >= _MANY_ROWS:
            self._mask = made
        return made

    @property
    def names_values(self) -> bool:
        """Say whether it holds for the values it names and no others."""
        return self.wanted and self.condition.operator.key in _NAMES_VALUES

    def named(self) -> Iterable[Any]:
        """Return the values it names, as facts are settled."""
        return self.value if isinstance(self.value, frozenset | tuple) else (self.value,)

    def limits(self) -> tuple[Any, ...]:
        """Return the values on whose two sides it can answer differently."""
        value = self.condition.value
        if isinstance(value, Window):
            return value.start, value.end
        return value if isinstance(value, tuple) else () if value is None else (value,)


def _how(condition: Condition) -> Ask:
    operator = condition.operator
    if operator.key in _OF_PHRASES:
        return Ask.BY_PHRASES
    in_a_zone = operator.takes is Takes.WINDOW and condition.fact.type is Type.MOMENT
    return Ask.LAST if operator.searches or in_a_zone else Ask.BY_VALUE


class FactIndex:
    """The rows that each value of one fact leaves possible."""

    def __init__(self, kind: Type, literals: Sequence[Literal], rows: int) -> None:
        self._kind, self._literals, self._rows = kind, literals, rows
        self._settle, self._plain, self._has_limits = SETTLE[kind], _PLAIN.get(kind), kind in _LIMITS
        self._given: dict[Any, int] = {}  # by what was given: of one class, so equal ones are settled alike
        self._settled: dict[Any, int] = {}
        self._most = max(16, MAX_KEPT * 7 // (rows + 1))

    @cached_property
    def unknown(self) -> int:
        """Return the rows that are left if the fact is not known."""
        return self._left(None)

    @cached_property
    def _limits(self) -> list[Any]:
        return sorted({at for literal in self._literals for at in literal.limits()}) if self._has_limits else []

    @cached_property
    def _parted(self) -> tuple[int, Mapping[Any, list[Literal]], list[Literal]]:
        """Return rows that no literal decides alone, those that do by the values they name, and all other literals."""
        named: dict[Any, list[Literal]] = {}
        others: list[Literal] = []
        decided: set[int] = set()
        for literal in self._literals:
            if not self._has_limits and literal.names_values and decided.isdisjoint(literal.rows):
                decided.update(literal.rows)
                for value in literal.named():
                    named.setdefault(value, []).append(literal)
            else:
                others.append(literal)
        return all_rows(self._rows) & ~mask(decided), named, others

    def left(self, given: object) -> int:
        """Return the rows that a fact as it was given, None if it was not, leaves possible."""
        if given.__class__ is self._plain and (kept := self._given.get(given)) is not None:
            return kept
        settled = None if given is None else self._settle(given)
        if settled is None:
            return self.unknown
        found = self.left_by(settled)
        if given.__class__ is self._plain and _is_short(given):
            self._keep(self._given, given, found)
        return found

    def left_by(self, settled: Any) -> int:
        """Return the rows that a settled fact, or the phrases a text mentions, leaves possible."""
        limits = self._limits
        key = bisect_left(limits, settled) + bisect_right(limits, settled) if self._has_limits else settled
        found = self._settled.get(key)
        if found is None:
            found = self._left(settled)
            if self._has_limits or _is_short(settled):
                self._keep(self._settled, key, found)
        return found

    def _keep(self, kept: dict[Any, int], key: Any, found: int) -> None:
        if len(kept) >= self._most:
            kept.clear()
        kept[key] = found

    def _left(self, settled: Any) -> int:
        left, named, others = self._parted
        if settled is not None and named:
            for item in settled if isinstance(settled, frozenset) else (settled,):
                for literal in named.get(item, ()):
                    left |= literal.mask()
        failing: list[int] = []
        for literal in others:
            if literal.holds(settled):
                continue
            if len(literal.rows) < _MANY_ROWS:
                failing += literal.rows
            else:
                left &= ~literal.mask()
        return left & ~mask(failing) if failing else left


def all_rows(rows: int) -> int:
    """Return the mask of so many rows."""
    return (1 << rows) - 1


def mask(rows: Collection[int]) -> int:
    """Return the mask of these rows."""
    if not rows:
        return 0
    bits = bytearray(max(rows) // 8 + 1)
    for row in rows:
        bits[row >> 3] |= 1 << (row & 7)
    return int.from_bytes(bits, "little")


def rows_in(found: int, rows: int) -> Iterator[int]:
    """Return the rows of a mask in order; `rows` is how many there are in all."""
    if not found:
        return
    words = rows // 64 + 1
    cut = unpack(f"<{words}Q", found.to_bytes(words * 8, "little"))
    for at in compress(range(words), cut):
        word = cut[at]
        while word:
            rest = word & (word - 1)
            yield at * 64 + (word ^ rest).bit_length() - 1
            word = rest


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_WORD
    if isinstance(value, frozenset):
        return len(value) <= MAX_WORD and all(isinstance(item, str) and len(item) <= MAX_WORD for item in value)
    return True
