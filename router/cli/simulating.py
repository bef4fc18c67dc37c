"""`simulate`: days of a desk in memory, held against theory and against simpler policies, on all cores."""

import json
import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from router.cli.drawing import loads_plot, policies_plot
from router.mistakes import Mistake
from router.simulation import comparing, desks, telling, validating
from router.simulation.comparing import IN_TURN, LEVELS, PEERS, RATIOS, Setting
from router.simulation.desks import Desk, DeskFileError
from router.simulation.telling import Runs
from router.simulation.validating import DESKS, RUNS, Figure

STANDARD = Path(desks.__file__).parent / "desks" / "standard.yaml"

SAYS = """Example: python -m router simulate --validate --json
         python -m router simulate --compare --load .92 --seeds 20

--validate holds the simulation against queueing theory: exit code 1 unless every figure lies within three standard
errors of its formula. --compare lives through the same days with the desk's policy, with first in, first out and round
robin, and with required skills and priority classes. Seeds are numbered from 0, so the answer is the same each time.
With several loads --json answers {"loads": {"0.8": {"facts": …}, …}}."""

Asked = TypeVar("Asked")
Got = TypeVar("Got")


def simulate(parser: ArgumentParser) -> None:
    """Validate, or compare."""
    parser.epilog = SAYS
    kinds = parser.add_mutually_exclusive_group(required=True)
    kinds.add_argument("--validate", dest="run", action="store_const", const=_validate, help="hold it against theory")
    kinds.add_argument("--compare", dest="run", action="store_const", const=_compare, help="set policies side by side")
    parser.add_argument("--json", action="store_true", help="the same figures for programs")
    parser.add_argument("--processes", type=_count, default=os.cpu_count() or 1, metavar="N", help="default: all cores")
    of = parser.add_argument_group("to compare")
    of.add_argument("--load", type=_load, action="append", metavar="SHARE", help="of capacity; default .92; may repeat")
    of.add_argument("--seeds", type=_count, default=20, metavar="N", help="days drawn, from seed 0; default 20")
    of.add_argument("--facts", default="", metavar="A,B", help="what the router knows, by the desk file; default: all")
    of.add_argument("--desk", type=Path, default=STANDARD, metavar="FILE", help="default: the standard desk")
    of.add_argument("--agents", type=_count, metavar="N", help="instead of the desk's own number")
    of.add_argument("--auc", type=_auc, metavar="SHARE", help="how well frustration is read, instead of the facts'")
    of.add_argument("--without", choices=("strain", "skills"), action="append", default=[], help="may repeat")
    of.add_argument("--in-turn", action="store_true", help="also against serving everyone in turn, as ops may choose")
    of.add_argument("--plot", type=Path, metavar="FILE", help="write a plot as SVG: by facts, or over several loads")
    of.add_argument("--of", choices=(*RATIOS, *LEVELS), default="frustrated_p90", help="what is drawn")


def on_all_cores(does: Callable[[Asked], Got], asked: Iterable[Asked], processes: int) -> list[Got]:
    """Return what a function answers, in order, asking several at once."""
    if processes <= 1:
        return [does(one) for one in asked]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(does, asked, chunksize=1))


def _compare(asked: Namespace) -> int:
    desk = _desk(asked.desk)
    if asked.agents:
        desk = replace(desk, agents=asked.agents)
    names = [name for name in asked.facts.split(",") if name] or list(desk.facts)
    unknown = [name for name in names if name not in desk.facts]
    if unknown:
        raise Mistake(f"There are no facts {', '.join(unknown)}; the desk file has {', '.join(desk.facts)}.")
    loads = asked.load or [0.92]
    settings = [_setting(asked, desk, name, load) for load in loads for name in names]
    runs = on_all_cores(_days, [(one, seed) for one in settings for seed in range(asked.seeds)], asked.processes)
    parts = [runs[n * asked.seeds : (n + 1) * asked.seeds] for n in range(len(settings))]
    by_load = {
        load: dict(zip(names, parts[n * len(names) : (n + 1) * len(names)], strict=True))
        for n, load in enumerate(loads)
    }
    if asked.plot:
        asked.plot.write_text(_plot(by_load, asked.of), "utf-8")
    print(_json(by_load, asked.seeds) if asked.json else "\n".join(_tables(by_load, asked.seeds)))
    return 0


def _desk(path: Path) -> Desk:
    try:
        return desks.read(path.read_text("utf-8"))
    except DeskFileError as error:
        raise Mistake(f"{path}: {error}") from error


def _setting(asked: Namespace, desk: Desk, name: str, load: float) -> Setting:
    peers = (*PEERS, IN_TURN) if asked.in_turn else PEERS
    setting = Setting(desk, desk.facts[name], load, "strain" not in asked.without, "skills" in asked.without, peers)
    return setting.with_auc(asked.auc) if asked.auc else setting


def _days(asked: tuple[Setting, int]) -> dict[str, dict[str, float]]:
    setting, seed = asked
    return comparing.measured(setting, seed)


def _plot(by_load: Mapping[float, Mapping[str, Runs]], key: str) -> str:
    if len(by_load) == 1:
        return policies_plot(next(iter(by_load.values())), key)
    return loads_plot({load: next(iter(by_facts.values())) for load, by_facts in by_load.items()}, key)


def _json(by_load: Mapping[float, Mapping[str, Runs]], seeds: int) -> str:
    told = {load: {"load": load, "seeds": seeds, "facts": telling.told(runs)} for load, runs in by_load.items()}
    return json.dumps(next(iter(told.values())) if len(told) == 1 else {"loads": told})


def _tables(by_load: Mapping[float, Mapping[str, Runs]], seeds: int) -> list[str]:
    lines = []
    for load, by_facts in by_load.items():
        lines += [f"load {load:g}, {seeds} seeds: means, with 95 % intervals of what differs by seed", ""]
        lines += telling.table(by_facts)
    return lines


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
        print("\n".join(_figures(figures)))
    return 0 if all(figure.holds for figure in figures) else 1


def _one_run(asked: tuple[int, int]) -> dict[str, float]:
    desk, number = asked
    return validating.simulated(DESKS[desk], number)


def _told(figure: Figure) -> dict[str, object]:
    return {"name": figure.name, "theory": figure.theory, **asdict(figure.simulated)}


def _figures(figures: Iterable[Figure]) -> list[str]:
    rows = [f"{'figure':<75}{'theory':>9}{'mean':>9}{'low':>9}{'high':>9}{'errors':>8}"]
    for figure in figures:
        got = figure.simulated
        off = (got.mean - figure.theory) / got.standard_error
        rows.append(
            f"{figure.name:<75}{figure.theory:>9.4f}{got.mean:>9.4f}{got.low:>9.4f}{got.high:>9.4f}{off:>+8.2f}"
        )
    return [*rows, "", "errors: how many standard errors the mean lies from its formula; at most 3"]


def _between(said: str, low: float, high: float) -> float:
    try:
        value = float(said)
    except ValueError:
        value = -1.0
    if not low < value <= high:
        raise ArgumentTypeError(f"{said} is not a number above {low:g} and up to {high:g}")
    return value


_load = partial(_between, low=0.0, high=3.0)
_auc = partial(_between, low=0.5, high=0.999)


def _count(said: str) -> int:
    if not said.isdecimal() or not int(said):
        raise ArgumentTypeError(f"{said} is not a whole number from 1 on")
    return int(said)
