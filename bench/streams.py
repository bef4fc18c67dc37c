"""500 open inboxes on one host: how soon each hears of 20 changes elsewhere in the line, and what the open pages cost.

On the embedded default (`up`: SQLite and its Valkey); every page is of another agent.
"""

import sys
import tempfile
import time
from pathlib import Path

from bench.harness import cpu_of, show
from bench.latency import at
from bench.watching import Streams, cookies
from router.notify import Change
from tests.journeys.running import RunningDesk, a_running_desk

PAGES = 500
CHANGES = 20
PAUSE_S = 2.2  # between two changes: those that come faster are gathered for two seconds, by design
LIMIT_S = 1.0  # p99 of all pages and changes
GIVEN_UP_S = 20.0


def main() -> int:
    """Print one table and return 0 if every page heard of every change, in time."""
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as folder:
        path = Path(folder)
        with a_running_desk(path, f"sqlite:///{path / 'heed.db'}") as place:
            figures = measure(place)
    holds = figures["missed"] == 0 and figures["p99_s"] < LIMIT_S
    header = [
        "pages",
        "changes",
        "missed",
        "p50 ms",
        "p99 ms",
        "web MB before",
        "web MB open",
        "CPU ms a page, change",
    ]
    row = [PAGES, CHANGES, int(figures["missed"]), figures["p50_s"] * 1000, figures["p99_s"] * 1000]
    row += [figures["before_mb"], figures["open_mb"], figures["cpu_ms"]]
    show(f"Open event streams, limit p99 {LIMIT_S:.0f} s", header, [row], {"streams": figures, "holds": holds})
    return 0 if holds else 1


def measure(place: RunningDesk) -> dict[str, float]:
    """Return what 500 pages heard, how soon, and what they cost."""
    browsers = cookies(place.heed, PAGES)
    place.start("up")
    before_mb = memory_mb(place)
    streams = Streams(place.port, browsers)
    streams.until_open()
    while streams.read(2.0):  # what is told while others sign in
        pass
    open_mb, cpu = memory_mb(place), cpu_of(place.family("up")[0].pid)
    took: list[float] = []
    missed = 0
    for number in range(CHANGES):
        time.sleep(PAUSE_S)
        mark, began = f"change-{number}", time.perf_counter()
        place.heed.notifier.publish([Change("desk", brand=place.brand_id, ticket=mark)])
        waiting = set(range(PAGES))
        while waiting and time.perf_counter() - began < GIVEN_UP_S:
            for heard in streams.read(0.5):
                if mark in (heard.data.get("ticket"), *_named(heard.data.get("tickets"))):
                    waiting.discard(heard.stream)
                    took.append(heard.at - began)
        missed += len(waiting)
    used = cpu_of(place.family("up")[0].pid) - cpu
    streams.close()
    return {
        "pages": PAGES, "changes": CHANGES, "missed": missed, "p50_s": at(took, 0.5), "p99_s": at(took, 0.99),
        "before_mb": before_mb, "open_mb": open_mb, "cpu_ms": used * 1000 / PAGES / CHANGES,
    }  # fmt: skip


def memory_mb(place: RunningDesk) -> float:
    """Return the memory of the web processes that is theirs alone (USS), in MB."""
    web = [one for one in place.family("up") if one.name().startswith("heed-web")]
    return sum(one.memory_full_info().uss for one in web) / 1e6


def _named(tickets: object) -> list[object]:
    return tickets if isinstance(tickets, list) else []


if __name__ == "__main__":
    sys.exit(main())
