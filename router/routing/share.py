"""The fair share of hard work: a ledger of what was handed out to an agent, and their run of difficult tickets.

It is fed at the close of a ticket, by the mood over all its messages or the agent's own word, never by the first
message alone; it tells of the work, not of the agent.
"""

import math

from router.model import Heat
from router.routing.policy import DIFFICULT

HALF_LIFE_S = 8 * 3600.0  # of the ledger: it remembers a shift


def faded(ledger: float, passed_s: float) -> float:
    """Return the ledger `passed_s` seconds later: half of it is gone after a shift of eight hours."""
    return ledger * math.exp2(-max(passed_s, 0.0) / HALF_LIFE_S)


def closed(ledger: float, run: int, heat: Heat) -> tuple[float, int]:
    """Return ledger and run after a ticket of this heat was closed; `ledger` is as of now."""
    return ledger + max(0.0, heat - 1), run + 1 if heat >= DIFFICULT else 0
