"""How long a ticket takes somebody else, how long a customer stays, who passes a ticket on: drawn from the record.

What the record holds is kept: with the agent who had it, a ticket takes what it took. What it cannot hold is drawn, and
the same for the same ticket and seed, whichever rules are replayed:

- another agent takes as long as the recorded one did, times the ratio of what the two usually take in that queue; what
  is usual is known as well as its count of tickets lets it be, so each draw takes it from around its estimate;
- a ticket that nobody had takes what another ticket of its queue took;
- a customer who was served would have stayed as long again as those who left did, on that kind of channel;
- a queue the ticket never was in passes it on as often as that queue passed on tickets of that intent.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from router.backtest.records import Recorded, Stint
from router.backtest.replay import Done

SHRINK = 12.0  # tickets that an agent's usual time must stand on to count half
LEAST_S = 5.0  # a shorter stint says nothing of anyone's pace

Key = tuple[str, str]


@dataclass(slots=True)
class _Sum:
    """Count, sum and sum of squares of logarithms."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.n, self.total, self.squares = self.n + 1, self.total + value, self.squares + value * value

    @property
    def mean(self) -> float:
        """Return the mean, 0 of nothing."""
        return self.total / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Return the variance about the mean."""
        return max(self.squares / self.n - self.mean**2, 0.0) if self.n > 1 else 0.0


class Estimated:
    """The work of a recorded period; `draw` numbers the draws of one seed."""

    def __init__(self, tickets: Sequence[Recorded], seed: int, draw: int) -> None:
        self._name = f"{seed}:{draw}"
        self._leaving = _leaving(tickets)
        self._passing, self._passed_in = _passing(tickets)
        self._pace = _pace(tickets, Random(f"{self._name}:pace"))  # noqa: S311  a draw, no secret
        self._served: dict[Key, list[Stint]] = defaultdict(list)
        for ticket in tickets:
            for turn in ticket.turns:
                for stint in turn.stints:
                    if stint.took_s is not None:
                        self._served[ticket.slot_key, stint.queue_id if not stint.passed_on else ""].append(stint)
        for (slot, queue), stints in list(self._served.items()):
            if queue:
                self._served[slot, "any"] += stints
        self._paths: dict[tuple[str, int], tuple[Stint, ...]] = {}

    def patience_s(self, ticket: Recorded, number: int) -> float:
        """Return how long the customer of a turn waits for an agent before they are gone."""
        turn = ticket.turns[number]
        if turn.left_s is not None:
            return turn.left_s
        rate = self._leaving.get(ticket.pace, 0.0)
        if not rate:
            return math.inf
        return (turn.waited_s or 0.0) + self._chance(ticket, number, "stays").expovariate(rate)

    def done_by(self, ticket: Recorded, number: int, hop: int, queue_id: str, agent_id: str) -> Done:
        """Return what an agent makes of a turn that reached them in a queue after `hop` agents passed it on."""
        if hop == 0:
            self._paths[ticket.id, number] = self._path(ticket, number, queue_id)
        path = self._paths[ticket.id, number]
        stint = path[min(hop, len(path) - 1)]
        times = 1.0 if stint.agent_id == agent_id else self._ratio(ticket.slot_key, stint, agent_id)
        answer_s = stint.answer_s * times if stint.answer_s is not None else None
        passes_to = path[hop + 1].queue_id if hop + 1 < len(path) else None
        return Done((stint.took_s or 0.0) * times, answer_s, passes_to)

    def _path(self, ticket: Recorded, number: int, queue_id: str) -> tuple[Stint, ...]:
        """Return the stints that a turn makes once it waits in a queue."""
        recorded = ticket.turns[number].stints
        kept = tuple(s for s in recorded[:-1] if s.passed_on) + recorded[-1:]
        if not kept:
            return (self._drawn(ticket, number, queue_id),)
        if kept[-1].took_s is None:
            kept = (*kept[:-1], self._drawn(ticket, number, kept[-1].queue_id))
        queues = [stint.queue_id for stint in kept]
        if queue_id in queues:
            return kept[queues.index(queue_id) :]
        short = self._served.get((ticket.slot_key, ""))
        chance = self._chance(ticket, number, "passes on")
        if short and chance.random() < self._passes(queue_id, ticket.intent):
            return (short[chance.randrange(len(short))], *kept)
        return kept[-1:]

    def _drawn(self, ticket: Recorded, number: int, queue_id: str) -> Stint:
        among = self._served.get((ticket.slot_key, queue_id)) or self._served.get((ticket.slot_key, "any"))
        if not among:
            return Stint("", queue_id, 0.0, 0.0, None)
        found = among[self._chance(ticket, number, "took").randrange(len(among))]
        return Stint(found.agent_id, queue_id, 0.0, found.took_s, found.answer_s)

    def _ratio(self, slot: str, stint: Stint, agent_id: str) -> float:
        mine, theirs = (self._usual(slot, stint.queue_id, who) for who in (agent_id, stint.agent_id))
        return math.exp(mine - theirs)

    def _usual(self, slot: str, queue_id: str, agent_id: str) -> float:
        found = self._pace.get((slot, queue_id, agent_id))
        return self._pace.get((slot, "", agent_id), 0.0) if found is None else found

    def _passes(self, queue_id: str, intent: str) -> float:
        whole, alike = self._passing.get(queue_id, (0, 0)), self._passed_in.get((queue_id, intent), (0, 0))
        share = (whole[0] + 1) / (whole[1] + 20)
        return (alike[0] + SHRINK * share) / (alike[1] + SHRINK)

    def _chance(self, ticket: Recorded, number: int, what: str) -> Random:
        return Random(f"{self._name}:{ticket.id}:{number}:{what}")  # noqa: S311


def _leaving(tickets: Sequence[Recorded]) -> dict[str, float]:
    """Return how many customers leave in a second of waiting, by pace."""
    left: dict[str, int] = defaultdict(int)
    waited: dict[str, float] = defaultdict(float)
    for ticket in tickets:
        for turn in ticket.turns:
            left[ticket.pace] += turn.left_s is not None
            waited[ticket.pace] += turn.left_s if turn.left_s is not None else turn.waited_s or 0.0
    return {pace: left[pace] / waited[pace] for pace in left if left[pace] and waited[pace] > 0}


def _passing(tickets: Sequence[Recorded]) -> tuple[dict[str, tuple[int, int]], dict[Key, tuple[int, int]]]:
    """Return how many tickets a queue passed on, of how many it had: by queue, and by queue and intent."""
    whole: dict[str, tuple[int, int]] = {}
    alike: dict[Key, tuple[int, int]] = {}
    for ticket in tickets:
        for turn in ticket.turns:
            for stint in turn.stints:
                key = (stint.queue_id, ticket.intent)
                gone, of = whole.get(stint.queue_id, (0, 0))
                whole[stint.queue_id] = (gone + stint.passed_on, of + 1)
                gone, of = alike.get(key, (0, 0))
                alike[key] = (gone + stint.passed_on, of + 1)
    return whole, alike


def _pace(tickets: Sequence[Recorded], chance: Random) -> dict[tuple[str, str, str], float]:
    """Return how much longer than others each agent takes, as a logarithm: by slot, queue and agent; "": any queue."""
    taken = [
        (ticket.slot_key, stint.queue_id, stint.agent_id, math.log(stint.took_s))
        for ticket in tickets
        for turn in ticket.turns
        for stint in turn.stints
        if stint.took_s is not None and stint.took_s >= LEAST_S and not stint.passed_on
    ]
    queues: dict[Key, _Sum] = defaultdict(_Sum)
    for slot, queue, _, value in taken:
        queues[slot, queue].add(value)
    cells: dict[tuple[str, str, str], _Sum] = defaultdict(_Sum)
    for slot, queue, agent, value in taken:
        off = value - queues[slot, queue].mean
        cells[slot, queue, agent].add(off)
        cells[slot, "", agent].add(off)
    found: dict[tuple[str, str, str], float] = {}
    for key in sorted(cells, key=lambda key: (key[1] != "", key)):  # an agent's own pace first: cells lean on it
        cell, (slot, queue, agent) = cells[key], key
        towards = found[slot, "", agent] if queue else 0.0
        middle = (cell.n * cell.mean + SHRINK * towards) / (cell.n + SHRINK)
        spread = math.sqrt(cell.variance / (cell.n + SHRINK))
        found[key] = middle + chance.gauss(0.0, spread)
    return found
