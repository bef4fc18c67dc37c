"""Under which name a process holds its leases, and what becomes of those that the one before it left.

A supervisor names each place of its crew and lets one process at a time stand there. Whoever starts in a place knows
that the one before is dead and does not wait for its leases to end; those of a machine that vanished end by themselves.
"""

import logging

from router.app import Heed
from router.parent import place
from router.store import leases
from router.store.failures import CANNOT_STORE
from router.store.ids import new_id

log = logging.getLogger(__name__)


def new_holder() -> str:
    """Return a name to hold a lease under, which nobody else has."""
    return _begins() + new_id()


def take_over(heed: Heed) -> None:
    """Give back what a process that was killed in this place still held; without a database it ends by itself."""
    if not place():
        return
    try:
        with heed.database.write() as db:
            left = leases.release_all_of(db, _begins())
    except CANNOT_STORE as error:
        log.warning("leases of the process before end by themselves: %s", type(error).__name__)
        return
    if left:
        log.info("took over from a process that was killed: %d leases", left)


def _begins() -> str:
    return f"{place()}/" if place() else ""
