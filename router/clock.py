"""The clock: one process acts at a time, however many run. It sweeps, wakes what is due, and holds the mailboxes."""

import logging
import signal
import threading
from datetime import UTC, datetime

from router import sweeping
from router.app import Heed
from router.holding import new_holder, take_over
from router.mailboxes import Mailboxes
from router.store.failures import CANNOT_STORE

log = logging.getLogger(__name__)

RENEW_S = 5.0  # the lease lasts three times as long
LOOK_S = 2.0  # how often a clock that waits looks whether it is its turn


class Clock:
    """One clock of possibly several. `run` returns after `stop`."""

    def __init__(self, heed: Heed, holder: str) -> None:
        self._heed = heed
        self._holder = holder
        self._stopped = threading.Event()
        self._mine = threading.Event()  # the lease is ours
        self._changed = threading.Event()  # something to look at before the pause is over

    @property
    def acts(self) -> bool:
        """Say whether this is the clock that acts."""
        return self._mine.is_set()

    def stop(self) -> None:
        """End `run`; may be called from a signal handler or another thread."""
        self._stopped.set()
        self._changed.set()

    def run(self) -> None:
        """Act as the clock whenever no other one does, until stopped."""
        keeper = threading.Thread(target=self._keep, name="heed-clock-lease", daemon=True)
        keeper.start()
        sweep, mailboxes = sweeping.Sweep(self._heed), Mailboxes(self._heed)
        try:
            while not self._stopped.is_set():
                self._changed.clear()
                pause_s = LOOK_S
                if self._mine.is_set():
                    pause_s = self._tick(sweep, mailboxes)
                else:
                    mailboxes.stop()
                if not self._stopped.is_set():
                    self._changed.wait(pause_s)
        finally:
            mailboxes.stop()
            sweep.stop()
            keeper.join()

    def _tick(self, sweep: sweeping.Sweep, mailboxes: Mailboxes) -> float:
        """Sweep once; return how long to pause."""
        try:
            now = datetime.now(UTC)
            mailboxes.look()
            sweep.now(now)
            return sweeping.pause_s(self._heed, datetime.now(UTC))
        except CANNOT_STORE as error:
            log.warning("the database is away (%s), the clock tries again", type(error).__name__)
            return 1.0

    def _keep(self) -> None:
        """Take the lease and renew it, beside whatever the sweep is busy with."""
        held_until = 0.0
        while not self._stopped.is_set():
            now = datetime.now(UTC)
            try:
                mine = sweeping.hold(self._heed, self._holder, now)
            except CANNOT_STORE as error:
                log.warning("the clock's lease could not be written: %s", type(error).__name__)
                mine = self._mine.is_set() and now.timestamp() < held_until
            else:
                held_until = (now + sweeping.LEASE).timestamp()
            if mine and not self._mine.is_set():
                log.debug("this clock acts now")
                self._mine.set()
                self._changed.set()
            elif not mine:
                self._mine.clear()
            self._stopped.wait(RENEW_S if mine else LOOK_S)
        self._mine.clear()
        try:
            sweeping.let_go(self._heed, self._holder)
        except CANNOT_STORE as error:
            log.warning("the clock's lease ends by itself: %s", type(error).__name__)


def run(heed: Heed) -> None:
    """Run a clock until SIGTERM or SIGINT. To be called in the main thread."""
    take_over(heed)
    clock = Clock(heed, new_holder())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: clock.stop())
    clock.run()
