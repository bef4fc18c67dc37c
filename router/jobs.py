"""What workers run: each job takes ids, reads everything afresh, and may run twice without harm.

The names of these functions are what `router.background` puts into its queues.
"""

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime

from router import asking, config, delivery, feeling, fetching, many, sample, sweeping, telling_out, triage, workers
from router import drain as draining
from router import effects as doing
from router.app import Heed, open_heed
from router.backtest import running
from router.holding import take_over
from router.mistakes import Mistake
from router.teaching import making

log = logging.getLogger(__name__)

QUEUES = ("intake", "delivery", "slow")


class JobFailed(Exception):
    """A job failed; only the kind of the error is told, for the broker keeps what a job raised."""


class _Process:
    """What this process has opened."""

    heed: Heed | None = None


def set_heed(heed: Heed) -> None:
    """Let the jobs of this process use what is open already."""
    _Process.heed = heed


def the_heed() -> Heed:
    """Return what this process has opened; opens it from the environment if nothing is."""
    if _Process.heed is None:
        _Process.heed = open_heed(config.load(os.environ))
    return _Process.heed


def drain(connection_id: str) -> None:
    """Read what is stored for a connection, and do at once what its rules asked for."""

    def work(heed: Heed) -> None:
        draining.drain(heed, connection_id)
        doing.settle_due(heed, _now())
        if telling_out.is_due(heed, _now()):  # others may be slow to answer, so not here
            heed.background.enqueue("slow", "router.jobs.effects")
        fetching.fetch_due(heed, _now())

    _run("drain", work)


def deliver(message_id: str) -> None:
    """Make one attempt at a reply."""
    _run("deliver", lambda heed: delivery.send(heed, message_id))


def fetch(attachment_id: str) -> None:
    """Make one attempt at a file."""
    _run("fetch", lambda heed: fetching.fetch(heed, attachment_id, _now()))


def effects() -> None:
    """Do what rules asked for, and send the word that they want sent."""

    def work(heed: Heed) -> None:
        doing.settle_due(heed, _now())
        telling_out.send_due(heed, _now())

    _run("effects", work)


def go_on_with_many(act_id: str) -> None:
    """Treat the next tickets of an act on many, piece by piece, until none is left."""

    def work(heed: Heed) -> None:
        while many.go_on(heed, act_id, _now()):
            pass

    _run("go_on_with_many", work)


def settle_mood(brand_id: str) -> None:
    """Let a brand's tickets stand as its switch for mood says."""
    _run("settle_mood", lambda heed: feeling.settle(heed, brand_id, _now()))


def ask_waiting(brand_id: str) -> None:
    """Let a brand's waiting tickets follow the rules that are live now."""
    _run("ask_waiting", lambda heed: asking.ask_waiting(heed, brand_id, _now()))


def ask_due() -> None:
    """Ask the rules about tickets whose moment has come, and do what they ask for."""

    def work(heed: Heed) -> None:
        asking.ask_due(heed, _now())
        doing.settle_due(heed, _now())
        telling_out.send_due(heed, _now())

    _run("ask_due", work)


def teach(version_id: str) -> None:
    """Make a version of what a brand taught."""
    _run("teach", lambda heed: making.make(heed, version_id, _now()))


def backtest(backtest_id: str) -> None:
    """Run a back-test."""
    _run("backtest", lambda heed: running.make(heed, backtest_id, _now()))


def load_sample(agent_id: str) -> None:
    """Load the sample desk; why it could not be is kept where the page that asked reads it."""

    def work(heed: Heed) -> None:
        try:
            sample.load(heed, agent_id)
        except Mistake as mistake:
            log.warning("the sample desk was not loaded: %s", mistake.reason)

    _run("load_sample", work)


def work(heed: Heed, queue: str) -> None:
    """Run one worker until SIGTERM: `intake`, `delivery` or `slow`. Raises ValueError for another queue."""
    if queue not in QUEUES:
        raise ValueError(f"There is no job queue “{queue}”. Give one of: {', '.join(QUEUES)}.")
    set_heed(heed)

    def begin() -> None:
        take_over(heed)
        if queue == "intake":
            _catch_up()

    workers.keep_working(heed, queue, begin)  # type: ignore[arg-type]


def _catch_up() -> None:
    """Load what reading needs, and read what came while nobody worked."""
    triage.preload()
    try:
        sweeping.drain_stored(the_heed())
    except Exception as error:  # the sweep finds it again; a worker starts also without the database
        log.exception("stored messages wait for the sweep: %s", type(error).__name__)


def _run(name: str, work: Callable[[Heed], object]) -> None:
    try:
        work(the_heed())
    except Exception as error:
        log.exception("job %s failed: %s", name, type(error).__name__)
        raise JobFailed(f"{name}: {type(error).__name__}") from None


def _now() -> datetime:
    return datetime.now(UTC)
