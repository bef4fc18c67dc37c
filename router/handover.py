"""When the shift that is at work hands over to the next, told from the planned shifts alone. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DAY_S = 86_400
EVENING_S = 18 * 3600  # a shift that begins from then on is the night's
SOON = timedelta(hours=12)  # later is no news
BETWEEN = timedelta(hours=1)  # two shifts, not further apart, are one day's work


class Planned(Protocol):
    """One shift of the plan."""

    @property
    def place(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def weekday(self) -> int: ...
    @property
    def starts_s(self) -> int: ...
    @property
    def ends_s(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Handover:
    """The next end of a shift that is at work."""

    place: str  # the site, or the city of its zone
    night: bool
    at: datetime  # aware UTC


def next_handover(shifts: Iterable[Planned], now: datetime) -> Handover | None:
    """Return which of the shifts at work ends first; None if none is, or not within twelve hours."""
    ends = [found for shift in shifts if (found := at_work(shift, now)) is not None]
    first = min(ends, key=lambda one: (one.at, one.place), default=None)
    return first if first is not None and first.at - now <= SOON else None


def at_work(shift: Planned, now: datetime) -> Handover | None:
    """Return when a shift that is at work ends, None if it is not at work."""
    zone = ZoneInfo(shift.zone)
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):  # yesterday's may pass midnight
        if day.weekday() != shift.weekday:
            continue
        starts, ends = moment(day, shift.starts_s, zone), moment(day, shift.ends_s, zone)
        if starts <= now < ends:
            place = shift.place or shift.zone.rsplit("/", 1)[-1].replace("_", " ")
            return Handover(place, shift.starts_s >= EVENING_S or shift.ends_s > DAY_S, ends)
    return None


def moment(day: date, seconds: int, zone: ZoneInfo) -> datetime:
    """Return when the clock on the wall shows so many seconds after midnight."""
    days, rest = divmod(seconds, DAY_S)
    local = datetime(day.year, day.month, day.day, rest // 3600, rest % 3600 // 60, rest % 60, tzinfo=zone)
    return (local + timedelta(days=days)).astimezone(UTC)


def next_start(shifts: Iterable[Planned], now: datetime) -> datetime | None:
    """Return when the first of these shifts begins after now; None if none is planned."""
    starts = [at for shift in shifts for at in _starts(shift, now) if at > now]
    return min(starts, default=None)


def is_off(shifts: Collection[Planned], now: datetime) -> bool:
    """Say whether no shift is at work and none begins soon, as the second half of a divided day."""
    if any(at_work(shift, now) for shift in shifts):
        return False
    start = next_start(shifts, now)
    return start is None or start - now > BETWEEN


def _starts(shift: Planned, now: datetime) -> Iterable[datetime]:
    """Return when a shift begins this week and next."""
    zone = ZoneInfo(shift.zone)
    today = now.astimezone(zone).date()
    first = today + timedelta(days=(shift.weekday - today.weekday()) % 7)
    return [moment(first + timedelta(days=days), shift.starts_s, zone) for days in (0, 7)]
