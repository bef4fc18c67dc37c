"""Calendars: opening hours of several periods a day, closed days, and which queues count by them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from router.accounts import SignedIn
from router.app import Heed
from router.calendars import DAY_S, Period
from router.mistakes import Mistake
from router.model import Scope
from router.notify import Change
from router.public_holidays import public_holidays
from router.staffing import check_zone
from router.store import audit, desk, hours
from router.store.hours import CalendarRow as CalendarRow

MAX_NAME = 200  # characters
MAX_CLOSED = 400  # days
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")


def calendars(heed: Heed, scope: Scope) -> list[CalendarRow]:
    """Return the calendars of a scope."""
    with heed.database.read() as db:
        return hours.seen_by(db, scope)


def add_calendar(heed: Heed, me: SignedIn, brand_id: str, name: str, zone: str, now: datetime) -> str:
    """Add a calendar, open day and night until hours are said. Raises Mistake."""
    name, zone = _name(name), check_zone(zone)
    with heed.database.write() as db:
        _is_free(hours.seen_by(db, me.scope), brand_id, name)
        calendar_id = hours.add(db, brand_id, name, zone)
        audit.append(db, me.actor, "calendar added", calendar_id, now, brand_id=brand_id)
    heed.notifier.publish([Change("desk", brand=brand_id)])
    return calendar_id


def change_calendar(
    heed: Heed,
    me: SignedIn,
    calendar_id: str,
    now: datetime,
    *,
    name: str,
    zone: str,
    always_open: bool,
    week: Sequence[str],
    closed: str,
    holidays: str = "",
) -> None:
    """Change a calendar: `week` holds seven texts such as “09:00-13:00, 14:00-18:00”. Raises Mistake.

    `closed` holds a day a line, such as “2026-12-25 Christmas”; `holidays` names whose public holidays are closed too,
    such as PK or DE-BY. Promises made before keep their moment.
    """
    name, zone, periods, days = _name(name), check_zone(zone), read_week(week), read_closed(closed)
    country = read_country(holidays)
    if not always_open and not periods:
        raise Mistake("No day has opening hours: say when it is open, or tick “day and night”.")
    with heed.database.write() as db:
        rows = hours.seen_by(db, me.scope)
        was = next((row for row in rows if row.id == calendar_id), None)
        if was is None:
            raise Mistake("This calendar is gone: load the page again.")
        _is_free(rows, was.brand_id, name, but=calendar_id)
        new: Mapping[str, object] = {
            "name": name, "zone": zone, "always_open": always_open, "periods": periods, "holidays": country,
        }  # fmt: skip
        fields = [field for field, value in new.items() if getattr(was, field) != value]
        fields += ["closed"] if dict(was.closed) != days else []
        hours.change(
            db, calendar_id, name=name, zone=zone, always_open=always_open, holidays=country, periods=periods,
            closed=days,
        )  # fmt: skip
        change = {"fields": fields}
        audit.append(db, me.actor, "calendar changed", calendar_id, now, brand_id=was.brand_id, change=change)
    heed.notifier.publish([Change("desk", brand=was.brand_id)])


def count_by(heed: Heed, me: SignedIn, queue_id: str, calendar_id: str | None, now: datetime) -> None:
    """Let a queue's promises be counted by a calendar of its brand, or day and night. Raises Mistake."""
    with heed.database.write() as db:
        queue = desk.queue_by_id(db, queue_id)
        if queue is None or not me.scope.sees(queue.brand_id):
            raise Mistake("This queue is gone: load the page again.")
        known = {row.id for row in hours.seen_by(db, me.scope) if row.brand_id == queue.brand_id}
        if calendar_id is not None and calendar_id not in known:
            raise Mistake("This calendar is gone: load the page again.")
        if queue.calendar_id == calendar_id:
            return
        hours.count_by(db, queue_id, calendar_id)
        audit.append(
            db, me.actor, "queue changed", queue_id, now, brand_id=queue.brand_id, change={"fields": ["calendar"]}
        )  # fmt: skip
    heed.notifier.publish([Change("desk", brand=queue.brand_id)])


def read_week(week: Sequence[str]) -> tuple[Period, ...]:
    """Return the periods of seven texts. Raises Mistake naming the day and what was found."""
    found: list[Period] = []
    for weekday, text in enumerate(week):
        of_day: list[Period] = []
        for part in (part.strip() for part in text.split(",")):
            if part:
                of_day.append(_period(weekday, part))
        of_day.sort(key=lambda period: period.opens_s)
        for one, next_one in pairwise(of_day):
            if one.closes_s > next_one.opens_s or one.closes_s <= one.opens_s:
                raise Mistake(f"{DAYS[weekday]}: two periods overlap in “{text.strip()[:60]}”.")
        found += of_day
    return tuple(found)


def read_closed(text: str) -> dict[date, str]:
    """Return the closed days of a text, one a line. Raises Mistake naming the line."""
    found: dict[date, str] = {}
    for number, line in enumerate((line.strip() for line in text.splitlines()), start=1):
        if not line:
            continue
        day, _, name = line.partition(" ")
        try:
            found[date.fromisoformat(day)] = " ".join(name.split())[:MAX_NAME]
        except ValueError:
            said = f"Closed days, line {number}: “{line[:40]}” does not begin with a day such as 2026-12-25."
            raise Mistake(said) from None
    if len(found) > MAX_CLOSED:
        raise Mistake(f"There are {len(found)} closed days: at most {MAX_CLOSED} are kept.")
    return found


def read_country(text: str) -> str | None:
    """Return the code of whose public holidays are closed days, None for nobody's. Raises Mistake."""
    code = text.strip().upper()
    if not code:
        return None
    try:
        public_holidays(code)
    except ValueError as wrong:
        raise Mistake(f"Public holidays: {wrong}") from None
    return code


def coming_holidays(row: CalendarRow, today: date, count: int = 5) -> list[tuple[date, str]]:
    """Return the next public holidays of a calendar."""
    if not row.holidays:
        return []
    return [(day, name) for day, name in public_holidays(row.holidays).items() if day >= today][:count]


def hours_in_words(periods: Sequence[Period], weekday: int) -> str:
    """Return the hours of one weekday as they are typed."""
    return ", ".join(f"{_clock(p.opens_s)}-{_clock(p.closes_s)}" for p in periods if p.weekday == weekday)


def _period(weekday: int, part: str) -> Period:
    match = SPAN.fullmatch(part)
    numbers = [int(group) for group in match.groups()] if match else []
    if not numbers or numbers[1] > 59 or numbers[3] > 59 or numbers[0] > 23 or numbers[2] * 60 + numbers[3] > 24 * 60:
        raise Mistake(f"{DAYS[weekday]}: “{part[:40]}” is not read. Write hours such as 09:00-13:00, 14:00-18:00.")
    opens_s, closes_s = numbers[0] * 3600 + numbers[1] * 60, numbers[2] * 3600 + numbers[3] * 60
    if opens_s == closes_s:
        raise Mistake(f"{DAYS[weekday]}: “{part[:40]}” opens and closes at the same moment.")
    return Period(weekday, opens_s, closes_s if closes_s <= DAY_S else DAY_S)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Mistake(f"The calendar needs a name of 1 to {MAX_NAME} characters; found {len(name)}.")
    return name


def _is_free(rows: Sequence[CalendarRow], brand_id: str, name: str, *, but: str = "") -> None:
    for row in rows:
        if row.brand_id == brand_id and row.name.casefold() == name.casefold() and row.id != but:
            raise Mistake(f"There is a calendar “{name}” already: take another name.")
