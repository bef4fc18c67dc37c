"""Promises: by when the customer was told, or may expect, to hear from us. Counted in working time of a calendar.

Which target a ticket gets is for rules and queues to say; what happens at a breach is not decided here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from channels.types import Pace
from router.calendars import Calendar

Kind = Literal["first_answer", "next_answer", "resolution"]

TARGETS: Mapping[Pace, timedelta] = {  # to an answer, where neither rule nor queue says; from the standard desk
    "email": timedelta(hours=4),
    "chat": timedelta(minutes=2),
    "social": timedelta(minutes=30),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of a ticket; running until it is met, standing still while paused."""

    kind: Kind
    due: datetime
    met_at: datetime | None = None
    paused: datetime | None = None  # since when, while it is the customer's turn; None: it runs


def answer_by(waiting_from: datetime, target: timedelta, calendar: Calendar) -> datetime:
    """Return the moment promised: `target` of working time after the ticket began to wait.

    Raises NeverOpen if the calendar has no open hour in the year after `waiting_from`.
    """
    return calendar.add_working_time(waiting_from, target)


def shortest(targets: Iterable[timedelta | None]) -> timedelta | None:
    """Return the shortest of the targets that are given; None if none is."""
    return min((target for target in targets if target is not None), default=None)


def next_due(promises: Iterable[Promise]) -> Promise | None:
    """Return the running promise that is due first; None if all are met or paused."""
    running = (promise for promise in promises if promise.met_at is None and promise.paused is None)
    return min(running, key=lambda promise: (promise.due, promise.kind), default=None)


def meet(promise: Promise, at: datetime) -> Promise:
    """Return the promise as met; a promise that was met stays as it is, its first moment counts."""
    return promise if promise.met_at else replace(promise, met_at=at, paused=None)


def pause(promise: Promise, at: datetime) -> Promise:
    """Return the promise standing still from a moment on; met or paused ones stay as they are."""
    return promise if promise.met_at or promise.paused else replace(promise, paused=at)


def resume(promise: Promise, at: datetime, calendar: Calendar) -> Promise:
    """Return a paused promise running again, due later by the working time it stood still.

    One that was missed before it was paused stays due when it was. Raises NeverOpen as `answer_by` does.
    """
    if promise.paused is None:
        return promise
    left = calendar.working_time_between(promise.paused, promise.due)
    if promise.paused > promise.due:
        return replace(promise, paused=None)
    return replace(promise, paused=None, due=calendar.add_working_time(at, left))
