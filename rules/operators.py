"""How a condition compares: one table, read by the engine, the editor, the lint and the documentation.

Every operator is a plain function of a settled fact and the prepared value. None of them raises, and each takes time
linear in the text: expressions run on RE2, which does not backtrack.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import re2

from rules.errors import Wrong, shown
from rules.sentences import say
from rules.values import Type, Value, fold

MAX_PATTERN = 500  # characters of an expression
_PATTERN_MEMORY = 1 << 20  # bytes RE2 may use for one expression

_WORDS = frozenset({Type.TEXT, Type.ONE_OF})
_COUNTS = frozenset({Type.NUMBER, Type.PERCENT, Type.DURATION})
_CLOCKS = frozenset({Type.TIME_OF_DAY, Type.MOMENT})
_PLAIN = _WORDS | frozenset({Type.NUMBER, Type.PERCENT, Type.BOOLEAN})


class Takes(StrEnum):
    """The form of the value an operator compares with."""

    ONE = "one value"
    MANY = "a list of values"
    PAIR = "two values, the lower first"
    WINDOW = "start and end"
    PATTERN = "an expression"
    NOTHING = "no value"


# Facts and values are checked against the operator's types when a rule is read and when facts are settled, so the
# functions take them as they come.
Holds = Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to compare a fact with a value."""

    key: str
    reads: str  # as people read it
    denies: str  # as people read it when it does not hold
    types: frozenset[Type]
    takes: Takes
    holds: Holds
    prepare: Callable[[Any], Any] = lambda value: value  # once, when a rule set is compiled
    unknown: bool = False  # what it answers when the fact is not known
    searches: bool = False  # goes through the text, so it is asked last and only where the rest holds


def compile_pattern(pattern: str) -> Any:
    """Return an RE2 expression that ignores case. Raises Wrong if RE2 refuses it."""
    if len(pattern) > MAX_PATTERN:
        raise Wrong(
            say("the expression has {n} characters.", n=f"{len(pattern):,}"),
            say("At most {most} are allowed.", most=MAX_PATTERN),
        )
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _PATTERN_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as refused:
        reason = refused.args[0] if refused.args else b""
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        remedy = say("Mend it; look-around and back-references are not offered, since they can take for ever.")
        raise Wrong(
            say("“{pattern}” is no expression RE2 takes: {said}.", pattern=shown(pattern), said=said), remedy
        ) from refused


def mentions(text: str, words: str) -> bool:
    """Say whether the words occur from the start of a word on: “refund” is in “refunds”, “sue” is not in “issue”.

    Scripts that put no blanks between words (Chinese, Japanese, Thai …) match anywhere.
    """
    at = text.find(words)
    while at > 0 and words[0].isalnum() and text[at - 1].isalnum() and not _runs_on(words[0]):
        at = text.find(words, at + 1)
    return at >= 0


def _runs_on(letter: str) -> bool:
    return "\u0e00" <= letter <= "\u109f" or "\u1780" <= letter <= "\u17ff" or "\u2e80" <= letter <= "\ud7ff"


def _fold_one(value: Value) -> Value:
    return fold(value) if isinstance(value, str) else value


def _fold_all(value: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(_fold_one(item) for item in value))


def _fold_set(value: tuple[Value, ...]) -> frozenset[Value]:
    return frozenset(_fold_all(value))


_SET, _TEXT = frozenset({Type.SET}), frozenset({Type.TEXT})

_TABLE = (
    Operator("is", "is {value}", "is not {value}", _PLAIN, Takes.ONE, lambda f, v: bool(f == v), _fold_one),
    Operator("is_not", "is not {value}", "is {value}", _PLAIN, Takes.ONE, lambda f, v: bool(f != v), _fold_one),
    Operator("one_of", "is one of {value}", "is none of {value}", _WORDS | {Type.NUMBER}, Takes.MANY,
             lambda f, v: f in v, _fold_set),
    Operator("not_one_of", "is none of {value}", "is one of {value}", _WORDS | {Type.NUMBER}, Takes.MANY,
             lambda f, v: f not in v, _fold_set),
    Operator("at_least", "is at least {value}", "is below {value}", _COUNTS, Takes.ONE, lambda f, v: bool(f >= v)),
    Operator("at_most", "is at most {value}", "is above {value}", _COUNTS, Takes.ONE, lambda f, v: bool(f <= v)),
    Operator("more_than", "is more than {value}", "is not more than {value}", _COUNTS, Takes.ONE,
             lambda f, v: bool(f > v)),
    Operator("less_than", "is less than {value}", "is not less than {value}", _COUNTS, Takes.ONE,
             lambda f, v: bool(f < v)),
    Operator("between", "is between {value}", "is not between {value}", _COUNTS, Takes.PAIR,
             lambda f, v: bool(v[0] <= f <= v[1])),
    Operator("before", "is before {value}", "is not before {value}", _CLOCKS, Takes.ONE, lambda f, v: bool(f < v)),
    Operator("after", "is at or after {value}", "is before {value}", _CLOCKS, Takes.ONE, lambda f, v: bool(f >= v)),
    Operator("within", "is within {value}", "is outside {value}", _CLOCKS, Takes.WINDOW,
             lambda f, v: bool(v.covers(f))),
    Operator("mentions", "mentions “{value}”", "does not mention “{value}”", _TEXT, Takes.ONE, mentions, _fold_one,
             searches=True),
    Operator("does_not_mention", "does not mention “{value}”", "mentions “{value}”", _TEXT, Takes.ONE,
             lambda f, v: not mentions(f, v), _fold_one, searches=True),
    Operator("mentions_any", "mentions any of {value}", "mentions none of {value}", _TEXT, Takes.MANY,
             lambda f, v: any(mentions(f, words) for words in v), _fold_all, searches=True),
    Operator("mentions_all", "mentions all of {value}", "does not mention all of {value}", _TEXT, Takes.MANY,
             lambda f, v: all(mentions(f, words) for words in v), _fold_all, searches=True),
    Operator("matches", "matches {value}", "does not match {value}", _TEXT, Takes.PATTERN,
             lambda f, v: v.search(f) is not None, compile_pattern, searches=True),
    Operator("starts_with", "starts with “{value}”", "does not start with “{value}”", _TEXT, Takes.ONE,
             lambda f, v: bool(f.startswith(v)), _fold_one, searches=True),
    Operator("ends_with", "ends with “{value}”", "does not end with “{value}”", _TEXT, Takes.ONE,
             lambda f, v: bool(f.endswith(v)), _fold_one, searches=True),
    Operator("includes", "include {value}", "do not include {value}", _SET, Takes.ONE, lambda f, v: v in f, _fold_one),
    Operator("includes_any", "include any of {value}", "include none of {value}", _SET, Takes.MANY,
             lambda f, v: not f.isdisjoint(v), _fold_set),
    Operator("includes_all", "include all of {value}", "do not include all of {value}", _SET, Takes.MANY,
             lambda f, v: bool(f >= v), _fold_set),
    Operator("includes_none", "include none of {value}", "include one of {value}", _SET, Takes.MANY,
             lambda f, v: f.isdisjoint(v), _fold_set),
    Operator("is_empty", "is empty", "is not empty", _TEXT | _SET, Takes.NOTHING, lambda f, v: not f),
    Operator("is_not_empty", "is not empty", "is empty", _TEXT | _SET, Takes.NOTHING, lambda f, v: bool(f)),
    Operator("is_known", "is known", "is not known", frozenset(Type), Takes.NOTHING, lambda f, v: True),
    Operator("is_unknown", "is not known", "is known", frozenset(Type), Takes.NOTHING, lambda f, v: False,
             unknown=True),
)  # fmt: skip

OPERATORS = {operator.key: operator for operator in _TABLE}
