"""What queueing theory says of simple desks, for the simulation to be held against.

All arrivals are Poisson and all times exponential. Sources: Erlang (1917) for waits without giving up; Palm's Erlang-A
as in Garnett, Mandelbaum and Reiman (2002) for customers who give up; Cobham (1954) for two classes, one before the
other, talks never interrupted.
"""

from dataclasses import dataclass

SMALL = 1e-15  # a state less likely than this, against the likeliest, is left out


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waiting comes to: shares of all customers, and their mean wait, whoever gives up included."""

    wait: float  # share who wait at all
    mean: float  # minutes
    lost: float = 0.0  # share who give up


def erlang_c(agents: int, load: float, service: float) -> Waiting:
    """Return the waiting of patient customers; `load` is arrivals × service / agents, below 1, `service` in minutes."""
    busy = agents * load
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = busy * blocked / (n + busy * blocked)
    wait = blocked / (1 - load * (1 - blocked))
    return Waiting(wait, wait * service / (agents * (1 - load)))


def erlang_a(agents: int, load: float, service: float, patience: float) -> Waiting:
    """Return the waiting of customers who give up after `patience` minutes in the mean; any load."""
    arrivals = agents * load / service
    likely, total, waits, queue, n = 1.0, 1.0, 1.0 if agents == 0 else 0.0, 0.0, 0
    while n < agents or likely > SMALL * total:
        n += 1
        likely *= arrivals / (min(n, agents) / service + max(n - agents, 0) / patience)
        total += likely
        if n >= agents:
            waits += likely
            queue += (n - agents) * likely
    mean_queue = queue / total
    return Waiting(waits / total, mean_queue / arrivals, mean_queue / patience / arrivals)


def two_classes(agents: int, loads: tuple[float, float], service: float) -> tuple[float, float]:
    """Return the mean wait in minutes of those served first and of the others; the loads are shares of all agents."""
    first, both = loads[0], sum(loads)
    wait = erlang_c(agents, both, service).wait
    shared = wait * service / agents / (1 - first)
    return shared, shared / (1 - both)
