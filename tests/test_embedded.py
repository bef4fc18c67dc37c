"""The embedded Valkey: one server however many ask, and nothing lost with a kill."""

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from router import embedded


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    embedded.stop(tmp_path)


def ask(folder: Path, *words: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(os.fspath(embedded.socket_path(folder)))
        client.sendall(" ".join(words).encode() + b"\r\n")
        return client.recv(4096)


def pid_of(folder: Path) -> int:
    return int((folder / "valkey" / "server.pid").read_text())


class TestEnsure:
    def test_many_at_once_get_one_server(self, folder: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            urls = set(pool.map(lambda _: embedded.ensure(folder), range(8)))
        assert urls == {embedded.socket_url(folder)}
        clients = ask(folder, "INFO", "server")
        assert f"process_id:{pid_of(folder)}".encode() in clients

    def test_what_was_acknowledged_survives_a_kill(self, folder: Path) -> None:
        embedded.ensure(folder)
        assert ask(folder, "SET", "kept", "yes") == b"+OK\r\n"
        os.kill(pid_of(folder), signal.SIGKILL)
        embedded.ensure(folder)
        assert ask(folder, "GET", "kept") == b"$3\r\nyes\r\n"

    def test_it_never_forgets_to_make_room(self, folder: Path) -> None:
        embedded.ensure(folder)
        assert b"noeviction" in ask(folder, "CONFIG", "GET", "maxmemory-policy")
        assert b"everysec" in ask(folder, "CONFIG", "GET", "appendfsync")

    def test_nobody_else_can_reach_it(self, folder: Path) -> None:
        embedded.ensure(folder)
        assert ask(folder, "CONFIG", "GET", "port").endswith(b"$1\r\n0\r\n")
        assert embedded.socket_path(folder).stat().st_mode & 0o077 == 0


class TestStop:
    def test_ends_the_server_and_may_be_called_again(self, folder: Path) -> None:
        embedded.ensure(folder)
        embedded.stop(folder)
        assert not embedded.answers(embedded.socket_path(folder))
        embedded.stop(folder)


class TestSocketPath:
    def test_lies_in_the_data_folder(self, tmp_path: Path) -> None:
        assert embedded.socket_path(Path("/srv/heed")) == Path("/srv/heed/valkey/redis.sock")

    def test_is_short_enough_for_the_kernel_wherever_the_data_lies(self, tmp_path: Path) -> None:
        deep = tmp_path / ("long" * 30)
        assert len(os.fsencode(embedded.socket_path(deep))) <= embedded.MAX_SOCKET_PATH
        assert embedded.socket_path(deep) == embedded.socket_path(deep)
        assert embedded.socket_path(deep) != embedded.socket_path(deep / "other")

    def test_a_server_with_such_a_path_starts(self, tmp_path: Path) -> None:
        deep = tmp_path / ("long" * 30)
        try:
            embedded.ensure(deep)
            assert ask(deep, "PING") == b"+PONG\r\n"
        finally:
            embedded.stop(deep)
            embedded.socket_path(deep).parent.rmdir()
