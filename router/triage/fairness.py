"""Whom the readings favour: the same message shouted, signed with other names, in another English, in other languages.

What is swapped stands in data/swaps.tsv and data/translated.tsv. Nothing here trains or runs in the desk; the model
card's figures come from here, and tests hold the bounds.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from statistics import fmean, median
from typing import cast

from router.model import Heat, Reading
from router.triage.intents import INTENTS
from router.triage.moods import mood
from router.triage.reading import read
from router.triage.tables import aligned
from rules.evaluate import evaluate
from rules.load import load
from rules.model import RuleSet
from rules.starter import starter_text
from rules.values import FactValue

Reader = Callable[[str], Reading]

MOST_POINTS = 10  # that shouting, a name or a way of speaking may move the shown score
MOST_HEAT = 1  # degrees that a name or a way of speaking may move the heat; shouting none
PACE = "email"
HELPED_FROM: Heat = 2  # the heat that brings help sooner
LOUDER: Mapping[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "!!!": lambda text: text.replace(".", "!!!").replace("?", "???") + "!!!",
    "profanity": lambda text: f"wtf {text} fucking bullshit",
    "all of it": lambda text: f"WTF!!! {text.upper()}!!! FUCK",
}


SHOUTED = f"Shouted: the shown score may move {MOST_POINTS} points, the heat not at all."
NAMED = "Signed with names of each group: mean points, and against the same message under any other name."
SPOKEN = "Said in another English: against the same in standard English."
TRANSLATED = "The same sixty messages in each language, all at one moment; median place, 0 is the front of the line."
SWAPPED = ("mean change", "widest", "other heat", "heat widest")
SERVED = ("", "read", "heat 2-3", "place", "calm: 2-3", "need: 2-3", "place", "frustrated: 2-3", "place")


@dataclass(frozen=True, slots=True)
class Swap:
    """What one group of swaps does to the shown score and to the heat of a first message."""

    rows: int
    calm: float | None  # mean points of messages without frustration; None where it is not known which those are
    frustrated: float | None
    mean: float  # points above the same message otherwise
    widest: int  # most points between two forms of one message
    heat_share: float  # share of forms with another heat than the message otherwise
    heat_widest: int  # most degrees between two forms of one message


@dataclass(frozen=True, slots=True)
class Served:
    """How sixty messages stand in line in one language, among the same ones in all languages at one moment.

    A place is the share of all that go first, equals counted half: 0 is the front.
    """

    read: float  # share
    helped: float  # share at heat 2 or 3
    place: float  # median
    calm_helped: float  # share of the ordinary ones at heat 2 or 3
    need_helped: float  # share of the urgent and vulnerable ones
    need_place: float  # their median
    hot_helped: float  # share of the frustrated ones
    hot_place: float  # their median


@dataclass(frozen=True, slots=True)
class Fairness:
    """All figures, by what was swapped."""

    shouting: Mapping[str, Swap]
    names: Mapping[str, Swap]  # by group of names
    ways: Mapping[str, Swap]  # of speaking English
    languages: Mapping[str, Served]

    def as_json(self) -> str:
        """Return the figures as one JSON object."""
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        """Return the figures as tables for people."""
        names = [(g, s.rows, s.calm, s.frustrated, s.mean, s.widest, s.heat_share, s.heat_widest)
                 for g, s in self.names.items()]  # fmt: skip
        parts = [
            aligned(title, ("", "rows", *SWAPPED), [(k, s.rows, *_swapped(s)) for k, s in swaps.items()])
            for title, swaps in ((SHOUTED, self.shouting), (SPOKEN, self.ways))
        ]
        parts.insert(1, aligned(NAMED, ("", "rows", "calm", "frustrated", *SWAPPED), names))
        served = [(tag, *asdict(one).values()) for tag, one in self.languages.items()]
        return "\n\n".join([*parts, aligned(TRANSLATED, SERVED, served)])


@dataclass(frozen=True, slots=True)
class _Form:
    points: int
    heat: int


def measure(reader: Reader = read) -> Fairness:
    """Return the figures of a reader; a second or two of computing."""
    seen = cache(lambda text: _form(reader(text)))
    return Fairness(shouting(seen), names(seen), ways(seen), languages(reader))


def first_heat(reading: Reading) -> Heat:
    """Return the heat of a first message on a new desk: of its words, or what the starter rules raise it to."""
    felt = mood([reading], pace=PACE).heat
    facts: dict[str, FactValue] = {
        "read": reading.read,
        "frustration": reading.calm_frustration,
        "heat": felt,
        "urgency": reading.urgency,
        "cues": frozenset(reading.cues),
        "intent": reading.intent,
        "intent_group": INTENTS[reading.intent].group,
        "intent_confidence": round(reading.intent_confidence * 100),
    }
    return cast(Heat, max(felt, evaluate(_starter(), facts).heat_at_least))


def shouting(form: Callable[[str], _Form]) -> dict[str, Swap]:
    """Return what each kind of shouting does to the sentences and their translations that are read."""
    texts = [text.format(name="Kim") for _, text in _sentences()]
    texts += [row[language] for _, row in translated() for language in ("en", "ur-Latn")]
    return {kind: _pairs((form(text), form(louder(text))) for text in texts) for kind, louder in LOUDER.items()}


def names(form: Callable[[str], _Form]) -> dict[str, Swap]:
    """Return for each group of names what signing or naming them does, against the median of all names."""
    groups = {group: people for kind, group, *people in _table("swaps.tsv") if kind == "name"}
    found: dict[str, list[tuple[int, _Form, _Form, int, int]]] = {group: [] for group in groups}
    for label, text in _sentences():
        forms = {g: [form(text.format(name=person)) for person in people] for g, people in groups.items()}
        every = [one for some in forms.values() for one in some]
        points, heats = [one.points for one in every], [one.heat for one in every]
        usual = _Form(round(median(points)), round(median(heats)))
        for group, some in forms.items():
            for one in some:
                widest = max(one.points - min(points), max(points) - one.points)
                steps = max(one.heat - min(heats), max(heats) - one.heat)
                found[group].append((label, one, usual, widest, steps))
    return {group: _of_names(rows) for group, rows in found.items()}


def ways(form: Callable[[str], _Form]) -> dict[str, Swap]:
    """Return for each way of speaking what it does, against the same said in standard English."""
    pairs: dict[str, list[tuple[_Form, _Form]]] = {}
    for kind, group, *said in _table("swaps.tsv"):
        if kind in ("way", "held"):
            standard, other = said
            name = f"{group}, held" if kind == "held" else group
            pairs.setdefault(name, []).append((form(standard), form(other)))
    return {group: _pairs(iter(some)) for group, some in pairs.items()}


def languages(reader: Reader) -> dict[str, Served]:
    """Return how the translated messages stand in line, by language."""
    rows = translated()
    tags = list(rows[0][1])
    readings = {tag: [reader(row[tag]) for _, row in rows] for tag in tags}
    heats = {tag: [first_heat(reading) for reading in some] for tag, some in readings.items()}
    every = [heat for some in heats.values() for heat in some]
    place = {heat: (sum(h > heat for h in every) + every.count(heat) / 2) / len(every) for heat in set(every)}
    kinds = [kind for kind, _ in rows]
    found = {}
    for tag in tags:
        of = {kind: [h for h, its in zip(heats[tag], kinds, strict=True) if its == kind] for kind in set(kinds)}
        found[tag] = Served(
            read=fmean(reading.read for reading in readings[tag]),
            helped=_helped(heats[tag]),
            place=median(place[heat] for heat in heats[tag]),
            calm_helped=_helped(of["calm"]),
            need_helped=_helped(of["need"]),
            need_place=median(place[heat] for heat in of["need"]),
            hot_helped=_helped(of["hot"]),
            hot_place=median(place[heat] for heat in of["hot"]),
        )
    return found


def _helped(heats: Sequence[int]) -> float:
    return fmean(heat >= HELPED_FROM for heat in heats)


def _swapped(swap: Swap) -> tuple[float, int, float, int]:
    return swap.mean, swap.widest, swap.heat_share, swap.heat_widest


def _form(reading: Reading) -> _Form:
    return _Form(reading.frustration, mood([reading], pace=PACE).heat)


def _pairs(pairs: Iterator[tuple[_Form, _Form]]) -> Swap:
    both = list(pairs)
    moved = [other.points - usual.points for usual, other in both]
    steps = [abs(other.heat - usual.heat) for usual, other in both]
    return Swap(
        len(both), None, None, fmean(moved), max(map(abs, moved)), fmean(step > 0 for step in steps), max(steps)
    )


def _of_names(rows: Sequence[tuple[int, _Form, _Form, int, int]]) -> Swap:
    return Swap(
        rows=len(rows),
        calm=fmean(one.points for label, one, *_ in rows if not label),
        frustrated=fmean(one.points for label, one, *_ in rows if label),
        mean=fmean(one.points - usual.points for _, one, usual, *_ in rows),
        widest=max(widest for *_, widest, _ in rows),
        heat_share=fmean(one.heat != usual.heat for _, one, usual, *_ in rows),
        heat_widest=max(steps for *_, steps in rows),
    )


def _sentences() -> list[tuple[int, str]]:
    """Return label and text of the sentences that have a place for a name."""
    return [(int(row[1]), row[2]) for row in _table("swaps.tsv") if row[0] == "sentence"]


def translated() -> list[tuple[str, dict[str, str]]]:
    """Return the kind of each message and its text by language."""
    (_, *tags), *rows = _table("translated.tsv")
    return [(kind, dict(zip(tags, texts, strict=True))) for kind, *texts in rows]


def _table(name: str) -> list[list[str]]:
    lines = files("router.triage").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith(";")]


@cache
def _starter() -> RuleSet:
    return load(starter_text())
