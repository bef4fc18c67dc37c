"""How well the wait told to people in the chat's line holds: each first wait on the standard desk beside what was told.

Told is a range of minutes, reckoned as they begin to wait from their place and from how many chats were answered in
the last hour. Two readings of “within a factor of two”: of the range, so at least half its lower end and at most twice
its upper end; and of its middle alone. The second has a bound: at the head of a line the wait is about exponential, and
of such a wait no single figure is within a factor of two more often than in .47. Customers who gave up are not counted.
"""

import argparse
import math
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from importlib.resources import files

from bench.harness import show
from router.routing.wait import expected_wait
from router.simulation import desks
from router.simulation.comparing import OURS, policy
from router.simulation.crew import Agent
from router.simulation.days import Days
from router.simulation.drawing import customers, people
from router.simulation.kernel import Run
from router.simulation.tickets import Ticket

LOAD = 0.92
FACTS = "B"
LATELY = 60.0  # minutes whose answers tell the pace
LEAST_MIN = 0.5  # the middle of a range that begins at nothing
FACTOR = 2

Wait = tuple[float, tuple[int, int] | None]  # minutes, and the range told


class Watched(Run):
    """A run that notes what each chat is told as it first stands in line, and how long it waited then."""

    def __init__(self, days: Days):
        super().__init__(days.agents(), policy(OURS, days.desk), days)
        self.waits: list[Wait] = []
        self._told: dict[str, tuple[float, tuple[int, int] | None]] = {}
        self._answered: deque[float] = deque()

    def stand(self, ticket: Ticket, now: float) -> None:
        """Tell a chat its wait if it now stands in line for the first time."""
        super().stand(ticket, now)
        waiting = self.line.lane(ticket.lane).waiting
        ahead = bisect_left(waiting, (ticket.place, ticket.id))
        stands = ahead < len(waiting) and waiting[ahead][2] is ticket
        if not stands or ticket.pace != "chat" or ticket.talks or ticket.id in self._told:
            return
        while self._answered and self._answered[0] < now - LATELY:
            self._answered.popleft()
        self._told[ticket.id] = now, expected_wait(ahead + 1, len(self._answered), LATELY * 60)

    def begin(self, ticket: Ticket, agent: Agent, now: float) -> None:
        """Note a wait that ends."""
        if ticket.pace == "chat" and not ticket.talks:
            self._answered.append(now)
            if ticket.id in self._told:
                began, told = self._told[ticket.id]
                self.waits.append((now - began, told))
        super().begin(ticket, agent, now)


def lived(seeds: int) -> list[Wait]:
    """Return the waits of so many runs of the standard desk."""
    desk = desks.read((files("router.simulation") / "desks" / "standard.yaml").read_text())
    waits: list[Wait] = []
    for seed in range(seeds):
        facts = desk.facts[FACTS]
        days = Days(desk, facts, people(desk, facts, seed), customers(desk, LOAD, seed))
        run = Watched(days)
        run.live(days.tickets(), days.end)
        waits += run.waits
    return waits


def shares(waits: Sequence[Wait]) -> dict[str, float]:
    """Return of all waits the share that was told anything, and of those how well it held."""
    told = [(minutes, *found) for minutes, found in waits if found is not None]
    middles = [(minutes, math.sqrt(max(low, LEAST_MIN) * high)) for minutes, low, high in told]
    count = max(1, len(told))
    return {
        "told": len(told) / max(1, len(waits)),
        "within twice the range": sum(low / FACTOR <= m <= high * FACTOR for m, low, high in told) / count,
        "within twice its middle": sum(mid / FACTOR <= m <= mid * FACTOR for m, mid in middles) / count,
        "in the range": sum(low <= m <= high for m, low, high in told) / count,
        "over twice its upper end": sum(m > high * FACTOR for m, _, high in told) / count,
    }


def main() -> None:
    """Print the shares."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--json", action="store_true")
    waits = lived(asked.parse_args().seeds)
    found = shares(waits)
    show(f"{len(waits):,} waits in the chat's line", ("share", "of waits"), list(found.items()), found)


if __name__ == "__main__":
    main()
