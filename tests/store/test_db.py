"""One way to read, one way to write, on both databases."""

import sqlite3
import threading
from contextlib import closing, suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from router.store import leases
from tests import unsynced
from tests.builders import in_minutes, now


def write(database, value):
    with database.write() as db:
        db.execute(text("INSERT INTO desk_setting (name, value) VALUES (:v, :v)"), {"v": value})


def values(database):
    with database.read() as db:
        return sorted(db.execute(text("SELECT value FROM desk_setting")).scalars())


class TestWrite:
    def test_commits_at_the_end(self, database):
        write(database, "a")
        assert values(database) == ["a"]

    def test_rolls_everything_back_if_anything_is_raised(self, database):
        with pytest.raises(ZeroDivisionError), database.write() as db:
            db.execute(text("INSERT INTO desk_setting (name, value) VALUES ('a', 'a')"))
            raise ZeroDivisionError
        assert values(database) == []
        write(database, "b")
        assert values(database) == ["b"]

    def test_lets_forty_writers_at_once_have_their_turn(self, database):
        threads = [threading.Thread(target=write, args=(database, f"{n:02}")) for n in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert values(database) == [f"{n:02}" for n in range(40)]

    def test_keeps_foreign_keys(self, database):
        with pytest.raises(Exception, match=r"(?i)foreign key"), database.write() as db:
            db.execute(text("INSERT INTO lease (name, holder, until) VALUES ('x', 'y', :n)"), {"n": now()})
            db.execute(
                text(
                    "INSERT INTO identity (id, brand_id, channel, address, name, created_at) "
                    "VALUES ('i', 'nobody', 'api', 'a', 'a', :n)"
                ),
                {"n": now()},
            )


def test_sqlite_has_on_the_disk_what_it_committed(tmp_path):
    with closing(sqlite3.connect(tmp_path / "heed.db")) as connection:
        unsynced.as_heed_does(connection, None)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "the suite itself does not wait for it"


class TestRead:
    def test_keeps_nothing(self, database):
        with suppress(InternalError), database.read() as db:  # PostgreSQL refuses it
            db.execute(text("INSERT INTO desk_setting (name, value) VALUES ('a', 'a')"))
        assert values(database) == []


class TestALease:
    def test_is_one_holders_until_it_ends(self, database):
        minute = in_minutes(1) - now()
        with database.write() as db:
            assert leases.take(db, "clock", "a", now(), minute)
            assert leases.take(db, "clock", "a", now(), minute), "its holder renews it"
            assert not leases.take(db, "clock", "b", now(), minute)
            assert leases.holder(db, "clock", now()) == "a"
            assert leases.take(db, "clock", "b", in_minutes(2), minute), "a lease that ended is free"
            leases.release(db, "clock", "a")
            assert leases.holder(db, "clock", in_minutes(2)) == "b", "only its holder gives it back"

    def test_goes_to_one_of_many_who_ask_at_once(self, database):
        took = []

        def ask(name):
            with database.write() as db:
                if leases.take(db, "clock", name, now(), in_minutes(1) - now()):
                    took.append(name)

        threads = [threading.Thread(target=ask, args=(f"h{n}",)) for n in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(took) == 1
