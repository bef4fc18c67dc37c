"""The score: proficiency, suitability, care, and the two directions of one formula."""

import pytest

from router.routing.score import (
    AgentRow,
    TicketRow,
    agent_score,
    care,
    overdue,
    proficiency,
    spared,
    suitability,
    ticket_score,
)


def a_ticket_row(name="T1", pos=1, **facts):
    usual = {"level": 0, "confidence": 0.0, "same_agent": False, "heat": 0, "passed": False, "passed_over": 0}
    return TicketRow(name, pos, **{**usual, **facts})


def an_agent_row(name="ana", **facts):
    usual = {"level": 0, "same_agent": False, "load": 0, "capacity": 3, "ledger": 0.0, "run": 0, "idle_since": ""}
    return AgentRow(name, **{**usual, **facts})


class TestProficiency:
    @pytest.mark.parametrize(("level", "p"), [(0, 0.2), (1, 0.4), (2, 0.55), (3, 0.7), (4, 0.85), (5, 1.0)])
    def test_is_the_policys(self, level, p):
        assert proficiency(level) == p

    @pytest.mark.parametrize(("level", "p"), [(-1, 0.2), (6, 1.0)])
    def test_ends_with_the_table(self, level, p):
        assert proficiency(level) == p


class TestSuitability:
    def test_a_sure_topic_counts_in_full(self):
        assert suitability(5, 1.0) == 1.0
        assert suitability(0, 1.0) == 0.2

    def test_without_a_topic_everyone_suits_alike(self):
        assert suitability(5, 0.0) == suitability(0, 0.0) == pytest.approx(3.7 / 6)

    def test_in_doubt_lies_between(self):
        assert suitability(5, 0.5) == pytest.approx(0.5 + 3.7 / 12)


class TestCare:
    @pytest.mark.parametrize(
        ("heat", "ledger", "run", "cost"),
        [
            (0, 46, 5, 0),
            (1, 46, 5, 0),
            (2, 0, 0, 0),
            (2, 0, 1, 0),
            (2, 0, 2, 0.5),
            (3, 23, 0, 1.0),
            (3, 46, 0, 2.0),
            (3, 90, 0, 2.0),
            (2, 11.5, 2, 1.0),
            (2, -1, 0, 0),
        ],
    )
    def test_counts_for_difficult_tickets_and_is_bounded(self, heat, ledger, run, cost):
        assert care(heat, ledger, run) == pytest.approx(cost)


class TestTicketScore:
    @pytest.mark.parametrize(
        ("facts", "score"),
        [
            ({"level": 5, "confidence": 1.0}, 0.925),
            ({"level": 5, "confidence": 1.0, "pos": 4}, 0.7),
            ({"level": 0, "confidence": 1.0}, 0.125),
            ({"level": 0, "confidence": 1.0, "same_agent": True}, 0.425),
            ({}, round(3.7 / 6 - 0.075, 9)),
        ],
    )
    def test_is_p_less_half_a_level_a_position_and_more_for_the_same_agent(self, facts, score):
        assert ticket_score(a_ticket_row(**facts)) == score


class TestAgentScore:
    @pytest.mark.parametrize(
        ("facts", "heat", "score"),
        [
            ({"level": 5}, 0, 1.0),
            ({"level": 5, "same_agent": True}, 0, 1.3),
            ({"level": 5, "load": 1}, 0, round(1 - 1 / 9, 9)),
            ({"level": 5, "ledger": 23.0, "run": 2}, 1, 1.0),
            ({"level": 5, "ledger": 23.0, "run": 2}, 2, -0.5),
        ],
    )
    def test_is_p_more_for_the_same_agent_less_load_and_care(self, facts, heat, score):
        assert agent_score(an_agent_row(**facts), heat, 1.0) == score


class TestSpared:
    calm, hard = a_ticket_row("calm", 2), a_ticket_row("hard", 1, heat=2)

    @pytest.mark.parametrize(("run", "left"), [(0, set()), (1, set()), (2, {"hard"}), (5, {"hard"})])
    def test_a_run_of_two_leaves_difficult_tickets_aside(self, run, left):
        assert spared([self.calm, self.hard], run) == left

    def test_a_tense_ticket_is_not_difficult(self):
        assert spared([a_ticket_row("tense", 1, heat=1), self.calm], 2) == set()

    def test_a_ticket_is_left_aside_once_in_its_life(self):
        assert spared([a_ticket_row("hard", 1, heat=3, passed=True), self.calm], 2) == set()

    def test_not_if_no_other_lane_is_open(self):
        assert spared([self.hard], 2) == set()
        assert spared([self.hard, a_ticket_row("harder", 2, heat=3)], 2) == set()

    def test_not_if_a_ticket_was_passed_over_too_often(self):
        assert spared([a_ticket_row("hard", 1, heat=2, passed_over=20), self.calm], 2) == set()


class TestOverdue:
    @pytest.mark.parametrize(("pos", "count", "is_so"), [(1, 19, False), (1, 20, True), (1, 21, True), (2, 20, False)])
    def test_is_who_stands_first_and_was_passed_over_20_times(self, pos, count, is_so):
        assert overdue(a_ticket_row(pos=pos, passed_over=count)) is is_so
