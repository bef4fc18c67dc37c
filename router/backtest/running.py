"""Back-tests as people ask for them: run at once or by a worker, kept, and held against what really happened."""

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from router.app import Heed
from router.backtest import reading
from router.backtest.asking import not_kept
from router.backtest.comparing import Compared, Move, Row, compare, interval
from router.backtest.figures import measure
from router.desk.errors import NotFound
from router.mistakes import Mistake
from router.model import Role, Scope
from router.notify import Change
from router.publishing import names
from router.store import audit, backtests, rulebook
from router.store.audit import Actor
from router.store.backtests import BacktestRow
from router.store.db import Connection
from rules.check import check
from rules.errors import RuleErrors
from rules.export import to_yaml
from rules.load import load
from rules.model import RuleSet

DAYS = 28
MOST_DAYS = 92
MOST_TICKETS = 100_000  # of the whole desk; a longer period then begins later
MOST_SINCE = 20_000  # tickets since publishing that are looked at while somebody waits
SHOWN = 5
PATIENCE = timedelta(seconds=30)  # after which a back-test that nobody began is asked for again
LOST_AFTER = timedelta(minutes=4)  # since it was begun: jobs are ended after two minutes, so whoever began is gone
ATTEMPTS = 3
GIVEN_UP = (
    f"It was begun {ATTEMPTS} times and never came to an end: the workers were stopped, or the period is too long for "
    "this machine. Start it again; if it ends so once more, choose fewer days."
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a back-test found, and of what."""

    start: datetime
    end: datetime
    seed: int
    compared: Compared
    not_kept: tuple[str, ...]  # facts that the rules name and no record keeps


@dataclass(frozen=True, slots=True)
class Backtest:
    """One back-test as it is shown."""

    row: BacktestRow
    report: Report | None  # None: not done yet, or it could not be


@dataclass(frozen=True, slots=True)
class Held:
    """A figure that was forecast, and what it came to."""

    key: str
    forecast: float
    low: float
    high: float
    happened: float | None

    @property
    def within(self) -> bool | None:
        """Say whether it came as forecast; None: nothing has happened yet."""
        return None if self.happened is None else self.low <= self.happened <= self.high


@dataclass(frozen=True, slots=True)
class Since:
    """What happened since rules went live that had been back-tested."""

    number: int  # of the version
    since: datetime
    until: datetime
    tickets: int
    figures: tuple[Held, ...]


def digest_of(rules: RuleSet) -> str:
    """Return what names a set of rules whatever its examples and layout."""
    return sha256(to_yaml(replace(rules, examples=())).encode()).hexdigest()


def run(heed: Heed, brand_id: str, source: str, days: int, seed: int, now: datetime) -> Report:
    """Replay the last days through the live rules and a draft.

    Raises Mistake for rules that cannot be read or name what the desk has not, and where nothing was recorded.
    """
    _reasonable(days)
    with _no_search_for_cycles():
        with heed.database.read() as db:
            draft = _draft(db, brand_id, source)
            held = rulebook.live(db, brand_id)
            live = load(held[1]) if held else RuleSet(())
            sets = {brand_id: (live, draft)}
            recorded, desks = reading.read(db, now - timedelta(days=days), now, now, sets, MOST_TICKETS)
        if not any(t.brand_id == brand_id and t.opened_at >= recorded.start for t in recorded.tickets):
            raise Mistake(f"No ticket of this brand was opened in the last {days} days: there is nothing to replay.")
        compared = compare(recorded, desks, brand_id, seed)
    return Report(recorded.start, recorded.end, seed, compared, tuple(not_kept((live, draft))))


def ask(heed: Heed, actor: Actor, scope: Scope, brand_id: str, source: str, days: int, seed: int, now: datetime) -> str:
    """Have a worker run a back-test, and return its id. Raises Mistake as `run` does, as far as that is known now."""
    _may(scope, brand_id)
    _reasonable(days)
    with heed.database.write() as db:
        digest = digest_of(_draft(db, brand_id, source))
        backtest_id = backtests.add(db, brand_id, actor.id, source, digest, days, seed, now)
        audit.append(db, actor, "rules back-tested", backtest_id, now, brand_id=brand_id, change={"days": days})
    heed.background.enqueue("slow", "router.jobs.backtest", backtest_id)
    return backtest_id


def make(heed: Heed, backtest_id: str, now: datetime) -> None:
    """Run a back-test that was asked for, unless it is done or somebody is at it."""
    with heed.database.write() as db:
        row = backtests.one(db, backtest_id) if backtests.begin(db, backtest_id, now, now - LOST_AFTER) else None
    if row is None:
        return
    try:
        found, error = as_json(run(heed, row.brand_id, row.source, row.days, row.seed, row.asked_at)), None
    except Mistake as mistake:
        found, error = None, mistake.reason
    _done(heed, row, now, found=found, error=error)


def forgotten(heed: Heed, now: datetime) -> list[str]:
    """Return the back-tests that are to be begun again, their job or worker being lost; others are given up."""
    with heed.database.read() as db:
        left = backtests.left(db, now - PATIENCE, now - LOST_AFTER)
        given_up = [backtests.one(db, backtest_id) for backtest_id, begun in left if begun >= ATTEMPTS]
    for row in given_up:
        if row is not None:
            _done(heed, row, now, error=GIVEN_UP)
    return [backtest_id for backtest_id, begun in left if begun < ATTEMPTS]


def _done(heed: Heed, row: BacktestRow, now: datetime, *, found: str | None = None, error: str | None = None) -> None:
    with heed.database.write() as db:
        backtests.done(db, row.id, now, found=found, error=error)
    heed.notifier.publish([Change(kind="rules", brand=row.brand_id)])


def one(heed: Heed, scope: Scope, backtest_id: str) -> Backtest:
    """Return a back-test. Raises NotFound for one of a brand outside the scope."""
    with heed.database.read() as db:
        row = backtests.one(db, backtest_id)
    if row is None or not scope.sees(row.brand_id):
        raise NotFound("There is no such back-test.")
    return _shown(row)


def newest(heed: Heed, scope: Scope, brand_id: str) -> list[Backtest]:
    """Return the last back-tests of a brand, newest first."""
    _may(scope, brand_id)
    with heed.database.read() as db:
        return [_shown(row) for row in backtests.newest(db, brand_id, SHOWN)]


def since(heed: Heed, scope: Scope, brand_id: str, now: datetime) -> Since | None:
    """Return what happened since the live rules hold, beside their forecast; None if they were never back-tested."""
    _may(scope, brand_id)
    with heed.database.read() as db:
        versions = backtests.held_from(db, brand_id)
        if not versions:
            return None
        number, source, began = versions[-1]
        row = backtests.of_rules(db, brand_id, digest_of(load(source)), began)
        if row is None or row.found is None:
            return None
        report = from_json(row.found)
        days, _ = reading.read(db, began, now, now, None, MOST_SINCE, latest=False)
    happened = measure(days, brand_id, days.tickets, [ticket.turns for ticket in days.tickets])
    to_come = (days.end - began) / timedelta(days=1)
    figures = []
    for figure in report.compared.rows:
        within = interval(figure, report.compared.days, to_come)
        if within is not None and figure.forecast is not None:
            found = happened.get(figure.key)
            figures.append(Held(figure.key, figure.forecast, *within, found.value if found else None))
    counted = sum(t.brand_id == brand_id and t.opened_at >= began for t in days.tickets)
    return Since(number, began, days.end, counted, tuple(figures))


def as_json(report: Report) -> str:
    """Return a report as text, the same for the same report."""
    said = asdict(report)
    said["start"], said["end"] = report.start.isoformat(), report.end.isoformat()
    return json.dumps(said, sort_keys=True)


def from_json(text: str) -> Report:
    """Return a report as it was."""
    said: Mapping[str, Any] = json.loads(text)
    compared = said["compared"]
    return Report(
        start=datetime.fromisoformat(said["start"]),
        end=datetime.fromisoformat(said["end"]),
        seed=said["seed"],
        not_kept=tuple(said["not_kept"]),
        compared=Compared(
            **{
                **compared,
                "rows": tuple(Row(**row) for row in compared["rows"]),
                "elsewhere": tuple(Move(**move) for move in compared["elsewhere"]),
            }
        ),
    )


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Leave cyclic garbage lying: a search walks over millions of records again and again, and none is in a cycle."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def _shown(row: BacktestRow) -> Backtest:
    return Backtest(row, from_json(row.found) if row.found else None)


def _may(scope: Scope, brand_id: str) -> None:
    if not scope.sees(brand_id):
        raise NotFound("There is no such brand.")
    if scope.role.rank < Role.OPS.rank:
        raise Mistake("Back-tests take the role ops.")


def _draft(db: Connection, brand_id: str, source: str) -> RuleSet:
    known = names(db, brand_id)
    wrong: Sequence[str] = [str(found) for found in check(source, known) if found.severity == "error"]
    if wrong:
        raise Mistake("\n".join(wrong))
    try:
        return load(source, known)
    except RuleErrors as errors:
        raise Mistake(str(errors)) from errors


def _reasonable(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise Mistake(f"A back-test covers 1 to {MOST_DAYS} days, found {days}.")
