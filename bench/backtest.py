"""The back-test: how long 100,000 recorded tickets take, and whether forecasts hold on desks whose truth is known.

Ten generated desks are back-tested on 20 days; then the draft goes live for the next 20. A forecast holds if what
happened lies within its stated interval. The same is done where a third more customers come afterwards than before:
there the forecast must be seen to miss. Seeds, sizes and rules are fixed here beforehand.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import psutil

from bench.backtest_desk import BRAND, DRAFT, LIVE, Shape, happened, the_agents
from bench.backtest_store import fill
from router.backtest import running
from router.backtest.comparing import compare, interval
from router.backtest.figures import FIGURES, measure
from router.store.db import open_database
from router.store.migrate import migrate
from tests.builders import a_desk, a_queue, a_skill, an_agent, rules

LARGE = Shape(seed=1, a_day=3_960, agents=53)
DESKS = tuple(Shape(seed=seed, a_day=420, agents=5, days=20) for seed in range(100, 110))
DRIFT = 1.33  # times as many customers after publishing
LIMIT_S = 60.0
SEED = 7


def speed(shape: Shape) -> dict[str, object]:
    """Return how long a back-test of a stored month takes, and whether a second one gives the same bytes."""
    days, _ = happened(shape, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/heed.db"
        database = open_database(url)
        migrate(database)
        database.close()
        with a_desk(url, Path(folder)) as desk:
            for skill in ("billing", "technical"):
                a_skill(desk, skill)
            queues = {"General": desk.rows("SELECT id FROM queue WHERE is_default")[0][0]}
            for name in ("Billing", "Technical"):
                queues[name] = a_queue(desk, name, topic=name.lower())
            agents = {
                one.id: str(an_agent(desk, one.name, skills=dict(one.skills), slots={"live": 2, "mail": 1},
                                     presence=None).agent)
                for one in the_agents(shape)
            }  # fmt: skip
            version = rules(desk, LIVE)
            desk.do("UPDATE agent_skill SET valid_from = :t", t="2026-01-01 00:00:00.000000")
            desk.do("UPDATE agent_slot SET valid_from = :t", t="2026-01-01 00:00:00.000000")
            with desk.heed.database.write() as db:
                fill(db, desk.brand_id, version, queues, agents, days)
            took, cpu, said = [], [], []
            for _ in range(2):
                began, used = time.perf_counter(), _cpu_s()
                report = running.run(desk.heed, desk.brand_id, DRAFT, shape.days + 1, SEED, days.known_until)
                took.append(time.perf_counter() - began)
                cpu.append(_cpu_s() - used)
                said.append(running.as_json(report))
    return {
        "tickets": report.compared.tickets,
        "wall_s": round(min(took), 1),
        "cpu_s": round(min(cpu), 1),
        "limit_s": LIMIT_S,
        "same_bytes": said[0] == said[1],
    }


def forecasts(shape: Shape) -> list[dict[str, bool]]:
    """Return which forecasts of one desk held once the draft was live: with customers as before, and with more."""
    days, desk = happened(shape, 0, 0)
    found = compare(days, {BRAND: desk}, BRAND, SEED)
    held = []
    for growth in (1.0, DRIFT):
        after, _ = happened(replace(shape, growth=growth), 1, shape.days)
        truth = measure(after, BRAND, after.tickets, [ticket.turns for ticket in after.tickets])
        ranges = {row.key: interval(row, found.days, shape.days) for row in found.rows}
        held.append(
            {k: within[0] <= truth[k].value <= within[1] for k, within in ranges.items() if within and k in truth}
        )
    return held


def main() -> int:
    """Print one table and a JSON line; 1 if the time or a share of held forecasts is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000, help="of the timed back-test")
    parser.add_argument("--desks", type=int, default=len(DESKS))
    asked = parser.parse_args()
    timed = speed(replace(LARGE, a_day=round(LARGE.a_day * asked.tickets / 100_000)))
    steady, drifting = [], []
    for shape in DESKS[: asked.desks]:
        as_before, with_more = forecasts(shape)
        steady.append(as_before)
        drifting.append(with_more)
    shares = {figure.key: (_share(steady, figure.key), _share(drifting, figure.key)) for figure in FIGURES}
    print(f"{timed['tickets']} tickets: {timed['wall_s']} s, CPU {timed['cpu_s']} s; same bytes: {timed['same_bytes']}")
    print(f"{'forecast held on':55} same load   a third more")
    for figure in FIGURES:
        of = [f"{held} of {count}" for held, count in shares[figure.key]]
        print(f"{figure.label:55} {of[0]:>9}   {of[1]:>12}")
    print(json.dumps({"speed": timed, "steady": _told(shares, 0), "drift": _told(shares, 1)}))
    good = timed["wall_s"] < LIMIT_S and all(held >= 0.9 * count for (held, count), _ in shares.values())  # type: ignore[operator]
    return 0 if good and timed["same_bytes"] else 1


def _told(shares: Mapping[str, tuple[tuple[int, int], tuple[int, int]]], which: int) -> dict[str, str]:
    return {key: f"{pair[which][0]}/{pair[which][1]}" for key, pair in shares.items()}


def _share(found: list[dict[str, bool]], key: str) -> tuple[int, int]:
    held = [one[key] for one in found if key in one]
    return sum(held), len(held)


def _cpu_s() -> float:
    used = psutil.Process().cpu_times()
    return float(used.user + used.system + used.children_user + used.children_system)


if __name__ == "__main__":
    raise SystemExit(main())
