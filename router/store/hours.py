"""Calendars as their pages show and change them: names, periods, closed days, and the queues that count by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection as Db

from router.calendars import Period
from router.model import Scope
from router.store.ids import new_id
from router.store.schema import calendar, calendar_closed, calendar_period, queue


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar with all that belongs to it."""

    id: str
    brand_id: str
    name: str
    zone: str
    always_open: bool
    holidays: str | None
    periods: tuple[Period, ...]
    closed: tuple[tuple[date, str], ...]
    queues: tuple[str, ...]  # names of those that count by it


def seen_by(db: Db, scope: Scope) -> list[CalendarRow]:
    """Return the calendars of the scope's brands, by name."""
    periods: dict[str, list[Period]] = {}
    for row in db.execute(select(calendar_period).order_by(calendar_period.c.weekday, calendar_period.c.opens_s)):
        periods.setdefault(row.calendar_id, []).append(Period(row.weekday, row.opens_s, row.closes_s))
    closed: dict[str, list[tuple[date, str]]] = {}
    for row in db.execute(select(calendar_closed).order_by(calendar_closed.c.day)):
        closed.setdefault(row.calendar_id, []).append((row.day, row.name))
    queues: dict[str, list[str]] = {}
    for row in db.execute(select(queue).where(queue.c.removed.is_(False)).order_by(queue.c.name)):
        queues.setdefault(row.calendar_id, []).append(row.name)
    return [
        CalendarRow(
            id=r.id,
            brand_id=r.brand_id,
            name=r.name,
            zone=r.zone,
            always_open=r.always_open,
            holidays=r.holidays,
            periods=tuple(periods.get(r.id, ())),
            closed=tuple(closed.get(r.id, ())),
            queues=tuple(queues.get(r.id, ())),
        )
        for r in db.execute(select(calendar).order_by(calendar.c.name, calendar.c.id))
        if scope.sees(r.brand_id)
    ]


def add(db: Db, brand_id: str, name: str, zone: str) -> str:
    """Store a calendar that is always open, and return its id."""
    calendar_id = new_id()
    values = {"id": calendar_id, "brand_id": brand_id, "name": name, "zone": zone, "always_open": True}
    db.execute(insert(calendar).values(**values, holidays=None))
    return calendar_id


def change(
    db: Db,
    calendar_id: str,
    *,
    name: str,
    zone: str,
    always_open: bool,
    holidays: str | None,
    periods: tuple[Period, ...],
    closed: Mapping[date, str],
) -> None:
    """Let a calendar be this; promises made before keep the moment they were made for."""
    values = {"name": name, "zone": zone, "always_open": always_open, "holidays": holidays}
    db.execute(update(calendar).where(calendar.c.id == calendar_id).values(**values))
    db.execute(delete(calendar_period).where(calendar_period.c.calendar_id == calendar_id))
    db.execute(delete(calendar_closed).where(calendar_closed.c.calendar_id == calendar_id))
    for one in periods:
        row = {"weekday": one.weekday, "opens_s": one.opens_s, "closes_s": one.closes_s}
        db.execute(insert(calendar_period).values(id=new_id(), calendar_id=calendar_id, **row))
    for day, said in sorted(closed.items()):
        db.execute(insert(calendar_closed).values(calendar_id=calendar_id, day=day, name=said))


def count_by(db: Db, queue_id: str, calendar_id: str | None) -> None:
    """Let a queue's promises be counted by a calendar, or day and night."""
    db.execute(update(queue).where(queue.c.id == queue_id).values(calendar_id=calendar_id))
