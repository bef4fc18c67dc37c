"""One open stream: whose it is, the hints that wait in it, and what becomes of them when it is too slow."""

import queue
import threading
from dataclasses import dataclass, field

from router.notify import Change
from router.web.hearing import Viewer

QUEUE = 64  # hints a page may be behind before it is told to look at everything


class Line:
    """Stands in a stream's queue for what was gathered."""


LINE = Line()


@dataclass(eq=False, slots=True)
class Client:
    """One open stream."""

    viewer: Viewer
    hints: "queue.Queue[Change | Line | None]" = field(default_factory=lambda: queue.Queue(QUEUE))
    gathered: dict[str, None] = field(default_factory=dict)  # tickets that moved elsewhere
    missed: threading.Event = field(default_factory=threading.Event)
    stream_id: str = ""


def put(client: Client, hint: Change | Line | None) -> None:
    """Let a hint wait; one that finds no room makes the page look at everything."""
    try:
        client.hints.put_nowait(hint)
    except queue.Full:
        client.missed.set()


def drain(client: Client) -> None:
    """Take away all that waits."""
    while True:
        try:
            client.hints.get_nowait()
        except queue.Empty:
            return
