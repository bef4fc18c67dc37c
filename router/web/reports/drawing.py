"""What each section of a report shows: its plots, and beside them the table they are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from router.reporting import plots
from router.reporting.figures import MEASURES
from router.reporting.plots import Plot, Series
from router.reports import Report
from router.web.reports import wording
from router.web.reports.wording import NAMES, NOTES, SECTIONS, Said
from router.web.words import listed
from router.web.words import look_up as _

DRAWN: dict[str, tuple[tuple[str, ...], ...]] = {  # section -> plots -> measures that share one
    "waits": (("first_p50", "first_p90"), ("next_p50", "next_p90")),
    "promises": (("kept",),),
    "volumes": (("opened", "resolved"), ("received", "sent"), ("reopened", "transferred")),
    "mood": (("mood_in", "mood_out"),),
    "csat": (("satisfied",),),
}
MOST_BARS = 12  # groups in one plot; the table has them all


@dataclass(frozen=True, slots=True)
class Drawn:
    """One plot and what its lines or bars are."""

    svg: Markup
    legend: tuple[str, ...]  # in the order of the series; empty where there is one


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    name: str
    cells: tuple[Said, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page."""

    key: str
    title: str
    note: str
    plots: tuple[Drawn, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def sections(report: Report, now: datetime, zone: str) -> list[Section]:
    """Return the sections of a report."""
    names = [wording.name_of(report, group, now, zone) for group in report.groups]
    return [_section(report, key, names) for key in report.sections]


def _section(report: Report, key: str, names: Sequence[str]) -> Section:
    keys = wording.measures_of(key)
    rows = [
        Row(name, tuple(wording.said(one, group.figures[one]) for one in keys))
        for name, group in zip(names, report.groups, strict=True)
    ]
    total = tuple(wording.said(one, report.total[one], report.before.get(one)) for one in keys)
    before = tuple(wording.said(one, report.before[one]) for one in keys)
    all_of_them = Row(_("All together"), total, is_total=True), Row(_("Period before"), before, is_total=True)
    note = _(NOTES[key])
    if key == "mood" and report.moods_of > 1:
        note += " " + _("Read in one of {n} conversations, chosen by chance.", n=report.moods_of)
    drawn = tuple(_draw(report, key, measures, names) for measures in DRAWN[key]) if report.groups else ()
    return Section(key, _(SECTIONS[key]), note, drawn, tuple(_(NAMES[one]) for one in keys), (*all_of_them, *rows))


def _draw(report: Report, section: str, measures: Sequence[str], names: Sequence[str]) -> Drawn:
    kind = next(one.kind for one in MEASURES if one.key == measures[0])
    by_day = report.wish.split == "day" and len(report.groups) > 1
    shown = len(names) if by_day else min(len(names), MOST_BARS)
    legend = tuple(_(NAMES[one]) for one in measures)
    title = listed(list(legend))
    desc = _("By {split}. The table below has every figure.", split=_(wording.SPLITS[report.wish.split]))
    if shown < len(names):
        desc += " " + _("The first {n} of {all} are drawn.", n=shown, all=len(names))
    plot = Plot(
        key=f"plot-{section}-{measures[0]}",
        title=title,
        desc=desc,
        kind=kind,
        labels=names[:shown],
        series=[
            Series(name, [group.figures[one].value for group in report.groups[:shown]])
            for name, one in zip(legend, measures, strict=True)
        ],
        say=lambda value: wording.value_words(kind, value),
    )
    svg = plots.lines(plot) if by_day else plots.bars(plot)
    return Drawn(Markup(svg), legend)  # noqa: S704 - plots escapes every text in it
