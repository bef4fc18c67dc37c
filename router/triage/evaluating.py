"""Figures over labelled lines: how well frustration, intent and language are read, beside what they must beat."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isnan

from router.model import Reading
from router.triage import metrics
from router.triage.lines import line_of
from router.triage.moods import ANCHORS
from router.triage.polarity import polarity
from router.triage.reading import read
from router.triage.text import read_words

FRUSTRATED_FROM = ANCHORS[0]  # shown frustration from which a text counts as frustrated
ALL = "all"
MOST_FAULTS = 10  # lines told of at once
WAYS = ("model", "textblob", "length")  # what ranks the texts; the last two are what a figure has to beat
LABELS = {0: 0, 1: 1, "0": 0, "1": 1}

Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the lines of a file showed. Figures that need rows there are none of are None."""

    rows: int
    not_read: float | None  # share of the rows
    frustration: Mapping[str, Mapping[str, Figures]]  # by language, then by way
    channels: Mapping[str, Mapping[str, Figures]]  # the same by channel
    intent: Mapping[str, Figures]  # by language
    reliability: Sequence[metrics.Bin]  # of the confidence in the intent
    language: Mapping[str, Figures]  # by language
    confusion: Mapping[str, Mapping[str, int]]  # language -> what it was taken for -> rows

    def as_json(self) -> str:
        """Return the figures as one JSON object, by the names of the fields."""
        return json.dumps(asdict(self))


@dataclass(slots=True)
class _Group:
    """What is kept of the rows of one language or channel: figures, no texts."""

    labels: list[int] = field(default_factory=list)
    scores: tuple[list[float], ...] = field(default_factory=lambda: ([], [], []))  # by WAYS
    is_read: list[bool] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)  # intents
    found: list[str] = field(default_factory=list)
    seconds: list[str] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)

    def add_label(self, label: int, reading: Reading, scores: Sequence[float]) -> None:
        self.labels.append(label)
        self.is_read.append(reading.read)
        for held, score in zip(self.scores, scores, strict=True):
            held.append(score)

    def add_intent(self, intent: str, reading: Reading) -> None:
        self.wanted.append(intent)
        self.found.append(reading.intent)
        self.seconds.append(reading.second_intent)
        self.sure.append(reading.intent_confidence)


def evaluate(lines: Iterable[str], name: str, pace_of: Callable[[str], str]) -> Evaluation:
    """Return figures over JSON lines `{"text", "label"?: 0 or 1, "intent"?, "lang"?, "channel"?}`.

    Lines are read one by one and only figures are kept of them. `name` is the file's, for errors; `pace_of` says at
    which pace a channel is read. Raises ValueError naming every line that is not in this form, ten at most.
    """
    languages: dict[str, _Group] = {}
    channels: dict[str, _Group] = {}
    tongues: list[tuple[str, str]] = []  # wanted, found
    unread = rows = 0
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = line_of(line)
            label, intent, tongue = _label(row.rest), _named(row.rest, "intent"), _named(row.rest, "lang")
        except ValueError as error:
            faults.append(f"{name}, line {number}: {error}")
            if len(faults) == MOST_FAULTS:
                break
            continue
        reading = read(row.text, history=row.history, channel=row.channel, pace=pace_of(row.channel))
        rows += 1
        unread += not reading.read
        groups = [languages.setdefault(ALL, _Group()), languages.setdefault(_tag(tongue) or "unknown", _Group())]
        groups += [channels.setdefault(row.channel, _Group())] if row.channel else []
        if label is not None:
            scores = (reading.frustration, -polarity(read_words(row.text).words), len(row.text))
            for group in groups:
                group.add_label(label, reading, scores)
        for group in groups if intent else ():
            group.add_intent(intent, reading)
        if tongue:
            tongues.append((_tag(tongue), reading.language))
    if faults:
        raise ValueError("\n".join(faults))
    whole = languages.get(ALL, _Group())
    right = [a == b for a, b in zip(whole.found, whole.wanted, strict=True)]
    return Evaluation(
        rows,
        unread / rows if rows else None,
        {key: _frustration(group) for key, group in _in_order(languages) if group.labels},
        {key: _frustration(group) for key, group in _in_order(channels) if group.labels},
        {key: _intent(group) for key, group in _in_order(languages) if group.wanted},
        metrics.reliability(whole.sure, right),
        _language(tongues),
        metrics.confusion([found for _, found in tongues], [wanted for wanted, _ in tongues]),
    )


def _frustration(group: _Group) -> dict[str, Figures]:
    """Return the figures of each way; the baselines call as many texts frustrated as the model does."""
    called = [int(score >= FRUSTRATED_FROM) for score in group.scores[0]]
    figures: dict[str, Figures] = {}
    for way, scores in zip(WAYS, group.scores, strict=True):
        calls = called if way == "model" else metrics.highest(scores, sum(called))
        figures[way] = _known(
            rows=len(scores),
            frustrated=sum(group.labels) / len(scores),
            read=sum(group.is_read) / len(scores),
            called_frustrated=sum(called) / len(scores),
            auc=metrics.auc(scores, group.labels),
            average_precision=metrics.average_precision(scores, group.labels),
            top_tenth_precision=metrics.top_precision(scores, group.labels),
            accuracy=metrics.accuracy(calls, group.labels),
            macro_f1=metrics.macro_f1(calls, group.labels),
        )
    return figures


def _intent(group: _Group) -> Figures:
    right = [a == b for a, b in zip(group.found, group.wanted, strict=True)]
    either = [hit or second == b for hit, second, b in zip(right, group.seconds, group.wanted, strict=True)]
    return _known(
        rows=len(right),
        accuracy=sum(right) / len(right),
        first_or_second=sum(either) / len(right),
        macro_f1=metrics.macro_f1(group.found, group.wanted),
        other=group.found.count("other") / len(right),
        most_frequent=max(map(group.wanted.count, set(group.wanted))) / len(right),
        calibration_error=metrics.calibration_error(metrics.reliability(group.sure, right)),
    )


def _language(tongues: Sequence[tuple[str, str]]) -> dict[str, Figures]:
    figures: dict[str, Figures] = {}
    if tongues:
        figures[ALL] = _known(rows=len(tongues), accuracy=sum(a == b for a, b in tongues) / len(tongues))
    for tag in sorted({wanted for wanted, _ in tongues}):
        rows = sum(wanted == tag for wanted, _ in tongues)
        called = sum(found == tag for _, found in tongues)
        right = tongues.count((tag, tag))
        figures[tag] = _known(rows=rows, accuracy=right / rows, precision=right / called if called else float("nan"))
    return figures


def _known(**figures: float) -> Figures:
    return {name: None if isnan(figure) else figure for name, figure in figures.items()}


def _in_order(groups: Mapping[str, _Group]) -> list[tuple[str, _Group]]:
    """Return the groups by name, all of them together first; that is left out where it is the only other one."""
    held = {key: group for key, group in groups.items() if key != "unknown" or len(groups) > 2}
    return sorted(held.items(), key=lambda one: (one[0] != ALL, one[0]))


def _label(row: Mapping[str, object]) -> int | None:
    label = row.get("label")
    if label is None:
        return None
    if isinstance(label, int | float | str) and label in LABELS:
        return LABELS[label]
    raise ValueError(f"the label is {json.dumps(label)[:40]}: give 1 for frustrated, 0 for not, or leave it out")


def _named(row: Mapping[str, object], key: str) -> str:
    found = row.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise ValueError(f"{key} is {json.dumps(found)[:40]}: give a word, or leave it out")
    return found


def _tag(tag: str) -> str:
    """Return a BCP 47 tag without its region, as readings have it."""
    first, *rest = tag.replace("_", "-").split("-")
    return "-".join([first.lower(), *(part.title() for part in rest if len(part) == 4)])
