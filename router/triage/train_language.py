"""Train the language models of language_model.py from lists of words with their frequencies.

Each word is an example whose target is how likely each language is, given the word; n-grams carry that over to words
that no list has. Needs numpy, which the running desk does not.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import combining, normalize

import numpy as np
from numpy.typing import NDArray

from router.triage.language_model import FOREIGN, LanguageModel, grams
from router.triage.text import NUMBER, read_words
from router.triage.weights import Weights, dump
from router.triage.wordlists import Shares, desk_words, listed_words, messages, names_of, said_words

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]

DESK_SHARE = 0.2  # of what customers write that is in our own list of desk words
BARE_SHARE = 0.2  # of words with accents that are typed without
STRAY = 0.03  # of words in any language that come from all of them: names, brands, quotes
ENGLISH = 0.04  # of words in any language that are English
ENGLISH_IN_ROMAN_URDU = 0.15
A_NAME = 3e-6  # frequency of each name of a person or place, in every language alike: it says nothing
ABSENT = 2e-8  # frequency of a word that a list does not have
MOST_WORDS = 12  # of a message that the figures are over
MOST_WEIGHT = 30.0  # of a word, where the mean is 1
CUT = 99.95  # percentile of the weights beyond which they are cut, so that the rest stays sharp
STEPS = 12  # up and down of a weight; fewer make a smaller file


@dataclass(frozen=True, slots=True)
class Plan:
    """What a script's model tells apart, from which lists, and how it is fitted."""

    columns: Mapping[str, tuple[str, ...]]  # column → the lists of words it is made of
    rows: int
    least: float = 3e-6  # frequency of the rarest word of a list that teaches
    least_foreign: float = 2e-5  # the same in languages that are none of ours
    epochs: int = 10
    rate: float = 0.4
    decay: float = 2e-6
    batch: int = 400  # words
    seed: int = 7


PLANS = {
    "latin": Plan(
        {
            **{tag: (tag,) for tag in ("de", "en", "es", "fr", "id", "it", "nl", "pt", "tr", "ur-Latn")},
            "x-slavic": ("pl", "cs", "sk", "sl", "sh"),
            "x-nordic": ("sv", "da", "nb", "is"),
            "x-uralic": ("fi", "hu", "lt", "lv"),
            "x-romance": ("ro", "ca"),
            "x-malay": ("ms",),
            "x-other": ("vi", "fil"),
        },
        1 << 16,
    ),
    "arabic": Plan({"ar": ("ar",), "ur": ("ur",), "x-persian": ("fa",)}, 1 << 16),
    "cyrillic": Plan({"ru": ("ru",), "x-cyrillic": ("uk", "bg", "mk")}, 1 << 15),
    "devanagari": Plan({"hi": ("hi",), "x-devanagari": ()}, 1 << 14),
    "han": Plan({"ja": ("ja",), "zh": ("zh",)}, 1 << 17),
}
SCRIPT_LETTERS = {
    "latin": lambda c: c <= "ɏ" or "Ḁ" <= c <= "ỿ",
    "arabic": lambda c: "\u0600" <= c <= "\u077f",
    "cyrillic": lambda c: "\u0400" <= c <= "\u052f",
    "devanagari": lambda c: "\u0900" <= c <= "\u097f",
    "han": lambda c: "\u3400" <= c <= "\u9fff" or c == "々",
}


def train_language(data: Path, out: Path) -> dict[str, float]:
    """Write the model of each script to `out`; nothing is done, and no figure given, without lists of words.

    The figures are the shares of dev messages, cut to their first words, that the Latin model alone tells.
    """
    if not (data / "language").is_dir():
        return {}
    figures: dict[str, float] = {}
    said = said_words(data)
    for script in PLANS:
        weights = language_model(data, script, said)
        out.mkdir(parents=True, exist_ok=True)
        (out / f"language_{script}.json").write_text(dump(weights), encoding="utf-8")
        if script == "latin":
            figures = _shares_right(data, LanguageModel(script, weights))
    return figures


def language_model(data: Path, script: str, said: Mapping[str, Shares]) -> Weights:
    """Return the model of one script, trained on the lists in `data`/language and the words of messages, `said`."""
    plan = PLANS[script]
    names = frozenset(name for name in names_of(data) if script != "han" and _is_in(name, script))
    targets, masses = word_targets(probabilities(data, plan, script, said), names)
    table = fit_words(list(targets), np.array(list(targets.values()), np.float32), np.array(masses), plan, script)
    packed, scale = _packed(table)
    labels = tuple(plan.columns)
    return Weights(plan.rows, labels, scale, packed, (0.0,) * len(labels), {}, {}, (), "2")


def probabilities(data: Path, plan: Plan, script: str, said: Mapping[str, Shares]) -> dict[str, Shares]:
    """Return the probability of each word in each column, from the lists, the messages and the desk's own words."""
    desk = desk_words()
    found: dict[str, Shares] = {}
    for column, lists in plan.columns.items():
        listed: defaultdict[str, float] = defaultdict(float)
        least = plan.least_foreign if column.startswith(FOREIGN) else plan.least
        for name in lists:
            for word, share in listed_words(data, name, least).items():
                listed[word] += share / len(lists)
        parts = [words for words in (listed, said.get(column, {})) if words]
        mixed: defaultdict[str, float] = defaultdict(float)
        for words in parts:
            whole = sum(words.values())
            for word, share in words.items():
                mixed[word] += share / whole / len(parts)
        own = desk.get(column, ())
        for word in own:
            mixed[word] += DESK_SHARE / len(own)
        found[column] = _typed_bare({word: share for word, share in mixed.items() if _is_in(word, script)}, column)
    return found


def word_targets(shares: Mapping[str, Shares], names: Collection[str]) -> tuple[dict[str, list[float]], list[float]]:
    """Return for each word how likely each column is, and how much the word counts in training."""
    columns = list(shares)
    every: defaultdict[str, float] = defaultdict(float)
    for words in shares.values():
        for word, share in words.items():
            every[word] += share / len(columns)
    english = shares.get("en", {})
    targets: dict[str, list[float]] = {}
    masses: list[float] = []
    for word in sorted({*every, *names}):
        neutral = STRAY * every[word] + (A_NAME if word in names else 0.0) + ABSENT
        likely: list[float] = []
        for column in columns:
            borrowed = 0.0 if column == "en" else ENGLISH_IN_ROMAN_URDU if column == "ur-Latn" else ENGLISH
            own = (1 - borrowed - STRAY) * shares[column].get(word, 0.0)
            likely.append(own + borrowed * english.get(word, 0.0) + neutral)
        whole = sum(likely)
        targets[word] = [one / whole for one in likely]
        masses.append(whole**0.5)
    return targets, masses


def fit_words(words: Sequence[str], targets: Floats, masses: Floats, plan: Plan, script: str) -> Floats:
    """Return the table (rows by columns) whose sums over a word's n-grams, put through softmax, are its targets."""
    weights = np.minimum(masses / masses.mean(), MOST_WEIGHT).astype(np.float32)[:, None]
    width = targets.shape[1]
    table, seen = np.zeros((plan.rows, width), np.float32), np.full((plan.rows, width), 1e-3, np.float32)
    order = np.random.default_rng(plan.seed).permutation(len(words))
    batches = [
        _Batch.of(part, words, plan.rows, script) for part in np.array_split(order, max(1, len(order) // plan.batch))
    ]
    for epoch in range(plan.epochs):
        rate = plan.rate * (1 - epoch / plan.epochs)
        for batch in batches:
            raw = np.add.reduceat(table[batch.places], batch.starts, axis=0)
            likely = np.exp(raw - raw.max(axis=1, keepdims=True))
            likely /= likely.sum(axis=1, keepdims=True)
            slope = (likely - targets[batch.words]) * weights[batch.words]
            step = np.add.reduceat(slope[batch.owners], batch.turns, axis=0)
            step += plan.decay * len(batch.words) * table[batch.touched]
            seen[batch.touched] += step * step
            table[batch.touched] -= rate * step / np.sqrt(seen[batch.touched])
    centred: Floats = table - table.mean(axis=1, keepdims=True)  # the same softmax, in fewer steps
    return centred


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some words as places in the table, in both orders: by word, to sum them, and by place, to teach them."""

    words: Integers
    places: Integers
    starts: Integers  # where in `places` each word begins
    owners: Integers  # for each place, ordered by place, the word of the batch it belongs to
    touched: Integers  # each place once
    turns: Integers  # where in `owners` each of them begins

    @classmethod
    def of(cls, part: Integers, words: Sequence[str], rows: int, script: str) -> "_Batch":
        hashed = [[gram % rows for gram in grams(words[i], script)] for i in part]
        sizes = np.array([len(one) for one in hashed])
        places = np.array([place for one in hashed for place in one])
        by_place = np.argsort(places, kind="stable")
        touched, turns = np.unique(places[by_place], return_index=True)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        return cls(part, places, starts, np.repeat(np.arange(len(part)), sizes)[by_place], touched, turns)


def _shares_right(data: Path, model: LanguageModel) -> dict[str, float]:
    right: defaultdict[str, list[bool]] = defaultdict(list)
    for column, text in messages(data, "dev"):
        words = [word for word in read_words(text).words if word != NUMBER]
        words = words[: 1 + len(right[column]) % MOST_WORDS]
        if words and column in model.columns:
            evidence = model.evidence(words)
            right[column].append(model.columns[evidence.index(max(evidence))] == column)
    return {f"language dev {column}": sum(found) / len(found) for column, found in sorted(right.items()) if found}


def _typed_bare(words: Shares, column: str) -> Shares:
    """Return the words with a share of those with accents typed without them."""
    found = defaultdict(float, words)
    for word, share in words.items():
        bare = "".join(c for c in normalize("NFD", word) if not combining(c))
        forms = {bare}
        if column == "de":
            forms.add(word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))
        for form in sorted(forms - {word}):
            found[form] += BARE_SHARE * share
    return dict(found)


def _is_in(word: str, script: str) -> bool:
    return all(map(SCRIPT_LETTERS[script], word))


def _packed(table: Floats) -> "tuple[array[int], float]":
    """Return the table as signed bytes, and what one step is worth."""
    scale = float(np.percentile(np.abs(table), CUT)) / STEPS or 1.0
    rounded = np.clip(np.rint(table / scale), -STEPS, STEPS).astype(np.int8)
    packed = array("b")
    packed.frombytes(rounded.tobytes())
    return packed, scale
