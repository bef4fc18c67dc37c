"""Messages from POST to claimable, against the straightforward way: a tenth of the CPU of all processes, or less."""

import secrets
import sys
import time
from dataclasses import dataclass

from sqlalchemy import create_engine, text

from bench.accept import listens
from bench.desks import Shop, a_shop, messages
from bench.harness import KINDS, Ground, ground, post, show, wait_until

OURS = 2000  # messages through Heed
THEIRS = 300  # through the straightforward way, which takes longer
WARM_UP = 64
GOAL = 10.0
WITHIN_S = 240.0


@dataclass(frozen=True, slots=True)
class Flow:
    """What one side took for each message."""

    cpu_ms: float
    per_second: float
    by_process: dict[str, float]  # CPU milliseconds


def main() -> int:
    """Print one table and return 0 if Heed takes a tenth of the CPU or less."""
    rows, result = [], {}
    for kind in KINDS:
        with ground(kind, WEB_WORKERS="1") as place:
            theirs = _straightforward(place)
        with ground(kind, WEB_WORKERS="1") as place:
            ours = _heed(place)
        ratio = theirs.cpu_ms / ours.cpu_ms
        rows.append([kind, theirs.cpu_ms, ours.cpu_ms, f"{ratio:.1f}", theirs.per_second, ours.per_second])
        result[kind] = {
            "cpu_ms": {"straightforward": theirs.cpu_ms, "heed": ours.cpu_ms},
            "by_process": {"straightforward": theirs.by_process, "heed": ours.by_process},
            "per_second": {"straightforward": theirs.per_second, "heed": ours.per_second},
            "ratio": ratio,
        }
    holds = all(figure["ratio"] >= GOAL for figure in result.values())
    header = ["database", "one job each, ms CPU", "Heed, ms CPU", "times", "one job each /s", "Heed /s"]
    show(f"POST to claimable, goal {GOAL:.0f} times", header, rows, {"flow": result, "holds": holds})
    return 0 if holds else 1


def _heed(place: Ground) -> Flow:
    heed, shop = a_shop(place.config)
    heed.database.close()
    place.start("web", sys.executable, "-m", "bench.serving", "desk")
    place.start("worker", sys.executable, "-m", "router", "worker", "--queue", "intake")
    return _measure(place, shop, OURS, "SELECT count(*) FROM ticket WHERE state = 'waiting' AND place IS NOT NULL")


def _straightforward(place: Ground) -> Flow:
    shop = Shop("sf", "/hooks/sf", secrets.token_hex(16))
    place.environ["SF_SECRET"] = shop.secret
    made = place.start("make", sys.executable, "-m", "bench.straightforward", "make")
    wait_until(lambda: place.ended(made), "the tables", place)
    place.roots.pop("make")
    place.start("web", sys.executable, "-m", "bench.straightforward", "web")
    place.start("worker", sys.executable, "-m", "bench.straightforward", "worker")
    return _measure(place, shop, THEIRS, "SELECT count(*) FROM sf_ticket WHERE state = 'waiting'")


def _measure(place: Ground, shop: Shop, count: int, ready: str) -> Flow:
    engine = create_engine(place.config.database_url)

    def done() -> int:
        with engine.connect() as db:
            return int(db.execute(text(ready)).scalar_one())

    url = f"http://127.0.0.1:{place.config.port}{shop.path}"
    wait_until(lambda: listens(place.config.port), "web to listen", place)
    post(url, messages(WARM_UP), shop.headers)
    wait_until(lambda: done() >= WARM_UP, "the warm-up", place, WITHIN_S)
    before, began = place.cpu(), time.perf_counter()
    load = post(url, messages(count, WARM_UP), shop.headers)
    wait_until(lambda: done() >= WARM_UP + count, "every message to be claimable", place, WITHIN_S)
    wall, after = time.perf_counter() - began, place.cpu()
    engine.dispose()
    if load.failed:
        raise SystemExit(f"{load.failed} of {count} requests failed.")
    used = {name: (after[name] - before[name]) / count * 1000 for name in after}
    return Flow(sum(used.values()), count / wall, used)


if __name__ == "__main__":
    sys.exit(main())
