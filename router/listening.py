"""Where a desk listens: one supervisor for each DATA_DIR, a port that is free, and whether the desk answers there."""

import contextlib
import errno
import fcntl
import http.client
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from router.config import Config


class CannotStart(Exception):
    """The desk cannot start here; the message says what to do."""


@contextlib.contextmanager
def only_one(data_dir: Path) -> Iterator[bool]:
    """Hold DATA_DIR for this supervisor; yield whether the last one left without a word."""
    with (data_dir / "up.pid").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise CannotStart(
                f"Heed already runs on {data_dir} (process {file.read().strip()}): stop that one,"
                " or give this one a DATA_DIR and a PORT of its own."
            ) from error
        file.seek(0)
        left_behind = bool(file.read())
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield left_behind
        file.truncate(0)


def check_port(config: Config, patience_s: float) -> None:
    """Raise CannotStart unless the port is free, or becomes so within `patience_s`."""
    deadline = time.monotonic() + patience_s
    while (trouble := port_trouble(config)) is not None:
        if time.monotonic() >= deadline:
            raise CannotStart(trouble)
        time.sleep(0.1)


def port_trouble(config: Config) -> str | None:
    """Return why the port cannot be listened on, with the remedy; None if it can."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            return _about_port(config, error)
    return None


def _about_port(config: Config, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {config.port} is in use by another program: choose another, as in PORT={config.port + 1} make run."
        )
    if error.errno == errno.EACCES:
        return f"Port {config.port} is not for ordinary users: choose one above 1023, as in PORT=8000 make run."
    return f'HOST is "{config.host}", and this host cannot listen there ({error.strerror}): try HOST=127.0.0.1.'


def is_ready(config: Config) -> bool:
    """Say whether /readyz of this desk answers 200."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104  compared, not bound
    connection = http.client.HTTPConnection(host, config.port, timeout=1.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
