"""The next moment at which time alone can change what the live rules say of a ticket. Pure.

It is worked out from the values that the rules compare with, so that a ticket is looked at when its moment comes and
not before. Where a comparison turns only after its value, the moment is one millisecond later.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from router.calendars import Calendar, NeverOpen
from router.desknow import DeskNow
from router.store.rows import Ticket
from rules.model import Condition
from rules.timing import crossings
from rules.values import FactValue, Value, Window

JUST_AFTER = timedelta(milliseconds=1)
DAYS = (0, 1, 2)  # looked through for a time of day


def next_moment(ticket: Ticket, known: Mapping[str, FactValue] | None, desk: DeskNow, now: datetime) -> datetime | None:
    """Return when a ticket's rules are to be asked again; None: not for time's sake.

    `known` are its other facts; where they are not at hand every rule counts.
    """
    if ticket.state in ("resolved", "closed"):
        return None
    calendar = desk.calendar(desk.queues.get(ticket.queue_id) or desk.default_queue)
    moments = [
        moment
        for condition in crossings(desk.timing.rules, known)
        for moment in _moments(condition, ticket, calendar, ZoneInfo(desk.brand.zone), now)
    ]
    return min((at for moment in moments for at in (moment, moment + JUST_AFTER) if at > now), default=None)


def _moments(
    condition: Condition, ticket: Ticket, calendar: Calendar, zone: ZoneInfo, now: datetime
) -> Iterable[datetime]:
    """Yield when a fact reaches a value of a condition; what only the desk moves has no such moment."""
    name = condition.fact.name
    try:
        if name in ("weekday", "time_of_day", "now", "working_hours"):
            yield from _by_the_clock(condition, calendar, zone, now)
            return
        for value in _each(condition.value):
            if isinstance(value, timedelta) and (moment := _reached(name, value, ticket, calendar)) is not None:
                yield moment
    except NeverOpen:
        return


def _reached(name: str, value: timedelta, ticket: Ticket, calendar: Calendar) -> datetime | None:
    nothing = timedelta(0)
    match name:
        case "waited":
            since = ticket.waiting_since
            return calendar.add_working_time(since, max(value, nothing)) if since else None
        case "due_in" if ticket.answer_by is not None:
            if value < nothing:
                return calendar.add_working_time(ticket.answer_by, -value)
            return calendar.subtract_working_time(ticket.answer_by, value)
        case "silence":
            return ticket.last_answer_at + value if ticket.last_answer_at else None
        case "age":
            return ticket.created_at + value
    return None


def _by_the_clock(condition: Condition, calendar: Calendar, zone: ZoneInfo, now: datetime) -> Iterable[datetime]:
    today = now.astimezone(zone).date()
    if condition.fact.name == "working_hours":
        if (turn := calendar.next_turn(now)) is not None:
            yield turn
    elif condition.fact.name == "weekday":
        yield datetime.combine(today + timedelta(days=1), time(0), zone)
    for value in _each(condition.value):
        if isinstance(value, datetime):
            yield value
        for at in _times(value):
            where = ZoneInfo(value.zone) if isinstance(value, Window) and value.zone else zone
            for days in DAYS:
                yield datetime.combine(now.astimezone(where).date() + timedelta(days=days), at, where)


def _times(value: Value) -> tuple[time, ...]:
    if isinstance(value, Window):
        return value.start, value.end
    return (value,) if isinstance(value, time) else ()


def _each(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)
