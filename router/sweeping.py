"""What the clock looks after, duty by duty: whatever was forgotten, fell due, or lasts too long.

Only the holder of the clock's lease sweeps; every duty may still run twice without harm. With the broker away its work
is done here, in a few threads, so that nothing waits for it.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from router import (
    asking,
    busy,
    by_mail,
    delivery,
    effects,
    feeling,
    fetching,
    following,
    forewarning,
    indexing,
    keeping,
    lapsing,
    minutes,
    overload,
    presence,
    reclaiming,
    shifts,
    surveying,
    telling_out,
    waking,
    watching,
)
from router.app import Heed
from router.backtest import running
from router.desk import scheduling
from router.drain import drain
from router.store import due, inbound, lanes, leases
from router.teaching import making, scales

log = logging.getLogger(__name__)

LEASE_NAME = "clock"
LEASE = timedelta(seconds=15)  # renewed every five; then another clock takes over
LONGEST_S = 5.0  # between two sweeps
SHORTEST_S = 0.05
ERRANDS = 4  # threads that do a worker's job while the broker is away
HOUSEWORK_EVERY = timedelta(hours=1)
LANES_AT_ONCE = 200


def hold(heed: Heed, holder: str, now: datetime) -> bool:
    """Take or keep the right to act as the clock. False: another clock acts."""
    with heed.database.write() as db:
        return leases.take(db, LEASE_NAME, holder, now, LEASE)


def let_go(heed: Heed, holder: str) -> None:
    """Give the right back, so that another clock need not wait."""
    with heed.database.write() as db:
        leases.release(db, LEASE_NAME, holder)


def pause_s(heed: Heed, now: datetime) -> float:
    """Return how long nothing will be due, at most five seconds."""
    with heed.database.read() as db:
        moment = due.next_moment(db, now)
    left = LONGEST_S if moment is None else (moment - now).total_seconds()
    return min(max(left, SHORTEST_S), LONGEST_S)


def drain_stored(heed: Heed) -> None:
    """Read what is stored of every connection, here and now."""
    with heed.database.read() as db:
        stored = inbound.forgotten(db)
    for connection_id in stored:
        drain(heed, connection_id)


class Sweep:
    """The duties of one clock process."""

    def __init__(self, heed: Heed) -> None:
        self._heed = heed
        self._errands = ThreadPoolExecutor(ERRANDS, thread_name_prefix="heed-errand")
        self._running: dict[str, Future[None]] = {}
        self._lock = threading.Lock()
        self._tidied: datetime | None = None
        self._looked: datetime | None = None  # for overload
        self._watch = busy.Watch()
        self._taught: dict[str, tuple[datetime, timedelta]] = {}  # asked for again: when next, pause
        self._indexed = False  # everything is in the search index

    def now(self, now: datetime) -> None:
        """Do everything that is due. A duty that fails is logged and does not keep the others from theirs."""
        waiting = self._heed.background.waiting()
        duties: tuple[tuple[str, Callable[[], object]], ...] = (
            ("stored messages", lambda: self._read_stored(waiting)),
            ("replies", lambda: self._send(waiting, now)),
            ("replies left for later", lambda: scheduling.release_due(self._heed, now)),
            ("woken tickets", lambda: waking.wake_snoozed(self._heed, now)),
            ("tickets waiting for a slot", lambda: waking.serve_reserved(self._heed, now)),
            ("presence", lambda: presence.sweep(self._heed, now)),
            ("offers", lambda: lapsing.lapse(self._heed, now)),
            ("push queues", lambda: lapsing.ask_again(self._heed, now)),
            ("needs that fall away", lambda: waking.step_down(self._heed, now)),
            ("tickets kept for who knows", lambda: waking.open_to_all(self._heed, now)),
            ("tickets kept for nobody", lambda: waking.open_unknown(self._heed, now)),
            ("promises at risk", lambda: forewarning.warn(self._heed, now)),
            ("shifts that end", lambda: shifts.tell_ends(self._heed, now)),
            ("quiet chats", lambda: waking.rest_quiet(self._heed, now)),
            ("rules of a busy desk", lambda: self._watch.look(self._heed, now)),
            ("rules in time", lambda: self._ask(waiting, now)),
            ("rules published", lambda: self._follow(waiting, now)),
            ("chats whose agent is lost", lambda: reclaiming.chats(self._heed, now)),
            ("tickets whose agent's shift is over", lambda: reclaiming.after_shifts(self._heed, now)),
            ("effects", lambda: self._effects(waiting, now)),
            ("files", lambda: self._fetch(waiting, now)),
            ("overload", lambda: self._look_for_overload(now)),
            ("moods switched off or on", lambda: self._settle_moods(waiting, now)),
            ("taught versions", lambda: self._teach(waiting, now)),
            ("back-tests", lambda: self._backtest(waiting, now)),
            ("questions to customers", lambda: surveying.ask_due(self._heed, now)),
            ("answers that follow by mail", lambda: by_mail.follow_due(self._heed, now)),
            ("follow-ups", lambda: following.tell_due(self._heed, now)),
            ("the minute's figures", lambda: minutes.measure(self._heed, now)),
            ("housework", lambda: self._tidy(now)),
            ("search index", lambda: self._index(now)),
        )
        for name, duty in duties:
            try:
                duty()
            except Exception as error:
                log.exception("the sweep could not look after %s: %s", name, type(error).__name__)

    def stop(self) -> None:
        """End the errands: what has not begun never does, the rest is waited for."""
        self._errands.shutdown(wait=True, cancel_futures=True)

    def _read_stored(self, waiting: dict[str, int] | None) -> None:
        with self._heed.database.read() as db:
            stored = inbound.forgotten(db)
        for connection_id in stored:
            if waiting is None:
                self._errand(f"drain {connection_id}", lambda c=connection_id: drain(self._heed, c))  # type: ignore[misc]
            elif waiting["intake"] <= delivery.BACKLOG:
                self._heed.background.ring(connection_id)

    def _send(self, waiting: dict[str, int] | None, now: datetime) -> None:
        if waiting is not None:
            delivery.deliver_due(self._heed, now)
            return
        for message_id in delivery.due(self._heed, now):
            self._errand(f"send {message_id}", lambda m=message_id: delivery.send(self._heed, m))  # type: ignore[misc]

    def _fetch(self, waiting: dict[str, int] | None, now: datetime) -> None:
        if waiting is not None:
            fetching.fetch_due(self._heed, now)
            return
        for file_id in fetching.due(self._heed, now):
            self._errand(f"fetch {file_id}", lambda f=file_id: fetching.fetch(self._heed, f, datetime.now(UTC)))  # type: ignore[misc]

    def _effects(self, waiting: dict[str, int] | None, now: datetime) -> None:
        if not effects.is_due(self._heed, now):
            return
        if waiting is None:
            self._errand("effects", lambda: effects.settle_due(self._heed, now))
            self._errand("word to others", lambda: telling_out.send_due(self._heed, now))
        elif waiting["slow"] <= delivery.BACKLOG:
            self._heed.background.enqueue("slow", "router.jobs.effects")

    def _ask(self, waiting: dict[str, int] | None, now: datetime) -> None:
        if not asking.is_due(self._heed, now):
            return
        if waiting is None:
            self._errand("rules in time", lambda: asking.ask_due(self._heed, now))
        elif waiting["slow"] <= delivery.BACKLOG:
            asking.ring(self._heed)

    def _follow(self, waiting: dict[str, int] | None, now: datetime) -> None:
        for brand_id in asking.unsettled(self._heed):
            if waiting is None:
                self._errand(f"rules {brand_id}", lambda b=brand_id: asking.ask_waiting(self._heed, b, now))  # type: ignore[misc]
            elif waiting["slow"] <= delivery.BACKLOG:
                asking.hand_on(self._heed, brand_id)

    def _look_for_overload(self, now: datetime) -> None:
        if self._looked is None or now - self._looked >= overload.EVERY:
            self._looked = now
            overload.look(self._heed, now)
        for brand_id in overload.unsettled(self._heed):
            self._errand(f"places {brand_id}", lambda b=brand_id: overload.settle(self._heed, b, now))  # type: ignore[misc]

    def _settle_moods(self, waiting: dict[str, int] | None, now: datetime) -> None:
        for brand_id in feeling.unsettled(self._heed):
            if waiting is None:
                self._errand(f"mood {brand_id}", lambda b=brand_id: feeling.settle(self._heed, b, now))  # type: ignore[misc]
            elif waiting["slow"] <= delivery.BACKLOG:
                feeling.hand_on(self._heed, brand_id)

    def _teach(self, waiting: dict[str, int] | None, now: datetime) -> None:
        lost = making.forgotten(self._heed, now)
        self._taught = {version_id: again for version_id, again in self._taught.items() if version_id in lost}
        for version_id in lost:
            due, pause = self._taught.get(version_id, (now, making.PATIENCE))
            if now < due or (waiting is not None and waiting["slow"] > delivery.BACKLOG):
                continue
            self._taught[version_id] = (now + pause, 2 * pause)
            if waiting is None:
                self._errand(f"teach {version_id}", lambda v=version_id: making.make(self._heed, v, now))  # type: ignore[misc]
            else:
                self._heed.background.enqueue("slow", "router.jobs.teach", version_id)

    def _backtest(self, waiting: dict[str, int] | None, now: datetime) -> None:
        for backtest_id in running.forgotten(self._heed, now):
            if waiting is None:
                self._errand(f"backtest {backtest_id}", lambda b=backtest_id: running.make(self._heed, b, now))  # type: ignore[misc]
            elif not waiting["slow"]:  # else its job may be among them
                self._heed.background.enqueue("slow", "router.jobs.backtest", backtest_id)

    def _tidy(self, now: datetime) -> None:
        if self._tidied is None or now - self._tidied >= HOUSEWORK_EVERY:
            self._tidied = now
            self._errand("housework", lambda: housework(self._heed, now))

    def _index(self, now: datetime) -> None:
        def read() -> None:
            self._indexed = indexing.read_for_a_while(self._heed, now)

        if not self._indexed:
            self._errand("search index", read)

    def _errand(self, name: str, work: Callable[[], object]) -> None:
        """Do something in another thread, unless the same is still being done."""

        def run() -> None:
            try:
                work()
            except Exception as error:
                log.exception("an errand failed: %s", type(error).__name__)
            finally:
                with self._lock:
                    self._running.pop(name, None)

        with self._lock:
            if name not in self._running:
                self._running[name] = self._errands.submit(run)


def housework(heed: Heed, now: datetime) -> None:
    """Close empty lanes and old tickets, and erase what is past its keep."""
    waking.close_old(heed, now)
    with heed.database.read() as db:
        open_lanes = sorted(lanes.open_ids(db))
    for start in range(0, len(open_lanes), LANES_AT_ONCE):
        with heed.database.write() as db:
            lanes.close_empty(db, open_lanes[start : start + LANES_AT_ONCE])
    watching.tell_silence(heed, now)
    keeping.purge(heed, now)
    making.renew_erased(heed, now)
    scales.recalculate_due(heed, now)
