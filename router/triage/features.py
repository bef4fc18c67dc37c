"""Words into hashed features: each word, its character n-grams, and each pair of neighbours.

The hash is CRC-32, which is the same on every machine and in every process.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from zlib import crc32

from router.triage.text import word_set

CHARACTERS = (3, 4, 5)  # lengths of the character n-grams inside a word
CHARACTER_VALUE = 0.3  # of one character n-gram, where a whole word has 1
PAIR_VALUE = 1.0
BREADTH = 0.3  # power of a text's mass that its sum is divided by; 1 would be the mean, 0 the sum
FULL = 200.0  # mass of some 60 words; beyond it a text of the same words is no hotter for being longer

NEGATIONS = word_set("not never isnt wasnt arent werent dont doesnt didnt no without hardly havent hasnt")
BETWEEN = word_set(  # a negation and what it denies
    "very really so all that too particularly exactly a the at an feeling being been especially any overly entirely "
    "completely quite actually"
)


@lru_cache(maxsize=50_000)
def word_features(word: str) -> tuple[tuple[int, float], ...]:
    """Return (hash, value) of a word and its character n-grams; the hash is 32 bits wide."""
    made = [(_hash("w " + word), 1.0)]
    if len(word) > 2:
        framed = f"<{word}>"
        made += [
            (_hash(framed[i : i + n]), CHARACTER_VALUE) for n in CHARACTERS for i in range(max(0, len(framed) - n + 1))
        ]
    return tuple(made)


@lru_cache(maxsize=50_000)
def word_mass(word: str) -> float:
    """Return the sum of a word's squared values, for the length of the message's vector."""
    return sum(value * value for _, value in word_features(word))


def pair_hashes(words: Sequence[str]) -> list[int]:
    """Return the 32-bit hash of each word with the word before it, the first with nothing."""
    hashes: list[int] = []
    before = 0
    for word in words:
        encoded, alone = _encoded(word)
        hashes.append(crc32(encoded, before))
        before = alone
    return hashes


def pairs_over_negation(words: Sequence[str]) -> list[int]:
    """Return `pair_hashes`, where a negation makes its pairs past what only stands between.

    “Not a very good day” pairs *good* with *not*, and not with *very*.
    """
    hashes: list[int] = []
    before = denied = 0
    for word in words:
        encoded, alone = _encoded(word)
        hashes.append(crc32(encoded, before))
        if word in NEGATIONS:
            before = denied = alone
        elif denied and word in BETWEEN:
            before = denied
        else:
            before, denied = alone, 0
    return hashes


def norm(mass: float) -> float:
    """Return what to divide by so that a long message does not outweigh a short one."""
    return sqrt(mass) or 1.0


def breadth(mass: float) -> float:
    """Return what to divide by so that evidence adds up over a text, up to FULL, and is a mean beyond."""
    if not mass:
        return 1.0
    return float(mass**BREADTH if mass < FULL else FULL**BREADTH * mass / FULL)


def _hash(gram: str) -> int:
    return crc32(gram.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=50_000)
def _encoded(word: str) -> tuple[bytes, int]:
    """Return a word's bytes, and the hash that the next word goes on from."""
    return word.encode("utf-8", "surrogatepass"), _hash(f"{word}|")
