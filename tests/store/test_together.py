"""Writes that share a commit: each is durable when its caller returns, and a failure reaches who it concerns."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from router.store.db import Connection
from router.store.together import MOST, Together


def write(db: Connection, rows: Sequence[str]) -> None:
    for row in rows:
        db.execute(text("INSERT INTO desk_setting (name, value) VALUES (:n, 'v')"), {"n": row})


def names(database) -> set[str]:
    with database.read() as db:
        return set(db.execute(text("SELECT name FROM desk_setting")).scalars())


def test_a_row_is_there_when_add_returns(database):
    told: list[str] = []
    together = Together(database, write, told.extend)
    together.add("one")
    assert (names(database), told) == ({"one"}, ["one"])


def test_many_callers_share_few_commits_and_lose_nothing(database):
    groups: list[int] = []
    together = Together(database, write, lambda rows: groups.append(len(rows)))
    wanted = {f"row {n}" for n in range(MOST + 40)}
    gate = threading.Barrier(len(wanted))

    def add(row: str) -> None:
        gate.wait()
        together.add(row)
        assert row in names(database)

    threads = [threading.Thread(target=add, args=(row,)) for row in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(database) == wanted
    assert sum(groups) == len(wanted)
    assert len(groups) < len(wanted)


def test_a_failed_commit_is_told_to_its_callers_and_the_next_goes_on(database):
    together = Together(database, write, lambda rows: None)
    together.add("one")
    with pytest.raises(Exception, match=r"(?i)unique"):
        together.add("one")
    together.add("two")
    assert names(database) == {"one", "two"}
