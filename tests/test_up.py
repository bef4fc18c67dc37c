"""The supervisor, with real processes: what starts, what starts again, and that nothing outlives it."""

import contextlib
import http.client
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from router import embedded, up
from router.background import JOB_QUEUES

DRIVER = """
import http.server, os, signal, subprocess, sys
from functools import partial
from router import config, parent, up

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *_): pass

def site(kind, port):
    if kind == "broken":
        sys.exit("no such module")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("listening", flush=True)
    http.server.HTTPServer(("127.0.0.1", port), Ready).serve_forever()

def loop(kind, port):
    signal.signal(signal.SIGTERM, signal.SIG_IGN if kind == "stubborn" else lambda *_: sys.exit(0))
    print("stands in", parent.place(), flush=True)
    print("works as", os.getpid(), flush=True)
    while True:
        signal.pause()

def chosen(c):
    broker = [p for p in up.programs(c) if p.first]
    return broker + [up.Program(n, partial(f, sys.argv[1], c.port)) for n, f in (("web", site), ("worker", loop))]

config.prepare(os.environ)
say = partial(print, flush=True)
try:
    code = up.run(config.load(os.environ), prepare=lambda: say("migrated"), announce=lambda: "Sign in: here",
                  chosen=chosen, imports="http.server")
except up.CannotStart as error:
    print("cannot start:", error)
    code = 1
sys.exit(code)
"""


class Desk:
    """A supervisor in a process of its own, and what it has printed."""

    def __init__(self, folder: Path, port: int, kind: str = "plain") -> None:
        given = {"DATA_DIR": str(folder), "PORT": str(port), "REDIS_URL": ""}
        self.folder = folder
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, kind],
            env={**os.environ, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, words: str, nth: int = 1) -> str:
        """Return the nth line with these words, waiting for it if need be."""
        while len(found := [line for line in self.said if words in line]) < nth:
            try:
                line = self._lines.get(timeout=20)
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"“{words}” was not said {nth} times, but:\n{''.join(self.said)}")
            self.said.append(line)
        return found[nth - 1]

    def ends(self) -> int:
        """Return the exit code."""
        while (line := self._lines.get(timeout=20)) is not None:
            self.said.append(line)
        return self.process.wait(20)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def close(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in self.children():
                child.kill()
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        embedded.stop(self.folder)


@pytest.fixture
def desks(tmp_path: Path, port: int) -> Iterator["list[Desk]"]:
    made: list[Desk] = []
    yield made
    for desk in made:
        desk.close()


@pytest.fixture
def desk(desks: list[Desk], tmp_path: Path, port: int) -> Desk:
    desks.append(Desk(tmp_path, port))
    return desks[0]


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=10)[1]


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/")
    return connection.getresponse().status == 200


class TestStart:
    def test_says_where_the_desk_is_and_how_to_sign_in(self, desk: Desk, port: int) -> None:
        desk.until(f"Heed is ready: http://127.0.0.1:{port}")
        desk.until("Sign in: here")
        assert answers(port)
        embedded.wait_until_up(desk.folder)

    def test_migrates_before_any_process_of_ours_starts(self, desk: Desk) -> None:
        desk.until("Heed is ready")
        desk.until("listening")
        assert desk.said[0] == "migrated\n"

    def test_each_line_says_who_said_it(self, desk: Desk) -> None:
        assert desk.until("works as").startswith("worker | ")
        assert desk.until("listening").startswith("web    | ")

    def test_a_port_in_use_is_said_at_once_with_the_remedy(self, desks: list[Desk], tmp_path: Path, port: int) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()
            desks.append(Desk(tmp_path, port))
            line = desks[0].until("in use")
        assert f"Port {port} is in use by another program" in line
        assert f"PORT={port + 1} make run" in line
        assert desks[0].ends() == 1

    def test_a_second_desk_on_the_same_data_is_refused(self, desk: Desk, desks: list[Desk]) -> None:
        desk.until("Heed is ready")
        desks.append(Desk(desk.folder, 1))
        assert f"process {desk.process.pid}" in desks[1].until("already runs")
        assert desks[1].ends() == 1

    def test_a_web_process_that_cannot_start_ends_the_attempt(
        self, desks: list[Desk], tmp_path: Path, port: int
    ) -> None:
        desks.append(Desk(tmp_path, port, "broken"))
        desks[0].until("no such module")
        desks[0].until("does not come up")
        assert desks[0].ends() == 1


class TestDeath:
    def test_a_killed_process_starts_again(self, desk: Desk) -> None:
        first = int(desk.until("works as").split()[-1])
        desk.until("Heed is ready")
        os.kill(first, signal.SIGKILL)
        desk.until("worker | was ended by signal 9; starts again")
        assert int(desk.until("works as", nth=2).split()[-1]) != first
        place = desk.until("stands in").split()[-1]
        assert place.endswith(".worker") and desk.until("stands in", nth=2).split()[-1] == place

    def test_the_broker_too(self, desk: Desk) -> None:
        desk.until("Heed is ready")
        next(c for c in desk.children() if "valkey-server" in c.name()).kill()
        desk.until("valkey | was ended by signal 9; starts again")
        embedded.wait_until_up(desk.folder)


class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
    def test_ends_everything_and_leaves_cleanly(self, desk: Desk, number: signal.Signals) -> None:
        desk.until("Heed is ready")
        children = desk.children()
        assert len(children) == 3
        desk.process.send_signal(number)
        assert desk.ends() == 0
        assert gone(children)
        assert (desk.folder / "up.pid").read_text() == ""

    def test_kills_what_does_not_stop_in_time(self, desks: list[Desk], tmp_path: Path, port: int) -> None:
        desks.append(Desk(tmp_path, port, "stubborn"))
        desks[0].until("Heed is ready")
        children = desks[0].children()
        began = time.monotonic()
        desks[0].process.send_signal(signal.SIGTERM)
        desks[0].until("worker | did not stop in time")
        assert desks[0].ends() == 0
        assert time.monotonic() - began < 8
        assert gone(children)

    def test_no_child_outlives_a_killed_supervisor(self, desk: Desk) -> None:
        desk.until("Heed is ready")
        children = desk.children()
        desk.process.kill()
        assert gone(children)

    def test_after_such_a_kill_the_next_start_finds_the_port_free(
        self, desk: Desk, desks: list[Desk], port: int
    ) -> None:
        desk.until("Heed is ready")
        desk.process.kill()
        desk.process.wait()
        desks.append(Desk(desk.folder, port))
        desks[1].until("Heed is ready")


def test_there_is_a_process_for_each_job_queue() -> None:
    queues = {arguments[2] for _, arguments in up.OURS if arguments[0] == "worker"}
    assert queues == set(JOB_QUEUES)
