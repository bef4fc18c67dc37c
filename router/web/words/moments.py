"""How durations, moments, days and sizes are said, in the reader's language and zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from router.opening import DAYS as WEEK
from router.web.words.catalogue import ENGLISH, LOCALES
from router.web.words.reader import language
from router.web.words.texts import look_up, number, plural

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400
KB, MB = 1024, 1024 * 1024

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def span(length: timedelta) -> str:
    """Return a duration with its units, two at most: “45 s”, “4 min”, “3 h 20 min”, “2 days”. Signs are dropped."""
    seconds = int(abs(length).total_seconds())
    if seconds < MINUTE_S:
        return look_up("{n} s", n=seconds)
    if seconds < HOUR_S:
        return look_up("{n} min", n=seconds // MINUTE_S)
    if seconds < DAY_S:
        hours, minutes = seconds // HOUR_S, seconds % HOUR_S // MINUTE_S
        if not minutes:
            return plural(hours, "{n} h", "{n} h")
        return plural(hours, "{n} h {m} min", "{n} h {m} min", m=minutes)
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
        return look_up("{day} {clock}", day=_weekday(local), clock=clock)
    return look_up("{day} {clock}", day=_date(local, today), clock=clock)


def clock(at: datetime, zone: str | None = None) -> str:
    """Return the time of day alone; for lists that say the day themselves."""
    return f"{at.astimezone(zone_of(zone)):%H:%M}"


def day(at: datetime, now: datetime, zone: str | None = None) -> str:
    """Return the day of a moment: “Today”, “Yesterday”, “Mon 3 Nov”."""
    local, today = at.astimezone(zone_of(zone)), now.astimezone(zone_of(zone))
    days = (today.date() - local.date()).days
    if days in (0, 1):
        return look_up("Today") if days == 0 else look_up("Yesterday")
    if language() == ENGLISH:
        return f"{_weekday(local)} {_date(local, today)}"
    return _by_skeleton(local, "MMMEd" if local.year == today.year else "yMMMEd")


def exact(at: datetime, zone: str | None = None) -> str:
    """Return a moment in full, with its zone; what a pointer over a time shows."""
    local = at.astimezone(zone_of(zone))
    if language() == ENGLISH:
        said = f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"
    else:
        said = _by_skeleton(local, "yMMMEd")
    return look_up("{date}, {clock}", date=said, clock=f"{local:%H:%M:%S %Z}")


def local_time(now: datetime, zone: str, mine: str | None = None) -> str:
    """Return what the clock says elsewhere, with the place, and with the day where it is not the reader's."""
    there, here = now.astimezone(zone_of(zone)), now.astimezone(zone_of(mine or zone))
    clock = f"{there:%H:%M}"
    if there.date() != here.date():
        clock = look_up("{day} {clock}", day=_weekday(there), clock=clock)
    return look_up("{clock} {place}", clock=clock, place=zone.rsplit("/", 1)[-1].replace("_", " "))


def size(count: int) -> str:
    """Return a file's size: “812 bytes”, “34 KB”, “2.1 MB”."""
    if count < KB:
        return plural(count, "{n} byte", "{n} bytes")
    if count < MB:
        return look_up("{n} KB", n=round(count / KB))
    return look_up("{n} MB", n=number(count / MB, 1))


def language_name(tag: str, english: str) -> str:
    """Return what a language is called in the reader's; `english` where nothing better is known."""
    if language() == ENGLISH:
        return english
    # only who reads another language than English waits for it
    from babel.core import Locale

    base, _, script = tag.partition("-")
    names = Locale.parse(LOCALES[language()]).languages
    if script == "Latn" and base in names:
        return look_up("Roman {language}", language=names[base])
    return str(names.get(tag.replace("-", "_")) or names.get(base) or english)


def weekdays() -> tuple[str, ...]:
    """Return the seven days, Monday first."""
    if language() == ENGLISH:
        return WEEK
    # only who reads another language than English waits for it
    from babel.core import Locale

    names = Locale.parse(LOCALES[language()]).days["stand-alone"]["wide"]
    return tuple(names[day] for day in range(7))


def initials(name: str) -> str:
    """Return up to two letters that stand for a person."""
    parts = [part for part in name.split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper() or "?"


def utc_now() -> datetime:
    """Return now, aware; the web layer's clock."""
    return datetime.now(UTC)


def _weekday(local: datetime) -> str:
    return DAYS[local.weekday()] if language() == ENGLISH else _by_skeleton(local, "E")


def _date(local: datetime, today: datetime) -> str:
    this_year = local.year == today.year
    if language() != ENGLISH:
        return _by_skeleton(local, "MMMd" if this_year else "yMMMd")
    said = f"{local.day} {MONTHS[local.month - 1]}"
    return said if this_year else f"{said} {local.year}"


def _by_skeleton(local: datetime, skeleton: str) -> str:
    """Return a date by the pattern the CLDR has for these fields."""
    # only who reads another language than English waits for it
    from babel.dates import format_skeleton

    return format_skeleton(skeleton, local, locale=LOCALES[language()])
