"""What benchmarks share: a desk of real processes on either database, the CPU all of them use, load, and one table."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import psutil

from router import config, embedded
from router.config import Config
from router.store.db import open_database
from router.store.migrate import migrate
from tests.servers import free_port
from tests.servers.postgres import DURABLE, running_postgres

Kind = Literal["sqlite", "postgres"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgres")
READY_WITHIN_S = 30.0


@dataclass(slots=True)
class Ground:
    """A migrated database and a Valkey of their own, and the processes a benchmark runs on them."""

    kind: Kind
    folder: Path
    environ: dict[str, str]
    config: Config
    roots: dict[str, int] = field(default_factory=dict)  # name -> pid; their children count too
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, *command: str, environ: Mapping[str, str] | None = None) -> int:
        """Start one process, its output in a file of the folder; return its pid."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**self.environ, **(environ or {})}
            )
        self._running.append(process)
        self.roots[name] = process.pid
        return process.pid

    def start_desk(self, *names: str) -> None:
        """Start `python -m router NAME` for each, and wait until web, if it is one of them, is ready."""
        for name in names:
            self.start(name, sys.executable, "-m", "router", name)
        if "web" in names:
            wait_until(lambda: answers(f"http://127.0.0.1:{self.config.port}/readyz"), "web to be ready", self)

    def cpu(self) -> dict[str, float]:
        """Return the CPU seconds used so far by each process with all its children, database and broker included."""
        return {name: cpu_of(pid) for name, pid in self.roots.items()}

    def ended(self, pid: int) -> bool:
        """Say whether a process that was started here has ended."""
        return any(process.pid == pid and process.poll() is not None for process in self._running)

    def stop(self, *names: str) -> None:
        """End the processes with these names, or all that were started here."""
        for process in self._running:
            if process.poll() is None and (not names or process.pid in {self.roots.get(name) for name in names}):
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        for name in names:
            self.roots.pop(name, None)


@contextmanager
def ground(kind: Kind, **environ: str) -> Iterator[Ground]:
    """Yield fresh servers of one kind; they, what was started on them, and their files are gone afterwards.

    PostgreSQL runs with fsync on, SQLite with synchronous=FULL: both keep what they acknowledge.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="heed-bench-")))
        given = {"DATA_DIR": str(folder), "PORT": str(free_port()), "LOG_LEVEL": "warning", **environ}
        roots: dict[str, int] = {}
        if kind == "postgres":
            server = stack.enter_context(running_postgres(DURABLE))
            given["DATABASE_URL"] = server.url()
            roots["postgres"] = server.pid
        given["REDIS_URL"] = embedded.ensure(folder)
        stack.callback(embedded.stop, folder)
        roots["valkey"] = int((folder / "valkey" / "server.pid").read_text())
        config.prepare(given)
        found = config.load(given)
        database = open_database(found.database_url)
        migrate(database)
        database.close()
        made = Ground(kind, folder, {**os.environ, **given}, found, roots)
        stack.callback(made.stop)
        yield made


def cpu_of(pid: int) -> float:
    """Return user and system seconds of a process, its living children and those it has outlived."""
    total = 0.0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for process in family:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


@dataclass(frozen=True, slots=True)
class Load:
    """How a load went, seen from the client."""

    requests: int
    failed: int  # not 2xx, or no answer
    wall_s: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float

    @property
    def per_second(self) -> float:
        """Return answers per second of wall time."""
        return self.requests / self.wall_s


def post(url: str, bodies: Sequence[bytes], headers: Callable[[bytes], Mapping[str, str]], clients: int = 16) -> Load:
    """Post every body once over `clients` kept-alive connections and return how it went."""
    parts = urlsplit(url)
    took: list[float] = []
    failed = [0]
    lock = threading.Lock()
    waiting = iter(bodies)

    def client() -> None:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        while True:
            with lock:
                body = next(waiting, None)
            if body is None:
                break
            began = time.perf_counter()
            try:
                connection.request("POST", parts.path, body, dict(headers(body)))
                answer = connection.getresponse()
                answer.read()
                well = 200 <= answer.status < 300
            except (OSError, HTTPException):
                connection.close()
                well = False
            with lock:
                took.append((time.perf_counter() - began) * 1000)
                failed[0] += not well
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall_s = time.perf_counter() - began
    took.sort()
    return Load(len(took), failed[0], wall_s, statistics.median(took), took[int(len(took) * 0.99)], took[-1])


def answers(url: str) -> bool:
    """Say whether a GET is answered 200."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def wait_until(holds: Callable[[], bool], what: str, ground: Ground, within_s: float = READY_WITHIN_S) -> None:
    """Return when something holds; raise TimeoutError with the end of every log if it does not come to be."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            logs = "".join(f"\n--- {p.name}\n{p.read_text()[-1500:]}" for p in sorted(ground.folder.glob("*.log")))
            raise TimeoutError(f"Waited {within_s:.0f} s for {what}.{logs}")
        time.sleep(0.02)


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[object]], result: Mapping[str, object]) -> None:
    """Print one table; with `--json` on the command line, `result` as one line after it."""
    texts = [[cell if isinstance(cell, str) else _figure(cell) for cell in row] for row in rows]
    widths = [max(len(line[n]) for line in [list(header), *texts]) for n in range(len(header))]
    print(f"\n{title}")
    for line in (list(header), ["-" * width for width in widths], *texts):
        first, *others = zip(line, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))
    if "--json" in sys.argv:
        print(json.dumps(result))
    sys.stdout.flush()


def _figure(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
