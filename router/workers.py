"""Keeps one worker at its queue, however often the broker goes away; at SIGTERM it ends after the job at hand."""

import logging
import signal
import threading

from router.app import Heed
from router.background import JobQueue, Worker
from router.notify import open_redis

log = logging.getLogger(__name__)

PAUSE_S = 1.0  # before a worker that lost the broker looks for it again


class Steady(Worker):
    """A worker that asks nothing of the broker but jobs: no orders over it, no long pauses, a stop without a word."""

    max_connection_wait_time = 2.0  # seconds between attempts while the broker is away

    def subscribe(self) -> None:
        """Take no orders over the broker."""

    def unsubscribe(self) -> None:
        """Nothing to end."""

    def set_shutdown_requested_date(self) -> None:
        """Write nothing: this runs inside a signal handler, in the middle of a job."""

    @property
    def told_to_stop(self) -> bool:
        """Say whether a signal has asked this worker to end."""
        return self._shutdown_requested_date is not None


def keep_working(heed: Heed, queue: JobQueue) -> None:
    """Work on one queue until SIGTERM or SIGINT. To be called in the main thread."""
    stopped = threading.Event()
    away = False
    while not stopped.is_set():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        worker: Steady | None = None
        try:
            worker = Steady(open_redis(heed.config.redis_url), queue)
            log.log(logging.WARNING if away else logging.INFO, "worker for %s is ready", queue)
            away = False
            worker.work(logging_level=None)
        except Exception as error:
            if not away and (worker is None or not worker.told_to_stop):
                log.warning("worker for %s lost the broker (%s), looks for it again", queue, type(error).__name__)
            away = True
        if worker is not None and worker.told_to_stop:
            return
        stopped.wait(PAUSE_S)
