"""Deliveries as they were accepted: durable, once each, counted before they are worked on."""

import threading

from channels.types import Delivery
from router.store import inbound
from router.store.inbound import INLINE, Arrived
from tests.builders import now, raw


def keep(desk, *deliveries):
    with desk.heed.database.write() as db:
        inbound.add(db, [Arrived(desk.api.id, desk.brand_id, one, now()) for one in deliveries])


def take(desk, most=64):
    with desk.heed.database.write() as db:
        return inbound.take(db, desk.api.id, most)


def settle(desk, events, state="done", error=""):
    with desk.heed.database.write() as db:
        inbound.settle(db, desk.api.id, events, state, error, now())


class TestAdd:
    def test_keeps_a_delivery_as_it_came(self, desk):
        keep(desk, Delivery("k1", "https://heed.example/hooks/k?a=1", {"content-type": "text/x"}, b"\x00\xff body"))
        [event] = take(desk)
        assert event.delivery.body == b"\x00\xff body"
        assert event.delivery.url == "https://heed.example/hooks/k?a=1"
        assert event.delivery.headers == {"content-type": "text/x"}

    def test_keeps_a_repeat_once_within_a_group_and_over_groups(self, desk):
        keep(desk, raw(b"a", "k1"), raw(b"a", "k1"))
        keep(desk, raw(b"a", "k1"), raw(b"b", "k2"))
        assert [event.delivery.body for event in take(desk)] == [b"a", b"b"]

    def test_keeps_a_large_body_in_pieces_and_counts_it_once(self, desk):
        body = bytes(range(256)) * (INLINE // 256) + b"!"
        keep(desk, raw(body, "k1"))
        keep(desk, raw(body, "k1"))
        [event] = take(desk)
        assert event.delivery.body == body
        assert desk.rows("SELECT refs FROM blob") == [(1,)]
        settle(desk, [event])
        with desk.heed.database.write() as db:
            assert inbound.erase(db, now()) == 1
        assert desk.rows("SELECT count(*) FROM blob_chunk") == [(0,)], "erasing reaches the bytes"


class TestTake:
    def test_counts_the_attempt_before_the_work(self, desk):
        keep(desk, raw(b"a"), raw(b"b"))
        assert [event.attempts for event in take(desk)] == [0, 0]
        assert [event.attempts for event in take(desk)] == [1]

    def test_hands_out_one_that_was_tried_before_alone(self, desk):
        keep(desk, raw(b"a"), raw(b"b"), raw(b"c"))
        take(desk, most=1)
        assert [event.delivery.body for event in take(desk)] == [b"a"]
        desk.do("UPDATE inbound_event SET attempts = 0")
        desk.do("UPDATE inbound_event SET attempts = 1 WHERE id = (SELECT max(id) FROM inbound_event)")
        assert [event.delivery.body for event in take(desk)] == [b"a", b"b"], "and those before it without it"

    def test_takes_the_attempt_back_when_the_database_was_at_fault(self, desk):
        keep(desk, raw(b"a"))
        events = take(desk)
        with desk.heed.database.write() as db:
            inbound.put_back(db, events)
        assert [event.attempts for event in take(desk)] == [0]


class TestSettle:
    def test_makes_an_old_capture_a_repeat_even_when_the_body_is_erased(self, desk):
        keep(desk, raw(b"a", "k1"))
        settle(desk, take(desk))
        with desk.heed.database.write() as db:
            inbound.erase(db, now())
        keep(desk, raw(b"a", "k1"))
        with desk.heed.database.read() as db:
            assert inbound.repeated(db, desk.api.id, [inbound.hash_key("k1")]) == {inbound.hash_key("k1")}
        assert desk.drain() == 1
        assert desk.rows("SELECT state FROM inbound_event") == [("duplicate",)]

    def test_keeps_what_was_not_understood_and_hands_it_out_again_after_a_fix(self, desk):
        keep(desk, raw(b"a", "k1"))
        settle(desk, take(desk), "not_understood", "It is broken.")
        with desk.heed.database.write() as db:
            [(event_id, _, error, _)] = inbound.set_aside(db)
            assert error == "It is broken."
            assert inbound.replay(db, event_id)
            assert not inbound.replay(db, event_id), "once is enough"
            assert inbound.repeated(db, desk.api.id, [inbound.hash_key("k1")]) == set()
        assert [event.attempts for event in take(desk)] == [0]


class TestAccept:
    def test_fifty_at_once_share_commits_and_each_is_told_of_its_own_failure(self, desk):
        failed = []

        def accept(number):
            bad = number % 10 == 0
            one = Delivery(f"k{number}", "https://x/\x00\ud800" if bad else "https://x/", {}, b"x")
            try:
                desk.heed.arrivals.add(Arrived(desk.api.id, desk.brand_id, one, now()))
            except Exception:
                failed.append(number)

        threads = [threading.Thread(target=accept, args=(n,)) for n in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(failed) == [0, 10, 20, 30, 40], "a bad row fails alone"
        assert desk.rows("SELECT count(*) FROM inbound_event") == [(45,)]
