"""A Valkey of the tests' own, by the same launcher as the desk's."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from router import embedded


@contextmanager
def running_valkey() -> Iterator[str]:
    """Yield the URL of a fresh server; it and its files are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="heed-valkey-"))
    try:
        yield embedded.ensure(folder)
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def empty(url: str) -> None:
    """Forget everything the server holds."""
    path = url.removeprefix("unix://").partition("?")[0]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(path)
        client.sendall(b"FLUSHALL\r\n")
        assert client.recv(16).startswith(b"+OK")
