"""Back-tests as people ask for them: of the store's own days, by a worker, kept, and held against what happened."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from router import desk as acts
from router import publishing
from router.accounts import COMMAND
from router.backtest import running
from router.desk.errors import NotFound
from router.jobs import backtest as job
from router.jobs import set_heed
from router.mistakes import Mistake
from router.model import Role, Scope
from router.store import backtests
from router.sweeping import Sweep
from tests.builders import a_brand, a_queue, an_agent, now, rules

LIVE = "rules: [{name: All, when: always, then: [{answer_within: 20m}]}]"
DRAFT = "rules: [{name: Refunds, when: {fact: text, is: mentions, value: refund}, then: [{queue: Billing}]}]"


def who_worked(desk):
    """Let somebody answer two tickets under the live rules; return their scope."""
    a_queue(desk, "Billing")
    rules(desk, LIVE)
    who = an_agent(desk, "Ola", role=Role.OPS)
    for text in ("I want a refund.", "All is well."):
        ticket = desk.says(text, who=text[:3])
        acts.pull(desk.heed, who, now())
        acts.reply(desk.heed, who, ticket.id, "Here you are.", now(), key=ticket.id)
    return who


@pytest.fixture
def ops(sqlite_desk):
    return who_worked(sqlite_desk)


class TestRun:
    def test_says_who_goes_elsewhere(self, sqlite_desk, ops):
        report = running.run(sqlite_desk.heed, sqlite_desk.brand_id, DRAFT, 3, 1, now())
        [move] = report.compared.elsewhere
        assert (move.after, move.count, report.compared.tickets, report.compared.promised_later) == ("Billing", 1, 2, 2)

    def test_the_same_seed_gives_the_same_bytes(self, sqlite_desk, ops):
        at = now()
        once, again = (
            running.as_json(running.run(sqlite_desk.heed, sqlite_desk.brand_id, DRAFT, 3, 7, at)) for _ in range(2)
        )
        assert once == again
        assert running.as_json(running.from_json(once)) == once

    def test_the_live_rules_change_nothing(self, sqlite_desk, ops):
        found = running.run(sqlite_desk.heed, sqlite_desk.brand_id, LIVE, 3, 1, now()).compared
        assert (found.changed, found.elsewhere, {row.change for row in found.rows}) == (0, (), {0.0})

    @pytest.mark.parametrize(
        ("source", "days", "says"),
        [
            ("rules: [{name: A, when: always, then: [{queue: Nowhere}]}]", 3, "Nowhere"),
            ("rules: [", 3, "line"),
            (DRAFT, 0, "1 to 92 days"),
        ],
        ids=["no such queue", "no YAML", "no days"],
    )
    def test_refuses_what_cannot_be_replayed(self, sqlite_desk, ops, source, days, says):
        with pytest.raises(Mistake, match=says):
            running.run(sqlite_desk.heed, sqlite_desk.brand_id, source, days, 1, now())

    def test_says_that_nothing_was_recorded(self, sqlite_desk, ops):
        with pytest.raises(Mistake, match="nothing to replay"):
            running.run(sqlite_desk.heed, sqlite_desk.brand_id, "rules: []", 3, 1, now() + timedelta(days=30))

    def test_names_the_facts_that_no_record_keeps(self, sqlite_desk, ops):
        draft = "rules: [{name: A, when: {fact: contact.tickets, is: at_least, value: 2}, then: [{tag: often}]}]"
        assert running.run(sqlite_desk.heed, sqlite_desk.brand_id, draft, 3, 1, now()).not_kept == ("contact.tickets",)


class TestAsk:
    def test_has_a_worker_run_it_and_keeps_what_it_found(self, sqlite_desk, ops):
        asked = running.ask(sqlite_desk.heed, COMMAND, ops, sqlite_desk.brand_id, DRAFT, 3, 1, now())
        assert running.one(sqlite_desk.heed, ops, asked).report is None
        set_heed(sqlite_desk.heed)
        job(asked)
        first = running.one(sqlite_desk.heed, ops, asked)
        job(asked)
        assert running.one(sqlite_desk.heed, ops, asked) == first
        assert first.report.compared.changed == 2
        assert [one.row.id for one in running.newest(sqlite_desk.heed, ops, sqlite_desk.brand_id)] == [asked]

    def test_begins_again_where_a_worker_was_lost_and_gives_up_in_words(self, sqlite_desk, ops):
        heed, at = sqlite_desk.heed, now()
        asked = running.ask(heed, COMMAND, ops, sqlite_desk.brand_id, DRAFT, 3, 1, at)
        assert (running.forgotten(heed, at), running.forgotten(heed, at + timedelta(minutes=1))) == ([], [asked])
        for _ in range(running.ATTEMPTS):
            with heed.database.write() as db:
                assert backtests.begin(db, asked, at, at - running.LOST_AFTER)
            running.make(heed, asked, at)
            assert running.one(heed, ops, asked).row.done_at is None, "somebody is at it"
            assert running.forgotten(heed, at + timedelta(minutes=1)) == []
            at += timedelta(minutes=5)
        assert running.forgotten(heed, at) == []
        assert "choose fewer days" in running.one(heed, ops, asked).row.error

    def test_a_sweep_begins_it_again(self, sqlite_desk, ops):
        later = now() + timedelta(minutes=1)
        asked = running.ask(sqlite_desk.heed, COMMAND, ops, sqlite_desk.brand_id, DRAFT, 3, 1, now())
        sweep = Sweep(sqlite_desk.heed)
        sweep.now(later)
        sweep._errands.shutdown()  # once all that was begun has ended
        assert running.one(sqlite_desk.heed, ops, asked).report is not None

    def test_keeps_why_it_could_not_be_done(self, sqlite_desk, ops):
        later = now() + timedelta(days=30)
        asked = running.ask(sqlite_desk.heed, COMMAND, ops, sqlite_desk.brand_id, DRAFT, 3, 1, later)
        running.make(sqlite_desk.heed, asked, later)
        assert "nothing to replay" in running.one(sqlite_desk.heed, ops, asked).row.error

    def test_is_for_ops_and_stays_within_the_brand(self, sqlite_desk, ops):
        asked = running.ask(sqlite_desk.heed, COMMAND, ops, sqlite_desk.brand_id, DRAFT, 3, 1, now())
        other = Scope(Role.OPS, frozenset({a_brand(sqlite_desk, "other")}), ops.agent)
        with pytest.raises(NotFound):
            running.one(sqlite_desk.heed, other, asked)
        with pytest.raises(NotFound):
            running.ask(sqlite_desk.heed, COMMAND, other, sqlite_desk.brand_id, DRAFT, 3, 1, now())
        with pytest.raises(Mistake, match="role ops"):
            running.ask(
                sqlite_desk.heed, COMMAND, replace(ops, role=Role.SUPERVISOR), sqlite_desk.brand_id, DRAFT, 3, 1, now()
            )


class TestSince:
    def test_shows_the_forecast_beside_what_happened(self, desk):
        ops = who_worked(desk)
        assert running.since(desk.heed, ops, desk.brand_id, now()) is None
        asked = running.ask(desk.heed, COMMAND, ops, desk.brand_id, DRAFT, 3, 1, now())
        running.make(desk.heed, asked, now())
        _widen(desk, asked)
        publishing.publish(desk.heed, COMMAND, ops, desk.brand_id, f"# the same\n{DRAFT}", "Refunds", now())
        ticket = desk.says("Another refund.", who="zoe")
        acts.pull(desk.heed, ops, now())
        acts.reply(desk.heed, ops, ticket.id, "Here you are.", now(), key="last")
        found = running.since(desk.heed, ops, desk.brand_id, now())
        assert (found.number, found.tickets) == (3, 1)
        shown = {one.key: (one.happened is not None, one.within) for one in found.figures}
        assert shown["wait_p50"] == (True, True)


def _widen(desk, backtest_id):
    """Let a back-test have replayed days enough for an interval."""
    [(found,)] = desk.rows("SELECT found FROM backtest WHERE id = :i", i=backtest_id)
    said = json.loads(found)
    said["compared"]["days"] = 28
    for row in said["compared"]["rows"]:
        row["error"] = 100.0
    desk.do("UPDATE backtest SET found = :f WHERE id = :i", f=json.dumps(said), i=backtest_id)
