"""CPU per durable accept (signature, repeat check, durable row) against a bare Flask route under the same server.

Both run in the same minute, alternating; the CPU is that of all processes: web, database and broker. At most 2.5 times.
"""

import socket
import sys
from collections.abc import Callable, Mapping

from bench.desks import a_shop, messages
from bench.harness import KINDS, Ground, Load, ground, post, show, wait_until

REQUESTS = 3000  # of each side in each round
ROUNDS = 3
WARM_UP = 300
LIMIT = 2.5

Headers = Callable[[bytes], Mapping[str, str]]


def main() -> int:
    """Print one table and return 0 if every ratio keeps the limit."""
    rows, result = [], {}
    for kind in KINDS:
        with ground(kind, WEB_WORKERS="1") as place:
            heed, shop = a_shop(place.config)
            heed.database.close()
            sent = 0
            figures: dict[str, list[tuple[float, Load]]] = {"bare": [], "accept": []}
            for _ in range(ROUNDS):
                figures["bare"].append(_side(place, "bare", "/hooks/bare", REQUESTS, sent, shop.headers))
                figures["accept"].append(_side(place, "desk", shop.path, REQUESTS, sent, shop.headers))
                sent += REQUESTS + WARM_UP
            cpu = {side: min(c for c, _ in runs) for side, runs in figures.items()}
            rate = {side: max(load.per_second for _, load in runs) for side, runs in figures.items()}
            failed = sum(load.failed for runs in figures.values() for _, load in runs)
            ratio = cpu["accept"] / cpu["bare"]
            rows.append(
                [kind, cpu["bare"] * 1e6, cpu["accept"] * 1e6, f"{ratio:.2f}", rate["bare"], rate["accept"], failed]
            )
            result[kind] = {
                "cpu_us": {side: value * 1e6 for side, value in cpu.items()},
                "per_second": rate,
                "ratio": ratio,
                "failed": failed,
            }
    header = ["database", "bare µs CPU", "accept µs CPU", "ratio", "bare /s", "accept /s", "failed"]
    holds = all(figure["ratio"] <= LIMIT and not figure["failed"] for figure in result.values())
    show(f"Durable accept against bare Flask, limit {LIMIT}", header, rows, {"accept": result, "holds": holds})
    return 0 if holds else 1


def _side(place: Ground, site: str, path: str, count: int, start: int, headers: Headers) -> tuple[float, Load]:
    """Serve one side, load it, and return its CPU seconds per request and how the load went."""
    place.start(site, sys.executable, "-m", "bench.serving", site)
    url = f"http://127.0.0.1:{place.config.port}"
    wait_until(lambda: listens(place.config.port), f"{site} to listen", place)
    post(url + path, messages(WARM_UP, start), headers)
    before = sum(place.cpu().values())
    load = post(url + path, messages(count, start + WARM_UP), headers)
    used = sum(place.cpu().values()) - before
    place.stop(site)
    return used / count, load


def listens(port: int) -> bool:
    """Say whether a server takes connections on a port of this host."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.exit(main())
