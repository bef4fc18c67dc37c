"""Rules: tickets a second of CPU, this engine beside plain closures and four others, on 10 to 10,000 rules in one run.

Every engine gets the same rules and tickets (`bench.rules_made`) and must give the same answers. Masks are warm from
other tickets; each round takes new ones.
"""

import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any

from bench.harness import show
from bench.rules_made import rule_set, tickets
from bench.rules_opponents import OPPONENTS, Opponent, plain
from rules.compiled import Compiled
from rules.evaluate import evaluate, matching
from rules.explain import recorded, why
from rules.model import RuleSet
from rules.values import FactValue

SIZES = (10, 100, 1_000, 10_000)
ROUNDS = 3
WARM = 500  # tickets that are read before any is timed
ROUND_S = 0.3  # of CPU that one engine has in one round; at least one ticket is read
AGREE = 3  # tickets whose answers are compared
TIMED = 400  # tickets for each round
GOALS = {"closures": 40.0, "common-expression-language": 140.0, "zen-engine": 250.0}  # times, all matches, 10,000 rules
GROWTH_GOAL = 40.0  # times the cost of a ticket, from 10 to 10,000 rules
COMPILE_GOAL_MS, MEMORY_GOAL_MB = 50.0, 25.0
TRACE_GOAL, WHY_NOT_GOAL_MS = 3.0, 1.0

WAYS = {"all_match": "all", "first_match": "first"}

Facts = dict[str, FactValue]


class Heed:
    """This engine, in the place of an opponent."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        for facts in tickets(WARM, seed=99):
            self.all(facts)

    def all(self, facts: Facts) -> list[Any]:
        """Return the rules that match."""
        return list(matching(self.rules, facts))

    def first(self, facts: Facts) -> Any:
        """Return the first rule that matches."""
        return next(matching(self.rules, facts), None)


def main() -> int:
    """Print a table and return 0 if every goal is met."""
    found = {size: compare(size) for size in SIZES}
    most = found[SIZES[-1]]
    ratios = {f"{way}_{size}": _ratios(found[size][way]) for size in SIZES for way in WAYS}
    growth = found[SIZES[0]]["all_match"]["heed"] / most["all_match"]["heed"]
    own = upkeep(rule_set(SIZES[-1]))
    at_most = ratios[f"all_match_{SIZES[-1]}"]
    holds = (
        all(at_most[name] >= goal for name, goal in GOALS.items())
        and growth <= GROWTH_GOAL
        and own["compile_ms"] <= COMPILE_GOAL_MS
        and own["memory_mb"] <= MEMORY_GOAL_MB
        and own["stored_trace_times"] <= TRACE_GOAL
        and own["why_not_ms"] <= WHY_NOT_GOAL_MS
    )
    rows: list[list[object]] = [
        [f"{size:,}", WAYS[way], *found[size][way].values()] for size in SIZES for way in WAYS
    ]  # fmt: skip
    rows.append(["heed is", "all", 1, *[at_most[name] for name in OPPONENTS]])
    rows.append(["goal", "", "", *[GOALS.get(name, "") for name in OPPONENTS]])
    figures = {"growth": growth, **own, **{f"matched_{size}": found[size]["matched"]["mean"] for size in SIZES}}
    for name, value in figures.items():
        rows.append([name.replace("_", " "), "", value, *["" for _ in OPPONENTS]])
    show(
        "Rules: tickets a second of CPU", ["rules", "", "heed", *OPPONENTS], rows, {**ratios, **figures, "holds": holds}
    )
    return 0 if holds else 1


def compare(size: int) -> dict[str, dict[str, float]]:
    """Return tickets a second of CPU for each engine, all matches and first, and how many rules match on average."""
    rules = rule_set(size)
    heed, others = Heed(rules), {name: make(rules.rules) for name, make in OPPONENTS.items()}
    asked = tickets(TIMED * ROUNDS)
    matched = [[rule.name for rule in heed.all(facts)] for facts in asked]
    _agree(rules, others, asked[:AGREE], matched)
    rates: dict[str, dict[str, float]] = {way: dict.fromkeys(["heed", *others], 0.0) for way in WAYS}
    for number in range(ROUNDS):
        ours = asked[number * TIMED : (number + 1) * TIMED]
        theirs = [plain(facts) for facts in ours]
        for way, name in WAYS.items():
            rates[way]["heed"] = max(rates[way]["heed"], _rate(getattr(heed, name), ours))
            for other, engine in others.items():
                rates[way][other] = max(rates[way][other], _rate(getattr(engine, name), theirs))
    return {**rates, "matched": {"mean": sum(map(len, matched)) / len(matched)}}


def _agree(rules: RuleSet, others: Mapping[str, Opponent], asked: list[Facts], matched: list[list[str]]) -> None:
    for facts, names in zip(asked, matched, strict=False):
        for other, engine in others.items():
            said = [rules.rules[number].name for number in engine.all(plain(facts))]
            first = engine.first(plain(facts))
            if said != names or (None if first is None else rules.rules[first].name) != (names[0] if names else None):
                raise SystemExit(f"{other} answers otherwise: {said} for {names}, first {first}.")


def _rate(act: Callable[[Any], object], asked: list[Any]) -> float:
    """Return how many tickets are read in a second of CPU."""
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < ROUND_S or not done:
        act(asked[done % len(asked)])
        done += 1
    return done / (spent or ROUND_S)


def _ratios(rates: Mapping[str, float]) -> dict[str, float]:
    return {name: rates["heed"] / rate for name, rate in rates.items() if name != "heed"}


def upkeep(rules: RuleSet) -> dict[str, float]:
    """Return what the largest set costs besides: to compile, to keep, to tell why."""
    asked = tickets(WARM)
    compile_s = min(_cpu(lambda: Compiled(rules.rules)) for _ in range(5))
    fresh = Compiled(rules.rules)
    first = _cpu(lambda: list(fresh.matching(fresh.known(asked[0], None))))
    tracemalloc.start()
    kept = Compiled(rules.rules)
    at_once = tracemalloc.get_traced_memory()[0]
    for facts in asked:
        list(kept.matching(kept.known(facts, None)))
    later = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    evaluated = min(_cpu(lambda: [evaluate(rules, facts) for facts in asked]) for _ in range(ROUNDS))
    told = min(_cpu(lambda: [json.dumps(recorded(evaluate(rules, facts))) for facts in asked]) for _ in range(ROUNDS))
    some = [(rule, facts) for rule, facts in zip(rules.rules[::20], asked, strict=False)]
    why_not = _cpu(lambda: [why(rule, facts) for rule, facts in some]) / len(some)
    return {
        "compile_ms": compile_s * 1e3, "first_ticket_ms": first * 1e3,
        "memory_mb": at_once / 1e6, "memory_after_500_tickets_mb": later / 1e6,
        "evaluate_us": evaluated / len(asked) * 1e6, "stored_trace_times": told / evaluated,
        "why_not_ms": why_not * 1e3,
    }  # fmt: skip


def _cpu(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
