"""Which days a report is about: days of the reader's zone, however many hours they have, and the period before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = 366  # days
USUAL = (7, 28, 90)


@dataclass(frozen=True, slots=True)
class Period:
    """Some days of a zone, the first to the last; it ends at `until` if its last day is not over yet."""

    first: date
    last: date
    zone: ZoneInfo
    until: datetime  # aware UTC

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days in order."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    @property
    def start(self) -> datetime:
        """Return the moment it begins."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """Return the moment before which everything in it happened."""
        return min(midnight(self.last + timedelta(days=1), self.zone), self.until)

    @property
    def is_over(self) -> bool:
        """Say whether nothing more can happen in it."""
        return midnight(self.last + timedelta(days=1), self.zone) <= self.until

    def before(self) -> "Period":
        """Return as many days right before it, up to the same time of day if its last day is not over."""
        shift = timedelta(days=len(self.days))
        until = self.until
        if not self.is_over:
            local = self.until.astimezone(self.zone)
            until = datetime.combine(local.date() - shift, local.time(), self.zone).astimezone(UTC)
        return Period(self.first - shift, self.last - shift, self.zone, until)


def last_days(count: int, now: datetime, zone: ZoneInfo) -> Period:
    """Return the last days up to and with today."""
    today = now.astimezone(zone).date()
    return Period(today - timedelta(days=count - 1), today, zone, now)


def between(first: date, last: date, now: datetime, zone: ZoneInfo) -> Period:
    """Return the days from one to another. Raises ValueError in words a person can act on."""
    today = now.astimezone(zone).date()
    if last < first:
        raise ValueError("The last day lies before the first one: swap them.")
    if first > today:
        raise ValueError("That period has not begun yet: choose days that have passed.")
    if (last - first).days >= LONGEST:
        raise ValueError(f"A report covers at most {LONGEST} days: choose fewer.")
    return Period(first, min(last, today), zone, now)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment a day begins, in UTC; where clocks skip midnight, the moment they skip to."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
