"""Who else reads a ticket or writes on it just now: kept in memory for a minute, told over the notifier, never stored.

The customer of a chat is among them while they type.

Each page says so when it opens a ticket, every 20 seconds, and when its agent begins or stops typing. Every process
hears all of it, so each can answer; with the broker away nothing is known, and nothing is shown.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from router.notify import Change
from router.visiting import CUSTOMER

LASTS_S = 45.0  # without another word a page counts as closed
CUSTOMER_LASTS_S = 10.0  # a customer's page says that they type every few seconds
READS, TYPES, LEFT = "reads", "types", "left"


@dataclass(frozen=True, slots=True)
class Other:
    """A colleague at the same ticket."""

    agent: str  # id
    types: bool


class WhoIsHere:
    """The agents at each ticket, as this process has heard."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at: dict[str, dict[str, tuple[str, float]]] = {}  # ticket -> agent -> what they do, until when
        self._lock = threading.Lock()

    def heard(self, change: Change) -> bool:
        """Take in what an agent does; say whether that is news to the others at the ticket."""
        now = self._clock()
        with self._lock:
            here = self._at.setdefault(change.ticket, {})
            for agent in [agent for agent, (_, until) in here.items() if until <= now]:
                del here[agent]
            before = here.pop(change.agent, ("", 0.0))[0]
            if change.doing != LEFT:
                here[change.agent] = (change.doing, now + (CUSTOMER_LASTS_S if change.agent == CUSTOMER else LASTS_S))
            if not here:
                del self._at[change.ticket]
            return before != change.doing and bool(before or change.doing != LEFT)

    def others(self, ticket_id: str, agent_id: str) -> list[Other]:
        """Return who else is at a ticket now, those who write first."""
        now = self._clock()
        with self._lock:
            here = dict(self._at.get(ticket_id, {}))
        found = [Other(a, doing == TYPES) for a, (doing, until) in here.items() if until > now and a != agent_id]
        return sorted(found, key=lambda other: (not other.types, other.agent))

    def is_at(self, ticket_id: str, agent_id: str | None) -> bool:
        """Say whether an agent has a ticket open."""
        doing = self._at.get(ticket_id, {}).get(agent_id or "")
        return doing is not None and doing[1] > self._clock()
