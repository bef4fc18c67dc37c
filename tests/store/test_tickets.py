"""Tickets as rows: numbered per brand, claimed by one, counted exactly."""

import threading

from router.model import SYSTEM
from router.store import tickets
from tests.builders import a_brand, now


def take_numbers(desk, brand, count):
    with desk.heed.database.write() as db:
        return tickets.take_numbers(db, brand, count)


class TestNumbers:
    def test_are_counted_for_each_brand(self, desk):
        other = a_brand(desk, "other")
        assert [take_numbers(desk, desk.brand_id, 3), take_numbers(desk, desk.brand_id, 1)] == [1, 4]
        assert take_numbers(desk, other, 1) == 1

    def test_are_never_given_twice(self, desk):
        given = []
        threads = [
            threading.Thread(target=lambda: given.append(take_numbers(desk, desk.brand_id, 2))) for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(given) == list(range(1, 25, 2))


class TestClaim:
    def test_holds_a_ticket_that_waits_in_its_lane(self, desk):
        ticket = desk.says()
        with desk.heed.database.write() as db:
            assert tickets.claim(db, ticket.id, ticket.lane_id)
            assert not tickets.claim(db, ticket.id, ticket.lane_id + 1), "it moved to another lane"
        desk.do("UPDATE ticket SET state = 'open'")
        with desk.heed.database.write() as db:
            assert not tickets.claim(db, ticket.id, ticket.lane_id)


class TestCountPassed:
    def test_counts_who_stood_first_and_marks_who_was_spared(self, desk):
        first, second = desk.says(who="dan"), desk.says(who="eve")
        with desk.heed.database.write() as db:
            tickets.count_passed(db, [first.id], [second.id])
            tickets.count_passed(db, [first.id], [])
        assert (desk.ticket(first.id).passed_over, desk.ticket(first.id).spared) == (2, False)
        assert (desk.ticket(second.id).passed_over, desk.ticket(second.id).spared) == (0, True)


def test_a_saved_ticket_comes_back_as_it_was(desk):
    ticket = desk.says()
    ticket.flag, ticket.place, ticket.frustration_before = "Nobody.", now(), 12
    with desk.heed.database.write() as db:
        tickets.save(db, [ticket])
        assert tickets.load(db, SYSTEM, [ticket.id]) == {ticket.id: ticket}


def test_missed_promises_are_counted_also_when_they_ended(desk):
    ticket = desk.says()
    desk.do("UPDATE promise SET due_at = starts_at, ended_at = :n", n=now())
    with desk.heed.database.read() as db:
        assert tickets.missed(db, [ticket.id], now()) == {ticket.id: 1}
