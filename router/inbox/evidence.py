"""Cuts a message into pieces so that the words a score rests on can be marked where they stand. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from router.model import Evidence
from router.triage.cues import CUES

JOINT = " · "  # between what one span showed
CALM = frozenset(cue.label for cue in CUES.values() if cue.weight < 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a message; `because` says what they showed, empty for plain words."""

    text: str
    because: str = ""

    @property
    def calm(self) -> bool:
        """Say whether these words speak for the customer being calm; they are marked in another colour."""
        return bool(self.because) and CALM.issuperset(self.because.split(JOINT))


def pieces(text: str, shown: str, evidence: Iterable[Evidence]) -> tuple[Piece, ...]:
    """Return `shown` in pieces, marked where the evidence (spans of `text`) falls into it.

    `shown` is `text` itself or what is left of it without quotes and signature: whole lines of it, in order. What
    cannot be found again is shown without marks.
    """
    spans = _merged(_moved(text, shown, evidence))
    found, at = [], 0
    for start, end, because in spans:
        if start > at:
            found.append(Piece(shown[at:start]))
        found.append(Piece(shown[start:end], because))
        at = end
    if at < len(shown):
        found.append(Piece(shown[at:]))
    return tuple(found)


def label(cue: str) -> str:
    """Return a cue in words."""
    known = CUES.get(cue)
    return known.label if known else cue.replace("_", " ").capitalize()


def _moved(text: str, shown: str, evidence: Iterable[Evidence]) -> list[tuple[int, int, str]]:
    """Return the spans as they lie in `shown`."""
    runs = [(0, 0, len(text))] if text == shown else _runs(text, shown)
    moved = []
    for span in evidence:
        for in_text, in_shown, length in runs:
            start, end = max(span.start, in_text), min(span.end, in_text + length)
            if start < end:
                shift = in_shown - in_text
                moved.append((start + shift, end + shift, label(span.cue)))
    return moved


def _runs(text: str, shown: str) -> list[tuple[int, int, int]]:
    """Return (start in text, start in shown, length) of what both have, in order."""
    whole = text.find(shown) if shown else -1
    if whole >= 0:
        return [(whole, 0, len(shown))]
    runs, at_text, at_shown = [], 0, 0
    for line in shown.splitlines(keepends=True):
        words = line.strip()
        found = text.find(words, at_text) if words else -1
        if found >= 0:
            runs.append((found, at_shown + line.index(words), len(words)))
            at_text = found + len(words)
        at_shown += len(line)
    return runs


def _merged(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return spans in order, those that overlap as one."""
    merged: list[tuple[int, int, str]] = []
    for start, end, because in sorted(spans):
        if merged and start < merged[-1][1]:
            before = merged[-1]
            words = before[2] if because in before[2] else f"{before[2]}{JOINT}{because}"
            merged[-1] = (before[0], max(before[1], end), words)
        else:
            merged.append((start, end, because))
    return merged
