"""A person's plan of the week: read from what is typed, and laid out day by day in a reader's zone. Pure.

Shifts are planned by the clock on the wall where they are worked. So a shift over a change of clocks is an hour longer
or shorter, and for a reader in another zone it may begin at another hour than the week before; both are told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from router.calendars import DAY_S, Period
from router.handover import moment
from router.mistakes import Mistake
from router.opening import DAYS, hours_in_words, read_week
from router.store.shifts import Leave, PlannedShift

MAX_SITE = 60  # characters
WEEK = timedelta(days=7)
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift as it comes: aware UTC."""

    starts: datetime
    ends: datetime
    breaks: tuple[tuple[datetime, datetime], ...]
    longer: timedelta  # by a change of clocks where it is worked; negative: shorter
    later: timedelta  # on the reader's clock than the week before; negative: earlier
    leave: Leave | None = None  # which keeps them from it


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the reader's week."""

    day: date
    turns: tuple[Turn, ...]


def read(zone: str, work: Sequence[str], breaks: Sequence[str]) -> tuple[PlannedShift, ...]:
    """Return the plan of seven texts of hours and seven of breaks, such as “22:00-06:00” and “02:00-02:30”.

    Raises Mistake naming the day and what was found.
    """
    shifts = [_shift(zone, period, "work") for period in read_week(work)]
    for period in read_week(breaks):
        of_day = [one for one in shifts if one.kind == "work" and one.weekday == period.weekday]
        found = _within(_shift(zone, period, "break"), of_day)
        if found is None:
            said = breaks[period.weekday].strip()[:60]
            raise Mistake(f"{DAYS[period.weekday]}: the break “{said}” is not within a shift of that day.")
        shifts.append(found)
    return tuple(shifts)


def read_site(typed: str) -> str:
    """Return a site's name as it is kept, empty for none. Raises Mistake."""
    name = " ".join(typed.split())
    if len(name) > MAX_SITE or not name.isprintable():
        raise Mistake(f"A site's name has at most {MAX_SITE} letters.")
    return name


def typed(plan: Iterable[PlannedShift], kind: str) -> list[str]:
    """Return seven texts, the shifts or breaks of each day as they are typed."""
    periods = [Period(one.weekday, one.starts_s % DAY_S, _closes(one)) for one in plan if one.kind == kind]
    return [hours_in_words(periods, weekday) for weekday in range(7)]


def week(plan: Sequence[PlannedShift], leaves: Sequence[Leave], zone: ZoneInfo, now: datetime) -> tuple[Day, ...]:
    """Return the seven days from today on in a zone, each with the shifts that begin on it."""
    today = now.astimezone(zone).date()
    turns = sorted((turn for one in plan if one.kind == "work" for turn in _turns(one, plan, leaves, zone, today)),
                   key=lambda turn: turn.starts)  # fmt: skip
    return tuple(
        Day(day, tuple(turn for turn in turns if turn.starts.astimezone(zone).date() == day))
        for day in (today + timedelta(days=ahead) for ahead in range(7))
    )


def _turns(
    one: PlannedShift, plan: Sequence[PlannedShift], leaves: Sequence[Leave], zone: ZoneInfo, today: date
) -> Iterable[Turn]:
    """Return when a shift comes between the day before today and a week later: the reader's day may be another one."""
    its = ZoneInfo(one.zone)
    breaks = [b for b in plan if b.kind == "break" and b.weekday == one.weekday]
    for day in (today + timedelta(days=ahead) for ahead in range(-1, 8)):
        if day.weekday() != one.weekday:
            continue
        starts, ends = moment(day, one.starts_s, its), moment(day, one.ends_s, its)
        before = moment(day - WEEK, one.starts_s, its)
        yield Turn(
            starts=starts,
            ends=ends,
            breaks=tuple(
                (moment(day, b.starts_s, its), moment(day, b.ends_s, its))
                for b in breaks
                if one.starts_s <= b.starts_s and b.ends_s <= one.ends_s
            ),
            longer=(ends - starts) - timedelta(seconds=one.ends_s - one.starts_s),
            later=_on_the_wall(starts, zone) - _on_the_wall(before, zone) - WEEK,
            leave=next((leave for leave in leaves if leave.starts_at < ends and starts < leave.ends_at), None),
        )


def _on_the_wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def _shift(zone: str, period: Period, kind: str) -> PlannedShift:
    over = DAY_S if period.closes_s <= period.opens_s else 0
    return PlannedShift(zone, period.weekday, period.opens_s, period.closes_s + over, kind)


def _within(one: PlannedShift, shifts: Iterable[PlannedShift]) -> PlannedShift | None:
    """Return a break where its shift is: after midnight, if the shift passes it."""
    for shift in shifts:
        for later in (0, DAY_S):
            if shift.starts_s <= one.starts_s + later and one.ends_s + later <= shift.ends_s:
                return PlannedShift(one.zone, one.weekday, one.starts_s + later, one.ends_s + later, one.kind)
    return None


def _closes(one: PlannedShift) -> int:
    return one.ends_s - DAY_S if one.ends_s > DAY_S else one.ends_s
