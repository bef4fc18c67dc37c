from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from router.routing import share
from router.routing.score import proficiency
from router.simulation import desks
from router.simulation.comparing import OURS, PEERS, Setting, against, gini, measured, measures, policy
from router.simulation.days import Days
from router.simulation.desks import DeskFileError, holds
from router.simulation.drawing import customers, cuts, noise_for, people, seen
from router.simulation.kernel import run

FILE = Path(desks.__file__).parent / "desks" / "standard.yaml"


@pytest.fixture(scope="module")
def desk():
    return desks.read(FILE.read_text("utf-8"))


@pytest.fixture(scope="module")
def small(desk):
    return replace(desk, days=1, agents=8)


class TestTheDeskFile:
    def test_says_what_it_lacks(self):
        with pytest.raises(DeskFileError, match=r"agents.*standard\.yaml"):
            desks.read("days: 3\nday: 720\n")

    @pytest.mark.parametrize(
        ("condition", "who"),
        [
            ("everyone", {0, 1, 2, 3, 4, 5}),
            ("i mod 10 in 1 4 7", {1, 4}),
            ("i mod 4 is not 3", {0, 1, 2, 4, 5}),
            ("i mod 5 < 3 or i mod 4 is 3", {0, 1, 2, 3, 5}),
        ],
    )
    def test_conditions_on_agents(self, condition, who):
        assert {i for i in range(6) if holds(condition, i)} == who

    def test_a_condition_that_is_none_is_refused(self, desk):
        with pytest.raises(DeskFileError, match="every second"):
            desks.read(FILE.read_text("utf-8").replace("i mod 4 is not 3", "every second"))

    def test_its_three_facts(self, desk):
        assert {name: facts.topic_misread for name, facts in desk.facts.items()} == {"A": 0, "B": 0, "C": 0.15}
        assert desk.facts["C"].declared_off == (0.15, 0.2)
        assert (desk.facts["B"].offers, desk.facts["C"].offers.accepted_after_s) == (None, (2, 8))


def test_what_hard_work_leaves_in_people_is_the_desks_and_not_what_the_ledger_remembers(small, monkeypatch):
    def by_turns(desk):
        return measured(Setting(desk, desk.facts["B"], 0.9, peers=("fifo_round_robin",)), 3)["fifo_round_robin"]

    before = by_turns(small)
    assert by_turns(replace(small, strain_half_life=600.0)) != before
    monkeypatch.setattr(share, "HALF_LIFE_S", 1.0)
    assert by_turns(small) == before


class TestDrawing:
    def test_the_same_seed_draws_the_same(self, small):
        assert customers(small, 0.9, 7) == customers(small, 0.9, 7)
        assert customers(small, 0.9, 7) != customers(small, 0.9, 8)

    def test_channels_and_heats_come_in_their_shares(self, desk):
        drawn = customers(desk, 0.9, 0)
        by_pace = Counter(one.pace for one in drawn)
        assert by_pace["chat"] / len(drawn) == pytest.approx(0.4, abs=0.03)
        hot = sum(one.heat >= 2 for one in drawn if one.pace == "social") / by_pace["social"]
        assert hot == pytest.approx(0.30, abs=0.05)

    def test_nobody_starts_a_chat_at_the_end_of_a_day(self, desk):
        assert max(one.at % desk.day for one in customers(desk, 0.9, 0) if one.pace != "email") < 700

    def test_first_messages_reach_the_heats_in_the_shares_of_the_file(self, desk):
        facts = desk.facts["B"]
        at = cuts(desk, facts, "chat")
        chats = [one for one in customers(desk, 0.9, 0) if one.pace == "chat"]
        heats = [seen(one.heat, one.tries[0].noise, facts, at) for one in chats]
        shares = [sum(heat >= least for heat in heats) / len(heats) for least in (1, 2, 3)]
        assert shares == pytest.approx([0.54, 0.31, 0.14], abs=0.03)

    def test_the_noise_of_the_facts_reads_as_well_as_they_say(self, desk):
        assert noise_for(desk, 0.85) == pytest.approx(desk.facts["B"].heat_noise, abs=0.1)

    def test_exact_levels_tell_exactly_how_well_somebody_does(self, desk):
        for person in people(desk, desk.facts["B"], 0):
            assert [proficiency(level) for level in person.levels] == pytest.approx(person.proficiency)

    def test_declared_levels_are_one_off_at_most(self, desk):
        exact = people(desk, replace(desk.facts["C"], declared_off=(0.0, 0.0)), 0)
        declared = people(desk, desk.facts["C"], 0)
        off = [b - a for x, y in zip(exact, declared, strict=True) for a, b in zip(x.levels, y.levels, strict=True)]
        assert set(off) == {-1, 0, 1}


class TestPolicies:
    @pytest.mark.parametrize("name", [OURS, *PEERS])
    def test_no_ticket_is_lost_sight_of(self, small, name):
        facts = small.facts["C"]
        days = Days(small, facts, people(small, facts, 0), customers(small, 0.9, 0))
        agents = days.agents()
        waiting = {
            ticket.id for ticket in run(days.tickets(), agents, policy(name, small), days, days.end).everything()
        }
        nothing = {key for key, case in days.cases.items() if case.wait is None and case.left_after is None}
        assert nothing <= waiting
        assert len(days.cases) == len(days.customers)
        assert all(agent.free(slot) >= 0 for agent in agents for slot in ("live", "mail"))
        assert 0 < measures(days)["lost"] < 1

    def test_the_same_seed_is_the_same_day(self, small):
        setting = Setting(small, small.facts["C"], 0.5)
        assert measured(setting, 3) == measured(setting, 3)

    def test_policies_meet_the_same_customers(self, small):
        """A customer's work and patience do not depend on what became of others."""
        facts = small.facts["B"]
        lived = []
        for name in (OURS, "fifo_round_robin"):
            days = Days(small, facts, people(small, facts, 0), customers(small, 0.9, 0))
            run(days.tickets(), days.agents(), policy(name, small), days, days.end)
            lived.append(days)
        ours, theirs = lived
        assert ours.customers == theirs.customers
        assert any(ours.cases[key].wait != theirs.cases[key].wait for key in ours.cases)

    def test_the_frustrated_wait_less_and_fewer_leave_than_in_a_round(self, desk):
        setting = Setting(replace(desk, days=1), desk.facts["A"], 0.92)
        runs = [measured(setting, 0)]
        ours, theirs = ([one[name] for one in runs] for name in (OURS, "fifo_round_robin"))
        assert against(ours, theirs)["frustrated_p90"].mean < 0.8
        assert all(
            a["lost"] < b["lost"] and a["resolution"] > b["resolution"] for a, b in zip(ours, theirs, strict=True)
        )


@pytest.mark.parametrize(("values", "share"), [([1, 1, 1], 0), ([0, 0, 3], 2 / 3), ([0, 0], 0), ([1, 3], 0.25)])
def test_gini(values, share):
    assert gini(values) == pytest.approx(share)
