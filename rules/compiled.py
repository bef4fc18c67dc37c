"""A rule set made ready: rows of conditions, an index for each fact, and what is asked last."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from rules.conditions import in_words
from rules.direct import Fails, Known, fails
from rules.index import Ask, FactIndex, Literal, all_rows, rows_in
from rules.model import Rule, RuleSet, conditions
from rules.phrases import PhraseIndex
from rules.rows import rows
from rules.values import FactValue, Type

MAX_ROWS = 64  # of one rule; one with more is judged by itself
MAX_ALL_ROWS = 50_000  # of a rule set; rules after that are judged each by itself
_KEPT = 16  # compiled rule sets: live and draft of a few brands
_REASONS_KEPT = 500  # rules whose sentences are kept
_BY_ITSELF: tuple[Literal, ...] = ()  # asked of a row that stands for a rule with too many


class Compiled:
    """A rule set with its indexes."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._rule_of: list[int] = []  # by row
        self._types: dict[str, Type] = {}
        self._last: dict[int, tuple[Literal, ...]] = {}  # by row, what no index knows of it
        self._fails: dict[int, Fails] = {}
        self._words: dict[int, str] = {}
        by_value: dict[str, list[Literal]] = {}
        by_phrases: dict[str, list[Literal]] = {}
        for literal in self._literals():
            fact = literal.condition.fact
            self._types[fact.name] = fact.type
            if literal.ask is Ask.LAST:
                for row in literal.rows:
                    self._last[row] = (*self._last.get(row, ()), literal)
            else:
                asked = by_value if literal.ask is Ask.BY_VALUE else by_phrases
                asked.setdefault(fact.name, []).append(literal)
        size = len(self._rule_of)
        self._all = all_rows(size)
        self._facts = [(name, FactIndex(self._types[name], found, size)) for name, found in by_value.items()]
        self._texts = [(name, PhraseIndex(found, size)) for name, found in by_phrases.items()]

    def _literals(self) -> Iterable[Literal]:
        """Lay out the rules in rows, and return each condition once with the rows that share it."""
        literals: dict[object, Literal] = {}
        known, rule_of = literals.get, self._rule_of
        for number, rule in enumerate(self.rules):
            found = rows(rule.when, MAX_ROWS) if len(rule_of) < MAX_ALL_ROWS else None
            if found is None:
                self._last[len(rule_of)] = _BY_ITSELF
                self._types.update((one.fact.name, one.fact.type) for one in conditions(rule.when))
                rule_of.append(number)
                continue
            for row in found:
                at = len(rule_of)
                rule_of.append(number)
                for several, wanted in row:
                    for condition in several:
                        key = (condition.fact.name, condition.operator.key, condition.value, wanted)
                        literal = known(key)
                        if literal is None:
                            literal = literals[key] = Literal(condition, wanted)
                        literal.rows.append(at)
        return literals.values()

    def known(self, facts: Mapping[str, FactValue], now: datetime | None) -> Known:
        """Return facts to be settled as they are asked for."""
        given = dict(facts)
        if now is not None and given.get("now") is None:
            given["now"] = now
        return Known(given, self._types)

    def matching(self, known: Known) -> Iterator[int]:
        """Return the numbers of the rules that match, in order, each found when it is asked for."""
        left, given = self._all, known.given
        for name, index in self._facts:
            left &= index.left(given.get(name))
        for name, phrases in self._texts:
            if left & phrases.rows:
                left &= phrases.left(known[name])
        truths: dict[Literal, bool] = {}
        rule_of, asked_last, number = self._rule_of, self._last.get, -1
        for row in rows_in(left, len(rule_of)):
            if rule_of[row] == number:  # another row of it held
                continue
            last = asked_last(row)
            if last is None or self._holds(row, last, known, truths):
                number = rule_of[row]
                yield number

    def _holds(self, row: int, last: tuple[Literal, ...], known: Known, truths: dict[Literal, bool]) -> bool:
        if last is _BY_ITSELF:
            return self.failing(self._rule_of[row], known) is None
        for literal in last:
            truth = truths.get(literal)
            if truth is None:
                truth = truths[literal] = literal.holds(known[literal.condition.fact.name])
            if not truth:
                return False
        return True

    def failing(self, number: int, known: Known) -> str | None:
        """Return the first condition of a rule that fails, in words; None if it matches."""
        test = self._fails.get(number)
        if test is None:
            if len(self._fails) >= _REASONS_KEPT:
                self._fails.clear()
            test = self._fails[number] = fails(self.rules[number].when)
        return test(known)

    def in_words(self, number: int) -> str:
        """Return the conditions of a rule in words."""
        said = self._words.get(number)
        if said is None:
            said = self._words[number] = in_words(self.rules[number].when)
        return said


def compiled(rule_set: RuleSet) -> Compiled:
    """Return a rule set made ready, kept for as long as it is among those last used."""
    return _compile(_Same(rule_set))


class _Same:
    """Stands for a rule set in the cache: same means the same object, since comparing two sets in full costs more."""

    __slots__ = ("rule_set",)

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set

    def __hash__(self) -> int:
        return id(self.rule_set)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.rule_set is self.rule_set


@lru_cache(maxsize=_KEPT)
def _compile(same: _Same) -> Compiled:
    return Compiled(same.rule_set.rules)
