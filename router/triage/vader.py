"""VADER (Hutto and Gilbert, 2014), beside which our model is measured, and whose word valences training starts from.

A development dependency: the running desk does without.
"""

from collections.abc import Mapping
from functools import cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from router.triage.text import read_words


@cache
def _analyser() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


def compound(text: str) -> float:
    """Return VADER's figure of a text as written, −1 … 1."""
    return float(_analyser().polarity_scores(text)["compound"])


def valences() -> Mapping[str, float]:
    """Return the valence of each word of VADER's lexicon, −4 … 4, in calm words; no emoticons, no profanity."""
    found: dict[str, float] = {}
    for entry, valence in _analyser().lexicon.items():
        words = read_words(entry).words
        if entry.isalpha() and len(words) == 1:
            found.setdefault(words[0], float(valence))
    return found
