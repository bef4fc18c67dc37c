"""The words of the interface: the one look-up every text goes through, and how numbers, durations and times are said.

English for now; a catalogue comes behind `look_up` without a change of any caller.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask

LANGUAGE = "en"
DIRECTION = "ltr"
MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def look_up(text: str, **values: object) -> str:
    """Return a text of the interface in the reader's language, with its {placeholders} filled."""
    return text.format_map(values) if values else text


def plural(count: int, one: str, many: str, **values: object) -> str:
    """Return the form that fits a count; `{n}` in it is the count."""
    return look_up(one if count == 1 else many, n=f"{count:,}".replace(",", "\u202f"), **values)


def span(length: timedelta) -> str:
    """Return a duration with its units, two at most: “45 s”, “4 min”, “3 h 20 min”, “2 days”. Signs are dropped."""
    seconds = int(abs(length).total_seconds())
    if seconds < MINUTE_S:
        return look_up("{n} s", n=seconds)
    if seconds < HOUR_S:
        return look_up("{n} min", n=seconds // MINUTE_S)
    if seconds < DAY_S:
        hours, minutes = seconds // HOUR_S, seconds % HOUR_S // MINUTE_S
        return look_up("{h} h {m} min", h=hours, m=minutes) if minutes else look_up("{h} h", h=hours)
    return plural(seconds // DAY_S, "{n} day", "{n} days")


def due(at: datetime, now: datetime) -> str:
    """Return how a promise stands: “in 4 min”, “2 min late”."""
    return look_up("{span} late", span=span(now - at)) if at < now else look_up("in {span}", span=span(at - now))


def waited(since: datetime, now: datetime) -> str:
    """Return how long something has waited."""
    return look_up("waits {span}", span=span(now - since))


def zone_of(name: str | None) -> ZoneInfo:
    """Return the IANA zone, UTC for one that does not exist."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def when(at: datetime, now: datetime, zone: str | None = None) -> str:
    """Return a moment in the reader's zone: the time alone today, with its day or date otherwise."""
    local, today = at.astimezone(zone_of(zone)), now.astimezone(zone_of(zone))
    clock = f"{local:%H:%M}"
    days = (today.date() - local.date()).days
    if days == 0:
        return clock
    if days == 1:
        return look_up("yesterday {clock}", clock=clock)
    if days == -1:
        return look_up("tomorrow {clock}", clock=clock)
    if -7 < days < 7:
        return f"{DAYS[local.weekday()]} {clock}"
    return f"{_date(local, today)} {clock}"


def clock(at: datetime, zone: str | None = None) -> str:
    """Return the time of day alone; for lists that say the day themselves."""
    return f"{at.astimezone(zone_of(zone)):%H:%M}"


def day(at: datetime, now: datetime, zone: str | None = None) -> str:
    """Return the day of a moment: “Today”, “Yesterday”, “Mon 3 Nov”."""
    local, today = at.astimezone(zone_of(zone)), now.astimezone(zone_of(zone))
    days = (today.date() - local.date()).days
    if days in (0, 1):
        return look_up("Today") if days == 0 else look_up("Yesterday")
    return f"{DAYS[local.weekday()]} {_date(local, today)}"


def exact(at: datetime, zone: str | None = None) -> str:
    """Return a moment in full, with its zone; what a pointer over a time shows."""
    local = at.astimezone(zone_of(zone))
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M:%S %Z}"


def local_time(now: datetime, zone: str) -> str:
    """Return what the clock says elsewhere, with the place: “10:03 Berlin”."""
    return f"{now.astimezone(zone_of(zone)):%H:%M} {zone.rsplit('/', 1)[-1].replace('_', ' ')}"


def size(count: int) -> str:
    """Return a file's size: “812 bytes”, “34 KB”, “2.1 MB”."""
    if count < 1024:
        return plural(count, "{n} byte", "{n} bytes")
    if count < 1024 * 1024:
        return look_up("{n} KB", n=round(count / 1024))
    return look_up("{n} MB", n=round(count / 1024 / 1024, 1))


def initials(name: str) -> str:
    """Return up to two letters that stand for a person."""
    parts = [part for part in name.split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper() or "?"


def utc_now() -> datetime:
    """Return now, aware; the web layer's clock."""
    return datetime.now(UTC)


def register(app: Flask) -> None:
    """Give every template the look-up and the ways to say numbers and times."""
    app.jinja_env.globals.update(
        _=look_up,
        plural=plural,
        span=span,
        due=due,
        waited=waited,
        when=when,
        clock_words=clock,
        day=day,
        exact=exact,
        local_time=local_time,
        size=size,
        initials=initials,
        lang=LANGUAGE,
        direction=DIRECTION,
        now=utc_now,
    )


def _date(local: datetime, today: datetime) -> str:
    said = f"{local.day} {MONTHS[local.month - 1]}"
    return said if local.year == today.year else f"{said} {local.year}"
