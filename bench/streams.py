"""500 open inboxes on one host, 20 changes a second: how soon each page hears, how soon the one concerned shows it.

On the embedded default (`up`: SQLite and its Valkey); every page is of another agent. Three changes in four are of
tickets elsewhere in the line, which all 500 hear of; one in four is on an agent's own ticket: that page asks for its
list at once, as it does in a browser, and the answer is waited for.
"""

import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from bench.harness import cpu_of, show
from bench.latency import at
from bench.watching import Streams, cookies
from router.notify import Change
from tests.journeys.running import RunningDesk, a_running_desk

PAGES = 500
PER_S = 20
LASTS_S = 15
OWN_OF = 4  # one change in so many is on somebody's own ticket
LIMIT_S = 0.5  # p99 of what is heard, and of what is shown
GIVEN_UP_S = 20.0


def main() -> int:
    """Print one table and return 0 if every page heard of every change, and those concerned showed it, in time."""
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as folder:
        path = Path(folder)
        with a_running_desk(path, f"sqlite:///{path / 'heed.db'}") as place:
            figures = measure(place)
    holds = figures["missed"] == 0 and max(figures["p99_s"], figures["shown_p99_s"]) < LIMIT_S
    header = ["pages", "changes", "missed", "heard p50 ms", "p99 ms", "shown p50 ms", "p99 ms", "web MB", "CPU %"]
    row = [PAGES, int(figures["changes"]), int(figures["missed"])]
    row += [round(figures[name] * 1000) for name in ("p50_s", "p99_s", "shown_p50_s", "shown_p99_s")]
    row += [round(figures["open_mb"]), round(figures["cpu"] * 100)]
    show(f"Open inboxes, limit p99 {LIMIT_S * 1000:.0f} ms", header, [row], {"streams": figures, "holds": holds})
    return 0 if holds else 1


def measure(place: RunningDesk) -> dict[str, float]:
    """Return how soon 500 pages heard of each change, how soon the page concerned had asked again, and the cost."""
    browsers = cookies(place.heed, PAGES)
    agents = [agent_id for (agent_id,) in place.rows("SELECT id FROM agent ORDER BY id")]
    place.start("up")
    streams = Streams(place.port, browsers)
    streams.until_open()
    while streams.read(2.0):  # what is told while others sign in
        pass
    open_mb, web = memory_mb(place), place.family("up")[0].pid
    told: dict[str, float] = {}
    waiting: dict[str, set[int]] = {}
    heard: list[float] = []
    shown: list[float] = []
    lock = threading.Lock()

    def publish() -> None:
        for number in range(PER_S * LASTS_S):
            mark = f"change-{number}"
            own = agents[number % len(agents)] if number % OWN_OF == 0 else "nobody"
            with lock:
                told[mark], waiting[mark] = time.perf_counter(), set(range(PAGES))
            place.heed.notifier.publish([Change("ticket", brand=place.brand_id, ticket=mark, agent=own)])
            time.sleep(1 / PER_S)

    def show_it(stream: int, began: float) -> None:
        line = HTTPConnection("127.0.0.1", place.port, timeout=30)
        line.request("GET", "/inbox/list?tab=mine&fragment=1", headers={"Cookie": browsers[stream]})
        line.getresponse().read()
        line.close()
        shown.append(time.perf_counter() - began)

    began_cpu, began = cpu_of(web), time.perf_counter()
    publisher = threading.Thread(target=publish)
    publisher.start()
    with ThreadPoolExecutor(32) as pages:
        quiet_since = time.perf_counter()
        while publisher.is_alive() or (any(waiting.values()) and time.perf_counter() - quiet_since < GIVEN_UP_S):
            for one in streams.read(0.5):
                quiet_since = time.perf_counter()
                with lock:
                    for mark in {one.data.get("ticket"), *_named(one.data.get("tickets"))} & told.keys():
                        if one.stream in waiting[str(mark)]:
                            waiting[str(mark)].discard(one.stream)
                            heard.append(one.at - told[str(mark)])
                            if one.data.get("mine"):
                                pages.submit(show_it, one.stream, told[str(mark)])
    used, took = cpu_of(web) - began_cpu, time.perf_counter() - began
    publisher.join()
    streams.close()
    return {
        "pages": PAGES, "changes": len(told), "missed": sum(map(len, waiting.values())),
        "p50_s": at(heard, 0.5), "p99_s": at(heard, 0.99), "shown": len(shown), "shown_p50_s": at(shown, 0.5),
        "shown_p99_s": at(shown, 0.99), "open_mb": open_mb, "cpu": used / took,
    }  # fmt: skip


def memory_mb(place: RunningDesk) -> float:
    """Return the memory of the web processes that is theirs alone (USS), in MB."""
    web = [one for one in place.family("up") if one.name().startswith("heed-web")]
    return sum(one.memory_full_info().uss for one in web) / 1e6


def _named(tickets: object) -> list[object]:
    return tickets if isinstance(tickets, list) else []


if __name__ == "__main__":
    sys.exit(main())
