"""Writes a text that meets what conditions ask: words it mentions, how it begins and ends, expressions it matches.

What is written is tried on every condition before it is used, so a text is right or there is none.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from rules.lint.formula import Unproved

PLAIN = ("something else", "good day", "-", "another one")  # where nothing is asked of a text, or only what it is not

Demand = tuple[str, str, Callable[[str], bool], bool]  # operator, value, does a text meet it, must it

_CLASSES = {"d": "5", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "b": "", "B": "", "A": "", "z": ""}
_REPEAT = re.compile(r"\{(\d+)(?:,\d*)?\}")


def write(demands: Sequence[Demand], taken: Collection[str], offered: Iterable[str] = ()) -> str:
    """Return a text that meets all demands and is none of `taken`; one of `offered` if it does. Raises Unproved."""
    wanted: dict[str, list[str]] = {}
    for operator, value, _, must in demands:
        if must:
            wanted.setdefault(operator, []).append(sample(value) if operator == "matches" else value)
    start = max(wanted.get("starts_with", [""]), key=len)
    end = max(wanted.get("ends_with", [""]), key=len)
    middle = [*wanted.get("mentions", ()), *wanted.get("matches", ())]
    for text in (*offered, *PLAIN, *_joined(start, middle, end)):
        if text and text not in taken and all(meets(text) is must for _, _, meets, must in demands):
            return text
    raise Unproved


def _joined(start: str, middle: list[str], end: str) -> Iterable[str]:
    for gap in (" ", ", ", " - "):
        yield gap.join(part for part in (start, *middle, end) if part)
    yield f"{start}{' '.join(middle)}{end}"
    yield " ".join(part for part in (start, *reversed(middle), end) if part)


def sample(pattern: str) -> str:
    """Return a text that an expression probably matches; expressions it cannot read give an empty one."""
    try:
        text, rest = _either(pattern)
    except (IndexError, ValueError):
        return ""
    return text if not rest else ""


def _either(pattern: str) -> tuple[str, str]:
    """Read alternatives up to a closing bracket or the end; return the first that has letters, and what follows."""
    first, rest = _sequence(pattern)
    while rest[:1] == "|":
        other, rest = _sequence(rest[1:])
        first = first or other
    return first, rest


def _sequence(pattern: str) -> tuple[str, str]:
    text = ""
    while pattern and pattern[0] not in "|)":
        piece, pattern = _piece(pattern)
        least = 1
        if pattern[:1] in ("?", "*", "+"):
            least, pattern = (1 if pattern[0] == "+" else 0), pattern[1:].removeprefix("?")
        elif counted := _REPEAT.match(pattern):
            least, pattern = int(counted.group(1)), pattern[counted.end() :].removeprefix("?")
        text += piece * min(least, 50)
    return text, pattern


def _piece(pattern: str) -> tuple[str, str]:
    head, rest = pattern[0], pattern[1:]
    if head == "(":
        rest = re.sub(r"^\?(?:P?<\w+>|[a-z]*:)", "", rest)
        inner, rest = _either(rest)
        return inner, rest[1:]
    if head == "[":
        return _one_of_class(rest)
    if head == "\\":
        return _CLASSES.get(rest[0], rest[0]), rest[1:]
    return {".": "a", "^": "", "$": ""}.get(head, head), rest


def _one_of_class(rest: str) -> tuple[str, str]:
    end = rest.index("]", 2 if rest[:1] == "^" else 1) if "]" in rest[1:] else len(rest)
    inside, rest = rest[:end], rest[end + 1 :]
    if inside.startswith("^"):
        return next((letter for letter in "a5-§ " if letter not in inside), ""), rest
    if inside.startswith("\\"):
        return _CLASSES.get(inside[1], inside[1]), rest
    return inside[0], rest
