"""Ids: opaque, and in order of time."""

import time

from router.store.ids import new_id


def test_an_id_made_in_a_later_millisecond_sorts_after() -> None:
    made = []
    for _ in range(200):
        made.append(new_id())
        began = time.time_ns() // 1_000_000
        while time.time_ns() // 1_000_000 == began:
            pass
    assert made == sorted(made)


def test_no_two_ids_are_the_same() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
