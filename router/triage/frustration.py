"""Words -> frustration: negative and aimed at the service.

A linear model over hashed n-grams, the named cues and TextBlob's polarity. A long text is scored as a whole and in
windows, so that one angry passage in a long mail counts. Windows are counted in words, not cut at punctuation, because
punctuation is part of shouting.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from router.triage.cues import CUES, hits, mocking
from router.triage.englishes import in_one_english
from router.triage.features import breadth, pairs_over_negation
from router.triage.linear import Scorer
from router.triage.matching import Hit
from router.triage.polarity import polarity
from router.triage.vocabulary import heard
from router.triage.weights import load

MODELS = {"en": "frustration_en", "ur-Latn": "frustration_ur-Latn"}  # languages with a measured figure
WINDOW = 40  # words
STEP = 20
WHOLE_FROM = 60  # words up to which a text is one window
WINDOW_SHARE = 0.75  # of the hottest window in the score of a long text; the rest is the whole
POSITIVE, NEGATIVE = "+polarity", "-polarity"  # TextBlob's figure as two features, so that each side has its weight


@dataclass(frozen=True, slots=True)
class Score:
    """What the words of one text say."""

    raw: float  # about −4 calm … 4 furious; never shown
    shown: float  # 0 … 100
    polarity: float  # TextBlob's, −1 … 1
    hits: tuple[Hit, ...]
    strongest: tuple[int, ...]  # words that add most, by place


@cache
def _scorer(language: str) -> Scorer:
    return Scorer(load(MODELS[language]), breadth)


def score(words: Sequence[str], language: str, faces: Collection[str] = ()) -> Score:
    """Return the frustration of calm words in a language of MODELS; raises KeyError for any other.

    `faces` are the keys of what faces.py found in the text.
    """
    scorer = _scorer(language)
    weights = scorer.weights
    said, places = _said(words, language)
    found = hits(said)
    added, masses = scorer.parts(said, pairs_over_negation(said))
    if mocked := mocking(found):
        added = [0 if at in mocked else one for at, one in enumerate(added)]
        masses = [0.0 if at in mocked else one for at, one in enumerate(masses)]
    tone = polarity([word for at, word in enumerate(said) if at not in mocked]) if language == "en" else 0.0
    there = {hit.cue for hit in found}.union(faces)
    whole = scorer.raw(added, masses) + extra(weights.cues, there, tone) + weights.bias[0]
    raw = whole
    if len(said) > WHOLE_FROM:
        start = max(range(0, len(said) - STEP, STEP), key=lambda at: _window(scorer, added, masses, found, at))
        hottest = _window(scorer, added, masses, found, start)
        if language == "en":
            hottest += extra(weights.cues, set(), polarity(said[start : start + WINDOW]))
        raw = max(whole, WINDOW_SHARE * hottest + (1 - WINDOW_SHARE) * whole)
    floor = weights.settings["evidence_floor"]
    order = sorted((i for i in range(len(said)) if added[i] * weights.scale > floor), key=lambda i: (-added[i], i))
    marked = tuple(Hit(hit.cue, places[hit.start], places[hit.end - 1] + 1) for hit in found)
    strongest = tuple(dict.fromkeys(places[i] for i in order))
    return Score(raw, shown(weights.curve, raw), tone, marked, strongest[:4])


def extra(weights: Mapping[str, float], cues: set[str], tone: float) -> float:
    """Return what the cues and TextBlob's polarity add to a raw score."""
    total = weights[POSITIVE] * tone if tone > 0 else -weights[NEGATIVE] * tone
    for cue in sorted(cues):
        total += weights.get(cue, 0.0)
    return total


def shown(curve: Sequence[tuple[float, float]], raw: float) -> float:
    """Return the 0 … 100 figure of a raw score, by straight lines between the points of the curve."""
    place = bisect_right(curve, (raw, float("inf")))
    if place == 0:
        return curve[0][1]
    if place == len(curve):
        return curve[-1][1]
    (low, low_shown), (high, high_shown) = curve[place - 1], curve[place]
    return low_shown + (high_shown - low_shown) * (raw - low) / (high - low)


def _said(words: Sequence[str], language: str) -> tuple[Sequence[str], Sequence[int]]:
    """Return the words that count, and the place that each came from."""
    if language != "en":
        return words, range(len(words))
    same, places = in_one_english(words)
    kept = heard(same)
    return [same[at] for at in kept], [places[at] for at in kept]


def cue_names() -> tuple[str, ...]:
    """Return the features beside the n-grams, in the order training uses."""
    return (*CUES, POSITIVE, NEGATIVE)


def _window(scorer: Scorer, added: Sequence[float], masses: Sequence[float], found: Sequence[Hit], start: int) -> float:
    """Return the raw score of one window, TextBlob aside."""
    end = start + WINDOW
    cues = {hit.cue for hit in found if start <= hit.start < end}
    weights = scorer.weights
    return scorer.raw(added[start:end], masses[start:end]) + extra(weights.cues, cues, 0.0) + weights.bias[0]
