"""A desk of real processes, on either database: started, stopped, killed and started again, each by its name."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
from sqlalchemy import text, update

from router import config, connecting, embedded, equipping, staffing
from router.app import Heed, open_heed
from router.model import SYSTEM, Role
from router.parent import SUPERVISED
from router.store.audit import COMMAND
from router.store.migrate import migrate
from router.store.schema import lease, outgoing
from router.tokens import create_token
from tests.journeys.outside import Client, Hook, Program
from tests.nursery import Child, command
from tests.servers import free_port
from tests.servers.postgres import Postgres

COMMANDS = {
    "web": ("web",),
    "intake": ("worker", "--queue", "intake"),
    "delivery": ("worker", "--queue", "delivery"),
    "clock": ("clock",),
    "up": ("up",),
}
WHOLE = ("valkey", "web", "intake", "delivery", "clock")
WITHIN_S = 60.0  # for whatever must come to be
LOOK_S = 0.02


def now() -> datetime:
    """Return the moment it is."""
    return datetime.now(UTC)


@dataclass(slots=True)
class RunningDesk:
    """A desk on a folder and a database, whose processes are started by name."""

    folder: Path
    environ: dict[str, str]
    heed: Heed  # a look at the same database from here; nothing is done through it while a test runs
    brand_id: str
    _running: dict[str, subprocess.Popen[bytes] | Child] = field(default_factory=dict)

    @property
    def port(self) -> int:
        """Return where web listens."""
        return self.heed.config.port

    def client(self) -> Client:
        """Return a connection of somebody's own."""
        return Client(self.port)

    def start(self, *names: str) -> None:
        """Start processes, and wait until web and Valkey answer if they are among them."""
        for name in names:
            environ, path = {**os.environ, **self.environ, SUPERVISED: "1"}, self.folder / f"{name}.log"
            if name != "valkey":
                self._running[name] = Child(command, COMMANDS[name], environ, path)  # none outlives us
                continue
            with path.open("ab") as log:
                self._running[name] = subprocess.Popen(
                    embedded.command(self.folder), stdin=subprocess.PIPE, stdout=log, stderr=log,
                    start_new_session=True, env=environ,
                )  # fmt: skip
            embedded.wait_until_up(self.folder)
        if "web" in names or "up" in names:
            self.until(self.is_ready, "web to be ready")

    def kill(self, name: str) -> None:
        """Kill a process and all it started with SIGKILL."""
        process = self._running.pop(name)
        for one in _family(process.pid):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        _bury(process)

    def stop(self, name: str) -> int:
        """Ask a process to end by SIGTERM, and return its exit code."""
        process = self._running.pop(name)
        process.terminate()
        process.wait(30)
        return _bury(process)

    def runs_as(self, name: str) -> int | None:
        """Return the process id under which something runs since it was started, None if it has ended."""
        process = self._running[name]
        return process.pid if process.poll() is None else None

    def family(self, name: str) -> list[psutil.Process]:
        """Return a process and all it has started."""
        return _family(self._running[name].pid)

    def end(self) -> None:
        """End whatever runs."""
        for name in list(self._running):
            self.kill(name)
        self.heed.notifier.stop()
        self.heed.database.close()

    def is_ready(self) -> bool:
        """Say whether web takes work."""
        client = self.client()
        try:
            return client.ask("GET", "/readyz").status == 200
        except (OSError, HTTPException):
            return False
        finally:
            client.close()

    def until(self, holds: Callable[[], object], what: str, within_s: float = WITHIN_S) -> None:
        """Return when something holds; fail with the end of every log if it does not come to be."""
        deadline = time.monotonic() + within_s
        while not holds():
            logs = "".join(f"\n--- {path.name}\n{path.read_text()[-2000:]}" for path in self.folder.glob("*.log"))
            assert time.monotonic() < deadline, f"Waited {within_s:.0f} s for {what}.{logs}"
            time.sleep(LOOK_S)

    def rows(self, query: str, **values: object) -> list[tuple]:
        """Return what a query finds."""
        with self.heed.database.read() as db:
            return [tuple(row) for row in db.execute(text(query), values)]

    def count(self, query: str, **values: object) -> int:
        """Return the one number a query finds."""
        return int(self.rows(query, **values)[0][0])

    def leases_of_the_dead_end(self, name: str) -> None:
        """Let the time pass for which a killed process still holds what it was at (up to a minute)."""
        past = now() - timedelta(seconds=1)
        held = {"intake": lease.c.name.like("drain:%"), "clock": lease.c.name == "clock"}
        with self.heed.database.write() as db:
            if name == "delivery":
                db.execute(update(outgoing).where(outgoing.c.lease_until.is_not(None)).values(lease_until=past))
            elif name in held:
                db.execute(update(lease).where(held[name]).values(until=past))

    def is_caught_up(self) -> bool:
        """Say whether nothing that came or was written waits to be read or sent."""
        stored = self.count("SELECT count(*) FROM inbound_event WHERE state = 'stored'")
        return not stored and not self.count("SELECT count(*) FROM outgoing WHERE due_at IS NOT NULL")

    def hook(self, channel: str, **settings: str) -> Hook:
        """Add a connection."""
        made = connecting.add_connection(
            self.heed, COMMAND, SYSTEM, brand_id=self.brand_id, channel=channel, name=channel.title(),
            settings=settings, now=now(),
        )  # fmt: skip
        return Hook(made.id, urlsplit(made.url).path, channel, made.secret)

    def program(self, name: str, role: Role = Role.AGENT) -> Program:
        """Add a person, and return a program with a token of theirs."""
        email = f"{name.lower()}@example.com"
        staffing.add_person(self.heed, COMMAND, email=email, name=name, role=role.value, now=now())
        who = staffing.by_email(self.heed, email)
        return Program(who.id, create_token(self.heed, COMMAND, who, now()))


@contextmanager
def a_running_desk(folder: Path, database_url: str, **environ: str) -> Iterator[RunningDesk]:
    """Yield a desk with its first brand and nothing started yet; what was started has ended afterwards."""
    given = {
        "DATABASE_URL": database_url, "DATA_DIR": str(folder), "PORT": str(free_port()), "LOG_LEVEL": "warning",
        "REDIS_URL": "", **environ,
    }  # fmt: skip
    config.prepare(given)
    heed = open_heed(config.load(given))
    migrate(heed.database)
    desk = RunningDesk(folder, given, heed, equipping.ensure_desk(heed, now()))
    try:
        yield desk
    finally:
        desk.end()


class RestartablePostgres:
    """A PostgreSQL server that a test may stop and start again."""

    def __init__(self, server: Postgres) -> None:
        running = psutil.Process(server.pid)
        self._command, self._user, self._folder = running.cmdline(), running.uids().real, server.folder
        self._server = running
        self.url = server.url()
        self._ours: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """End it and every session on it, as an administrator does who is in a hurry."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait(20)

    def start(self) -> None:
        """Start it again on the same data and wait until it takes sessions."""
        again = self._user if os.getuid() == 0 else None
        self._ours = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            user=again, extra_groups=[] if again is not None else None,
        )  # fmt: skip
        self._server = psutil.Process(self._ours.pid)
        deadline = time.monotonic() + WITHIN_S
        while True:
            try:
                psycopg.connect(host=str(self._folder), user="heed", dbname="postgres").close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "PostgreSQL did not start again"
                time.sleep(LOOK_S)

    def end(self) -> None:
        """End what was started here."""
        if self._ours is not None and self._ours.poll() is None:
            self.stop()
            self._ours.wait()


def _bury(process: subprocess.Popen[bytes] | Child) -> int:
    assert process.stdin is not None
    process.stdin.close()
    return process.wait()


def _family(pid: int) -> list[psutil.Process]:
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
