"""TextBlob's polarity of English words. The only module that knows textblob."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from router.triage.text import word_set

MAX_POLARITY_WORDS = 200  # its time grows with the words; more change the mean little

_NEGATED = {  # TextBlob knows negation as a word of its own, as in “do n't”
    word + "nt": (word, "n't")
    for word in sorted(word_set("do does did is are was were has have had ca could would should wo must need"))
}


@cache
def _sentiment() -> Callable[[list[str]], tuple[float, float]]:
    # Imported on first use: textblob brings nltk, 0.6 s of CPU that `--help` and the web process should not pay.
    sentiment: Callable[[list[str]], tuple[float, float]] = import_module("textblob.en").sentiment
    return sentiment


def polarity(words: Sequence[str]) -> float:
    """Return the polarity of calm words, −1 … 1; 0 where TextBlob knows none of them.

    The words go in as a list, so TextBlob's own tokeniser, with its backtracking expressions, never sees foreign text.
    """
    apart: list[str] = []
    for word in words[:MAX_POLARITY_WORDS]:
        if word in _NEGATED:
            apart += _NEGATED[word]
        else:
            apart.append(word)
    return max(-1.0, min(1.0, _sentiment()(apart)[0]))
