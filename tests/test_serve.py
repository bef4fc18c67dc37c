"""Serving: requests are answered, and open streams do not hold up the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

SITE = """
import os, threading
from router import config
from router.serve import Site, serve_web
ending = threading.Event()
def app(environ, start):
    start("200 OK", [("Content-Type", "text/event-stream")])
    if environ["PATH_INFO"] == "/pid":
        return [str(os.getpid()).encode()]
    def stream():
        yield b": open\\n\\n"
        ending.wait(60)
        yield b": end\\n\\n"
    return stream()
config.prepare(os.environ)
serve_web(config.load(os.environ), lambda: Site(app, ending.set))
"""


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    given = {"DATA_DIR": str(tmp_path), "PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-c", SITE], env={**os.environ, **given})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def get(port: int, path: str) -> HTTPResponse:
    for _ in range(2000):
        try:
            answer: HTTPResponse = urlopen(f"http://127.0.0.1:{port}{path}", timeout=20)
            return answer
        except (URLError, ConnectionResetError):
            time.sleep(0.005)  # until it listens; nothing else tells us
    raise AssertionError("the server never listened")


def test_open_streams_end_at_once_with_the_process(server: "subprocess.Popen[bytes]", port: int) -> None:
    streams = [get(port, "/") for _ in range(40)]
    assert all(stream.readline() == b": open\n" for stream in streams)
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    for stream in streams:
        with stream:
            assert b": end" in stream.read()
    assert server.wait(20) == 0
    assert time.monotonic() - began < 3


def test_a_killed_web_process_is_replaced(server: "subprocess.Popen[bytes]", port: int) -> None:
    with get(port, "/pid") as answer:
        first = int(answer.read())
    assert first != server.pid
    os.kill(first, signal.SIGKILL)
    with get(port, "/pid") as answer:
        assert int(answer.read()) != first
