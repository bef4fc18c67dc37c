"""Takes out of a text what points at a person, before it becomes an example that leaves with the rules.

It finds addresses, links, numbers, codes and the names it is told. A person reads the rest: a name nobody told stays.
"""

from collections.abc import Iterable

import re2

SHORTEST = 2  # letters of a name
MAX_NAMES = 400
_PATTERNS = (
    (re2.compile(r"(?i)\b(?:https?://|www\.)\S+"), "[link]"),
    (re2.compile(r"[\pL\pN._%+-]+@[\pL\pN.-]+"), "[email]"),
    (re2.compile(r"\b\pL+[-_/]?\pN[\pL\pN_/-]*\b|\b\pN+\pL[\pL\pN_/-]*\pN[\pL\pN]*\b"), "[code]"),
    (re2.compile(r"(?:\+|\b)\pN(?:[ ()./-]{0,2}\pN){2,}\b"), "[number]"),
)
_AFTER_GREETING = re2.compile(
    r"((?i:\b(?:dear|hi|hello|hey|regards|greetings|sincerely|cheers)))([ ,]+\n?\s*|\n\s*)"
    r"[A-Z][\pL'-]+(?: [A-Z][\pL'-]+)?"
)


def masked(text: str, names: Iterable[str]) -> str:
    """Return a text without what points at a person."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    known = {part for name in names for part in name.split() if len(part) >= SHORTEST and part.isalpha()}
    if known:
        words = "|".join(re2.escape(part) for part in sorted(known, key=len, reverse=True)[:MAX_NAMES])
        text = re2.compile(rf"(?i)(^|[^\pL\pN])(?:{words})($|[^\pL\pN])").sub(r"\1[name]\2", text)
    return str(_AFTER_GREETING.sub(r"\1\2[name]", text))
