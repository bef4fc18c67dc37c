"""How long an offer lasts, and for how long whoever let it go is passed over for that ticket. Pure.

An exclusion alone never strands a ticket: it ends after `PASSED_FOR`, and for everyone but the last as soon as all who
may take the ticket now have had it.
"""

from collections.abc import Collection
from datetime import timedelta

from channels.types import WorkClass
from router.routing.policy import SLOT_OF

LIVE_LASTS = timedelta(seconds=20)  # the customer looks at the page
LASTS = timedelta(minutes=2)
PASSED_FOR = timedelta(minutes=5)
MISSED_IN_A_ROW = 2  # offers nobody answered set their agent away
SHORTEST_S, LONGEST_S = 5, 3600  # what a queue may choose


def lasts(work_class: WorkClass, chosen_s: int | None) -> timedelta:
    """Return how long a ticket is offered; `chosen_s`: as its queue says, in seconds."""
    if chosen_s is not None:
        return timedelta(seconds=chosen_s)
    return LIVE_LASTS if SLOT_OF[work_class] in ("live", "call") else LASTS


def had_their_turn(last: str, passed: Collection[str], able: Collection[str]) -> set[str]:
    """Return whose exclusion ends now that `last` let the ticket go.

    `passed`: who is passed over for it, `able`: who may take it and is here, free or not. While one of them has not had
    the offer nobody's ends; else all but the last one's do.
    """
    if set(able) <= {*passed, last}:
        return set(passed) - {last}
    return set()
