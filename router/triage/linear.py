"""Score words with packaged weights, in plain Python.

What a word adds never depends on its neighbours, so it is kept after its first use: a message costs a few dictionary
look-ups. The kept part is bounded and changes no result.
"""

from collections.abc import Callable, Sequence
from math import exp

from router.triage.features import PAIR_VALUE, norm, word_features, word_mass
from router.triage.weights import Weights

KEPT = 30_000  # words a scorer remembers


class Scorer:
    """One linear model with one column."""

    def __init__(self, weights: Weights, divisor: Callable[[float], float] = norm) -> None:
        self.weights = weights
        self._divisor = divisor  # from the mass of a text
        self._kept: dict[str, tuple[float, float]] = {}

    def parts(self, words: Sequence[str], pairs: Sequence[int] | None) -> tuple[list[float], list[float]]:
        """Return what each word adds, the pair it makes with the word before included, and each word's mass.

        `pairs` are the hashes of features.pair_hashes, or None for a model without pairs.
        """
        kept = self._kept
        known = [kept.get(word) or self._learn(word) for word in words]
        if pairs is None:
            return [value for value, _ in known], [mass for _, mass in known]
        table, rows = self.weights.table, self.weights.rows
        added = [one[0] + PAIR_VALUE * table[pair % rows] for one, pair in zip(known, pairs, strict=True)]
        return added, [mass for _, mass in known]

    def raw(self, added: Sequence[float], masses: Sequence[float]) -> float:
        """Return the raw score of a stretch of words, without bias and cues."""
        return self.weights.scale * sum(added) / self._divisor(sum(masses))

    def _learn(self, word: str) -> tuple[float, float]:
        table, rows = self.weights.table, self.weights.rows
        value = sum(value * table[hashed % rows] for hashed, value in word_features(word))
        if len(self._kept) >= KEPT:
            self._kept.clear()
        found = self._kept[word] = (value, word_mass(word) + PAIR_VALUE * PAIR_VALUE)
        return found


class Chooser:
    """One linear model with a column for each label."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._kept: dict[str, tuple[tuple[float, ...], float]] = {}

    def probabilities(self, words: Sequence[str], pairs: Sequence[int], temperature: float) -> list[float]:
        """Return the calibrated probability of each label, in the order of `weights.labels`."""
        weights = self.weights
        table, rows, width = weights.table, weights.rows, len(weights.labels)
        kept = self._kept
        known = [kept.get(word) or self._learn(word) for word in words]
        columns: list[Sequence[float]] = [columns for columns, _ in known]
        columns += [table[at : at + width] for at in [pair % rows * width for pair in pairs]]
        mass = sum(mass for _, mass in known)
        factor = weights.scale / norm(mass)
        sums = [sum(column) for column in zip(*columns, strict=True)] if columns else [0.0] * width
        raw = [(total * factor + bias) / temperature for total, bias in zip(sums, weights.bias, strict=True)]
        top = max(raw)
        powers = [exp(value - top) for value in raw]
        whole = sum(powers)
        return [power / whole for power in powers]

    def _learn(self, word: str) -> tuple[tuple[float, ...], float]:
        weights = self.weights
        width = len(weights.labels)
        sums = [0.0] * width
        for hashed, value in word_features(word):
            at = hashed % weights.rows * width
            for index, weight in enumerate(weights.table[at : at + width]):
                sums[index] += value * weight
        if len(self._kept) >= KEPT:
            self._kept.clear()
        found = self._kept[word] = (tuple(sums), word_mass(word) + PAIR_VALUE * PAIR_VALUE)
        return found
