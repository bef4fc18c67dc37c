"""The back-test: what a draft changes on recorded days, with its uncertainty, on a desk whose truth is known."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bench.backtest_desk import BRAND, LIVE, Shape, happened
from router.backtest.comparing import Row, compare, interval, t_value
from router.backtest.figures import measure
from router.backtest.people import Board
from router.backtest.replay import Replay
from router.backtest.work import Estimated
from router.cli.backtesting import bound_of, in_words, is_broken
from router.mistakes import Mistake
from router.routing.choose import choose_agent
from tests.routing.builders import NOON, a_head, a_lane, an_agent

SMALL = Shape(seed=3, a_day=24, agents=6, days=5)


@pytest.fixture(scope="module")
def recorded():
    return happened(SMALL, 0, 0)


@pytest.fixture(scope="module")
def compared(recorded):
    days, desk = recorded
    return compare(days, {BRAND: desk}, BRAND, seed=1)


def row(found, key):
    return next(one for one in found.rows if one.key == key)


class TestReplay:
    def test_of_the_live_rules_gives_the_record_again(self, recorded):
        days, desk = recorded
        lives = Replay(days, 0, {BRAND: desk}, Estimated(days.tickets, 1, 0)).run()
        assert lives == [ticket.turns for ticket in days.tickets]

    def test_never_fills_an_agent_beyond_their_slots(self, recorded):
        days, desk = recorded
        held = {}
        for ticket, turns in zip(days.tickets, Replay(days, 1, {BRAND: desk}, Estimated(days.tickets, 1, 0)).run(),
                                 strict=True):  # fmt: skip
            for stint in turns[0].stints:
                since = turns[0].at + timedelta(seconds=stint.after_s)
                mine = held.setdefault((stint.agent_id, ticket.slot_key), [])
                mine += [(since, 1), (since + timedelta(seconds=stint.took_s), -1)]
        for (_, slot), changes in held.items():
            load = most = 0
            for _, change in sorted(changes):
                load += change
                most = max(most, load)
            assert most <= {"live": 2, "mail": 1}[slot]


class TestFree:
    def test_leaves_out_only_whom_routing_would_not_choose(self):
        chance = Random(5)
        for _ in range(60):
            board, lane_spec = Board(), a_lane(topic="billing", needs={"en": 1})
            for n in range(chance.randint(1, 12)):
                skills = {"en": 1, "billing": chance.randint(0, 2)}
                at = board.put(an_agent(f"a{n}", skills=skills, capacity={"mail": chance.randint(1, 2)}))
                if chance.randint(0, 1):
                    at.take("mail", NOON)
                at.last_assigned_at = chance.choice([None, NOON, NOON - timedelta(minutes=chance.randint(1, 3))])
            lane, knows = board.lane(lane_spec), chance.choice([None, "a0"])
            head, everyone = a_head(lane=lane_spec, topic_confidence=0.8), [one.as_seen() for one in lane.open_to]
            few = choose_agent(head, [one.as_seen() for one in lane.free(knows)], same_agent=knows)
            whole = choose_agent(head, everyone, same_agent=knows)
            assert (few and few.agent_id) == (whole and whole.agent_id)


class TestCompare:
    def test_unchanged_rules_make_no_difference(self):
        days, desk = happened(SMALL, 0, 0, (LIVE, LIVE.replace("Technical\n", "Renamed\n", 1)))
        found = compare(days, {BRAND: desk}, BRAND, seed=1)
        assert (found.changed, found.elsewhere) == (0, ())
        assert {(one.change, one.low, one.high) for one in found.rows} == {(0.0, 0.0, 0.0)}

    def test_the_same_seed_gives_the_same(self, recorded, compared):
        days, desk = recorded
        assert compare(days, {BRAND: desk}, BRAND, seed=1) == compared
        assert compare(days, {BRAND: desk}, BRAND, seed=2) != compared

    def test_two_processes_give_what_one_gives(self, recorded, compared, monkeypatch):
        days, desk = recorded
        monkeypatch.setattr("router.backtest.comparing.MANY", 1)
        assert compare(days, {BRAND: desk}, BRAND, seed=1) == compared

    def test_says_who_goes_elsewhere(self, recorded, compared):
        days, _ = recorded
        billing = sum(ticket.intent == "billing_dispute" for ticket in days.tickets)
        [move] = compared.elsewhere
        assert (move.before, move.after, move.count) == ("General", "Billing", billing)
        hot = sum(ticket.heat >= 2 for ticket in days.tickets)
        assert compared.promised_sooner == sum(t.heat >= 2 and t.channel == "email" for t in days.tickets)
        assert billing < compared.changed < billing + hot

    def test_sees_that_fewer_are_transferred(self, compared):
        found = row(compared, "transfers")
        assert found.recorded == found.live > 0
        assert found.change < -found.live / 2

    def test_few_days_have_no_interval(self):
        days, desk = happened(replace(SMALL, days=2), 0, 0)
        found = compare(days, {BRAND: desk}, BRAND, seed=1)
        assert {(one.low, one.error) for one in found.rows} == {(None, None)}
        assert interval(found.rows[0], found.days, 2) is None


class TestFigures:
    def test_what_the_days_add_sums_to_nothing_of_a_mean(self, recorded):
        days, _ = recorded
        found = measure(days, BRAND, days.tickets, [ticket.turns for ticket in days.tickets])
        for key in ("promises_kept", "transfers"):
            assert abs(sum(found[key].off)) < 1e-9
            assert len(found[key].off) == days.count

    def test_another_brand_has_none_but_the_load(self, recorded):
        days, _ = recorded
        found = measure(days, "another", days.tickets, [ticket.turns for ticket in days.tickets])
        assert set(found) == {"load_spread"}


class TestInterval:
    ROW = Row("wait_p50", 100.0, 100.0, 90.0, -10.0, -14.0, -6.0, 90.0, 5.0, 40)

    def test_is_wider_the_fewer_days_are_to_come(self):
        low, high = interval(self.ROW, 28, 28)
        assert (low, high) == pytest.approx((90 - 2.086 * 5 * 2**0.5, 90 + 2.086 * 5 * 2**0.5))
        assert interval(self.ROW, 28, 7)[0] < low

    def test_of_a_time_does_not_go_below_nothing(self):
        assert interval(replace(self.ROW, error=500.0), 28, 28)[0] == 0.0

    @pytest.mark.parametrize(("freedom", "t"), [(3, float("inf")), (4, 2.776), (9, 2.306), (27, 2.086), (500, 2.0)])
    def test_takes_the_t_of_no_more_days_than_there_are(self, freedom, t):
        assert t_value(freedom) == t


class TestInTheTerminal:
    def test_says_moves_and_figures_in_words(self, compared):
        said = in_words(compared).splitlines()
        assert said[0] == f"{compared.tickets} tickets of 5 days, 4 draws."
        assert said[1].endswith(" go from General to Billing.")
        assert sum(line.startswith("Transfers for each ticket") for line in said) == 1

    @pytest.mark.parametrize(
        ("bound", "broken"),
        [("wait_p50>80", True), ("wait_p50 > 90", False), ("wait_p50<100", True), ("left>0.5", True)],
        ids=["above", "at the bound", "below", "not known"],
    )
    def test_a_bound_is_broken_by_the_forecast(self, bound, broken):
        key, breaks, value, _ = bound_of(bound)
        assert is_broken({"wait_p50": TestInterval.ROW}.get(key), breaks, value) is broken

    @pytest.mark.parametrize("bound", ["wait", "nonsense>3", "wait_p50=3", "wait_p50>"])
    def test_refuses_what_is_no_bound(self, bound):
        with pytest.raises(Mistake, match="is no bound"):
            bound_of(bound)
