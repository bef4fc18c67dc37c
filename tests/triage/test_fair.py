"""Nobody is favoured: shouting, names and ways of speaking move a reading within bounds, and languages are counted.

The bounds are measured over the swaps in router/triage/data, the same that `router triage fairness` prints.
"""

import json
from dataclasses import replace

import pytest

from router.model import NOT_READ, Reading
from router.triage import read
from router.triage.fairness import MOST_HEAT, MOST_POINTS, Fairness, first_heat, languages, measure


@pytest.fixture(scope="module")
def found() -> Fairness:
    return measure()


def a_reading(points: int = 0, *cues: str) -> Reading:
    return Reading("en", 1.0, 0.0, points, points, 0, "other", 0.0, cues=cues)


class TestShouting:
    def test_moves_the_score_by_ten_points_and_the_heat_never(self, found: Fairness) -> None:
        for kind, swap in found.shouting.items():
            assert swap.widest <= MOST_POINTS, kind
            assert swap.heat_widest == 0, kind


class TestNames:
    def test_move_the_score_by_ten_points_and_the_heat_by_one_degree(self, found: Fairness) -> None:
        for group, swap in found.names.items():
            assert swap.widest <= MOST_POINTS, group
            assert swap.heat_widest <= MOST_HEAT, group

    def test_no_group_is_favoured(self, found: Fairness) -> None:
        for group, swap in found.names.items():
            assert abs(swap.mean) <= 1, group

    def test_groups_are_alike_calm_and_frustrated(self, found: Fairness) -> None:
        for figures in ([s.calm for s in found.names.values()], [s.frustrated for s in found.names.values()]):
            known = [figure for figure in figures if figure is not None]
            assert len(known) >= 10
            assert max(known) - min(known) <= 2


class TestLanguages:
    def test_need_said_outright_is_heard_in_every_one(self, found: Fairness) -> None:
        for language, served in found.languages.items():
            assert served.need_helped >= 0.7, language
            assert served.need_place < 0.3, language

    def test_an_ordinary_question_is_not_taken_for_need(self, found: Fairness) -> None:
        for language, served in found.languages.items():
            assert served.calm_helped <= 0.1, language

    def test_where_it_is_read_the_frustrated_come_first(self, found: Fairness) -> None:
        for language in ("en", "ur-Latn"):
            assert found.languages[language].hot_place < 0.35

    def test_where_it_is_not_read_anger_waits_by_promise_and_age(self, found: Fairness) -> None:
        unread = [served for served in found.languages.values() if not served.read]
        assert all(served.hot_helped <= 0.1 and served.hot_place == served.place for served in unread)


class TestTheMeasure:
    def test_a_reader_that_hears_nothing_gives_everyone_the_middle(self) -> None:
        served = languages(lambda text: NOT_READ)
        assert {s.place for s in served.values()} == {0.5}

    def test_a_reader_that_favours_a_name_is_found_out(self) -> None:
        found = measure(lambda text: a_reading(60 if "Emily" in text else 10))
        assert found.names["English"].mean > found.names["Turkish"].mean
        assert found.names["English"].widest == 50

    def test_a_reader_that_hears_capitals_is_found_out(self) -> None:
        found = measure(lambda text: a_reading(90 if text.isupper() else 10))
        assert found.shouting["capitals"].heat_widest == 3

    def test_figures_are_printed_and_written(self, found: Fairness) -> None:
        assert "Latin American" in str(found)
        assert json.loads(found.as_json())["names"]["Polish"]["rows"] > 100

    @pytest.mark.parametrize(
        ("reading", "heat"),
        [
            (a_reading(10), 0),
            (a_reading(60), 2),
            (a_reading(0, "vulnerability"), 2),
            (a_reading(0, "danger"), 3),
            (replace(a_reading(0), urgency=70), 2),
            (NOT_READ, 0),
        ],
    )
    def test_heat_is_that_of_a_new_desk(self, reading: Reading, heat: int) -> None:
        assert first_heat(reading) == heat

    def test_the_sentences_are_read(self) -> None:
        assert read("Dear team, this is my third letter. Yours, Kim").read
