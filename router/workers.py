"""Keeps one worker at its queue, however often the broker goes away; at SIGTERM it ends after the job at hand."""

import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from router.app import Heed
from router.background import JobQueue, Worker
from router.notify import open_redis

log = logging.getLogger(__name__)

PAUSE_S = 1.0  # before a worker that lost the broker looks for it again


class Steady(Worker):
    """A worker that asks nothing of the broker but jobs: no orders over it, no long pauses, a stop without a word."""

    max_connection_wait_time = 2.0  # seconds between attempts while the broker is away
    asked: threading.Event | None = None  # set if a signal came before this worker took signals itself

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        if self.asked is not None and self.asked.is_set():
            self._stop_requested = True

    def subscribe(self) -> None:
        """Take no orders over the broker."""

    def unsubscribe(self) -> None:
        """Nothing to end."""

    def set_shutdown_requested_date(self) -> None:
        """Write nothing: this runs inside a signal handler, in the middle of a job."""

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """End here if told to: RQ's own wait for a broker that is away does not look."""
        at_a_job = pipeline is not None  # what is written with others begins or keeps one, which is done first
        if self._shutdown_requested_date is not None and not at_a_job and str(self.get_state()) != "busy":
            raise SystemExit
        super().heartbeat(timeout, pipeline)

    @property
    def told_to_stop(self) -> bool:
        """Say whether a signal has asked this worker to end."""
        return self._shutdown_requested_date is not None


def keep_working(heed: Heed, queue: JobQueue, begin: Callable[[], object] = lambda: None) -> None:
    """Work on one queue until SIGTERM or SIGINT, after `begin`. To be called in the main thread."""
    stopped = threading.Event()
    away = False
    _listen(stopped)
    begin()
    while not stopped.is_set():
        _listen(stopped)
        worker: Steady | None = None
        try:
            worker = Steady(open_redis(heed.config.redis_url), queue)
            worker.asked = stopped
            log.log(logging.WARNING if away else logging.DEBUG, "worker for %s is ready", queue)
            away = False
            worker.work(logging_level=None)
        except SystemExit:
            return
        except Exception as error:
            if not away and (worker is None or not worker.told_to_stop):
                log.warning("worker for %s lost the broker (%s), looks for it again", queue, type(error).__name__)
            away = True
        _listen(stopped)  # to a worker that has ended, a signal would be said in vain
        if worker is not None and worker.told_to_stop:
            return
        stopped.wait(PAUSE_S)


def _listen(stopped: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
