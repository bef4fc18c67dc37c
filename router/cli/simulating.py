"""`simulate`: days of a desk in memory, held against theory and against simpler policies, on all cores."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from typing import TypeVar

from router.simulation import validating
from router.simulation.validating import DESKS, RUNS, Figure

SAYS = """Examples: python -m router simulate --validate
          python -m router simulate --validate --json

--validate holds the simulation against queueing theory: exit code 1 unless every figure lies within three standard
errors of its formula. Seeds and run lengths are fixed, so the answer is the same each time."""

Asked = TypeVar("Asked")
Got = TypeVar("Got")


def simulate(parser: ArgumentParser) -> None:
    """Validate."""
    parser.epilog = SAYS
    kinds = parser.add_mutually_exclusive_group(required=True)
    kinds.add_argument("--validate", dest="run", action="store_const", const=_validate, help="hold it against theory")
    parser.add_argument("--json", action="store_true", help="the same figures for programs")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="default: all cores")


def on_all_cores(does: Callable[[Asked], Got], asked: Iterable[Asked], processes: int) -> list[Got]:
    """Return what a function answers, in order, asking several at once."""
    if processes <= 1:
        return [does(one) for one in asked]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(does, asked, chunksize=1))


def _validate(asked: Namespace) -> int:
    runs = [(desk, number) for desk in range(len(DESKS)) for number in range(RUNS)]
    measured = on_all_cores(_one_run, runs, asked.processes)
    figures = [
        figure
        for n, desk in enumerate(DESKS)
        for figure in validating.figures(desk, measured[n * RUNS : (n + 1) * RUNS])
    ]
    if asked.json:
        print(json.dumps({"figures": [_told(figure) for figure in figures]}))
    else:
        print("\n".join(_table(figures)))
    return 0 if all(figure.holds for figure in figures) else 1


def _one_run(asked: tuple[int, int]) -> dict[str, float]:
    desk, number = asked
    return validating.simulated(DESKS[desk], number)


def _told(figure: Figure) -> dict[str, object]:
    return {"name": figure.name, "theory": figure.theory, **asdict(figure.simulated)}


def _table(figures: Iterable[Figure]) -> list[str]:
    rows = [f"{'figure':<68}{'theory':>9}{'mean':>9}{'low':>9}{'high':>9}{'errors':>8}"]
    for figure in figures:
        got = figure.simulated
        off = (got.mean - figure.theory) / got.standard_error
        rows.append(
            f"{figure.name:<68}{figure.theory:>9.4f}{got.mean:>9.4f}{got.low:>9.4f}{got.high:>9.4f}{off:>+8.2f}"
        )
    return [*rows, "", "errors: how many standard errors the mean lies from its formula; at most 3"]
