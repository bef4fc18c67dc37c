"""Which of many phrases a text mentions, without going through it for each: the meaning is `operators.mentions`.

Up to some number of phrases going through it for each is quicker. Where there are more, a phrase is looked for under
the first letters of the text's words, since it begins where a word begins; one that begins otherwise (two letters, a
sign, a script without blanks) is looked for by itself.
"""

import re
from collections.abc import Collection, Sequence
from functools import cached_property

from rules.index import FactIndex, Literal, mask
from rules.operators import mentions
from rules.values import FactValue, Type

_FEW = 200  # up to here each phrase by itself is quicker; measured on 200 letters, and both grow with the text
_LETTERS = 3  # of a phrase's first word that it is found under
_WORD = re.compile(r"[^\W_]+")  # what str.isalnum says yes to


class Phrases:
    """Folded phrases, to be found in folded texts."""

    def __init__(self, phrases: Collection[str]) -> None:
        self._under: dict[str, list[str]] = {}
        self._others: list[str] = []
        for phrase in phrases:
            word = _WORD.match(phrase) if len(phrases) > _FEW else None
            if word and len(word.group()) >= _LETTERS and not phrase[0] >= "\u0e00":
                self._under.setdefault(phrase[:_LETTERS], []).append(phrase)
            else:
                self._others.append(phrase)

    def found(self, text: str) -> frozenset[str]:
        """Return those that a text mentions."""
        found = [phrase for phrase in self._others if phrase in text and mentions(text, phrase)]
        if not self._under:
            return frozenset(found)
        for start in {word[:_LETTERS] for word in _WORD.findall(text)} & self._under.keys():
            found += [phrase for phrase in self._under[start] if phrase in text and mentions(text, phrase)]
        return frozenset(found)


class PhraseIndex:
    """The rows that the phrases a text mentions leave possible."""

    def __init__(self, literals: Sequence[Literal], rows: int) -> None:
        self._literals = literals
        self._index = FactIndex(Type.SET, literals, rows)

    @cached_property
    def rows(self) -> int:
        """Return the rows that ask for phrases."""
        return mask({row for literal in self._literals for row in literal.rows})

    @cached_property
    def _phrases(self) -> Phrases:
        return Phrases({phrase for literal in self._literals for phrase in literal.named()})

    def left(self, text: FactValue | None) -> int:
        """Return the rows that a settled text, None if it is not known, leaves possible."""
        return self._index.unknown if text is None else self._index.left_by(self._phrases.found(str(text)))
