"""Messages said again as people say them whose English is another: for training alone.

Articles and helping verbs left out, verbs and nouns without their endings, other small words between them, a word of
address at the end. What somebody feels is not in these, so a model that learns from both forms leaves them aside.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha1
from random import Random

from router.triage.corpora import Row
from router.triage.text import word_set

_ARTICLES, _BEING = word_set("a an the"), word_set("is are am was were i'm im")
_HAVING, _DOING = word_set("have has had"), word_set("do does did")
_BETWEEN = ["to", "at", "on", "in", "for", "from", "by", "with", "of"]
_LAST = ["only", "one", "lah", "o", "abeg", "na", "innit", "mate", "leh", "sef", "please", "like", "ya"]
_YOU = ["you", "you", "ya", "y'all", "you people", "una"]
_BASE = {
    form: base
    for base, forms in {
        "is": "was", "are": "were", "go": "went gone", "come": "came", "take": "took taken", "pay": "paid",
        "buy": "bought", "send": "sent", "tell": "told", "say": "said", "get": "got", "give": "gave given",
        "break": "broke broken", "leave": "left", "lose": "lost", "keep": "kept", "make": "made", "do": "done did does",
        "have": "has", "speak": "spoke", "write": "wrote written", "think": "thought", "feel": "felt", "find": "found",
        "childs": "children",
    }.items()
    for form in word_set(forms)
}  # fmt: skip
_MARKS = ".,!?;:"
_ENDING_SHARE = 0.7  # of the words of a text without endings that lose theirs
_BETWEEN_SHARE = 0.3  # of texts whose small words are others
_LAST_SHARE = 0.25  # of texts with a word of address at the end
_LEFT_OUT = ((_ARTICLES, 0.7), (_BEING, 0.5), (_HAVING, 0.4), (_DOING, 0.5))  # share of texts without these words


def with_loose(rows: Iterable[Row]) -> list[Row]:
    """Return the rows, and behind them the English ones said loosely, of the same label and weight."""
    kept = list(rows)
    loose = [(row, loosely(row.text)) for row in kept if row.language == "en"]
    return kept + [replace(row, text=said) for row, said in loose if said and said != row.text]


def loosely(text: str) -> str:
    """Return a text with looser grammar; the same text always gives the same."""
    chance = Random(sha1(text.encode(), usedforsecurity=False).digest())  # noqa: S311 nothing is kept secret by it
    gone = {word for words, share in _LEFT_OUT if chance.random() < share for word in words}
    ends, between = chance.random() >= _ENDING_SHARE, chance.random() < _BETWEEN_SHARE
    you = chance.choice(_YOU)
    said: list[str] = []
    for written in text.split():
        bare = written.rstrip(_MARKS)
        word = bare.lower()
        if word in gone:
            continue
        if between and word in _BETWEEN:
            bare = chance.choice(_BETWEEN)
        elif word == "you":
            bare = you
        elif not ends and chance.random() < _ENDING_SHARE:
            bare = _without_ending(bare)
        said.append(bare + written[len(written.rstrip(_MARKS)) :])
    if said and chance.random() < _LAST_SHARE:
        said.append(chance.choice(_LAST))
    return " ".join(said)


def _without_ending(bare: str) -> str:
    """Return a word as whoever has not learned its endings says it: “called” is “call”, “parcels” is “parcel”."""
    word = bare.lower()
    if word in _BASE:
        return _BASE[word]
    if len(word) > 5 and word.endswith("ing"):
        return _single(word[:-3])
    if len(word) > 4 and word.endswith(("ied", "ies")):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("ed"):
        stem = word[:-2]
        return stem + "e" if stem[-1] in "vcgsz" else _single(stem)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return bare


def _single(stem: str) -> str:
    """Return a stem whose last letter was doubled before an ending without that: “stopp” is “stop”."""
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls" else stem
