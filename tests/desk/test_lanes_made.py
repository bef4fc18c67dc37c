"""A lane is made by whatever process takes in the first ticket of its kind, while others look at those they know."""

from collections.abc import Callable
from datetime import datetime
from threading import Thread

import pytest

from router import dispatch, flagging
from router.app import Heed
from router.store import lanes
from router.store.db import Connection
from tests.builders import Desk, a_heed, now


@pytest.mark.parametrize("look", [dispatch.catch_up, flagging.renew])
def test_a_lane_made_while_they_are_looked_at_is_no_trouble(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, look: Callable[[Heed, datetime], object]
) -> None:
    desk.do("UPDATE queue SET mode = 'push'")
    seen = lanes.open_ids

    def made_meanwhile(db: Connection) -> set[int]:
        other = Thread(target=desk.says, args=("Where is my parcel?",))
        other.start()
        other.join()
        return seen(db)

    monkeypatch.setattr(lanes, "open_ids", made_meanwhile)
    other_process = a_heed(desk.url, desk.folder)
    try:
        look(other_process, now())
    finally:
        other_process.database.close()
    assert desk.rows("SELECT count(*) FROM lane") == [(1,)]


def test_a_book_that_was_read_stays_as_it_is_while_another_is_read(desk: Desk) -> None:
    with desk.heed.database.read() as db:
        before = desk.heed.lanes.read(db)
    desk.says("Where is my parcel?")
    with desk.heed.database.read() as db:
        [lane_id] = lanes.open_ids(db)
        after = desk.heed.lanes.read(db)
    assert after.spec(lane_id).channel == "api"
    assert before is not after
    with pytest.raises(KeyError):
        before.spec(lane_id)
