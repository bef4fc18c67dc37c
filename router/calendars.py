"""Business calendars: when a desk is open, and working time counted over its opening hours.

A calendar is several periods a weekday in one IANA zone, and closed dates. All moments going in and out are aware;
those coming out are UTC. Durations are working time: elapsed seconds while the calendar is open, so a day on which the
clocks change is an hour longer or shorter, as it is for the people at work. Holidays and shifts of agents are made
into periods and closed dates elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY_S = 86_400
NONE = timedelta(0)
SEARCH_DAYS = 366  # a calendar that is closed this long in a row is never open

Span = tuple[int, int]  # seconds after local midnight: opens, closes
Opening = tuple[datetime, datetime]  # aware UTC


class NeverOpen(Exception):
    """The calendar has no open hour within a year, so no working time can be counted from there."""


@dataclass(frozen=True, slots=True)
class Period:
    """Opening hours on one weekday; hours that close at or before they open run into the next day."""

    weekday: int  # 0 Monday … 6 Sunday
    opens_s: int  # seconds after local midnight, 0 … 86399
    closes_s: int  # 1 … 86400; at most `opens_s`: on the next day

    def __post_init__(self) -> None:
        if not (0 <= self.weekday <= 6 and 0 <= self.opens_s < DAY_S and 0 <= self.closes_s <= DAY_S):
            raise ValueError(
                f"Period on weekday {self.weekday} from {self.opens_s} to {self.closes_s} s: "
                "give a weekday 0 … 6 and seconds after midnight, 0 … 86400."
            )


@dataclass(frozen=True, slots=True)
class Calendar:
    """When promises run: periods by weekday in a zone, less closed dates (local, midnight to midnight).

    Raises ValueError for a zone that does not exist.
    """

    zone: str = "UTC"  # IANA
    periods: tuple[Period, ...] = ()
    closed: frozenset[date] = frozenset()
    always_open: bool = False
    week: tuple[tuple[Span, ...], ...] = field(init=False, repr=False, compare=False)  # periods by weekday, merged

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"There is no time zone “{self.zone}”: give an IANA name, such as Asia/Karachi.") from None
        object.__setattr__(self, "week", _week(self.periods))

    def is_open(self, at: datetime) -> bool:
        """Say whether the calendar is open at a moment; opening counts as open, closing as closed."""
        if self.always_open:
            return True
        at = at.astimezone(UTC)
        return any(opens <= at < closes for opens, closes in _openings_of(self, _local_day(self, at)))

    def next_turn(self, at: datetime) -> datetime | None:
        """Return when the calendar next opens or closes after a moment; None if it never does within a year."""
        if self.always_open:
            return None
        at = at.astimezone(UTC)
        try:
            for opens, closes in _openings_from(self, at):
                if opens > at:
                    return opens
                if not self.is_open(closes):
                    return closes
        except NeverOpen:
            return None
        raise AssertionError("openings end only by NeverOpen")

    def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """Return the first moment by which `duration` of working time has passed since `start`.

        No duration returns `start`. Raises NeverOpen if the calendar stays closed for a year, ValueError for a negative
        duration.
        """
        start = start.astimezone(UTC)
        _refuse_negative(duration)
        if self.always_open or not duration:
            return start + duration
        for opens, closes in _openings_from(self, start):
            opens = max(opens, start)
            if duration <= closes - opens:
                return opens + duration
            duration -= closes - opens
        raise AssertionError("openings end only by NeverOpen")

    def subtract_working_time(self, end: datetime, duration: timedelta) -> datetime:
        """Return the last moment from which `duration` of working time passes until `end`: the inverse of adding.

        No duration returns `end`. Raises NeverOpen if the calendar was closed for a year, ValueError for a negative
        duration.
        """
        end = end.astimezone(UTC)
        _refuse_negative(duration)
        if self.always_open or not duration:
            return end - duration
        for opens, closes in _openings_until(self, end):
            closes = min(closes, end)
            if duration <= closes - opens:
                return closes - duration
            duration -= closes - opens
        raise AssertionError("openings end only by NeverOpen")

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from `start` to `end`; negative if `end` is the earlier one."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if self.always_open:
            return end - start
        if end < start:
            return -self.working_time_between(end, start)
        passed, day, last = NONE, _local_day(self, start), _local_day(self, end)
        while day <= last:
            for opens, closes in _openings_of(self, day):
                passed += max(NONE, min(closes, end) - max(opens, start))
            day += timedelta(days=1)
        return passed


def _week(periods: tuple[Period, ...]) -> tuple[tuple[Span, ...], ...]:
    """Return the spans of each weekday in order, cut at midnight, those that touch joined."""
    days: list[list[Span]] = [[] for _ in range(7)]
    for period in periods:
        if period.closes_s > period.opens_s:
            days[period.weekday].append((period.opens_s, period.closes_s))
        else:
            days[period.weekday].append((period.opens_s, DAY_S))
            days[(period.weekday + 1) % 7].append((0, period.closes_s))
    return tuple(_merged(spans) for spans in days)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for opens, closes in sorted(spans):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        elif closes > opens:
            merged.append((opens, closes))
    return tuple(merged)


def _openings_of(calendar: Calendar, day: date) -> Iterator[Opening]:
    """Yield the openings of one local day in order."""
    if day in calendar.closed:
        return
    for opens_s, closes_s in calendar.week[day.weekday()]:
        opens, closes = _moment(calendar, day, opens_s), _moment(calendar, day, closes_s)
        if opens < closes:
            yield opens, closes


def _openings_from(calendar: Calendar, start: datetime) -> Iterator[Opening]:
    """Yield the openings that end after `start`, for ever. Raises NeverOpen after a closed year."""
    day, closed_days = _local_day(calendar, start), 0
    while closed_days <= SEARCH_DAYS:
        closed_days += 1
        for opens, closes in _openings_of(calendar, day):
            if closes > start:
                closed_days = 0
                yield opens, closes
        day += timedelta(days=1)
    raise NeverOpen(_never_open(calendar, "after", start))


def _openings_until(calendar: Calendar, end: datetime) -> Iterator[Opening]:
    """Yield the openings that begin before `end`, latest first, for ever. Raises NeverOpen after a closed year."""
    day, closed_days = _local_day(calendar, end), 0
    while closed_days <= SEARCH_DAYS:
        closed_days += 1
        for opens, closes in reversed(list(_openings_of(calendar, day))):
            if opens < end:
                closed_days = 0
                yield opens, closes
        day -= timedelta(days=1)
    raise NeverOpen(_never_open(calendar, "before", end))


def _never_open(calendar: Calendar, where: str, at: datetime) -> str:
    return (
        f"The calendar in {calendar.zone} has no open hour in the year {where} {at:%Y-%m-%d}: "
        "give it opening hours, or fewer closed dates."
    )


def _local_day(calendar: Calendar, at: datetime) -> date:
    return at.astimezone(ZoneInfo(calendar.zone)).date()


def _moment(calendar: Calendar, day: date, seconds: int) -> datetime:
    """Return a local wall time as UTC.

    A time that comes twice means its first coming; one that the clocks skip means the moment they jump.
    """
    zone = ZoneInfo(calendar.zone)
    wall = datetime.combine(day, time.min) + timedelta(seconds=seconds)
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)  # in a gap: read with the offset after the jump
    offset = before.astimezone(zone).utcoffset()
    while at - before > timedelta(seconds=1):
        middle = before + (at - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            at = middle
    return at


def _refuse_negative(duration: timedelta) -> None:
    if duration < NONE:
        raise ValueError(f"A duration of working time is not negative, found {duration}.")


ALWAYS_OPEN = Calendar(always_open=True)
