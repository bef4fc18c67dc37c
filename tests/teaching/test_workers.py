"""What is published is read by every worker that runs, from its next message on."""

import os
import select

from router.model import Scope
from router.store.connections import ConnectionRow
from router.teaching import publishing
from tests import workers
from tests.builders import Desk, a_connection_row, now, post
from tests.teaching.builders import NEW, actor, checked, gifts


class Running:
    """A worker process that lives on, and its two pipes; each opened both ways, so that no end waits for the other."""

    def __init__(self, desk: Desk, door: ConnectionRow) -> None:
        self._desk, self._door = desk, door
        paths = [str(desk.folder / f"{name}-{door.id}") for name in ("asks", "answers")]
        for path in paths:
            os.mkfifo(path)
        self._asks, self._answers = (os.open(path, os.O_RDWR) for path in paths)
        self._process = workers.Worker(desk, workers.goes_on, door.id, *paths)

    def reads(self, who: str) -> None:
        """Have it read a new message."""
        post(self._desk, NEW, f"{who}-{self._door.id}", row=self._door)
        os.write(self._asks, b"\n")

    def says(self) -> str:
        """Return what it made of it."""
        ready, _, _ = select.select([self._answers], [], [], 60)
        assert ready, "the worker does not answer"
        return os.read(self._answers, 200).decode().strip()

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait(30)
        for pipe in (self._asks, self._answers):
            os.close(pipe)


def test_a_publish_is_live_in_every_worker_that_runs(desk: Desk, olga: Scope) -> None:
    gifts(desk, olga)
    number = checked(desk, olga).number
    running = [Running(desk, door) for door in (desk.api, a_connection_row(desk, "api"))]

    def read_by_each(who: str) -> list[str]:
        for worker in running:
            worker.reads(who)
        return [worker.says() for worker in running]

    try:
        assert "gift_cards" not in read_by_each("ann")
        publishing.publish(desk.heed, actor(olga), olga, desk.brand_id, number, "Gift cards", now())
        assert read_by_each("bob") == ["gift_cards", "gift_cards"]
        publishing.undo(desk.heed, actor(olga), olga, desk.brand_id, now())
        assert "gift_cards" not in read_by_each("cid")
    finally:
        for worker in running:
            worker.end()
