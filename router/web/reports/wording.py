"""How reports say things: what each figure is called, and the figure itself with what it stands on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from router.reporting.figures import MEASURES, Figure, change, differs
from router.reporting.periods import Period
from router.reports import Group, Report
from router.web.inbox.telling import channel_name, language
from router.web.words import day, look_up, mark, number, plural, span, zone_of
from router.web.words import look_up as _

NAMES: Mapping[str, str] = {
    "first_p50": mark("First answer, half within"),
    "first_p90": mark("First answer, 9 of 10 within"),
    "next_p50": mark("Next answer, half within"),
    "next_p90": mark("Next answer, 9 of 10 within"),
    "kept": mark("Promises kept"),
    "opened": mark("New tickets"),
    "received": mark("Messages in"),
    "sent": mark("Answers sent"),
    "resolved": mark("Resolved"),
    "reopened": mark("Reopened"),
    "transferred": mark("Handed over"),
    "mood_in": mark("Frustration at first"),
    "mood_out": mark("Frustration at last"),
    "calmer": mark("Left calmer"),
    "satisfied": mark("Satisfied"),
    "asked": mark("Customers asked"),
    "answered": mark("Customers who answered"),
}
SECTIONS: Mapping[str, str] = {
    "waits": mark("Waits"),
    "promises": mark("Promises"),
    "volumes": mark("How much"),
    "mood": mark("Mood"),
    "csat": mark("What customers said"),
}
NOTES: Mapping[str, str] = {
    "waits": mark("Counted by the customer's clock, nights and closed days included, on the day of the answer."),
    "promises": mark("On the day a promise was met; one that never was, on the day it fell due."),
    "volumes": mark("Resolved: and not opened again since. Spam is left out."),
    "mood": mark("Median frustration, 0 to 100, in the first and last message of resolved conversations."),
    "csat": mark("Satisfied: 4 or 5 of 5. Only those who answered are counted."),
}
SPLITS: Mapping[str, str] = {
    "day": mark("Day"),
    "queue": mark("Queue"),
    "channel": mark("Channel"),
    "brand": mark("Brand"),
    "language": mark("Language"),
}
CARDS = ("first_p50", "first_p90", "kept", "opened", "resolved", "mood_out", "satisfied")
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Said:
    """One figure in words."""

    key: str
    name: str
    value: str  # empty: too few to say
    between: str  # its interval, empty where there is none
    cases: str
    before: str  # how it was before, empty where that says nothing
    trend: str  # better, worse, or nothing where it is neither or may be chance


def value_words(kind: str, value: float) -> str:
    """Return a value with its unit."""
    if kind == "share":
        return look_up("{n} %", n=number(round(value * HUNDRED)))
    if kind == "seconds":
        return span(timedelta(seconds=value))
    return number(round(value))


def said(key: str, figure: Figure, before: Figure | None = None) -> Said:
    """Return a figure in words, beside how it was before."""
    measure = next(one for one in MEASURES if one.key == key)
    trend = ""
    rose = change(figure, before)
    if rose is not None and measure.less_is_better is not None and differs(figure, before):
        trend = "better" if (rose < 0) == measure.less_is_better else "worse"
    return Said(
        key=key,
        name=_(NAMES[key]),
        value="" if figure.value is None else value_words(figure.kind, figure.value),
        between=_between(figure),
        cases="" if figure.kind == "count" else plural(figure.cases, "of {n} case", "of {n} cases"),
        before="" if before is None or before.value is None else value_words(before.kind, before.value),
        trend=trend,
    )


def rows(now: Mapping[str, Figure], before: Mapping[str, Figure]) -> list[Said]:
    """Return all figures in words."""
    return [said(key, figure, before.get(key)) for key, figure in now.items()]


def cards(now: Mapping[str, Figure], before: Mapping[str, Figure]) -> list[Said]:
    """Return the figures that stand on top."""
    return [said(key, now[key], before.get(key)) for key in CARDS if key in now]


def named(report: Report, now: datetime, zone: str) -> list[tuple[str, Group]]:
    """Return the groups with the names people know them by."""
    return [(name_of(report, group, now, zone), group) for group in report.groups]


def name_of(report: Report, group: Group, now: datetime, zone: str) -> str:
    """Return what a group is called."""
    split = report.wish.split
    if split == "day":
        return day_words(date.fromisoformat(group.key), now, zone)
    if split == "channel":
        return channel_name(group.key)
    if split == "language":
        return language(group.key) or _("not told")
    return group.name


def day_words(which: date, now: datetime, zone: str) -> str:
    """Return a day as people say it."""
    return day(datetime.combine(which, time(12), zone_of(zone)), now, zone)


def period_words(period: Period) -> str:
    """Return the days of a period: “2026-11-01 to 2026-11-28”."""
    if period.first == period.last:
        return period.first.isoformat()
    return _("{first} to {last}", first=period.first.isoformat(), last=period.last.isoformat())


def splits(*, many_brands: bool) -> list[tuple[str, str]]:
    """Return by what a report may be split."""
    return [(key, _(words)) for key, words in SPLITS.items() if many_brands or key != "brand"]


def channels(report: Report) -> list[tuple[str, str]]:
    """Return the channels to choose from."""
    return [(key, channel_name(key)) for key in report.channels]


def measures_of(section: str) -> Sequence[str]:
    """Return the keys of a section's figures."""
    return [measure.key for measure in MEASURES if measure.section == section]


def _between(figure: Figure) -> str:
    if figure.kind == "count" or figure.value is None:
        return ""
    low, high = (None if bound is None else value_words(figure.kind, bound) for bound in (figure.low, figure.high))
    if low is not None and high is not None:
        return low if low == high else _("{low} to {high}", low=low, high=high)
    if low is not None:
        return _("at least {low}", low=low)
    return _("at most {high}", high=high) if high is not None else ""
