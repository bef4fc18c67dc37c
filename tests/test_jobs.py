"""Workers as real processes: they do what the queue says, go on when the broker comes back, and stop when told."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from router import background, embedded, jobs
from tests.builders import KEY, Desk, a_desk, post
from tests.nursery import Child, command
from tests.soon import soon

ROOT = Path(__file__).parent.parent
WITHIN_S = 40.0


@pytest.fixture
def broker() -> Iterator[Path]:
    """The folder of a Valkey of this test's own, which the test may kill."""
    folder = Path(tempfile.mkdtemp(prefix="heed-valkey-"))
    try:
        embedded.ensure(folder)
        yield folder
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_worker(of: Desk, queue: str, url: str) -> Iterator[Child]:
    environ = {**os.environ, "DATABASE_URL": of.url, "DATA_DIR": str(of.folder), "SECRET_KEY": KEY, "REDIS_URL": url}
    process = Child(command, ("worker", "--queue", queue), environ, of.folder / "worker.log")
    try:
        yield process
    finally:
        process.kill()


def kill(broker: Path) -> None:
    pid = int((broker / "valkey" / "server.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    assert soon(lambda: not embedded.answers(embedded.socket_path(broker)))
    (broker / "valkey" / "server.pid").unlink()


def test_every_job_that_is_enqueued_exists():
    source = Path(background.__file__).read_text() + "".join(
        path.read_text() for path in (ROOT / "router").glob("*.py")
    )
    named = {word.strip("\"'(),") for word in source.split() if word.strip("\"'(),").startswith("router.jobs.")}
    assert {"router.jobs.drain", "router.jobs.deliver", "router.jobs.fetch", "router.jobs.effects"} <= named
    for name in named:
        module, _, function = name.rpartition(".")
        assert callable(getattr(import_module(module), function))


def test_a_job_that_fails_tells_the_broker_nothing_but_its_kind(sqlite_url, tmp_path, monkeypatch):
    with a_desk(sqlite_url, tmp_path) as of:
        jobs.set_heed(of.heed)
        monkeypatch.setattr(jobs.delivery, "send", lambda *_: int("a customer's words"))
        with pytest.raises(jobs.JobFailed) as failed:
            jobs.deliver("m1")
    assert str(failed.value) == "deliver: ValueError"
    assert failed.value.__suppress_context__


def test_an_unknown_queue_is_refused(sqlite_url, tmp_path):
    with a_desk(sqlite_url, tmp_path) as of, pytest.raises(ValueError, match="intake, delivery, slow"):
        jobs.work(of.heed, "quick")


class TestAWorker:
    def test_catches_up_when_it_starts_and_ends_cleanly(self, database_url, tmp_path, broker):
        with a_desk(database_url, tmp_path) as of:
            post(of, "Written while nobody worked")
            with a_worker(of, "intake", embedded.socket_url(broker)) as worker:
                assert soon(lambda: len(of.tickets) == 1)
                worker.terminate()
                assert worker.wait(WITHIN_S) == 0

    def test_goes_on_by_itself_when_the_broker_was_killed_and_is_back(self, sqlite_url, tmp_path, broker):
        with (
            a_desk(sqlite_url, tmp_path, REDIS_URL=embedded.socket_url(broker)) as of,
            a_worker(of, "intake", embedded.socket_url(broker)) as worker,
        ):
            post(of, "One", "dan")
            assert soon(lambda: len(of.tickets) == 1)
            kill(broker)
            post(of, "Two", "eve")  # stored, though no bell rings
            embedded.ensure(broker)
            of.heed.background.ring(of.api.id)
            assert soon(lambda: len(of.tickets) == 2)
            kill(broker)
            worker.terminate()
            assert worker.wait(WITHIN_S) == 0

    def test_starts_while_the_broker_is_away(self, sqlite_url, tmp_path, broker):
        kill(broker)
        with (
            a_desk(sqlite_url, tmp_path, REDIS_URL=embedded.socket_url(broker)) as of,
            a_worker(of, "intake", embedded.socket_url(broker)),
        ):
            post(of, "One", "dan")
            assert soon(lambda: len(of.tickets) == 1)
            post(of, "Two", "eve")
            embedded.ensure(broker)
            of.heed.background.ring(of.api.id)
            assert soon(lambda: len(of.tickets) == 2)

    def test_ends_only_after_the_job_at_hand(self, sqlite_url, tmp_path, broker):
        with (
            a_desk(sqlite_url, tmp_path, REDIS_URL=embedded.socket_url(broker)) as of,
            a_worker(of, "intake", embedded.socket_url(broker)) as worker,
        ):
            for number in range(150):
                post(of, f"Message {number}", f"person{number}")
            assert soon(lambda: len(of.tickets) > 0)
            worker.terminate()
            assert worker.wait(WITHIN_S) == 0
            left = of.rows("SELECT count(*) FROM inbound_event WHERE state = 'stored'")[0][0]
            assert len(of.tickets) + left == 150
            assert of.rows("SELECT count(*) FROM lease WHERE name LIKE 'drain:%'") == [(0,)]
