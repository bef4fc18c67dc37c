"""Back-tests on the rules page and on their own: ask for one, see what a draft would have changed, and what it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Flask, abort, g, render_template, request, url_for
from flask import redirect as lead
from werkzeug.wrappers import Response

from router import rulebook_versions
from router.backtest import running
from router.backtest.comparing import Row, interval
from router.backtest.figures import FIGURES
from router.backtest.running import Backtest, Since
from router.mistakes import Mistake
from router.rulemaking import drafting
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.words import look_up as _
from router.web.words import mark, number, span

bp = Blueprint("backtests", __name__, url_prefix="/rules/backtest")

SEED = 1
MINUTE_S = 60
LONG_S = 7_200  # from here on hours and whole minutes say enough
PERIODS = (7, 28, 90)  # days
NAMES: Mapping[str, str] = {
    "wait_p50_frustrated": mark("Frustrated, half answered within"),
    "wait_p90_frustrated": mark("Frustrated, 9 of 10 answered within"),
    "wait_p50": mark("Everyone, half answered within"),
    "wait_p90": mark("Everyone, 9 of 10 answered within"),
    "promises_kept": mark("Promises kept"),
    "left": mark("Over before anyone had them"),
    "transfers": mark("Transfers for each 100 tickets"),
    "nobody": mark("No one may take them"),
    "load_spread": mark("Spread of the load, 0 even to 100"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure in words."""

    name: str
    recorded: str
    live: str
    draft: str
    change: str
    between: str  # empty: too few days
    forecast: str
    forecast_between: str
    tone: str  # good, bad, or nothing where it may as well be chance


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A forecast in words, and what it came to."""

    name: str
    forecast: str
    happened: str
    within: bool | None


def register(app: Flask) -> None:
    """Add these pages; the rules page asks for its section by `newest_backtest`."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(newest_backtest=_newest, backtest_lines=lines, backtest_periods=PERIODS)


@bp.get("")
@audience("ops")
def show() -> str:
    """Show the last back-test of a brand's rules, and how the forecast of the live ones held."""
    return _page(_brand())


@bp.post("")
@audience("ops")
def ask() -> tuple[str, int] | Response:
    """Have the draft replayed on the last days."""
    brand_id, days = _brand(), request.form.get("days", "")
    source = drafting.current(heed_of(), brand_id).source
    try:
        running.ask(
            heed_of(), signed_in().actor, g.scope, brand_id, source,
            int(days) if days in {str(one) for one in PERIODS} else running.DAYS, SEED, now(),
        )  # fmt: skip
    except Mistake as mistake:
        return _page(brand_id, wrong=mistake.reason), 422
    return lead(url_for("backtests.show", brand=brand_id), 303)


def lines(found: Backtest) -> list[Line]:
    """Return the figures of a back-test in words."""
    if found.report is None:
        return []
    compared = found.report.compared
    return [_line(row, compared.days) for row in compared.rows]


def _page(brand_id: str, wrong: str = "") -> str:
    return render_template(
        "rules/backtest.html",
        brand_id=brand_id,
        brands=rulebook_versions.brands(heed_of(), g.scope),
        found=_newest(brand_id),
        held=_held(running.since(heed_of(), g.scope, brand_id, now())),
        wrong=wrong,
        at=now(),
    )


def _brand() -> str:
    known = [one.id for one in rulebook_versions.brands(heed_of(), g.scope)]
    named = request.values.get("brand", "")
    if not known or (named and named not in known):
        abort(404)
    return named or known[0]


def _newest(brand_id: str) -> Backtest | None:
    return next(iter(running.newest(heed_of(), g.scope, brand_id)), None)


def _held(found: Since | None) -> dict[str, object] | None:
    if found is None:
        return None
    told = [
        HeldLine(
            name=_(NAMES[one.key]),
            forecast=_between(one.key, one.low, one.high),
            happened="–" if one.happened is None else _value(one.key, one.happened),
            within=one.within,
        )
        for one in found.figures
    ]
    return {"number": found.number, "since": found.since, "tickets": found.tickets, "lines": told}


def _line(row: Row, days: int) -> Line:
    within = interval(row, days, days)
    better = {figure.key: figure.better for figure in FIGURES}[row.key]
    sure = row.low is not None and row.high is not None and (row.low > 0 or row.high < 0)
    good = (row.change < 0) == (better == "lower")
    return Line(
        name=_(NAMES[row.key]),
        recorded="–" if row.recorded is None else _value(row.key, row.recorded),
        live=_value(row.key, row.live),
        draft=_value(row.key, row.draft),
        change=_signed(row.key, row.change),
        between="" if row.low is None or row.high is None else _between(row.key, row.low, row.high, signed=True),
        forecast="–" if row.forecast is None else _value(row.key, row.forecast),
        forecast_between=_between(row.key, *within) if within else "",
        tone=("good" if good else "bad") if sure else "",
    )


def _between(key: str, low: float, high: float, *, signed: bool = False) -> str:
    say = _signed if signed else _value
    return _("{low} to {high}", low=say(key, low), high=say(key, high))


def _signed(key: str, value: float) -> str:
    said = _value(key, abs(value))
    return said if not value else f"+{said}" if value > 0 else f"−{said}"


def _value(key: str, value: float) -> str:
    if key.startswith("wait"):
        in_minutes = MINUTE_S <= value < LONG_S
        return _("{n} min", n=number(value / MINUTE_S, 1)) if in_minutes else span(timedelta(seconds=value))
    said = number(value * 100, 1)
    return said if key in ("transfers", "load_spread") else _("{n} %", n=said)


__all__ = ["bp", "lines", "register"]
