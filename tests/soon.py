"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

WITHIN_S = 40.0  # the machine may be busy
LOOK_S = 0.02


def soon(holds: Callable[[], bool], within_s: float = WITHIN_S) -> bool:
    """Look until something holds, or for too long; say whether it does."""
    until = time.monotonic() + within_s
    while not holds() and time.monotonic() < until:
        time.sleep(LOOK_S)
    return holds()
