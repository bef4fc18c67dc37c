"""Train the packaged frustration weights; `train.train` calls it. Runs on a developer's machine, never in the desk."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import numpy as np

from router.triage import corpora, metrics
from router.triage.corpora import Row
from router.triage.cues import CUES, hits, mocking
from router.triage.descent import Booleans, Floats, Matrix, Model, Plan, fit
from router.triage.englishes import in_one_english
from router.triage.faces import faces
from router.triage.features import PAIR_VALUE, breadth, pairs_over_negation, word_features, word_mass
from router.triage.fit import quantise
from router.triage.frustration import NEGATIVE, POSITIVE, cue_names
from router.triage.lexicon import starting_weights
from router.triage.matching import Hit
from router.triage.opinion import Vectors, likely, opinions, vectors
from router.triage.polarity import polarity
from router.triage.text import NUMBER, read_words
from router.triage.train_loosely import with_loose
from router.triage.train_vocabulary import vocabulary
from router.triage.vocabulary import FILE, heard
from router.triage.vocabulary import dump as dump_words
from router.triage.weights import Weights, dump

VERSION = "2"
ROWS = {"en": 1 << 20, "ur-Latn": 1 << 16}  # hashed features
PLANS = {
    "en": Plan(pull=2.0, pieces_pull=8.0, extras_pull=30.0),
    "ur-Latn": Plan(pull=1.0, pieces_pull=1.0, extras_pull=30.0),
}
CUE_WEIGHTS: Mapping[str, float] = {cue.key: cue.weight for cue in CUES.values()} | {POSITIVE: -1.0, NEGATIVE: 1.5}
ANCHORS = (0.0, 10.0, 25.0, 50.0, 75.0, 97.0)  # nothing said is 10; calm below 25; disappointed, angry, furious from 75
SUPPORT = {  # sources whose calm texts are those of a desk
    "en": ("banking77-handlabelled", "banking77-weak0", "multidogo-weak0", "own-seeds", "own-social"),
    "ur-Latn": ("uci-roman-urdu", "own-seeds"),
}
PROXY = ("goemotions",)  # not aimed at a service, so it says nothing about how angry is angry
PROXY_DOUBT = 0.25  # how much of a label of such a text is the encoder's opinion instead
OWN = (corpora.OWN_SEEDS, corpora.OWN_SOCIAL)  # whose labels the encoder learns: given for this, in every trade
OPINION = 1.5  # of the encoder, beside the words' own score; the mean of both is what unlabelled texts teach
CALM_SHARE = {"en": 0.86, "ur-Latn": 0.9}  # of calm support messages that stay under 25; many English ones are hard


def train_frustration(data_dir: Path, out_dir: Path) -> dict[str, float]:
    """Write the frustration weights to `out_dir` and return the figures on dev rows and on the challenge."""
    figures: dict[str, float] = {}
    rows = corpora.frustration(data_dir)
    hard = corpora.challenge(data_dir)
    out_dir.mkdir(parents=True, exist_ok=True)
    known = vocabulary(row.text for row in rows if row.language == "en" and row.split == "train")
    (out_dir / FILE).write_text(dump_words(known), encoding="ascii")
    unlabelled = corpora.unlabelled(data_dir)
    for language in ROWS:
        hears = known if language == "en" else None
        more = unlabelled if language == "en" else ()
        weights = frustration_model([row for row in rows if row.language == language], language, more)
        (out_dir / f"frustration_{language}.json").write_text(dump(weights), encoding="utf-8")
        for name, part in (("dev", [r for r in rows if r.split == "dev"]), ("challenge", hard)):
            figures |= _separates(weights, [r for r in part if r.language == language], f"{language} {name}", hears)
    return figures


def frustration_model(rows: Sequence[Row], language: str, unlabelled: Sequence[Row] = ()) -> Weights:
    """Return the frustration model of one language, trained on the train rows and calibrated on the dev rows.

    `unlabelled` are texts of desks that teach what the encoder and the words together think of them.
    """
    size = ROWS[language]
    taught = with_loose(row for row in rows if row.split == "train")
    unread = read_by_vectors(taught, unlabelled, language) if unlabelled else None
    model = fit_rows(matrix(taught, language), taught, language, unread)
    packed, scale = quantise(model.table)
    cues = {name: round(float(weight), 4) for name, weight in zip(cue_names(), model.extras, strict=True)}
    known = model.table[model.table != 0] if model.table.any() else np.ones(1)
    settings = {"evidence_floor": round(float(np.percentile(np.abs(known), 99)), 4)}
    weights = Weights(size, ("frustrated",), scale, packed, (model.bias,), cues, settings, (), VERSION)
    held = [row for row in rows if row.split == "dev" and row.source not in PROXY]
    angry = raw_scores(weights, [row for row in held if row.label == "1"], language)
    support = [row for row in rows if row.split != "train" and row.source in SUPPORT[language] and row.label == "0"]
    curve = anchor_curve(raw_scores(weights, support, language), angry, model.bias, CALM_SHARE[language])
    return Weights(size, weights.labels, scale, packed, (model.bias,), cues, settings, curve, VERSION)


@dataclass(frozen=True, slots=True)
class Unread:
    """Texts without labels, and what the encoder makes of them and of the labelled ones."""

    texts: Matrix
    vectors: Vectors
    labelled: Vectors  # of the labelled texts, in their order

    def chosen(self, texts: Booleans, labelled: Booleans) -> "Unread":
        """Return these texts alone, beside these labelled ones."""
        return Unread(self.texts.chosen(texts), self.vectors[texts], self.labelled[labelled])


def read_by_vectors(rows: Sequence[Row], unlabelled: Sequence[Row], language: str) -> Unread:
    """Return texts without labels as `fit_rows` takes them. Takes a minute. Raises LookupError without the encoder."""
    return Unread(
        matrix(unlabelled, language), vectors([row.text for row in unlabelled]), vectors([row.text for row in rows])
    )


def fit_rows(texts: Matrix, rows: Sequence[Row], language: str, unread: Unread | None = None) -> Model:
    """Return the model fitted to rows and their matrix, from the lexicon's weights and those written for the cues.

    With `unread` it is fitted twice: then to those texts as well, by what it and the encoder together think of them.
    """
    labels = np.array([float(row.label) for row in rows])
    weights = np.array([row.weight for row in rows])
    model = _fitted(texts, labels, weights, language)
    if unread is None:
        return model
    own = np.array([row.source in OWN for row in rows])
    by_proxy = np.array([row.source in PROXY for row in rows])
    odds = opinions(unread.labelled[own], labels[own], np.concatenate([unread.labelled, unread.vectors]))
    doubted = (1 - PROXY_DOUBT) * labels + PROXY_DOUBT * likely(odds[: len(rows)])
    thought = likely((OPINION * odds[len(rows) :] + model.scores(unread.texts)) / 2)
    all_labels = np.concatenate([np.where(by_proxy, doubted, labels), thought])
    return _fitted(texts.with_more(unread.texts), all_labels, np.append(weights, np.ones(len(thought))), language)


def _fitted(texts: Matrix, labels: Floats, weights: Floats, language: str) -> Model:
    start = starting_weights(ROWS[language], texts.hashes) if language == "en" else np.zeros(ROWS[language])
    written = np.array([CUE_WEIGHTS.get(name, 0.0) for name in cue_names()])
    return fit(texts, labels, weights, Model(start, written, 0.0), PLANS[language])


def matrix(rows: Sequence[Row], language: str, known: Collection[str] | None = None) -> Matrix:
    """Return texts as features, as frustration.score sums those of one window.

    Words that are not among `known` are passed over; None hears every word, so that rare ones teach their letters.
    """
    texts: list[int] = []
    hashes: list[int] = []
    values: list[float] = []
    pieces: list[bool] = []
    extras: list[list[float]] = []
    for text, row in enumerate(rows):
        body = read_words(row.text)
        words = body.words
        said = words if language != "en" else in_one_english(words)[0]
        if known is not None:
            said = [said[at] for at in heard(said, lambda word: word == NUMBER or word in known)]
        found_cues = hits(said)
        mocked = mocking(found_cues)
        pairs = pairs_over_negation(said)
        meant = [at for at in range(len(said)) if at not in mocked]
        mass = sum(word_mass(said[at]) + PAIR_VALUE * PAIR_VALUE for at in meant)
        found = [(*one, nth > 0) for at in meant for nth, one in enumerate(word_features(said[at]))]
        found += [(pairs[at], PAIR_VALUE, False) for at in meant]
        texts += [text] * len(found)
        hashes += [hashed for hashed, _, _ in found]
        values += [value / breadth(mass) for _, value, _ in found]
        pieces += [is_piece for _, _, is_piece in found]
        extras.append(named([said[at] for at in meant], language, found_cues, faces(body.source)))
    table = np.array(extras).reshape(len(rows), len(cue_names()))
    return Matrix(
        np.array(texts, np.int64), np.array(hashes, np.int64), np.array(values), table, np.array(pieces, np.bool_)
    )


def named(words: Sequence[str], language: str, cues: Sequence[Hit], shown: Collection[str] = ()) -> list[float]:
    """Return the values of the features beside the n-grams, in the order of `cue_names`; `words` are those meant."""
    there = {hit.cue for hit in cues}.union(shown)
    tone = polarity(words) if language == "en" else 0.0
    return [*(float(key in there) for key in CUES), max(tone, 0.0), max(-tone, 0.0)]


def raw_scores(
    weights: Weights, rows: Sequence[Row], language: str, known: Collection[str] | None = None
) -> list[float]:
    """Return the raw scores of rows as the desk would compute them for texts of one window; `known` as in `matrix`."""
    table = np.frombuffer(weights.table, dtype=np.int8).astype(np.float64) * weights.scale
    extras = np.array([weights.cues.get(name, 0.0) for name in cue_names()])
    return [float(raw) for raw in Model(table, extras, weights.bias[0]).scores(matrix(rows, language, known))]


def anchor_curve(
    calm: Sequence[float], frustrated: Sequence[float], nothing: float, calm_share: float
) -> tuple[tuple[float, float], ...]:
    """Return the points that put calm under 25 and the angriest over 75.

    25 stands above `calm_share` of the calm support messages; `nothing`, the raw score of an empty text, well below it;
    50 and 75 stand at the half and the upper eighth of the frustrated texts beyond it.
    """
    line = max(float(np.quantile(calm, calm_share)), nothing + 0.3)
    above = quantiles([raw for raw in frustrated if raw >= line], n=8, method="inclusive")
    points = [min(*calm, nothing - 1.0), nothing, line, above[3], above[6], max(*frustrated, above[6] + 1.0)]
    curve: list[tuple[float, float]] = []
    for raw, figure in zip(points, ANCHORS, strict=True):
        least = curve[-1][0] + 0.05 if curve else raw
        curve.append((round(max(raw, least), 4), figure))
    return tuple(curve)


def _separates(weights: Weights, rows: Sequence[Row], name: str, known: Collection[str] | None) -> dict[str, float]:
    """Return the AUC of a model beside those of TextBlob and of length alone."""
    labels = [int(row.label) for row in rows]
    ways: dict[str, Callable[[Row], float]] = {
        "AUC of TextBlob": lambda row: -polarity(read_words(row.text).words),
        "AUC of length": lambda row: len(row.text),
    }
    figures = {f"{name} AUC": metrics.auc(raw_scores(weights, rows, rows[0].language, known), labels)}
    return figures | {f"{name} {way}": metrics.auc([score(row) for row in rows], labels) for way, score in ways.items()}
