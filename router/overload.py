"""When there is more than the desk can do: seen from how long calm customers wait, told to staff, and what then counts.

A brand is overloaded from the moment on at which the calm ticket that waits longest is past twice its target, in the
working time of its promise, until no calm ticket that waits is late. Ops choose beforehand what then happens: `care`,
frustrated customers still go first, or `everyone`, promise and age alone decide. The choice and the state are settings
of the brand; places are settled ticket by ticket, and whoever comes next goes on from there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from router import notices, placing
from router.app import Heed
from router.calendars import Calendar, NeverOpen
from router.desk.acting import acting
from router.desk.errors import DeskError
from router.desknow import ALWAYS, OVERLOAD
from router.mistakes import Mistake
from router.model import SYSTEM, Role, Scope
from router.notify import Change
from router.store import audit, desk, promised, surveys
from router.store.audit import Actor
from router.store.db import Connection
from router.store.promised import Late

Choice = Literal["care", "everyone"]

CHOICE = "overload_choice"
PLACES = "overload_places"  # anew: tickets may still stand as before; settled: none does
NONE = "none"
EVERY = timedelta(seconds=30)  # how often a desk is looked at


@dataclass(frozen=True, slots=True)
class Overload:
    """How one brand stands."""

    brand_id: str
    brand: str
    since: datetime | None  # None: it is not overloaded
    choice: Choice


def look(heed: Heed, now: datetime) -> None:
    """See whether brands became overloaded, or are no more, and tell their supervisors."""
    with heed.database.read() as db:
        brands, calendars = desk.brands(db), desk.calendars(db)
        queues = {queue.id: queue for brand in brands for queue in desk.queues(db, brand.id)}
        found = {brand.id: promised.latest_calm(db, brand.id, now) for brand in brands}
        states = {brand.id: state(db, brand.id) for brand in brands}
    hints: list[Change] = []
    for brand_id, late in found.items():
        queue = queues.get(late.queue_id) if late else None
        calendar = calendars.get(queue.calendar_id or "", ALWAYS) if queue else ALWAYS
        was = states[brand_id].since is not None
        is_now = is_overloaded(late, calendar, now, was=was)
        if is_now is not was:
            hints += _turn(heed, brand_id, is_now, now)
    heed.notifier.publish(hints)


def is_overloaded(late: Late | None, calendar: Calendar, now: datetime, *, was: bool) -> bool:
    """Say whether a desk is overloaded, given the calm ticket that waits longest past its promise, if any does."""
    if late is None:
        return False
    if was:
        return True
    try:
        return calendar.working_time_between(late.due_at, now) >= timedelta(seconds=late.target_s)
    except NeverOpen:
        return False


def state(db: Connection, brand_id: str) -> Overload:
    """Return how a brand stands."""
    held = surveys.settings(db, brand_id).get(brand_id, {})
    value, since = held.get(OVERLOAD, (NONE, None))
    choice = held.get(CHOICE, ("care", None))[0]
    return Overload(brand_id, "", since if value != NONE else None, cast(Choice, choice))


def states(heed: Heed, scope: Scope) -> list[Overload]:
    """Return how the brands of a scope stand."""
    with heed.database.read() as db:
        brands = desk.brands_seen_by(db, scope)
        found = [(brand, state(db, brand.id)) for brand in brands]
    return [Overload(brand.id, brand.name if len(brands) > 1 else "", one.since, one.choice) for brand, one in found]


def choose(heed: Heed, actor: Actor, scope: Scope, brand_id: str, choice: str, now: datetime) -> None:
    """Choose what counts while a brand is overloaded. Raises Mistake."""
    if scope.role.rank < Role.OPS.rank or not scope.sees(brand_id):
        raise Mistake("Choosing what counts in overload takes the role ops.")
    if choice not in ("care", "everyone"):
        raise Mistake("Choose care or everyone.")
    with heed.database.write() as db:
        held = state(db, brand_id)
        if held.choice == choice:
            return
        surveys.put_setting(db, brand_id, CHOICE, choice, now)
        if held.since is not None:
            surveys.put_setting(db, brand_id, OVERLOAD, choice, now)
            surveys.put_setting(db, brand_id, PLACES, "anew", now)
        audit.append(db, actor, "overload choice changed", brand_id, now, brand_id=brand_id, change={"choice": choice})
    heed.notifier.publish([Change("desk", brand=brand_id)])


def unsettled(heed: Heed) -> list[str]:
    """Return the brands whose waiting tickets may still stand as before."""
    with heed.database.read() as db:
        held = surveys.settings(db)
    return sorted(brand for brand, found in held.items() if found.get(PLACES, ("settled",))[0] != "settled")


def settle(heed: Heed, brand_id: str, now: datetime) -> int:
    """Let every waiting ticket of a brand stand as its promise, and its heat if that counts, say; return how many."""
    with heed.database.read() as db:
        since = surveys.settings(db, brand_id).get(brand_id, {}).get(PLACES, ("settled", now))[1]
        waiting = promised.waiting(db, brand_id)
    for ticket_id in waiting:
        try:
            with acting(heed, SYSTEM, ticket_id, now, own=False) as act:
                placing.rank_anew(act.ticket, act.desk)
        except DeskError:  # another hand had it at this moment, and its place was found anew with that
            continue
    with heed.database.write() as db:
        if surveys.settings(db, brand_id).get(brand_id, {}).get(PLACES, ("settled", now))[1] == since:
            surveys.put_setting(db, brand_id, PLACES, "settled", now)
    return len(waiting)


def _turn(heed: Heed, brand_id: str, overloaded: bool, now: datetime) -> list[Change]:
    with heed.database.write() as db:
        held = state(db, brand_id)
        if (held.since is not None) is overloaded:
            return []
        surveys.put_setting(db, brand_id, OVERLOAD, held.choice if overloaded else NONE, now)
        if held.choice == "everyone":
            surveys.put_setting(db, brand_id, PLACES, "anew", now)
        told = notices.tell(
            db, brand_id=brand_id, ticket_id=None, kind="overload", now=now, role="supervisor",
            because="More waits than the desk can do: the calm ticket that waits longest is past twice its target."
            if overloaded
            else "The overload is over: no calm ticket that waits is late.",
        )  # fmt: skip
    return [told, Change("desk", brand=brand_id)]
