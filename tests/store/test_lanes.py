"""Lanes: one row for the same needs however many make it at once, closed only when empty."""

import threading

from router.model import SYSTEM
from router.store import lanes, migrate, tickets
from tests.builders import an_agent, in_minutes, now


def wanted(desk, *keys):
    [(queue,)] = desk.rows("SELECT id FROM queue WHERE is_default")
    facts = {"brand_id": desk.brand_id, "queue_id": queue, "channel": "api", "work_class": "messaging",
             "slot_key": "live", "topic": None}  # fmt: skip
    return dict.fromkeys(keys, facts)


def ensure(desk, *keys):
    with desk.heed.database.write() as db:
        return lanes.ensure(db, wanted(desk, *keys), {key: {"en": 1} for key in keys}, now())


def at_once(*works):
    trouble = []

    def run(work):
        try:
            work()
        except Exception as error:
            trouble.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []


def wait_until_one_waits(desk):
    """Return when a transaction waits for another one's row; SQLite's writers wait before they begin."""
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while desk.heed.database.dialect == "postgresql" and desk.rows(waits) == [(0,)]:
        pass


class TestEnsure:
    def test_makes_each_lane_once_in_whatever_order_many_ask(self, desk):
        at_once(*[lambda k=keys: ensure(desk, *k) for keys in [("a", "b", "c"), ("c", "b", "a"), ("b", "a")] * 4])
        assert desk.rows("SELECT key FROM lane ORDER BY key") == [("a",), ("b",), ("c",)]
        assert desk.rows("SELECT count(*) FROM lane_need") == [(3,)]

    def test_opens_closed_lanes_for_many_at_once(self, desk):
        ensure(desk, "a", "b")
        for _ in range(25):
            desk.do("UPDATE lane SET open = false")
            at_once(*[lambda k=keys: ensure(desk, *k) for keys in [("a", "b"), ("b", "a"), ("b",), ("a",)] * 2])
            assert desk.rows("SELECT count(*) FROM lane WHERE open") == [(2,)]

    def test_opens_what_a_sweep_closes_just_then(self, desk):
        held = ensure(desk, "a", "b")
        asks = threading.Thread(target=ensure, args=(desk, "a", "b"))
        with desk.heed.database.write() as db:
            assert lanes.close_empty(db, held.values()) == 2
            asks.start()
            wait_until_one_waits(desk)
        asks.join()
        assert desk.rows("SELECT count(*) FROM lane WHERE open") == [(2,)]


def test_a_newer_schema_opens_the_lane_of_a_ticket_that_an_earlier_release_closed(desk):
    ticket = desk.says()
    desk.do("UPDATE lane SET open = false")
    desk.do("UPDATE alembic_version SET version_num = '0012'")
    migrate.migrate(desk.heed.database)
    with desk.heed.database.read() as db:
        assert lanes.open_ids(db) == {ticket.lane_id}


class TestCloseEmpty:
    def test_closes_what_is_empty_and_nothing_else(self, desk):
        ticket = desk.says()
        empty = ensure(desk, "empty")["empty"]
        with desk.heed.database.write() as db:
            assert lanes.close_empty(db, [ticket.lane_id, empty]) == 1
            assert lanes.open_ids(db) == {ticket.lane_id}


class TestHeads:
    def test_are_the_first_of_each_lane_by_place_without_those_passed_over(self, desk):
        tickets_ = [desk.says("Where is it?", f"v{n}") for n in range(3)]
        ana = an_agent(desk)

        def first(**facts):
            with desk.heed.database.read() as db:
                found = lanes.heads(db, [tickets_[0].lane_id], ana.agent, now(), 24, **facts)
            return [row.ticket_id for row in found]

        assert first() == [tickets_[0].id]
        assert first(without=[tickets_[0].id]) == [tickets_[1].id]
        with desk.heed.database.write() as db:
            lanes.pass_by(db, ana.agent, tickets_[0].id, "returned", in_minutes(5))
        assert first() == [tickets_[1].id]

    def test_follow_the_place_not_the_age(self, desk):
        old, new = desk.says("Where is it?", "dan"), desk.says("Where is it?", "eve")
        new.place = in_minutes(-600)
        with desk.heed.database.write() as db:
            tickets.save(db, [new])
            found = lanes.heads(db, [old.lane_id], "nobody", now(), 24)
            assert [row.ticket_id for row in found] == [new.id]
            assert tickets.load(db, SYSTEM, [new.id])[new.id].place == new.place
