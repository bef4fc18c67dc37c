"""All processes of a desk on one host: starts them, shows what they say, restarts what dies, stops them together.

One thread waits for output, deaths and signals. Our own processes are forks of this one, which has imported what they
need: five processes that each import it take ten seconds of CPU. Knows nothing of tickets or the database: what must be
done first and what is said when all is ready are handed in.
"""

import contextlib
import ctypes
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from secrets import token_hex

from router import embedded
from router.config import Config
from router.forked import Forked
from router.listening import CannotStart, check_port, is_ready, only_one

__all__ = ["CannotStart", "Program", "programs", "run"]

GRACE_S = 5.0  # from SIGTERM until what still runs is killed
CALM_S = 10.0  # a program that ran this long starts again at once
LONGEST_PAUSE_S = 10.0  # between attempts to start a program that keeps dying
TRIES_BEFORE_READY = 3  # a web process that never came up and died so often will not come up
OLD_CHILDREN_END_S = 6.0  # what a killed supervisor left behind notices, and is gone by then
POLL_S = 0.1
SAY = partial(print, flush=True)  # at once, also where stdout is a file or a pipe
PR_SET_PDEATHSIG = 1  # source: linux/prctl.h
OURS = (
    # name, its command line after `python -m router`; one process for each job queue, as `worker` runs them
    ("web", ("web",)),
    ("intake", ("worker", "--queue", "intake")),
    ("delivery", ("worker", "--queue", "delivery")),
    ("slow", ("worker", "--queue", "slow")),
    ("clock", ("clock",)),
)


@dataclass(frozen=True, slots=True)
class Program:
    """One long-running process of the desk."""

    name: str
    runs: Sequence[str] | Callable[[], int]  # a program of others, or a function of ours
    first: bool = False  # started before, stopped after the others: the broker


@dataclass(slots=True)
class Child:
    """A program as it runs now."""

    program: Program
    process: subprocess.Popen[bytes] | Forked | None = None
    started: float = 0.0
    deaths: int = 0  # in a row
    start_at: float = 0.0  # monotonic; not before
    rest: bytearray = field(default_factory=bytearray)  # output without its line end yet


def programs(config: Config) -> list[Program]:
    """Return what `up` runs: an embedded Valkey where REDIS_URL is unset and none answers yet, web, worker, clock."""
    broker = []
    if config.embeds_redis and not embedded.answers(embedded.socket_path(config.data_dir)):
        broker = [Program("valkey", embedded.command(config.data_dir), first=True)]
    return broker + [Program(name, partial(_our_command, arguments)) for name, arguments in OURS]


def run(
    config: Config,
    *,
    prepare: Callable[[], object],
    announce: Callable[[], str],
    chosen: Callable[[Config], list[Program]] = programs,
    say: Callable[[str], object] = SAY,
    imports: str = "router.cli.serving",
) -> int:
    """Run the desk until Ctrl-C or SIGTERM; return the exit code.

    `prepare` runs while the broker starts and before anything else (migrations); `announce` returns the line shown
    under the address once the desk answers; `imports` is the module that our processes need. Raises CannotStart if the
    port or DATA_DIR is taken.
    """
    with only_one(config.data_dir) as left_behind:
        check_port(config, OLD_CHILDREN_END_S if left_behind else 0.0)
        supervisor = Supervisor(chosen(config), say)
        with supervisor.signals():
            try:
                supervisor.start(first=True)
                prepare()
                import_module(imports)
                supervisor.start(first=False)
                return supervisor.watch(config, announce)
            finally:
                supervisor.stop()


class Supervisor:
    """Starts, watches and stops the children."""

    def __init__(self, chosen: Sequence[Program], say: Callable[[str], object]) -> None:
        self._children = [Child(program) for program in chosen]
        self._name = token_hex(8)  # another supervisor, here or elsewhere, has another
        self._width = max(len(program.name) for program in chosen)
        self._say = say
        self._selector = selectors.DefaultSelector()
        self._hold, self._follow = os.pipe()[::-1]  # children read from the one until we, who hold the other, are gone
        self._asked = 0  # how often we were asked to stop; the second time nothing is waited for

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Take SIGINT, SIGTERM and SIGHUP as the wish to stop, while the block runs."""
        wake, waker = socket.socketpair()
        for end in (wake, waker):
            end.setblocking(False)
        self._selector.register(wake, selectors.EVENT_READ, None)
        before = {n: signal.signal(n, self._asked_to_stop) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        old = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(old)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.unregister(wake)
            wake.close()
            waker.close()

    def start(self, *, first: bool) -> None:
        """Start the broker, or all the others."""
        for child in self._children:
            if child.program.first is first and not self._asked:
                self._start(child)

    def watch(self, config: Config, announce: Callable[[], str]) -> int:
        """Show output, restart the dead, say when all is ready; return when asked to stop, or when it is hopeless."""
        ready = False
        while not self._asked:
            self._show(POLL_S if not ready or self._waiting() else 1.0)
            for child in self._children:
                self._look_after(child)
            if not ready and self._lost_cause():
                self._say("The web process does not come up: its last lines above say why.")
                return 1
            if not ready and is_ready(config):
                ready = True
                self._say(f"\nHeed is ready: {config.public_url}\n{announce()}\nStop it with Ctrl-C.\n")
        return 0

    def stop(self) -> None:
        """End every child: ours first, the broker after them; kill what has not ended in time."""
        self._asked = max(self._asked, 1)
        for first in (False, True):
            running = [c for c in self._children if c.program.first is first and c.process is not None]
            for child in running:
                _signal(child, signal.SIGTERM)
            deadline = time.monotonic() + GRACE_S
            while any(_alive(c) for c in running) and time.monotonic() < deadline and self._asked < 2:
                self._show(0.02)
            for child in running:
                if _alive(child):
                    self._line(child, "did not stop in time and is killed")
                self._bury(child)
        os.close(self._hold)
        os.close(self._follow)

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        runs = child.program.runs
        if callable(runs):
            child.process = Forked(runs, child.program.name, self._follow, f"{self._name}.{child.program.name}")
        else:
            child.process = subprocess.Popen(
                runs,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone
                preexec_fn=_end_with_parent,  # safe: we have one thread
            )
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        code = child.process.poll() if child.process is not None else None
        if code is not None:
            self._bury(child)
            child.deaths = 1 if now - child.started > CALM_S else child.deaths + 1
            pause = 0.0 if child.deaths == 1 else min(LONGEST_PAUSE_S, 0.25 * 2**child.deaths)
            child.start_at = now + pause
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
            self._line(child, f"{how}; starts again{f' in {pause:.1f} s' if pause else ''}")
        if child.process is None and now >= child.start_at and not self._asked:
            self._start(child)

    def _bury(self, child: Child) -> None:
        """Take the last output of an ended child and end whatever it had started itself."""
        if child.process is None:
            return
        _signal(child, signal.SIGKILL, whole_group=True)
        child.process.wait()
        if child.process.stdout is not None:
            self._read(child)
            self._selector.unregister(child.process.stdout)
            child.process.stdout.close()
        if child.rest:
            self._line(child, _text(child.rest))
        child.rest.clear()
        child.process = None

    def _show(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    key.fileobj.recv(64)  # type: ignore[union-attr]  # the socket that signals wake us by
            elif not self._read(key.data) and _alive(key.data):
                time.sleep(0.01)  # it closed its output and lives on, or is about to be reaped

    def _read(self, child: Child) -> bool:
        assert child.process is not None and child.process.stdout is not None
        try:
            data = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return True
        child.rest += data
        *lines, rest = child.rest.split(b"\n")
        child.rest = bytearray(rest)
        for line in lines:
            self._line(child, _text(line))
        return bool(data)

    def _line(self, child: Child, text: str) -> None:
        self._say(f"{child.program.name:<{self._width}} | {text}")

    def _waiting(self) -> bool:
        return any(child.process is None for child in self._children)

    def _lost_cause(self) -> bool:
        return any(c.program.name == "web" and c.deaths >= TRIES_BEFORE_READY for c in self._children)

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self._asked += 1


def _our_command(arguments: Sequence[str]) -> int:
    from router.cli import main  # here: the command line imports this module

    return main(arguments)


def _alive(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _signal(child: Child, number: signal.Signals, *, whole_group: bool = False) -> None:
    assert child.process is not None
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if whole_group:
            os.killpg(child.process.pid, number)
        elif child.process.poll() is None:
            os.kill(child.process.pid, number)


def _end_with_parent() -> None:
    """Ask the kernel to end this process with its parent; elsewhere the next start finds the server and uses it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _text(line: bytes | bytearray) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")
