"""Starts processes as forks of one that has imported Heed, as `up` starts its own.

Importing the whole program takes seconds of CPU for each process, and the suite starts hundreds. What was started so is
a process of its own, in a session of its own, with files of its own; it dies and is killed like any.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path

from router.cli import main
from router.parent import follow_supervisor

IMPORTS = (
    "tests.models",
    "tests.unsynced",
    "tests.workers",
    "router.cli.failing",
    "router.cli.running",
    "router.cli.serving",
    "router.up",
)

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(IMPORTS))


class Child:
    """A running process, handled as `subprocess.Popen` handles a program."""

    def __init__(
        self, act: Callable[..., int | None], arguments: tuple[str, ...], environ: Mapping[str, str], log: Path
    ) -> None:
        """Start a function of a module; it returns its exit code or None, and what it prints goes to `log`."""
        there, self.stdin = _forks.Pipe(duplex=False)
        self._process = _forks.Process(target=_live, args=(act, arguments, dict(environ), log, there))
        self._process.start()
        there.close()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, minus the number of the signal that ended it, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended."""
        self._process.join(timeout)
        code = self._process.exitcode
        assert code is not None, f"It did not end within {timeout} s."
        return code

    def terminate(self) -> None:
        """Ask it to end by SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """End it by SIGKILL, and wait until it is gone."""
        self._process.kill()
        self._process.join()


def command(*arguments: str) -> int:
    """Be one of Heed's commands."""
    sys.argv = ["router", *arguments]
    follow_supervisor()
    return main(arguments)


def _live(
    act: Callable[..., int | None], arguments: tuple[str, ...], environ: dict[str, str], log: Path, here: Connection
) -> None:
    """Become that process: `here` is its standard input, and closes when whoever started it is gone."""
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for file, number in ((here.fileno(), 0), (output, 1), (output, 2)):
        os.dup2(file, number)
    here.close()
    os.close(output)
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115  it lives as long as we do
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environ)
    sys.exit(act(*arguments))
