"""What rules are looked at beside: who can do what, when they work, when a brand is open, what its queues promise."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from router.calendars import DAY_S, Calendar
from router.store import people
from router.store.db import Connection
from router.store.desk import QueueRow
from router.store.views import wallboard
from router.store.views.wallboard import ShiftRow
from rules.model import Shift
from rules.values import Window

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK_S = 7 * DAY_S
_WINTER = datetime(2027, 1, 4)  # noqa: DTZ001  # shifts of several zones are laid beside one another as in January

Skills = Mapping[str, int]  # skill -> level


def staff(db: Connection, brand_id: str) -> dict[str, Skills]:
    """Return the skills of everyone who works for a brand, by their id."""
    granted, skills = people.all_brands(db), people.skills(db)
    return {
        who.id: skills.get(who.id, {})
        for who in people.everyone(db)
        if who.active and brand_id in granted.get(who.id, ())
    }


def shifts(db: Connection, skills: Mapping[str, Skills]) -> tuple[Shift, ...]:
    """Return the stretches of the week that somebody is planned for, each with all who work in some part of it."""
    planned = wallboard.shifts(db, list(skills))
    stretches: dict[tuple[int, int, int, str], str] = {}
    for row in sorted(planned, key=lambda row: (row.weekday, row.starts_s, row.ends_s)):
        hours = f"{_clock(row.starts_s):%H:%M}-{_clock(row.ends_s):%H:%M}"
        name = f"{_DAYS[row.weekday].capitalize()} {hours}{f' in {row.place}' if row.place else ''}"
        stretches.setdefault((row.weekday, row.starts_s, row.ends_s, row.zone), name)
    found = []
    for (weekday, starts_s, ends_s, zone), name in stretches.items():
        stretch = _stretch(ShiftRow("", "", zone, weekday, starts_s, ends_s))
        at_work = {row.agent_id for row in planned if _meet(stretch, _stretch(row))}
        found.append(Shift(name, tuple(skills[each] for each in sorted(at_work))))
    return tuple(found)


def hours(
    queues: Collection[QueueRow], calendars: Mapping[str, Calendar], zone: str
) -> dict[str, tuple[Window, ...]] | None:
    """Return when any queue is open, by weekday; None: always, or not told in the brand's own zone."""
    used = [calendars.get(queue.calendar_id or "") for queue in queues]
    found: dict[str, list[Window]] = defaultdict(list)
    for calendar in used:
        if calendar is None or calendar.always_open or calendar.zone != zone:
            return None
        for weekday, spans in enumerate(calendar.week):
            found[_DAYS[weekday]] += [Window(_clock(opens), _clock(closes)) for opens, closes in spans]
    return {day: tuple(dict.fromkeys(windows)) for day, windows in found.items()} if used else None


def promises(queues: Collection[QueueRow]) -> dict[str, timedelta]:
    """Return what queues promise themselves, whatever the channel."""
    return {queue.name: timedelta(seconds=queue.answer_s) for queue in queues if queue.answer_s}


def _clock(seconds: int) -> time:
    minutes = seconds // 60 % (24 * 60)
    return time(minutes // 60, minutes % 60)


def _stretch(row: ShiftRow) -> tuple[int, int]:
    """Return start and length of a shift in seconds, the start counted from Monday in UTC."""
    away = ZoneInfo(row.zone).utcoffset(_WINTER) or timedelta(0)
    start = row.weekday * DAY_S + row.starts_s - int(away.total_seconds())
    return start % _WEEK_S, row.ends_s - row.starts_s


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return (other[0] - one[0]) % _WEEK_S < one[1] or (one[0] - other[0]) % _WEEK_S < other[1]
