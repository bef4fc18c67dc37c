"""What the inbox's pages cost at 1,000 and at 1,000,000 tickets: the lists, a ticket, search, the wallboard.

Two desks stand side by side on each database and are asked in turn, over HTTP, so that whatever else the machine does
falls on both. The larger may cost at most twice the smaller at p99. `--tickets N` and `--database sqlite` make a
shorter run.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any
from urllib.parse import quote

from sqlalchemy import text

from bench.desks import a_shop
from bench.harness import KINDS, Ground, Kind, ground, show
from bench.latency import at
from bench.watching import cookies
from bench.year import Year
from router.model import Role, Scope

SMALL, LARGE = 1_000, 1_000_000
ROUNDS = 120  # of each page on each desk
WARM = 8
LIMIT = 2.0  # p99 of the larger desk over that of the smaller

PAGES = (  # name, address; {n} is any ticket's number, {id} its id
    ("Mine", "/inbox/list?tab=mine&fragment=1"),
    ("Waiting", "/inbox/list?tab=waiting&fragment=1"),
    ("the whole page", "/?tab=waiting"),
    ("a ticket", "/tickets/{id}/conversation?fragment=1"),
    ("search: number", "/search?q={n}&fragment=1"),
    ("search: rare word", "/search?q=rare{n}&fragment=1"),
    ("search: common word", "/search?q=order&fragment=1"),
    ("search: two common words", "/search?q=order%20refund&fragment=1"),
    ("search: two letters", "/search?q=re&fragment=1"),
    ("search: name", "/search?q=customer%20{n}&fragment=1"),
    ("search: state and word", "/search?q=" + quote("state:waiting invoice") + "&fragment=1"),
    ("customers", "/contacts"),
    ("wallboard", "/wallboard"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """One desk that runs, with its web server and somebody signed in."""

    place: Ground
    count: int
    cookie: str
    line: HTTPConnection

    def ask(self, path: str, draw: random.Random) -> float:
        """Ask for a page about any ticket and return how long it took, in milliseconds."""
        n = draw.randrange(self.count)
        whole = path.replace("{n}", str(n + 1)).replace("{id}", f"t{n:025d}")
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip"}
        began = time.perf_counter()
        self.line.request("GET", whole, headers=headers)
        try:
            answer = self.line.getresponse()
        except RemoteDisconnected:  # it was idle for long while the other desk was asked
            self.line.close()
            began = time.perf_counter()
            self.line.request("GET", whole, headers=headers)
            answer = self.line.getresponse()
        answer.read()
        took = (time.perf_counter() - began) * 1000
        assert answer.status == 200, f"{whole} answered {answer.status}"
        return took

    def cpu(self) -> float:
        """Return the CPU seconds that the web server and the database have used."""
        return sum(used for name, used in self.place.cpu().items() if name in ("web", "postgres"))


def main() -> int:
    """Print one table and return 0 if no page grows beyond the limit."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tickets", type=int, default=LARGE)
    asked.add_argument("--database", choices=KINDS)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    kinds = (options.database,) if options.database else KINDS
    rows: list[Sequence[object]] = []
    result: dict[str, Any] = {}
    for kind in kinds:
        result[kind] = {}
        for name, figures in _measure(kind, options.tickets).items():
            result[kind][name] = figures
            rows.append([kind, name, *figures.values()])
    header = [
        "database",
        "page",
        f"p50 {SMALL:,}",
        "p99",
        f"p50 {options.tickets:,}",
        "p99",
        "ratio p99",
        "CPU ms",
        "CPU ms",
    ]
    holds = all(figures["ratio"] <= LIMIT for pages in result.values() for figures in pages.values())
    show(
        f"Pages of the inbox, milliseconds; p99 grows at most {LIMIT} times",
        header,
        rows,
        {"inbox": result, "holds": holds},
    )
    return 0 if holds else 1


def _measure(kind: Kind, large: int) -> dict[str, dict[str, float]]:
    draw = random.Random(1)
    with ExitStack() as stack:
        small_site, large_site = (_site(stack, kind, count) for count in (SMALL, large))
        found = {}
        for name, path in PAGES:
            for site in (small_site, large_site):
                for _ in range(WARM):
                    site.ask(path, draw)
            took: dict[int, list[float]] = {SMALL: [], large: []}
            spent = {SMALL: 0.0, large: 0.0}
            for _ in range(ROUNDS // 10):
                for site in (small_site, large_site):
                    before = site.cpu()
                    took[site.count] += [site.ask(path, draw) for _ in range(10)]
                    spent[site.count] += site.cpu() - before
            p99 = {count: at(times, 0.99) for count, times in took.items()}
            found[name] = {
                "p50_small": at(took[SMALL], 0.5), "p99_small": p99[SMALL], "p50_large": at(took[large], 0.5),
                "p99_large": p99[large], "ratio": p99[large] / p99[SMALL],
                "cpu_small": spent[SMALL] * 1000 / ROUNDS, "cpu_large": spent[large] * 1000 / ROUNDS,
            }  # fmt: skip
            print(f"{kind}: {name}: p99 {p99[SMALL]:.0f} and {p99[large]:.0f} ms", file=sys.stderr, flush=True)
        return found


def _site(stack: ExitStack, kind: Kind, count: int) -> Site:
    place = stack.enter_context(ground(kind))
    heed, _ = a_shop(place.config)
    (cookie,) = cookies(heed, 1)
    with heed.database.write() as db:
        db.execute(text("UPDATE agent SET role = 'supervisor'"))
        agent_id = db.execute(text("SELECT id FROM agent")).scalar_one()
        brand = db.execute(text("SELECT id FROM brand")).scalar_one()
    began = time.perf_counter()
    Year(heed, Scope(Role.SUPERVISOR, frozenset({brand}), agent_id), agent_id, count).fill()
    heed.database.close()
    print(
        f"{kind}: {count:,} tickets made in {time.perf_counter() - began:,.0f} s at {datetime.now(UTC):%H:%M}",
        flush=True,
    )
    place.start_desk("web")
    return Site(place, count, cookie, HTTPConnection("127.0.0.1", place.config.port, timeout=120))


if __name__ == "__main__":
    sys.exit(main())
