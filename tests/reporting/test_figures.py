"""Figures say what they stand on, and nothing when that is too little; files and plots show the same."""

import xml.etree.ElementTree as ET

import pytest

from router.reporting import cells, plots
from router.reporting.figures import LEAST, MEASURES, Figure, Tally, change, differs, figures, together
from router.reporting.plots import Plot, Series


def a_tally(**counts):
    return Tally(**counts)


class TestFigures:
    def test_too_few_cases_say_nothing(self):
        few = figures(a_tally(first=[60.0] * (LEAST - 1), scores=[5] * (LEAST - 1), kept=LEAST - 1))
        assert [few[key].value for key in ("first_p50", "satisfied", "kept")] == [None] * 3
        assert few["first_p50"].cases == LEAST - 1
        enough = figures(a_tally(first=[60.0] * LEAST))
        assert (enough["first_p50"].value, enough["first_p50"].cases) == (60.0, LEAST)

    def test_counts_are_always_said(self):
        assert figures(a_tally(opened=0))["opened"].value == 0

    def test_satisfied_are_those_who_gave_four_or_five(self):
        assert figures(a_tally(scores=[5, 4, 3, 2, 1]))["satisfied"].value == pytest.approx(0.4)

    def test_calmer_are_those_whose_last_message_was_eight_points_below_their_first(self):
        moods = [(50, 42), (50, 43), (50, 60), (10, 10), (90, 10)]
        assert figures(a_tally(moods=moods))["calmer"].value == pytest.approx(0.4)

    def test_groups_count_together_as_one(self):
        both = together([a_tally(first=[1.0, 9.0], kept=2), a_tally(first=[5.0], broken=1)])
        assert (sorted(both.first), both.kept, both.broken) == ([1.0, 5.0, 9.0], 2, 1)

    def test_a_change_counts_only_when_the_intervals_do_not_meet(self):
        lower = Figure("share", 200, 0.5, 0.43, 0.57)
        assert differs(Figure("share", 200, 0.7, 0.63, 0.76), lower)
        assert not differs(Figure("share", 200, 0.6, 0.53, 0.67), lower)
        assert not differs(Figure("share", 3, None), lower)
        assert change(Figure("share", 200, 0.7, 0.63, 0.76), lower) == pytest.approx(0.2)
        assert change(Figure("seconds", 9, 90.0), Figure("seconds", 9, 60.0)) == pytest.approx(0.5)
        assert change(Figure("count", 9, 9), Figure("count", 0, 0)) is None


class TestFiles:
    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"], ids=["=", "+", "-", "@", "tab", "cr"])
    def test_no_cell_is_a_formula(self, start):
        assert cells.as_csv([[f"{start}1+1", "fine"]]).startswith(("'", "\"'"))

    def test_a_figure_comes_with_its_interval_and_cases(self):
        assert cells.cells_of(Figure("share", 12, 0.75, 0.4677, None)) == ["0.75", "0.4677", "", "12"]
        assert cells.cells_of(Figure("count", 12, 12)) == ["12"]


NASTY = '<b onclick="x">&'


def drawn(draw, **facts):
    known = {
        "key": "p",
        "title": f"Waits {NASTY}",
        "desc": "By day",
        "kind": "seconds",
        "labels": ["Mon", "Tue", "Wed"],
        "series": [Series("median", [60.0, None, 120.0]), Series("p90", [600.0, None, 900.0])],
        "say": lambda seconds: f"{seconds / 60:.0f} min",
    }
    return ET.fromstring(draw(Plot(**known | facts)))


class TestPlots:
    @pytest.mark.parametrize("draw", [plots.lines, plots.bars], ids=["lines", "bars"])
    def test_are_named_described_and_hold_nothing_that_runs(self, draw):
        svg = drawn(draw, labels=[NASTY, "Tue", "Wed"])
        assert svg.get("role") == "img"
        ids = {part.get("id"): part.text for part in svg.iter() if part.get("id")}
        assert [ids[name] for name in svg.get("aria-labelledby", "").split()] == [f"Waits {NASTY}", "By day"]
        assert not any(name in part.attrib for part in svg.iter() for name in ("style", "onclick", "href"))

    def test_a_line_is_broken_where_there_is_nothing_to_say(self):
        svg = drawn(plots.lines)
        assert not [part for part in svg.iter("path") if (part.get("class") or "") == "" and "L" in part.get("d", "")]
        assert len(list(svg.iter("circle"))) == 2  # single points still show

    def test_a_missing_value_has_no_bar_but_a_dash(self):
        svg = drawn(plots.bars)
        assert len([part for part in svg.iter("rect") if "bar" in part.get("class", "")]) == 4
        assert [part.text for part in svg.iter("text")].count("–") == 2

    @pytest.mark.parametrize(
        ("highest", "kind", "ticks"),
        [
            (0.6, "share", [0, 0.25, 0.5, 0.75, 1]),
            (700, "seconds", [0, 300, 600, 900]),
            (7, "count", [0, 2, 4, 6, 8]),
            (1, "count", [0, 1]),
            (0, "count", [0, 1]),
            (40 * 86400, "seconds", [n * 864000 for n in range(5)]),
        ],
        ids=["a share ends at all", "minutes", "small counts", "one", "nothing", "weeks"],
    )
    def test_axes_have_steps_people_count_in(self, highest, kind, ticks):
        assert plots.scale(highest, kind) == ticks

    def test_long_names_are_cut_and_many_days_thinned(self):
        assert plots.cut("A" * 50).endswith("…")
        svg = drawn(plots.lines, labels=[str(n) for n in range(90)], series=[Series("a", [1.0] * 90)])
        labels = [part.text for part in svg.iter("text") if "label" in part.get("class", "")]
        assert labels[0] == "0" and labels[-1] == "89" and len(labels) <= 7


def test_every_measure_has_its_own_key():
    assert len({measure.key for measure in MEASURES}) == len(MEASURES)
