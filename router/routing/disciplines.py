"""How a queue chooses among several free agents: who suits best, or one of the three ways the field is used to.

Best suited is the default and the only one that knows skill, care and who spoke with the customer before. The others
are for desks that must; like it they only choose among those who may take the ticket.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from router.model import Heat
from router.routing.score import AgentRow, rank_agents

BEST_SUITED = "best_suited"


@dataclass(frozen=True, slots=True)
class Discipline:
    """One way to choose: the smallest key wins."""

    label: str
    among: str  # … of 3 free agents
    first: Callable[[AgentRow], tuple[float | str, ...]] | None  # None: by score


DISCIPLINES: Mapping[str, Discipline] = {
    BEST_SUITED: Discipline("the best suited", "best suited", None),
    "round_robin": Discipline(
        "in turn: whose last ticket was longest ago", "next in turn", lambda row: (row.idle_since,)
    ),
    "least_busy": Discipline("the least busy", "least busy", lambda row: (row.load / row.capacity, row.idle_since)),
    "longest_idle": Discipline(
        "who has had nothing to do for longest", "longest idle", lambda row: (row.load > 0, row.free_since)
    ),
}


def rank(discipline: str, rows: Sequence[AgentRow], heat: Heat, confidence: float) -> list[AgentRow]:
    """Return the agents, first the one the ticket goes to; one that this release does not know is best suited."""
    known = DISCIPLINES.get(discipline)
    first = known.first if known else None
    if first is None:
        return rank_agents(rows, heat, confidence)
    return sorted(rows, key=lambda row: (*first(row), row.id))
