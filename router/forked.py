"""A process of ours as a fork of this one: what was imported once is not imported again, so it starts at once."""

import ctypes
import gc
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import BinaryIO

from router.parent import PLACE, SUPERVISED, follow_supervisor

HIGHEST_FILE = 4096  # what this process may hold open; more would be a leak
PR_SET_NAME = 15  # source: linux/prctl.h; 15 bytes at most
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Forked:
    """A running function, handled as `subprocess.Popen` handles a program: pid, stdout, poll, wait, returncode."""

    def __init__(self, function: Callable[[], int], name: str, stdin: int, place: str = "") -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        gc.freeze()  # what exists now stays in memory shared by all children
        reading, writing = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            _become(function, name, stdin, writing, place)
        os.close(writing)
        self.stdout: BinaryIO | None = os.fdopen(reading, "rb", buffering=0)

    def poll(self) -> int | None:
        """Return the exit code, minus the number of the signal that ended it, or None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        """Return the exit code once it has ended."""
        while (code := self.poll()) is None:
            time.sleep(0.005)
        return code


def _become(function: Callable[[], int], name: str, stdin: int, output: int, place: str) -> None:
    """Turn this fork into a process of its own, run the function and end; never returns.

    The files of the supervisor are closed here by number, not by their objects: those live as long as the frames above
    us, which are never left.
    """
    code = 1
    try:
        os.setsid()  # Ctrl-C reaches the supervisor alone
        signal.set_wakeup_fd(-1)
        for number in SIGNALS:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        os.dup2(stdin, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.closerange(3, HIGHEST_FILE)
        sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115  it lives as long as we do
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_NAME, f"heed-{name}".encode())  # what ps and top show
        os.environ[SUPERVISED] = "1"
        os.environ[PLACE] = place
        sys.argv = [f"heed {name}"]
        follow_supervisor()
        code = function()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
    except KeyboardInterrupt:
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
