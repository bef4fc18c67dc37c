"""From POST to visible in an open inbox: a new ticket in Waiting, and a message on the agent's own ticket.

On the embedded default (`up`: SQLite and its Valkey). Visible means: the page heard of it, and what it fetched then
shows it. p95 under one second on an idle machine.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from bench.harness import show
from bench.watching import Streams, cookies
from router import desk
from router.model import Role, Scope
from router.store import people
from tests.journeys.outside import Hook
from tests.journeys.running import RunningDesk, a_running_desk

MESSAGES = 50  # of each kind
PAUSE_S = 1.0  # between two messages at most; how long is drawn from a fixed seed
LIMIT_S = 1.0  # p95
GIVEN_UP_S = 10.0


def main(count: int = MESSAGES) -> int:
    """Print one table and return 0 if both keep the limit."""
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as folder:
        path = Path(folder)
        with a_running_desk(path, f"sqlite:///{path / 'heed.db'}") as place:
            measured = measure(place, count)
    figures = {
        kind: {"p50_s": at(took, 0.5), "p95_s": at(took, 0.95), "n": len(took)} for kind, took in measured.items()
    }
    rows = [[kind, one["n"], one["p50_s"] * 1000, one["p95_s"] * 1000] for kind, one in figures.items()]
    holds = all(figure["p95_s"] < LIMIT_S for figure in figures.values())
    result = {"latency": figures, "holds": holds}
    show(f"POST to visible, limit p95 {LIMIT_S:.0f} s", ["what", "messages", "p50 ms", "p95 ms"], rows, result)
    return 0 if holds else 1


def measure(place: RunningDesk, count: int) -> dict[str, list[float]]:
    """Return the seconds from POST to visible of each message, by kind."""
    [cookie] = cookies(place.heed, 1)
    hook = place.hook("api")
    place.start("up")
    streams = Streams(place.port, [cookie])
    streams.until_open()
    page = HTTPConnection("127.0.0.1", place.port, timeout=30)
    draw = random.Random(7)

    def visible(path: Callable[[], str], number: int, who: str) -> float:
        """Post one message, and return how long it takes until the page shows its words."""
        time.sleep(draw.uniform(0, PAUSE_S))
        words = f"Where is parcel {draw.randrange(10**9)}?"
        streams.read(0)
        began = time.perf_counter()
        send(place, hook, hook.body(words, who, f"{who} {number}"))
        while time.perf_counter() - began < GIVEN_UP_S:
            if any(heard.name in ("change", "line", "resync") for heard in streams.read(GIVEN_UP_S)):
                page.request("GET", path(), headers={"Cookie": cookie})
                if words in page.getresponse().read().decode():
                    return time.perf_counter() - began
        raise TimeoutError(f"A message was not visible within {GIVEN_UP_S:.0f} s.")

    found = {
        "a new ticket in Waiting": [visible(lambda: "/inbox/list?tab=waiting", n, f"new {n}") for n in range(count)]
    }
    with place.heed.database.read() as db:
        ana = people.by_email(db, "agent-0@example.com")
        brands = people.brands_of(db, ana.id) if ana is not None else frozenset()
    assert ana is not None
    pulled = desk.pull(place.heed, Scope(Role.AGENT, brands, ana.id), datetime.now(UTC))
    assert pulled is not None
    [(who,)] = place.rows(
        "SELECT i.address FROM message m JOIN identity i ON i.id = m.identity_id WHERE m.home_ticket_id = :t",
        t=pulled.ticket_id,
    )
    own = who.removeprefix("customer-")
    path = f"/tickets/{pulled.ticket_id}"
    found["a message on an own ticket"] = [visible(lambda: path, n + count, own) for n in range(count)]
    streams.close()
    page.close()
    return found


def send(place: RunningDesk, hook: Hook, body: bytes) -> None:
    """Post as a platform does. Raises SystemExit unless it is taken."""
    client = place.client()
    answer = client.ask("POST", hook.path, body, hook.headers(body))
    client.close()
    if answer.status != 200:
        raise SystemExit(f"A message was answered {answer.status}: {json.dumps(answer.body.decode())}")


def at(took: list[float], share: float) -> float:
    """Return the value below which a share of all lie."""
    return sorted(took)[min(len(took) - 1, int(len(took) * share))]


if __name__ == "__main__":
    sys.exit(main())
