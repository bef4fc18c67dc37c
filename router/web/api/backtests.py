"""Back-tests: what a draft would have changed on recorded days, and what happened since one went live."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from router.backtest import running
from router.backtest.comparing import interval
from router.backtest.figures import FIGURES
from router.backtest.running import Backtest
from router.rulemaking import drafting
from router.web.api import naming
from router.web.api.base import api
from router.web.api.rule_drafts import Yaml
from router.web.api.rules import BrandAsked, Named
from router.web.api.typed import Call
from router.web.api.values import In, Int, Out

RUNNING = "10 per minute"  # each keeps a worker busy for up to a minute
SAYS = "; ".join(f"{figure.key}: {figure.label}" for figure in FIGURES)


class BacktestIn(In):
    """What is to be replayed."""

    yaml: Yaml | None = Field(None, description="Left out: the draft.")
    days: Annotated[Int, Field(ge=1, le=running.MOST_DAYS)] = Field(running.DAYS, description="How many, up to now.")
    seed: Annotated[Int, Field(ge=0, le=10**9)] = Field(1, description="The same seed gives the same.")
    brand: Named | None = Field(None, description="As in the query of `GET /rules`.")


class FigureOut(Out):
    """One figure; waits are in seconds, intervals are 95 %."""

    key: str = Field(description=SAYS)
    recorded: float | None
    live: float = Field(description="As replayed with the live rules.")
    draft: float
    change: float = Field(description="The draft less the live rules, on the same days and draws.")
    change_low: float | None = Field(description="Null: too few days to say.")
    change_high: float | None
    forecast: float | None = Field(description="What was recorded, changed as much as the replay changed.")
    forecast_low: float | None = Field(description="For as many days to come.")
    forecast_high: float | None


class MoveOut(Out):
    """Tickets that go to another queue; null: closed at once."""

    before: str | None
    after: str | None
    count: int


class BacktestOut(Out):
    """One back-test."""

    id: str
    state: Literal["asked", "done", "failed"]
    error: str | None = Field(description="Why it could not be done.")
    asked_at: datetime
    start: datetime | None
    end: datetime | None
    tickets: int | None
    days: int | None
    changed: int | None = Field(description="Tickets on which draft and live rules differ in anything.")
    elsewhere: list[MoveOut]
    figures: list[FigureOut]
    not_recorded: list[str] = Field(description="Facts the rules name and no record keeps: taken as not known.")


class HeldOut(Out):
    """A figure that was forecast, and what it came to."""

    key: str
    forecast: float
    low: float
    high: float
    happened: float | None
    within: bool | None


class BacktestsOut(Out):
    """The last back-tests, newest first, and what happened since the live rules hold."""

    items: list[BacktestOut]
    live_number: int | None = Field(description="Of the live rules, if they had been back-tested.")
    since: datetime | None
    tickets: int | None
    happened: list[HeldOut]


@api.route("POST", "/rules/backtest", scope="rules:write", status=202, rate=RUNNING)
def ask_backtest(call: Call, body: BacktestIn) -> BacktestOut:
    """Have the draft or a file replayed on the last days. A worker does it; look again at `/rules/backtests/{id}`."""
    brand_id = naming.brand_id(call, body.brand, {"pointer": "#/brand"})
    source = body.yaml if body.yaml is not None else drafting.current(call.heed, brand_id).source
    asked = running.ask(call.heed, call.me.actor, call.scope, brand_id, source, body.days, body.seed, call.now)
    return _out(running.one(call.heed, call.scope, asked))


@api.route("GET", "/rules/backtests", scope="rules:read")
def list_backtests(call: Call, query: BrandAsked) -> BacktestsOut:
    """List the last back-tests of a brand, and how the forecast of the live rules held."""
    brand_id = naming.brand_id(call, query.brand, {"parameter": "brand"})
    held = running.since(call.heed, call.scope, brand_id, call.now)
    return BacktestsOut(
        items=[_out(one) for one in running.newest(call.heed, call.scope, brand_id)],
        live_number=held.number if held else None,
        since=held.since if held else None,
        tickets=held.tickets if held else None,
        happened=[HeldOut.model_validate(one, from_attributes=True) for one in held.figures] if held else [],
    )


@api.route("GET", "/rules/backtests/{id}", scope="rules:read")
def get_backtest(call: Call, backtest_id: str) -> BacktestOut:
    """Show one back-test."""
    return _out(running.one(call.heed, call.scope, backtest_id))


def _out(found: Backtest) -> BacktestOut:
    row, report = found.row, found.report
    compared = report.compared if report else None
    figures = []
    for one in compared.rows if compared else ():
        low, high = interval(one, compared.days, compared.days) or (None, None) if compared else (None, None)
        figures.append(
            FigureOut(
                key=one.key, recorded=one.recorded, live=one.live, draft=one.draft, change=one.change,
                change_low=one.low, change_high=one.high, forecast=one.forecast, forecast_low=low, forecast_high=high,
            )
        )  # fmt: skip
    return BacktestOut(
        id=row.id,
        state="failed" if row.error else "done" if report else "asked",
        error=row.error,
        asked_at=row.asked_at,
        start=report.start if report else None,
        end=report.end if report else None,
        tickets=compared.tickets if compared else None,
        days=compared.days if compared else None,
        changed=compared.changed if compared else None,
        elsewhere=[MoveOut.model_validate(m, from_attributes=True) for m in compared.elsewhere] if compared else [],
        figures=figures,
        not_recorded=list(report.not_kept) if report else [],
    )
