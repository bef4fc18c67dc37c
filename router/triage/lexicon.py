"""What a word says before any training: our own lexicon (data/lexicon.txt), and VADER's valences where ours is silent.

The words of support are the same everywhere; the texts we can train on are of a few trades. Training alone uses it.
"""

from collections.abc import Mapping
from importlib.resources import files
from itertools import product

import numpy as np
from numpy.typing import NDArray

from router.triage.features import pair_hashes, word_features
from router.triage.text import word_set
from router.triage.vader import valences

OWN_WEIGHT = 1.5  # of one grade of ours
VADER_WEIGHT = 0.5  # of one point of VADER's valence, −4 … 4
NEGATIONS = tuple(
    sorted(word_set("not no never isnt wasnt arent werent aint dont doesnt didnt without hardly nothing less"))
)
HEDGES = tuple(sorted(word_set("bit little tad touch slightly somewhat mildly moderately kinda")))
FELT = 2.0  # least grade, either way, of what a negation turns round, and of blame that a hedge makes milder
TAKEN_BACK = 1.0  # of blame: “not angry”
TURNED = 1.8  # of praise: “not happy” is blame
HEDGED = 1.0  # grades of blame that a hedge takes back: “a bit annoyed”
START = "^"  # of a text, as the first of a pair
BESIDE_OURS = 0.3  # of VADER's word that is in ours too


def starting_weights(rows: int, hashes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a table of `rows` hashed features with the weights of the lexicons.

    `hashes` are those of all features of the training texts. An entry that would share its place with a feature that is
    common there is left out: it would speak wherever that does.
    """
    common, counts = np.unique(hashes, return_counts=True)
    common = common[np.argsort(counts, kind="stable")]
    holder = np.full(rows, -1)
    holder[common % rows] = common  # the most common comes last, and stays
    ours = own()
    table = np.zeros(rows)
    known = {word: -VADER_WEIGHT * valence for word, valence in valences().items()}
    for entry, grade in {**ours, **_turned(ours)}.items():
        known[entry] = OWN_WEIGHT * grade + BESIDE_OURS * known.get(entry, 0.0)
    for entry, weight in known.items():
        hashed = _hash(entry)
        if holder[hashed % rows] in (-1, hashed):
            table[hashed % rows] = weight
    return table


def own() -> Mapping[str, float]:
    """Return the grade of each word and pair of our lexicon, −3 content … 3 furious.

    Raises ValueError naming an entry that stands twice or has more than two words.
    """
    found: dict[str, float] = {}
    grade = 0.0
    for line in files("router.triage").joinpath("data", "lexicon.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            grade = float(line.strip("[]"))
        elif line and not line.startswith(";"):
            for group in line.split(","):
                for words in _entries(group):
                    if words in found or not 1 <= len(words.split()) <= 2:
                        raise ValueError(f"lexicon.txt, “{words}”: one or two words, and each entry once.")
                    found[words] = grade
    return found


def own_words() -> set[str]:
    """Return the words of our lexicon, alone or in a pair."""
    return {word for entry in own() for word in entry.split()} - {START}


def _entries(group: str) -> list[str]:
    """Return the words and pairs of a group: “never|wont answer|call” is four."""
    return [" ".join(words) for words in product(*(step.split("|") for step in group.split()))]


def _turned(ours: Mapping[str, float]) -> Mapping[str, float]:
    """Return what pairs take back of a word's own grade: behind a negation all and more, behind a hedge some."""
    felt = {word: grade for word, grade in ours.items() if abs(grade) >= FELT and " " not in word}
    negated = {
        f"{no} {word}": -grade * (TAKEN_BACK if grade > 0 else TURNED)
        for word, grade in felt.items()
        for no in NEGATIONS
    }
    hedged = {f"{hedge} {word}": -HEDGED for word, grade in felt.items() if grade > 0 for hedge in HEDGES}
    return negated | hedged


def _hash(entry: str) -> int:
    words = entry.split()
    if len(words) == 1:
        return word_features(entry)[0][0]
    return pair_hashes(words[1:])[0] if words[0] == START else pair_hashes(words)[1]
