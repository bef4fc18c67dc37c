"""Ends this process when the one that started it is gone, however that one ended."""

import os
import signal
import threading

SUPERVISED = "HEED_SUPERVISED"  # set by `up`: standard input is a pipe that only the supervisor holds open
PLACE = "HEED_PLACE"  # set by whoever supervises: a name for one process at a time, of this supervisor alone
WATCHER = "heed-parent"


def follow_supervisor() -> None:
    """Under `up`, stop this process (as SIGTERM does) as soon as the supervisor's end of the pipe closes."""
    followed = any(thread.name == WATCHER for thread in threading.enumerate())
    if SUPERVISED in os.environ and not followed:
        threading.Thread(target=_wait_for_the_end, name=WATCHER, daemon=True).start()


def place() -> str:
    """Return the place of this process among those that its supervisor runs, empty without a supervisor."""
    return os.environ.get(PLACE, "")


def _wait_for_the_end() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
