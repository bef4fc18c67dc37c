"""Whether a connection is silent against its own usual rhythm. Pure.

The same hours of the weeks before say how much usually comes. Silence is told when nothing came in hours in which
something came every week, and chance alone would leave them empty in less than one of 10,000 looks: with a look each
hour that is about one false alarm in a year. What comes in bursts is judged by how much those weeks differ. A
connection of less than three weeks has no rhythm yet, and after a week of silence nothing new is to be told.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
WEEKS = 4  # looked back
LEAST_WEEKS = 3  # of them, before anything is said
CHANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came for a while in which something usually does."""

    lasts: timedelta
    usually: float  # events in such a time

    def __str__(self) -> str:
        """Say it as admins are told."""
        hours = max(1, round(self.lasts / HOUR))
        span = "an hour" if hours == 1 else f"{hours} hours"
        return f"Nothing has come for {span}, in which about {round(self.usually)} messages usually come."


def silence(hours: Mapping[datetime, int], known_since: datetime, since: datetime, now: datetime) -> Silence | None:
    """Return how long a connection has been silent, None if that is usual or too little is known.

    `hours`: how many events came in the hour that begins then; `known_since`: when its first event came; `since`: its
    last event.
    """
    if not timedelta(0) < now - since <= WEEK:
        return None
    weeks = [back * WEEK for back in range(1, WEEKS + 1) if since - back * WEEK >= known_since]
    counts = [_between(hours, since - back, now - back) for back in weeks]
    if len(counts) < LEAST_WEEKS or min(counts) < 1:
        return None
    mean = sum(counts) / len(counts)
    if _chance_of_none(mean, sum((n - mean) ** 2 for n in counts) / (len(counts) - 1)) > CHANCE:
        return None
    return Silence(now - since, mean)


def _chance_of_none(mean: float, variance: float) -> float:
    """Return how often nothing comes: Poisson, or where counts vary more, negative binomial by its moments."""
    if variance <= mean:
        return math.exp(-mean)
    size = mean * mean / (variance - mean)
    return float((1 + mean / size) ** -size)


def _between(hours: Mapping[datetime, int], start: datetime, end: datetime) -> float:
    """Return how many events came between two moments; an hour that is cut counts by its share."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    found = 0.0
    while hour < end:
        share = (min(end, hour + HOUR) - max(start, hour)) / HOUR
        found += hours.get(hour, 0) * share
        hour += HOUR
    return found
