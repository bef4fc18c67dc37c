from dataclasses import replace

import pytest

from router.simulation import formulas, validating
from router.simulation.intervals import interval, student
from router.simulation.validating import DESKS, Figure


class TestFormulas:
    def test_one_agent_is_the_simple_queue(self):
        queue = formulas.erlang_c(1, 0.8, 10)
        assert (queue.wait, queue.mean) == (pytest.approx(0.8), pytest.approx(0.8 / 0.2 * 10))

    def test_endless_patience_is_no_giving_up(self):
        patient, endless = formulas.erlang_c(5, 0.7, 10), formulas.erlang_a(5, 0.7, 10, 1e9)
        assert (endless.wait, endless.mean) == (
            pytest.approx(patient.wait, rel=1e-5),
            pytest.approx(patient.mean, rel=1e-5),
        )
        assert endless.lost < 1e-6

    def test_what_agents_cannot_do_gives_up(self):
        assert formulas.erlang_a(200, 1.5, 10, 10).lost == pytest.approx(1 / 3, abs=1e-3)

    def test_both_classes_together_wait_as_one(self):
        first, others = formulas.two_classes(3, (0.3, 0.4), 10)
        assert (0.3 * first + 0.4 * others) / 0.7 == pytest.approx(formulas.erlang_c(3, 0.7, 10).mean)


class TestIntervals:
    @pytest.mark.parametrize(("freedom", "point"), [(5, 2.571), (9, 2.262), (19, 2.093), (39, 2.023)])
    def test_students_t_is_that_of_the_tables(self, freedom, point):
        assert student(freedom) == pytest.approx(point, abs=1e-3)

    def test_equal_runs_leave_no_doubt(self):
        assert interval([2.0, 2.0, 2.0]).high == 2.0


class TestValidating:
    def test_there_are_twelve_figures_and_more(self):
        assert sum(len(desk.figures) for desk in DESKS) >= 12

    def test_a_figure_beyond_three_standard_errors_does_not_hold(self):
        got = interval([1.0, 1.1, 0.9, 1.0])
        assert Figure("", 1 + 2.9 * got.standard_error, got).holds
        assert not Figure("", 1 + 3.1 * got.standard_error, got).holds

    def test_the_kernel_gives_what_theory_says(self):
        desk = replace(DESKS[3], customers=3000)
        runs = [validating.simulated(desk, number) for number in range(2)]
        lost = next(figure for figure in validating.figures(desk, runs) if "give up" in figure.name)
        assert lost.simulated.mean == pytest.approx(lost.theory, rel=0.1)

    def test_the_same_run_is_the_same(self):
        desk = replace(DESKS[4], customers=200)
        assert validating.simulated(desk, 0) == validating.simulated(desk, 0)
