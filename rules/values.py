"""The values that facts have and conditions compare with: how they are written, read, settled and shown.

A fact whose value has the wrong type is settled as not known; nothing here raises on a fact. What a person writes in a
rule raises `Wrong`, with the remedy.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from rules.errors import Wrong, shown
from rules.sentences import BLANK, OR, joined, listed, say

MAX_WORDS = 1_000  # characters of one value in a rule
MAX_TEXT = 50_000  # characters of a message's text that rules look at
BIGGEST = 10**12  # number in a rule
LONGEST = timedelta(days=366)  # of any duration in a rule

FactValue = str | int | float | bool | timedelta | time | datetime | AbstractSet[str] | Sequence[str]

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}  # seconds; a day is 24 hours
_SAID = {"d": say("{n} d"), "h": say("{n} h"), "m": say("{n} min"), "s": say("{n} s")}
_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")
_YES_NO = {"true": True, "yes": True, "false": False, "no": False}


class Type(StrEnum):
    """What kind of value a fact has."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"  # 0 … 100
    BOOLEAN = "boolean"
    ONE_OF = "one of"  # a text out of a closed list
    SET = "set of text"
    DURATION = "duration"
    TIME_OF_DAY = "time of day"  # in the brand's zone
    MOMENT = "moment"  # aware UTC


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the day: start included, end not; past midnight if the end is not after the start."""

    start: time
    end: time
    zone: str = ""  # an IANA name; empty: the time of day is already local

    def covers(self, at: time | datetime) -> bool:
        """Say whether a time of day, or the moment `at` in this window's zone, is inside."""
        local = at.astimezone(_zone(self.zone)).time() if isinstance(at, datetime) else at
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


Value = str | int | float | bool | timedelta | time | datetime | Window | tuple["Value", ...] | None


def fold(text: str) -> str:
    """Return text as rules compare it: lower case, composed letters, every run of white space one blank."""
    text = text[:MAX_TEXT]
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    return " ".join(text.lower().split())


def _settle_text(value: object) -> str | None:
    return fold(value) if isinstance(value, str) else None


def _settle_number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def _settle_boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _settle_set(value: object) -> frozenset[str] | None:
    if isinstance(value, str) or not isinstance(value, AbstractSet | Sequence):
        return None
    return frozenset([fold(item) for item in value if isinstance(item, str)])


def _settle_duration(value: object) -> timedelta | None:
    return value if isinstance(value, timedelta) else None


def _settle_time(value: object) -> time | None:
    return value.replace(tzinfo=None) if isinstance(value, time) else None


def _settle_moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) and value.utcoffset() is not None else None


SETTLE: Mapping[Type, Callable[[object], FactValue | None]] = {
    Type.TEXT: _settle_text, Type.ONE_OF: _settle_text, Type.SET: _settle_set, Type.BOOLEAN: _settle_boolean,
    Type.NUMBER: _settle_number, Type.PERCENT: _settle_number, Type.DURATION: _settle_duration,
    Type.TIME_OF_DAY: _settle_time, Type.MOMENT: _settle_moment,
}  # fmt: skip


def settle(kind: Type, value: object) -> FactValue | None:
    """Return a fact's value ready to compare; None, which means not known, if it is not of the fact's type."""
    return SETTLE[kind](value)


def parse(kind: Type, found: object, raw: str) -> Value:
    """Return one written value of a type; `raw` is how it stands in the file. Raises Wrong."""
    match kind:
        case Type.TEXT | Type.ONE_OF | Type.SET:
            return words(found, raw)
        case Type.NUMBER | Type.PERCENT:
            return _number(kind, found, raw)
        case Type.BOOLEAN:
            if raw.lower() in _YES_NO:
                return _YES_NO[raw.lower()]
            raise Wrong(say("“{raw}” is neither true nor false.", raw=shown(raw)), say("Write true or false."))
        case Type.DURATION:
            return duration(raw)
        case Type.TIME_OF_DAY:
            return time_of_day(raw)
        case Type.MOMENT:
            return moment(raw)


def words(found: object, raw: str) -> str:
    """Return a written text: not empty, without control characters, at most MAX_WORDS characters. Raises Wrong."""
    if found is None or not raw.strip():
        raise Wrong(say("the value is empty."), say("Write a text."))
    if len(raw) > MAX_WORDS:
        raise Wrong(
            say("the value has {n} characters.", n=f"{len(raw):,}"),
            say("At most {most} are allowed.", most=f"{MAX_WORDS:,}"),
        )
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in raw):
        raise Wrong(say("the value has a control character or half a character in it."), say("Leave it out."))
    return raw.strip()


def _number(kind: Type, found: object, raw: str) -> float | int:
    if kind is Type.PERCENT and raw.endswith("%"):
        try:
            found = float(raw[:-1])
        except ValueError:
            found = None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        unit = say("a percentage") if kind is Type.PERCENT else say("a number")
        such = say("a percentage, such as 60") if kind is Type.PERCENT else say("a number, such as 70")
        raise Wrong(say("“{raw}” is not {unit}.", raw=shown(raw), unit=unit), say("Write {unit}.", unit=such))
    if abs(found) > BIGGEST:
        raise Wrong(say("{raw} is too big a number.", raw=shown(raw)), say("Write at most 12 digits."))
    if kind is Type.PERCENT and not 0 <= found <= 100:
        raise Wrong(say("{raw} is no percentage.", raw=shown(raw)), say("Write a number from 0 to 100."))
    return int(found) if found == int(found) else found


def duration(raw: str) -> timedelta:
    """Read “90s”, “10m”, “4h”, “2d” or “1h30m”. Raises Wrong."""
    parts = _DURATION.fullmatch(raw.strip().lower().replace(" ", ""))
    if not parts or not parts.group():
        message: str = say("“{raw}” is not a duration.", raw=shown(raw))
        if raw.strip().isdigit():
            message = joined(BLANK, [message, say("A bare number has no unit.")])
        raise Wrong(message, say("Write 90s, 10m, 4h, 2d or 1h30m."))
    seconds = sum(int(part) * unit for part, unit in zip(parts.groups(), UNITS.values(), strict=True) if part)
    if seconds > LONGEST.total_seconds():
        raise Wrong(say("“{raw}” is longer than a year.", raw=shown(raw)), say("Write at most 366d."))
    return timedelta(seconds=seconds)


def time_of_day(raw: str) -> time:
    """Read “09:00”; “24:00” is midnight. Raises Wrong."""
    found = _TIME.fullmatch(raw.strip())
    if not found:
        raise Wrong(
            say("“{raw}” is not a time of day.", raw=shown(raw)),
            say("Write hours and minutes, such as 09:00 or 22:30."),
        )
    return time(int(found.group(1)), int(found.group(2))) if found.group(1) else time(0)


def moment(raw: str) -> datetime:
    """Read a date and time with its offset from UTC. Raises Wrong."""
    try:
        found = datetime.fromisoformat(raw.strip())
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        raise Wrong(
            say("“{raw}” is not a moment.", raw=shown(raw)),
            say("Write date, time and offset, such as 2026-11-27T00:00+00:00."),
        )
    return found


def window(raw: str, needs_zone: bool) -> Window:
    """Read “22:00-06:00”, followed by a zone where `needs_zone`. Raises Wrong."""
    hours, _, zone = raw.strip().partition(" ")
    start, dash, end = hours.partition("-")
    if not dash:
        raise Wrong(
            say("“{raw}” is not a stretch of the day.", raw=shown(raw)),
            say("Write start and end, such as 22:00-06:00."),
        )
    zone = zone.strip()
    if needs_zone and not zone:
        raise Wrong(say("“{raw}” has no time zone.", raw=shown(raw)), say("Add it, such as 22:00-06:00 Asia/Karachi."))
    if zone and not needs_zone:
        raise Wrong(
            say("a time of day is already in the brand's zone."), say("Leave the zone out, or use the fact “now”.")
        )
    if zone:
        _zone(zone)
    return Window(time_of_day(start), time_of_day(end), zone)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as failed:
        remedy = say("Write a name such as Asia/Karachi or Europe/London.")
        raise Wrong(say("there is no time zone “{name}”.", name=shown(name)), remedy) from failed


def written(value: Value | FactValue) -> str | int | float | bool | list[object] | None:
    """Return a value as it stands in a rule file; reading it again gives the same value."""
    match value:
        case str() | int() | float() | None:
            return value
        case timedelta():
            return "".join(f"{count}{unit}" for unit, count in _units(value)) or "0m"
        case datetime():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case Window():
            hours = f"{value.start:%H:%M}-{value.end:%H:%M}"
            return f"{hours} {value.zone}" if value.zone else hours
        case AbstractSet():
            return [*sorted(value)]
        case _:
            return [written(item) for item in value]


def spoken(value: Value | FactValue, last: str = OR) -> str:
    """Return a value as a sentence says it: “10 min”, “gold or platinum”, “yes”; `last` joins the last two of many."""
    match value:
        case bool():
            return say("yes") if value else say("no")
        case timedelta():
            if value < timedelta(0):
                return say("{span} ago", span=spoken(-value))
            return _span(value) if value else say("{n} min", n=0)
        case tuple() | list() | frozenset() | set():
            items = sorted(value, key=str) if isinstance(value, frozenset | set) else value
            return listed((spoken(item) for item in items), last)
        case str():
            return value
        case datetime():
            return f"{value:%Y-%m-%d %H:%M %Z}".strip()
        case _:
            return str(written(value)) if isinstance(value, Window | time) else str(value)


def _span(value: timedelta) -> str:
    return joined(BLANK, [say(_SAID[unit], n=count) for unit, count in _units(value)]) or "0m"


def _units(value: timedelta) -> Iterator[tuple[str, int]]:
    """Give how many there are of each unit, the longest first; none of what there are none of."""
    left = int(value.total_seconds())
    for unit, seconds in UNITS.items():
        count, left = divmod(left, seconds)
        if count:
            yield unit, count
