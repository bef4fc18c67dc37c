"""Phrases over words, matched in time linear in the text: no expression that can backtrack.

A phrase is words apart by spaces. `a|b` is either word, `_` up to three words of any kind, `#` a number in digits or
letters. It begins with a word or a number, never with a gap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from router.triage.text import word_set

GAP = 3  # most words a `_` steps over
NUMBERS = word_set("# one two three four five six seven eight nine ten eleven twelve several many multiple")

_Step = frozenset[str] | None  # None is a gap
_Entry = tuple[tuple[_Step, ...], str]  # the steps that are left, and the cue
_NEVER: tuple[_Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class _Branch:
    """The phrases that begin with one word."""

    by_second: Mapping[str, tuple[_Entry, ...]]  # whose second step is a word
    open: tuple[_Entry, ...]  # whose second step is a gap, or that have none


Index = Mapping[str, _Branch]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: words `start` up to, not including, `end`."""

    cue: str
    start: int
    end: int


def compile_phrases(phrases: Iterable[tuple[str, str]]) -> Index:
    """Return the index of (cue key, phrase) pairs by first word; raises ValueError for a phrase that starts open."""
    second: dict[str, dict[str, list[_Entry]]] = {}
    open_ended: dict[str, list[_Entry]] = {}
    for key, phrase in phrases:
        steps = tuple(_step(part) for part in phrase.split())
        if not steps or steps[0] is None or steps[-1] is None:
            raise ValueError(f"Cue {key}, phrase “{phrase}”: begin and end it with a word, not with a gap.")
        for word in sorted(steps[0]):
            follows = steps[1] if len(steps) > 1 else None
            branch = second.setdefault(word, {})
            if follows is None:
                open_ended.setdefault(word, []).append((steps[1:], key))
            else:
                for next_word in sorted(follows):
                    branch.setdefault(next_word, []).append((steps[2:], key))
    return {
        word: _Branch({two: tuple(entries) for two, entries in branch.items()}, tuple(open_ended.get(word, ())))
        for word, branch in second.items()
    }


def find(index: Index, words: Sequence[str]) -> list[Hit]:
    """Return every phrase in the words, in order of its first word; each cue at most once per first word."""
    hits: list[Hit] = []
    last = len(words) - 1
    for start, word in enumerate(words):
        branch = index.get(word)
        if branch is None:
            continue
        seen: set[str] = set()
        after = branch.by_second.get(words[start + 1], _NEVER) if start < last else _NEVER
        for at, entries in ((start + 2, after), (start + 1, branch.open)):
            for steps, key in entries:
                if key not in seen:
                    end = _end(steps, words, at) if steps else at
                    if end:
                        seen.add(key)
                        hits.append(Hit(key, start, end))
    return hits


def _step(part: str) -> _Step:
    if part == "_":
        return None
    if part == "#":
        return NUMBERS
    return frozenset(part.split("|"))


def _end(steps: Sequence[_Step], words: Sequence[str], at: int) -> int:
    """Return the word after the phrase's last, or 0 if the words do not go on as the steps say."""
    gaps = [index for index, step in enumerate(steps) if step is None]
    for skips in product(range(GAP + 1), repeat=len(gaps)):
        place = at
        taken = iter(skips)
        for step in steps:
            if step is None:
                place += next(taken)
            elif place < len(words) and words[place] in step:
                place += 1
            else:
                break
        else:
            return place
    return 0
