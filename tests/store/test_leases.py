"""Leases: one holder at a time, on both databases."""

import threading
from datetime import timedelta

from router import holding, parent
from router.store import leases
from tests.builders import now

LASTS = timedelta(seconds=15)


def test_one_holder_at_a_time_who_may_renew(database):
    at = now()
    with database.write() as db:
        assert leases.take(db, "clock", "a", at, LASTS)
        assert not leases.take(db, "clock", "b", at, LASTS)
        assert leases.take(db, "clock", "a", at + timedelta(seconds=10), LASTS)
        assert not leases.take(db, "clock", "b", at + timedelta(seconds=20), LASTS)
        assert leases.holder(db, "clock", at) == "a"


def test_ends_by_itself(database):
    at = now()
    with database.write() as db:
        leases.take(db, "clock", "a", at, LASTS)
        later = at + LASTS + timedelta(seconds=1)
        assert leases.holder(db, "clock", later) is None
        assert leases.take(db, "clock", "b", later, LASTS)
        assert not leases.take(db, "clock", "a", later, LASTS)


def test_is_given_back_by_its_holder_alone(database):
    at = now()
    with database.write() as db:
        leases.take(db, "clock", "a", at, LASTS)
        leases.release(db, "clock", "b")
        assert leases.holder(db, "clock", at) == "a"
        leases.release(db, "clock", "a")
        assert leases.take(db, "clock", "b", at, LASTS)


def test_whoever_follows_in_a_place_does_not_wait_for_what_the_one_before_held(desk, monkeypatch):
    monkeypatch.setenv(parent.PLACE, "a1.intake")
    before = holding.new_holder()
    others = {"drain:2": "a1.intake2/x", "drain:3": "b2.intake/x", "drain:4": "x"}
    with desk.heed.database.write() as db:
        for name, holder in {"drain:1": before, **others}.items():
            assert leases.take(db, name, holder, now(), LASTS)
    monkeypatch.setenv(parent.PLACE, "")
    holding.take_over(desk.heed)  # whoever stands in no place follows nobody
    with desk.heed.database.read() as db:
        assert leases.holder(db, "drain:1", now()) == before
    monkeypatch.setenv(parent.PLACE, "a1.intake")
    holding.take_over(desk.heed)
    with desk.heed.database.read() as db:
        assert leases.holder(db, "drain:1", now()) is None
        assert {name: leases.holder(db, name, now()) for name in others} == others


def test_of_many_who_reach_for_it_at_once_one_gets_it(database):
    at = now()
    got: list[str] = []

    def reach(name: str) -> None:
        with database.write() as db:
            if leases.take(db, "clock", name, at, LASTS):
                got.append(name)

    threads = [threading.Thread(target=reach, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
