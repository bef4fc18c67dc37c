"""The words that the language models learn from: public lists, messages, names, and our own words of a desk.

Runs on a developer's machine, never in the desk. What the data folder must hold is said in docs/triage.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

from router.triage import corpora
from router.triage.text import NUMBER, fold, normal, read_words

Shares = dict[str, float]  # how often each word is said, or how likely it is

NAME_LISTED, NAME_SAID = 1e-4, 1e-3  # frequency in a list, or in messages, from which a name is a word as well
LEAST_SAID = 3  # times a word stands in the messages of a language, else it may be a slip or a name
TRADITIONAL = 0.3  # times a Chinese word is written in traditional characters for once in simplified ones
VOWELS = "aeiouhàâäéèêëîïôöùûüœæáíóú"
ELISIONS = {
    "fr": ["l", "d", "j", "c", "n", "m", "t", "s", "qu"],
    "it": ["l", "un", "d", "all", "dell", "nell", "sull", "dall", "quest", "c"],
    "ca": ["l", "d", "m", "t", "s", "n"],
}
SAID_IN = {  # languages of the messages, by the names their sets give them
    "en": "en", "ur-Latn": "ur-Latn", "ur": "ur", "deu": "de", "eng": "en", "esp": "es", "ptbr": "pt", "hin": "hi",
    "rus": "ru", "ukr": "x-cyrillic", "arq": "ar", "ary": "ar", "ron": "x-romance", "swe": "x-nordic",
}  # fmt: skip


def listed_words(data: Path, name: str, least: float) -> Shares:
    """Return the words of one list as triage reads them, with the elisions of its language and without rare names."""
    names = names_of(data) if name not in ("ja", "zh") else frozenset()  # there names are common words
    found: defaultdict[str, float] = defaultdict(float)
    path = data / "language" / f"{name}.tsv"
    traditional = _traditional(data) if name == "zh" else {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        word, written = line.split("\t")
        share = float(written)
        if share < least:
            continue
        forms = {word: share}
        forms.setdefault(word.translate(traditional), TRADITIONAL * share)
        for form, part in forms.items():
            for one in read_words(form).words:
                if one != NUMBER and (share >= NAME_LISTED or one not in names):
                    found[one] += part
    prefixes = ELISIONS.get(name, [])
    after_vowel = sum(share for word, share in found.items() if word[0] in VOWELS)
    joined = [
        (prefix + word, found.get(prefix, 0.0) * share / after_vowel)
        for prefix in prefixes
        for word, share in found.items()
        if word[0] in VOWELS and len(word) > 1
    ]
    for word, share in joined:
        if share >= least:
            found[word] += share
    return dict(found)


def said_words(data: Path) -> dict[str, Shares]:
    """Return how often each word stands in the training messages of each language that has some."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for column, text in messages(data, "train"):
        found[column].update(word for word in read_words(text).words if word != NUMBER)
    names = names_of(data)
    kept: dict[str, Shares] = {}
    for column, counts in found.items():
        least = {True: max(LEAST_SAID, NAME_SAID * counts.total()), False: LEAST_SAID}  # of a name, of another word
        kept[column] = {word: float(n) for word, n in counts.items() if n >= least[word in names]}
    return kept


def desk_words() -> dict[str, tuple[str, ...]]:
    """Return our own words of a desk by column."""
    found: dict[str, tuple[str, ...]] = {}
    for line in files("router.triage").joinpath("data", "desk_words.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith(";"):
            column, words = line.split("\t")
            found[column] = tuple(sorted({word for word in read_words(words).words if word != NUMBER}))
    return found


def messages(data: Path, split: str) -> Iterator[tuple[str, str]]:
    """Give the column and text of the messages of one split; our own seeds are train rows."""
    rows = [*corpora.frustration(data), *corpora.emotions(data)]
    for row in rows:
        taught = row.source in (corpora.OWN_SEEDS, corpora.OWN_SOCIAL)
        if (split == "train" if taught else row.split == split) and row.language in SAID_IN:
            yield SAID_IN[row.language], row.text


@cache
def names_of(data: Path) -> frozenset[str]:
    """Return the names of people and places, as triage reads them."""
    path = data / "language" / "names.tsv"
    lines = path.read_text(encoding="utf-8") if path.exists() else ""
    return frozenset(word for word in map(normal, fold(lines).replace("'", "").split()) if word != NUMBER)


def _traditional(data: Path) -> dict[int, str]:
    """Return each simplified character with one traditional form of it."""
    path = data / "language" / "traditional.tsv"
    rows: Iterator[list[str]] = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {ord(simplified): traditional for traditional, simplified in rows} if path.exists() else {}
