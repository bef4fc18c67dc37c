"""Runs a few processes as one: what dies starts again, a signal to stop goes to all, none outlives this one."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from router.parent import PLACE, SUPERVISED

LOOK_S = 0.5
AGAIN_S = 2.0  # before what died starts again
GRACE_S = 10.0  # a job may end for so long


@dataclass(slots=True)
class Member:
    """One process of the crew."""

    command: Sequence[str]
    place: str
    process: subprocess.Popen[bytes] | None = None
    not_before: float = 0.0  # monotonic


def run(commands: Sequence[Sequence[str]]) -> int:
    """Run the commands until SIGTERM or SIGINT; return 0."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    follow, hold = os.pipe()  # the crew reads from the one until we, who hold the other, are gone
    name = token_hex(8)  # another crew, here or elsewhere, has another
    crew = [Member(command, f"{name}.{number}") for number, command in enumerate(commands)]
    while not stopping.is_set():
        for member in crew:
            _look_after(member, follow)
        stopping.wait(LOOK_S)
    running = [member.process for member in crew if member.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + GRACE_S
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    os.close(hold)
    os.close(follow)
    return 0


def _look_after(member: Member, follow: int) -> None:
    if member.process is not None and member.process.poll() is not None:
        member.process, member.not_before = None, time.monotonic() + AGAIN_S
    if member.process is None and time.monotonic() >= member.not_before:
        member.process = subprocess.Popen(
            member.command,
            stdin=follow,
            env={**os.environ, SUPERVISED: "1", PLACE: member.place},
            start_new_session=True,
        )
