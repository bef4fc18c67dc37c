"""From an agent who becomes free to a ticket offered: how long it takes, and what the decision costs as the desk grows.

Waits: 100 agents and 10,000 waiting, four processes that resolve at once; the time from the resolve's call to the offer
committed, p99 under a second. Decision: read the agent's view, find the heads of the lanes open to them, choose and
claim; its CPU, the database server's included, p99 under 5 ms at 1,000 agents and 1,000,000 waiting, at most 1.5 times
what it is at 1,000 waiting, both taken in turns, as the load of the machine moves either. Beside it, what one must not
do: look at everything that waits. And the other way round: a ticket comes and no agent of a thousand is free, or all
are.
"""

import gc
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from bench.desks import a_shop
from bench.harness import KINDS, Ground, Kind, ground, show
from bench.pull import make_lanes, naive, seed
from router import choosing, desk
from router.app import Heed, open_heed
from router.config import Config
from router.model import Role, Scope
from router.routing.choose import choose_agent
from router.store import free, lanes, offers, people, presences, roster
from router.store.desk import put_skill

SMALL = (100, 10_000)
LARGE = 1_000
WAITING = (1_000, 1_000_000)
LANES = 100
DECISIONS, TURN = 300, 50
PROCESSES, EACH = 4, 25
P99_S, DECISION_MS, GROWTH = 1.0, 5.0, 1.5


@dataclass(slots=True)
class _Spent:
    """CPU milliseconds of acts: of each in this process, the servers' shared out evenly."""

    mine: list[float] = field(default_factory=list)
    servers: float = 0.0

    def add(self, place: Ground, acts: Sequence[Callable[[], None]]) -> "_Spent":
        for act in acts[:10]:
            act()  # warm
        before = sum(place.cpu().values())
        for act in acts:
            began = time.process_time()
            act()
            self.mine.append((time.process_time() - began) * 1000)
        self.servers += (sum(place.cpu().values()) - before) * 1000
        return self

    @property
    def p99_ms(self) -> float:
        return _p99(sorted(self.mine)) + self.servers / len(self.mine)

    @property
    def mean_ms(self) -> float:
        return statistics.mean(self.mine) + self.servers / len(self.mine)


def main() -> int:
    """Print one table and return 0 if every limit holds on both databases."""
    rows: list[Sequence[object]] = []
    result: dict[str, Any] = {}
    for kind in KINDS:
        found = {**_waits(kind), **_costs(kind)}
        result[kind] = found
        rows += [[kind, name, value] for name, value in found.items()]
    holds = all(
        found["offered p99 s"] < P99_S
        and found[f"decision p99 ms, {WAITING[-1]:,} waiting"] < DECISION_MS
        and found["growth"] <= GROWTH
        for found in result.values()
    )
    title = f"Offers: p99 under {P99_S:.0f} s, a decision under {DECISION_MS:.0f} ms, growth at most {GROWTH}"
    show(title, ["database", "what", "figure"], rows, {"dispatch": result, "holds": holds})
    return 0 if holds else 1


def _waits(kind: Kind) -> dict[str, float]:
    """Return how long it takes from the call that frees an agent until their next ticket is offered."""
    with ground(kind) as place:
        heed, scopes = _desk(place.config, *SMALL)
        context = multiprocessing.get_context("fork")
        spent = context.Queue()
        heed.database.close()
        parts = [scopes[n::PROCESSES] for n in range(PROCESSES)]
        workers = [context.Process(target=_resolve, args=(place.config, part, spent), daemon=True) for part in parts]
        before = sum(place.cpu().values())
        for worker in workers:
            worker.start()
        parts_spent = [spent.get() for _ in workers]
        for worker in workers:
            worker.join()
        took = sorted(one for part, _ in parts_spent for one in part)
        cpu = sum(cpu for _, cpu in parts_spent) + sum(place.cpu().values()) - before
        return {
            "offered p50 s": statistics.median(took),
            "offered p99 s": _p99(took),
            "resolve and offer, CPU ms": cpu / len(took) * 1000,
        }


def _resolve(config: Config, scopes: Sequence[Scope], spent: Any) -> None:
    heed, took = open_heed(config), []
    began_cpu = time.process_time()
    for scope in scopes[:EACH]:
        [ticket] = _held(heed, scope, "open")
        began = time.perf_counter()
        desk.resolve(heed, scope, ticket, datetime.now(UTC))
        took.append(time.perf_counter() - began)
        assert _held(heed, scope, "offered"), "offered by the time the call is over"
    spent.put((took, time.process_time() - began_cpu))


def _costs(kind: Kind) -> dict[str, float]:
    """Return what decisions cost at each size, in turns so that both meet the same machine, and how much they grow."""
    with ExitStack() as stack:
        places = [stack.enter_context(ground(kind)) for _ in WAITING]
        desks = [_desk(place.config, LARGE, waiting) for place, waiting in zip(places, WAITING, strict=True)]
        gc.freeze()  # as processes of ours do before they work: what was imported is not looked through again
        spent = [_Spent() for _ in WAITING]
        for first in range(0, DECISIONS, TURN):
            for place, (heed, scopes), each in zip(places, desks, spent, strict=True):
                acts = [lambda h=heed, s=scope: _decide(h, s) for scope in scopes[first : first + TURN]]
                each.add(place, acts)  # type: ignore[arg-type]
        found: dict[str, float] = {}
        for waiting, each in zip(WAITING, spent, strict=True):
            found[f"decision p99 ms, {waiting:,} waiting"] = each.p99_ms
            found[f"decision mean ms, {waiting:,} waiting"] = each.mean_ms
        found["growth"] = spent[-1].mean_ms / spent[0].mean_ms
        place, (heed, scopes) = places[-1], desks[-1]
        found["looking at everything, mean ms"] = naive(place, heed, scopes[0]) * 1000
        found["a ticket comes, none free, p99 ms"] = _Spent().add(place, [lambda: _arrives(heed)] * 50).p99_ms
        with heed.database.write() as db:
            db.execute(text("UPDATE ticket SET state = 'pending' WHERE state = 'open'"))
        found[f"a ticket comes, {LARGE:,} free, p99 ms"] = _Spent().add(place, [lambda: _arrives(heed)] * 50).p99_ms
        for heed, _ in desks:
            heed.database.close()
        return found


def _decide(heed: Heed, scope: Scope) -> None:
    """Choose and claim the next ticket for an agent, as if they had a slot free; nothing is written."""
    now = datetime.now(UTC)
    with heed.database.write() as db:
        push = offers.pushing(db)
        view = roster.views(db, now, ids={scope.agent or ""})[scope.agent or ""]
        view.load.clear()  # type: ignore[attr-defined]
        assert choosing.claim_next(db, heed.lanes.read(db), view, now, push.keys()) is not None


def _arrives(heed: Heed) -> None:
    """Look for the agent that the first ticket of a lane goes to."""
    now = datetime.now(UTC)
    with heed.database.read() as db:
        book = heed.lanes.read(db)
        row = lanes.heads(db, [2], "", now, 1)[0]  # of the first five lanes one needs what nobody has
        head = choosing.head_of(row, book.spec(row.lane_id))
        here = free.views(db, head.lane, now)
        choose_agent(head, here)


def _desk(config: Config, agents: int, waiting: int) -> tuple[Heed, list[Scope]]:
    """Make a desk whose push queue is full: every agent has one slot and one ticket open."""
    heed, _ = a_shop(config)
    now = datetime.now(UTC)
    scopes = []
    with heed.database.write() as db:
        brand = db.execute(text("SELECT id FROM brand")).scalar_one()
        for n in range(agents):
            agent_id = people.add(
                db, email=f"a{n}@example.com", name=f"Agent {n}", role=Role.AGENT, zone="UTC", locale="en", now=now
            )
            people.grant_brands(db, agent_id, [brand])
            people.put_skills(db, agent_id, {"en": 3}, now)
            people.put_slots(db, agent_id, {"live": 1, "mail": 0}, now)
            presences.put(db, agent_id, "online", now, reason="", source="agent")
            scopes.append(Scope(Role.AGENT, frozenset({brand}), agent_id))
        put_skill(db, key="rare", label="Rare", is_language=False, now=now)
        db.execute(text("UPDATE queue SET mode = 'push'"))
    _let_wait(heed, scopes[0], waiting + agents, 0)
    with heed.database.write() as db:
        ids = db.execute(text("SELECT id FROM ticket ORDER BY id LIMIT :n"), {"n": agents}).scalars().all()
        give = text("UPDATE ticket SET state = 'open', agent_id = :a, place = NULL, lane_id = NULL WHERE id = :t")
        db.execute(give, [{"a": scope.agent, "t": ticket} for scope, ticket in zip(scopes, ids, strict=True)])
    return heed, scopes


def _let_wait(heed: Heed, scope: Scope, waiting: int, above: int) -> None:
    with heed.database.read() as db:
        have = db.execute(text("SELECT count(*) FROM ticket")).scalar_one()
        brand, queue = (db.execute(text(f"SELECT id FROM {name}")).scalar_one() for name in ("brand", "queue"))
        first = db.execute(text("SELECT min(id) FROM lane")).scalar()
    first = first or make_lanes(heed, scope, LANES)[0]
    if have < waiting + above:
        seed(heed, brand, queue, first, LANES, have, waiting + above)


def _held(heed: Heed, scope: Scope, state: str) -> list[str]:
    query = text("SELECT id FROM ticket WHERE agent_id = :a AND state = :s")
    with heed.database.read() as db:
        return list(db.execute(query, {"a": scope.agent, "s": state}).scalars())


def _p99(values: Sequence[float]) -> float:
    return values[min(len(values) - 1, int(len(values) * 0.99))]


if __name__ == "__main__":
    sys.exit(main())
