"""The words that the English frustration model knows; names and rare words say nothing to it.

Who signs as whom must not move a score, and the letters of a word that was hardly ever seen say nothing but by chance.
What is known are words that were common and not mostly capitalised where the model learnt, and those of the lexicons
and phrases, kept as hashes.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from zlib import compress, crc32, decompress

from router.triage.names import ALSO_NAMES, is_name
from router.triage.text import NUMBER

FILE = "vocabulary_en.txt"
LINE = 120  # characters


@lru_cache(maxsize=30_000)
def is_known(word: str) -> bool:
    """Say whether the packaged model knows a calm word."""
    return word == NUMBER or _hash(word) in _known()


def heard(words: Sequence[str], is_known: Callable[[str], bool] = is_known) -> list[int]:
    """Return the places of the calm words that are known and no names."""
    known = list(map(is_known, words))
    if ALSO_NAMES.isdisjoint(words):
        return [at for at, is_word in enumerate(known) if is_word]
    return [at for at, is_word in enumerate(known) if is_word and not is_name(words, known, at)]


def dump(words: Collection[str]) -> str:
    """Return the file that holds words; the same words always give the same text."""
    hashes = sorted({_hash(word) for word in words})
    packed = b64encode(compress(b"".join(one.to_bytes(4, "big") for one in hashes), 9)).decode("ascii")
    return "".join(packed[at : at + LINE] + "\n" for at in range(0, len(packed), LINE))


@cache
def _known() -> frozenset[int]:
    packed = files("router.triage").joinpath("data", FILE).read_text(encoding="ascii")
    raw = decompress(b64decode(packed))
    return frozenset(int.from_bytes(raw[at : at + 4], "big") for at in range(0, len(raw), 4))


def _hash(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))
