"""Which language words are in, by their letters: one small linear model for each script that languages share.

What a word says never depends on its neighbours: it adds its own evidence for each column, kept after its first use.
A message is the sum. Columns that begin with `x` stand for languages that Heed knows to be none of its own.
"""

from collections.abc import Sequence
from functools import cache
from zlib import crc32

from router.triage.weights import Weights, load

FOREIGN = "x"  # how the columns of other languages begin
SIZES = {"han": (1, 2)}  # of the n-grams, in characters
SIZE = (2, 3, 4)  # in every other script
MOST_EVIDENCE = 6.0  # of one word against a language: one name or slip must not outweigh a sentence
KEPT = 30_000  # words a script remembers
MAX_LETTERS = 60  # of one word; runs without spaces can be long


def grams(word: str, script: str) -> list[int]:
    """Return the 32-bit hashes of a word and of the n-grams of its letters."""
    framed = f"<{word[:MAX_LETTERS]}>"
    found = {framed} | {framed[i : i + n] for n in SIZES.get(script, SIZE) for i in range(len(framed) - n + 1)}
    return [crc32(gram.encode("utf-8", "surrogatepass")) for gram in sorted(found)]


class LanguageModel:
    """The model of one script."""

    def __init__(self, script: str, weights: Weights) -> None:
        self._script = script
        self._weights = weights
        self.columns = self._weights.labels
        self._kept: dict[str, tuple[float, ...]] = {}

    def evidence(self, words: Sequence[str]) -> list[float]:
        """Return for each column how much the words speak for it: a log probability, up to one constant for all."""
        kept = self._kept
        rows = [kept.get(word) or self._learn(word) for word in words]
        return [sum(column) for column in zip(*rows, strict=True)]

    def _learn(self, word: str) -> tuple[float, ...]:
        table, rows, width = self._weights.table, self._weights.rows, len(self.columns)
        places = [gram % rows * width for gram in grams(word, self._script)]
        slices = [table[at : at + width] for at in places]
        scale = self._weights.scale
        if len(self._kept) >= KEPT:
            self._kept.clear()
        evidence = [scale * sum(column) for column in zip(*slices, strict=True)]
        least = max(evidence) - MOST_EVIDENCE
        found = self._kept[word] = tuple(max(value, least) for value in evidence)
        return found


@cache
def model(script: str) -> LanguageModel:
    """Return the packaged model of a script: `latin`, `arabic`, `cyrillic`, `devanagari` or `han`."""
    return LanguageModel(script, load(f"language_{script}"))
