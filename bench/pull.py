"""What a claim costs as the desk grows: 20 or 400 open lanes, 1,000 to 1,000,000 waiting, eight pullers.

A fifth of what waits, the oldest, needs a skill nobody has. Beside it the naive way: of everything that waits, sorted,
the first whose needs the agent meets. Cost is the CPU of all processes for each claim; it may grow 1.5 times at most.
"""

import multiprocessing
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from bench.desks import a_shop
from bench.harness import KINDS, Ground, Kind, ground, show
from router import desk, staffing
from router.app import Heed, open_heed
from router.config import Config
from router.model import Presence, Role, Scope
from router.presence import set_presence
from router.routing.lanes import LaneSpec, lane_key
from router.store import lanes
from router.store.audit import COMMAND

LANES = (20, 400)
WAITING = (1_000, 100_000, 1_000_000)
PULLERS = 8
PULLS = 40  # of each puller at each size
NAIVE_PULLS = 5
BLOCKED = 5  # every fifth lane needs what nobody has
LIMIT = 1.5

_SEED = """
    INSERT INTO ticket (id, brand_id, number, kind, state, channel, work_class, slot_key, pace, queue_id,
      subject, language, intent, intent_confidence, sentiment, frustration, heat, urgency, mood_read, lane_id, place,
      waiting_since, answer_by, head_start_extra_s, passed_over, spared, automatic, spam, episode, event_seq,
      created_at, updated_at)
    {numbers}
    SELECT {name}, :brand, 1000 + n, 'conversation', 'waiting', 'api', 'messaging', 'live', 'social', :queue,
      'Order', 'en', 'other', 0.5, 0, 20, 0, 0, {true}, :lane + n % :lanes, {place}, {place}, {place},
      0, 0, {false}, {false}, {false}, 1, 1, {place}, {place} FROM numbers
"""
_WORDS = {
    "sqlite": {
        "numbers": "WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)",
        "name": "printf('t%025d', n)",
        "place": "strftime('%Y-%m-%d %H:%M:%f000', "
        "1750000000 + CASE WHEN n % :lanes % 5 = 0 THEN 0 ELSE 5000000 END + n, 'unixepoch')",
        "true": "1",
        "false": "0",
    },
    "postgresql": {
        "numbers": "WITH numbers AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n)",
        "name": "'t' || lpad(n::text, 25, '0')",
        "place": "to_timestamp(1750000000 + CASE WHEN n % :lanes % 5 = 0 THEN 0 ELSE 5000000 END + n)",
        "true": "true",
        "false": "false",
    },
}
_NAIVE = """
    SELECT t.id FROM ticket t WHERE t.state = 'waiting' AND NOT EXISTS (
      SELECT 1 FROM lane_need n WHERE n.lane_id = t.lane_id AND n.level > COALESCE((SELECT s.level FROM agent_skill s
        WHERE s.agent_id = :agent AND s.skill_key = n.skill_key AND s.valid_to IS NULL), 0))
    ORDER BY t.frustration DESC, t.created_at LIMIT 1
"""


def main() -> int:
    """Print one table and return 0 if the cost grows no more than the limit, on both databases."""
    rows: list[Sequence[object]] = []
    result: dict[str, Any] = {}
    for kind in KINDS:
        costs: dict[tuple[int, int], float] = {}
        for count in LANES:
            for waiting, cpu_ms, wall_ms, naive_ms in _measure(kind, count):
                costs[count, waiting] = cpu_ms
                rows.append([kind, count, waiting, cpu_ms, wall_ms, naive_ms, f"{naive_ms / cpu_ms:,.1f}"])
        growth = {
            "waiting": max(costs[n, w] / costs[n, WAITING[0]] for n in LANES for w in WAITING),
            "lanes": max(costs[LANES[-1], w] / costs[LANES[0], w] for w in WAITING),
        }
        named = {f"{n} lanes, {w} waiting": cost for (n, w), cost in costs.items()}
        result[kind] = {"cpu_ms": named, "growth": growth}
        rows.append([kind, "growth", "", f"×{growth['waiting']:.2f} waiting", f"×{growth['lanes']:.2f} lanes", "", ""])
    header = ["database", "lanes", "waiting", "claim ms CPU", "claim ms wall", "naive ms CPU", "times"]
    holds = all(value <= LIMIT for figure in result.values() for value in figure["growth"].values())
    show(f"A claim, growth at most {LIMIT} times", header, rows, {"pull": result, "holds": holds})
    return 0 if holds else 1


def _measure(kind: Kind, count: int) -> list[tuple[int, float, float, float]]:
    """Return for each size what a claim costs, in CPU and wall milliseconds, and what the naive one costs."""
    with ground(kind) as place:
        heed, _ = a_shop(place.config)
        scopes = _pullers(heed)
        first_lane, brand, queue = make_lanes(heed, scopes[0], count)
        found, have = [], 0
        for waiting in WAITING:
            seed(heed, brand, queue, first_lane, count, have, waiting)
            have = waiting
            _pulls(place, scopes, 3)  # warm
            cpu, wall = _pulls(place, scopes, PULLS)
            simple = naive(place, heed, scopes[0])
            found.append((waiting, cpu / (PULLERS * PULLS) * 1000, wall / PULLS * 1000, simple * 1000))
        heed.database.close()
        return found


def _pullers(heed: Heed) -> list[Scope]:
    now = datetime.now(UTC)
    found = []
    for n in range(PULLERS):
        agent_id, _ = staffing.add_person(
            heed, COMMAND, email=f"agent{n}@example.com", name=f"Agent {n}", role="agent", now=now, skills={"en": 3}
        )
        with heed.database.write() as db:
            slots = {"id": agent_id, "agent": agent_id, "now": now}
            db.execute(
                text(
                    "INSERT INTO agent_slot (id, agent_id, work_class, slots, valid_from) "
                    "VALUES (:id, :agent, 'live', 100000, :now)"
                ),
                {**slots, "now": now.replace(tzinfo=None) if heed.database.dialect == "sqlite" else now},
            )
            brand = db.execute(text("SELECT id FROM brand")).scalar_one()
        set_presence(heed, agent_id, Presence.ONLINE, now)
        found.append(Scope(Role.AGENT, frozenset({brand}), agent_id))
    return found


def make_lanes(heed: Heed, scope: Scope, count: int) -> tuple[int, str, str]:
    """Make lanes, every fifth of which needs what nobody has; return the first one's id, the brand and the queue."""
    now = datetime.now(UTC)
    brand = next(iter(scope.brands))
    with heed.database.write() as db:
        queue = db.execute(text("SELECT id FROM queue")).scalar_one()
        first = None
        for n in range(count):
            needs = {"en": 1, "nobody-has-it": 1} if n % BLOCKED == 0 else {"en": 1}
            spec = LaneSpec(brand, queue, "api", "messaging", needs, f"topic-{n}")
            about = {
                "brand_id": brand, "queue_id": queue, "channel": "api", "work_class": "messaging", "slot_key": "live",
                "topic": spec.topic,
            }  # fmt: skip
            if n == 0:
                db.execute(
                    text(
                        "INSERT INTO skill (key, label, is_language, created_at) "
                        "VALUES ('nobody-has-it', 'X', :no, :now)"
                    ),
                    {"no": False, "now": now.replace(tzinfo=None) if heed.database.dialect == "sqlite" else now},
                )
            made = lanes.ensure(db, {lane_key(spec): about}, {lane_key(spec): needs}, now)
            first = first or next(iter(made.values()))
    assert first is not None
    return first, brand, queue


def seed(heed: Heed, brand: str, queue: str, lane: int, count: int, have: int, want: int) -> None:
    """Let the tickets from number `have` to `want` wait, spread over the lanes, as if they had come over days.

    PostgreSQL would clean up after so many rows at once a minute later: in the midst of what is measured.
    """
    dialect = heed.database.dialect
    values = {"brand": brand, "queue": queue, "lane": lane, "lanes": count, "first": have, "last": want - 1}
    with heed.database.write() as db:
        db.execute(text(_SEED.format(**_WORDS[dialect])), values)
    with heed.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE" if dialect == "postgresql" else "ANALYZE"))


def _pulls(place: Ground, scopes: list[Scope], each: int) -> tuple[float, float]:
    """Let every puller, a process of its own, claim `each` tickets at the same time; return CPU and wall seconds."""
    context = multiprocessing.get_context("fork")
    ready, go = context.Semaphore(0), context.Event()
    spent = context.Queue()
    pullers = [
        context.Process(target=_pull, args=(place.config, scope, each, ready, go, spent), daemon=True)
        for scope in scopes
    ]
    for puller in pullers:
        puller.start()
    for _ in pullers:
        ready.acquire()
    before, began = sum(place.cpu().values()), time.perf_counter()
    go.set()
    cpu = sum(spent.get() for _ in pullers)
    wall = time.perf_counter() - began
    servers = sum(place.cpu().values()) - before
    for puller in pullers:
        puller.join()
    return cpu + servers, wall


def _pull(config: Config, scope: Scope, each: int, ready: Any, go: Any, spent: Any) -> None:
    heed = open_heed(config)
    desk.pull(heed, scope, datetime.now(UTC))
    ready.release()
    go.wait()
    before = time.process_time()
    for _ in range(each):
        assert desk.pull(heed, scope, datetime.now(UTC)) is not None
    spent.put(time.process_time() - before)


def naive(place: Ground, heed: Heed, scope: Scope) -> float:
    """Return the CPU seconds of one naive claim."""
    before, mine = sum(place.cpu().values()), time.process_time()
    for _ in range(NAIVE_PULLS):
        with heed.database.write() as db:
            found = db.execute(text(_NAIVE), {"agent": scope.agent}).scalar_one()
            db.execute(
                text("UPDATE ticket SET state = 'open', agent_id = :agent, place = NULL WHERE id = :id"),
                {"agent": scope.agent, "id": found},
            )
    return (time.process_time() - mine + sum(place.cpu().values()) - before) / NAIVE_PULLS


if __name__ == "__main__":
    sys.exit(main())
