"""The place of a ticket in its lane: the moment it is ordered by, smallest first.

A place is static. Only a new heat, promise, pause or calendar gives a new one, so waiting itself costs no writing.
"""

from datetime import datetime, timedelta

from channels.types import Pace, WorkClass
from router.calendars import Calendar
from router.model import Heat
from router.routing.policy import HEAD_STARTS, LEFT_FOR, SLOT_OF


def place(answer_by: datetime, heat: Heat, pace: Pace, calendar: Calendar, extra: timedelta = timedelta(0)) -> datetime:
    """Return `answer_by` less the head start, counted back in the calendar's working time.

    Raises NeverOpen if the calendar had no open hour in the year before.
    """
    return calendar.subtract_working_time(answer_by, head_start(heat, pace, extra))


def head_start(heat: Heat, pace: Pace, extra: timedelta = timedelta(0)) -> timedelta:
    """Return how much earlier than its promise a ticket stands in line, as working time.

    `extra` is what rules add; both together are at most what heat 3 alone gives, and `extra` never takes away.
    """
    by_heat = HEAD_STARTS[pace]
    return min(by_heat[heat] + max(extra, timedelta(0)), by_heat[3])


def left_for(target: timedelta, heat: Heat, work_class: WorkClass) -> timedelta:
    """Return for how long agents who are nearly full leave a ticket to those who know its topic, as working time.

    Live work alone is kept: it is what an agent does several of at once.
    """
    return target * LEFT_FOR[heat] if SLOT_OF[work_class] == "live" else timedelta(0)
