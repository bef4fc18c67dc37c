"""`rules backtest`: a rule file replayed on recorded days. The exit code says whether it could be, and bounds held."""

import json
import operator
import re
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from router import equipping
from router.backtest import running
from router.backtest.comparing import Compared, Row, interval
from router.backtest.figures import FIGURES, Figure
from router.cli.opening import now, opened, tell
from router.mistakes import Mistake

SEED = 1
_BOUND = re.compile(r"([a-z0-9_]+)\s*(<|>)\s*([0-9]+(?:\.[0-9]+)?)")
_BREAKS: dict[str, Callable[[float, float], bool]] = {"<": operator.lt, ">": operator.gt}


def add(acts: Any, source: Callable[[Path], str]) -> None:
    """Add the command to those of `rules`; `source` reads a rule file."""
    parser = acts.add_parser("backtest", help="say what a file would have changed on recorded days")
    parser.epilog = (
        'Example: python -m router rules backtest rules.yaml --days 28 --fail-on "wait_p90_frustrated>3600"\n'
        f"Figures: {', '.join(figure.key for figure in FIGURES)}. Waits are in seconds."
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--days", type=int, default=running.DAYS, help=f"how many, up to now (default {running.DAYS})")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed on the same record gives the same")
    parser.add_argument("--fail-on", action="append", default=[], metavar="BOUND", help="again for each")
    parser.add_argument("--brand", metavar="KEY")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=lambda asked: _backtest(asked, source))


def _backtest(asked: Namespace, source: Callable[[Path], str]) -> int:
    bounds = [bound_of(text) for text in asked.fail_on]
    with opened() as heed:
        brand_id = equipping.brand_named(heed, asked.brand)
        report = running.run(heed, brand_id, source(asked.file), asked.days, asked.seed, now())
    rows = {row.key: row for row in report.compared.rows}
    broken = [said for key, breaks, value, said in bounds if is_broken(rows.get(key), breaks, value)]
    told = {**json.loads(running.as_json(report)), "broken": broken}
    lines = [in_words(report.compared)]
    if report.not_kept:
        lines.append(f"Not recorded, so taken as not known: {', '.join(report.not_kept)}.")
    lines += [f"Bound broken, or figure not known: {said}" for said in broken]
    tell(told, "\n".join(lines), as_json=asked.json)
    return 1 if broken else 0


def in_words(found: Compared) -> str:
    """Return what a back-test found as a table; intervals are 95 %, the forecast is for as many days to come."""
    lines = [f"{found.tickets} tickets of {found.days} days, {found.draws} draw{'s' if found.draws > 1 else ''}."]
    if not found.changed:
        lines.append("The rules would have changed nothing.")
    for move in found.elsewhere:
        lines.append(f"{move.count} go from {move.before or 'closed'} to {move.after or 'closed'}.")
    for count, says in (
        (found.promised_sooner, "are promised an answer sooner"),
        (found.promised_later, "are promised an answer later"),
        (found.other_needs, "need other skills"),
        (found.other_heat, "count as more or less heated"),
    ):
        if count:
            lines.append(f"{count} {says}.")
    width = max(len(figure.label) for figure in FIGURES)
    lines.append(f"{'':{width}}  {'recorded':>10}  {'live':>10}  {'draft':>10}  change, then forecast")
    rows = {row.key: row for row in found.rows}
    lines += [_line(figure, rows[figure.key], found.days, width) for figure in FIGURES if figure.key in rows]
    return "\n".join(lines)


def _line(figure: Figure, row: Row, days: int, width: int) -> str:
    told = [_said(figure, value) for value in (row.recorded, row.live, row.draft)]
    change = _said(figure, row.change)
    if row.low is not None and row.high is not None:
        change += f" ({_said(figure, row.low)} … {_said(figure, row.high)})"
    within = interval(row, days, days)
    forecast = f"; {_said(figure, row.forecast)} ({' … '.join(_said(figure, one) for one in within)})" if within else ""
    return f"{figure.label:{width}}  {told[0]:>10}  {told[1]:>10}  {told[2]:>10}  {change}{forecast}"


def _said(figure: Figure, value: float | None) -> str:
    if value is None:
        return "–"
    if figure.unit == "share":
        return f"{value * 100:.1f} %"
    return f"{value / 60:.1f} min" if figure.unit == "s" else f"{value:.3f}"


def bound_of(text: str) -> tuple[str, str, float, str]:
    """Return a bound: figure, what breaks it, the number, and as it was written. Raises Mistake."""
    found = _BOUND.fullmatch(text.strip())
    keys = [figure.key for figure in FIGURES]
    if found is None or found[1] not in keys:
        raise Mistake(
            f"--fail-on “{text[:60]}” is no bound: name a figure ({', '.join(keys)}), then < or >, then a number; "
            "it is broken if the forecast is there."
        )
    return found[1], found[2], float(found[3]), text.strip()


def is_broken(row: Row | None, breaks: str, value: float) -> bool:
    """Say whether a forecast breaks a bound; one that is not known does."""
    return row is None or row.forecast is None or _BREAKS[breaks](row.forecast, value)
