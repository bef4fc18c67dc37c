"""What may stand in a saved answer and is filled for one ticket: plain substitution in one pass, nothing is run.

A placeholder is a word in braces. One without a value becomes a mark that the agent fills in; an answer that still
holds a mark does not leave.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import re2

MAX_VALUE = 200  # characters of a value
OPEN, CLOSE = "\u27e6", "\u27e7"  # white square brackets: on no keyboard, so nobody types a mark by chance
JOINERS = "\u200c\u200d"  # invisible, and part of how names are spelled in Urdu and Hindi


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One thing that a saved answer may name."""

    name: str
    meaning: str


PLACEHOLDERS = (
    Placeholder("customer", "the customer's name"),
    Placeholder("first_name", "the first word of the customer's name"),
    Placeholder("agent", "the name of whoever answers"),
    Placeholder("brand", "the brand's name"),
    Placeholder("ticket", "the ticket's number"),
    Placeholder("subject", "the ticket's subject"),
    Placeholder("order", "the order number, where it is known"),
    Placeholder("date", "a day that the agent fills in"),
    Placeholder("amount", "a sum that the agent fills in"),
)
NAMES = tuple(placeholder.name for placeholder in PLACEHOLDERS)

_TRIED = re2.compile(r"\{([^{}\n]{0,60})\}")  # as much as could be meant as a placeholder
_MARK = re2.compile(OPEN + "(" + "|".join(NAMES) + ")" + CLOSE)


def unknown(body: str) -> list[str]:
    """Return what stands in braces and is no placeholder, each once, in order."""
    found = (match.group(1) for match in _TRIED.finditer(body))
    return list(dict.fromkeys(name for name in found if name not in NAMES))


def fill(body: str, values: Mapping[str, str]) -> str:
    """Return a saved answer with its placeholders filled; those without a value are marked.

    A value is one line of plain text; what it holds is never read as a placeholder again.
    """

    def value(match: "re2._Match[str]") -> str:
        name = match.group(1)
        if name not in NAMES:
            return str(match.group(0))
        return _clean(values.get(name, "")) or f"{OPEN}{name}{CLOSE}"

    return str(_TRIED.sub(value, body))


def unfilled(text: str) -> list[str]:
    """Return the placeholders that are still to be filled in a text, each once, in order."""
    return list(dict.fromkeys(match.group(1) for match in _MARK.finditer(text)))


def first_name(name: str) -> str:
    """Return the first word of a name; empty where it is an address, a number or a handle rather than a name."""
    first = name.split()[0] if name.split() else ""
    return first if first[:1].isalpha() and not any(c in "@/:_" or c.isdigit() for c in first) else ""


def _clean(value: str) -> str:
    """Return a value on one line, without braces, marks, control or direction-changing characters."""
    kept = "".join(
        " " if c.isspace() else c for c in value if c in "\n\t" + JOINERS or unicodedata.category(c)[0] != "C"
    )
    return " ".join(kept.translate({ord(c): None for c in "{}" + OPEN + CLOSE}).split())[:MAX_VALUE]
