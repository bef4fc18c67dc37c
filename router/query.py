"""Reads what is typed into the search field: words, “exact phrases”, a number, and filters such as state:open. Pure.

Nothing that is typed is an error: what looks like a filter and is none is searched as words, and a sentence says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from router.model import State

MAX_QUERY = 500  # characters
DIGITS = 9  # of a ticket number
NAMED = ("brand", "queue", "agent", "channel", "language", "tag")  # filters whose values only the desk knows
FILTERS = ("state", *NAMED, "heat", "late", "before", "after")
YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
STATES = tuple(state.value for state in State)
QUOTES = '"“”„«»'


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Filters of one name are alternatives, those of different names must all hold."""

    words: str = ""  # everything that is no filter, phrases included
    phrases: tuple[str, ...] = ()
    number: int | None = None  # the whole question is a ticket's number
    states: frozenset[str] = frozenset()
    names: tuple[tuple[str, str], ...] = ()  # (filter, value) of those only the desk can tell
    heat: int | None = None  # at least
    late: bool | None = None
    before: datetime | None = None
    after: datetime | None = None
    mistakes: tuple[str, ...] = field(default=())

    @property
    def has_filters(self) -> bool:
        """Say whether anything but words is asked."""
        return bool(self.states or self.names) or any(
            one is not None for one in (self.heat, self.late, self.before, self.after)
        )

    def __bool__(self) -> bool:
        return bool(self.words) or self.has_filters

    def values(self, name: str) -> list[str]:
        """Return the values given to one of the filters in NAMED."""
        return [value for given, value in self.names if given == name]


def read(typed: str, zone: ZoneInfo) -> Query:
    """Return what a line asks for; its days begin at midnight in `zone`."""
    query = Query()
    words: list[str] = []
    for part, quoted in _parts(typed[:MAX_QUERY]):
        name, colon, value = part.partition(":")
        name = name.casefold()
        if quoted:
            words.append(part)
            query = replace(query, phrases=(*query.phrases, part))
        elif colon and name in FILTERS:
            query = _filtered(query, name, value.strip(QUOTES).strip(), zone)
        else:
            words.append(part)
            if colon and value and not value.startswith("/") and name.isalpha():
                said = f"There is no filter “{name}”: it was searched as words. Filters: {', '.join(FILTERS)}."
                query = replace(query, mistakes=(*query.mistakes, said))
    said = " ".join(words)
    bare = said.removeprefix("#")
    number = int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= DIGITS else None
    return replace(query, words=said, number=number)


def _parts(typed: str) -> Iterator[tuple[str, bool]]:
    """Yield words, filters with their values, and what stands in quotes."""
    part, inside = "", False
    for char in typed:
        if char in QUOTES:
            if inside or not part.endswith(":"):
                if part.strip():
                    yield part.strip(), inside and not _is_filter(part)
                part, inside = "", not inside
            else:
                inside = True
        elif char.isspace() and not inside:
            if part:
                yield part, False
            part = ""
        else:
            part += char if char.isprintable() else " "
    if part.strip():
        yield part.strip(), inside and not _is_filter(part)


def _is_filter(part: str) -> bool:
    return part.partition(":")[0].casefold() in FILTERS and ":" in part


def _filtered(query: Query, name: str, value: str, zone: ZoneInfo) -> Query:
    if not value:
        return _mistaken(query, f"Say which: {name}: and a value.")
    if name in NAMED:
        return replace(query, names=(*query.names, (name, value)))
    return _READ[name](query, value.casefold(), zone)


def _state(query: Query, value: str, zone: ZoneInfo) -> Query:
    meant = [state for state in STATES if state == value] or [state for state in STATES if state.startswith(value)]
    if len(meant) != 1:
        return _mistaken(query, f"There is no state “{value}”. States: {', '.join(STATES)}.")
    return replace(query, states=query.states | {meant[0]})


def _heat(query: Query, value: str, zone: ZoneInfo) -> Query:
    if value not in ("0", "1", "2", "3"):
        return _mistaken(query, f"The heat is “{value}”: give 0 (calm) to 3 (furious).")
    return replace(query, heat=int(value))


def _late(query: Query, value: str, zone: ZoneInfo) -> Query:
    if value not in YES:
        return _mistaken(query, "Write late:yes or late:no.")
    return replace(query, late=YES[value])


def _before(query: Query, value: str, zone: ZoneInfo) -> Query:
    day = _day(value, zone)
    return replace(query, before=day) if day else _mistaken(query, _no_day("before", value))


def _after(query: Query, value: str, zone: ZoneInfo) -> Query:
    day = _day(value, zone)
    return replace(query, after=day) if day else _mistaken(query, _no_day("after", value))


_READ: dict[str, Callable[[Query, str, ZoneInfo], Query]] = {
    "state": _state,
    "heat": _heat,
    "late": _late,
    "before": _before,
    "after": _after,
}


def _day(value: str, zone: ZoneInfo) -> datetime | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=zone) if 1970 <= day.year <= 9000 else None


def _no_day(name: str, value: str) -> str:
    return f"“{value}” is no day: write {name}:2026-01-31."


def _mistaken(query: Query, said: str) -> Query:
    return replace(query, mistakes=(*query.mistakes, said))
